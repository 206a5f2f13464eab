/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue of spans that wait for the network: flat copies of their records in a ring with two
 * ceilings, spans (OTEL_BSP_MAX_QUEUE_SIZE) and bytes. The oldest go first; a new one that finds no
 * room is refused, as the specification wants.
 *
 * What a record's numbers stand for lives as long as the reader, so it is looked up when it is
 * encoded. Ownership: memory is the maker's. Threads: one.
 */
#ifndef EXPORTER_BATCH_H
#define EXPORTER_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/record.h"

struct batch {
	uint8_t *memory;
	size_t room;		/* bytes */
	size_t first, next;	/* offsets of the oldest record and behind the newest */
	size_t wrapped;		/* where the records before the start end, 0: they do not wrap */
	size_t spans, spans_max;
};

/* What is kept of a span. @size of both, a multiple of 8. */
struct batch_span {
	uint64_t wall_offset_ns;
	uint64_t queued_ns;	/* monotonic */
	struct span_record record;	/* and its attributes */
};

/* Bytes for @spans spans of a usual size, at least for four of the greatest. */
size_t batch_room(size_t spans);

/* Begins over @room bytes at @memory, aligned to 8. */
void batch_begin(struct batch *batch, void *memory, size_t room, size_t spans);

/* False when there is no room. */
bool batch_put(struct batch *batch, const struct span_record *record, uint64_t wall_offset_ns,
	       uint64_t now_ns);

/* Walks from the oldest; null at the end. @previous null: the oldest. */
const struct batch_span *batch_next(const struct batch *batch, const struct batch_span *previous);

/* Forgets the @count oldest. */
void batch_drop(struct batch *batch, size_t count);

#endif
