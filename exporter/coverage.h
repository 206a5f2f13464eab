/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of the time at least one call was under way: the length of the union of all intervals.
 * Intervals come roughly in the order of their ends; the last COVERAGE_PIECES disjoint pieces are
 * kept, what reaches behind them is counted as if nothing had been there.
 *
 * Pure; one owner, one thread; nothing fails. Times in nanoseconds of one clock.
 */
#ifndef EXPORTER_COVERAGE_H
#define EXPORTER_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#define COVERAGE_PIECES 32

struct coverage {
	struct coverage_piece {
		uint64_t start_ns, end_ns;
	} piece[COVERAGE_PIECES];	/* disjoint, ascending */
	size_t pieces;
	uint64_t covered_ns;
};

/* Adds an interval; a zeroed structure is empty. */
void coverage_add(struct coverage *coverage, uint64_t start_ns, uint64_t end_ns);

#endif
