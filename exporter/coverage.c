/* SPDX-License-Identifier: Apache-2.0 */
/* The union of intervals, by merging into a short ascending list. */
#include "exporter/coverage.h"

#include <string.h>

/* Takes pieces @first to @last - 1 out. */
static void remove_pieces(struct coverage *coverage, size_t first, size_t last)
{
	memmove(&coverage->piece[first], &coverage->piece[last],
		(coverage->pieces - last) * sizeof(coverage->piece[0]));
	coverage->pieces -= last - first;
}

static void insert_piece(struct coverage *coverage, size_t place, struct coverage_piece piece)
{
	if (coverage->pieces == COVERAGE_PIECES) {
		if (place == 0)
			return;
		remove_pieces(coverage, 0, 1);
		place--;
	}
	memmove(&coverage->piece[place + 1], &coverage->piece[place],
		(coverage->pieces - place) * sizeof(piece));
	coverage->piece[place] = piece;
	coverage->pieces++;
}

void coverage_add(struct coverage *coverage, uint64_t start_ns, uint64_t end_ns)
{
	struct coverage_piece merged = { start_ns, end_ns };
	size_t first, last = coverage->pieces;
	uint64_t held = 0;

	if (end_ns <= start_ns)
		return;
	while (last > 0 && coverage->piece[last - 1].start_ns > end_ns)
		last--;
	for (first = last; first > 0 && coverage->piece[first - 1].end_ns >= start_ns; first--) {
		const struct coverage_piece *piece = &coverage->piece[first - 1];

		held += piece->end_ns - piece->start_ns;
		if (piece->start_ns < merged.start_ns)
			merged.start_ns = piece->start_ns;
		if (piece->end_ns > merged.end_ns)
			merged.end_ns = piece->end_ns;
	}
	remove_pieces(coverage, first, last);
	coverage->covered_ns += merged.end_ns - merged.start_ns - held;
	insert_piece(coverage, first, merged);
}
