/* SPDX-License-Identifier: Apache-2.0 */
/* Draining: records are copied out of the lanes, checked, merged by their end, handed out. */
#include "trace/reader.h"

#include <string.h>

#include "trace/reader_state.h"

size_t reader_size(size_t size)
{
	(void)size;
	return sizeof(struct reader);
}

/* A lane's position when its words make no sense: behind everything. */
static void lane_skip(struct reader *reader, uint32_t index, uint64_t head)
{
	struct reader_lane *lane = &reader->lane[index];

	lane->position = head & ~UINT64_C(7);
	lane->limit = lane->position;
	lane->released = lane->position;
	atomic_store_explicit(&reader->area->lane[index].tail, lane->position,
			      memory_order_release);
}

struct reader *reader_begin(void *memory, struct area_header *area,
			    const struct reader_events *events)
{
	struct reader *reader = memory;

	if (!area_layout_read(area, area->size, &reader->layout))
		return NULL;
	reader->area = area;
	reader->events = *events;
	reader->described = AREA_DESCRIPTIONS_BEGIN;
	for (uint32_t i = 0; i < reader->layout.lanes; i++) {
		struct reader_lane *lane = &reader->lane[i];

		lane->position = atomic_load_explicit(&area->lane[i].tail, memory_order_relaxed);
		lane->released = lane->position;
		lane->limit = lane->position;
		if (lane->position % 8)
			lane_skip(reader, i, lane->position);
	}
	return reader;
}

/* Takes what is published now as the end of this drain. */
static void lane_begin(struct reader *reader, uint32_t index)
{
	struct reader_lane *lane = &reader->lane[index];
	uint64_t head = atomic_load_explicit(&reader->area->lane[index].head, memory_order_acquire);

	/* A crooked head stays until the next record straightens it, and is counted once. */
	if ((head & ~UINT64_C(7)) == lane->position)
		return;
	if (head % 8 || head - lane->position > reader->layout.lane_size) {
		reader->malformed++;
		lane_skip(reader, index, head);
		return;
	}
	lane->limit = head;
}

/*
 * Gives room back to the producers, seldom while there is more, since the word lies in their cache.
 */
static void lane_release(struct reader *reader, uint32_t index)
{
	struct reader_lane *lane = &reader->lane[index];

	if (lane->position == lane->released ||
	    (lane->position != lane->limit &&
	     lane->position - lane->released < reader->layout.lane_size / 16))
		return;
	lane->released = lane->position;
	atomic_store_explicit(&reader->area->lane[index].tail, lane->position,
			      memory_order_release);
}

enum fetched { FETCHED_SPAN, FETCHED_NOTHING, FETCHED_NONSENSE };

/*
 * Looks at the record at the lane's position, steps over it; a span is copied into the lane's
 * buffer.
 */
static enum fetched lane_step(struct reader *reader, uint32_t index)
{
	struct reader_lane *lane = &reader->lane[index];
	size_t offset = (size_t)(lane->position & (reader->layout.lane_size - 1));
	size_t room = reader->layout.lane_size - offset;
	const uint8_t *data = (const uint8_t *)reader->area + reader->layout.data_offset +
			      (size_t)index * reader->layout.lane_size + offset;
	size_t rest = (size_t)(lane->limit - lane->position);
	struct record head;

	memcpy(&head, data, sizeof(head));
	if (head.size < sizeof(head) || head.size % 8 || head.size > room || head.size > rest)
		return FETCHED_NONSENSE;
	if (head.kind == RECORD_PAD && head.size == room) {
		lane->position += head.size;
		return FETCHED_NOTHING;
	}
	if (head.kind != RECORD_SPAN || head.size > RECORD_SIZE_MAX)
		return FETCHED_NONSENSE;
	memcpy(reader->record[index], data, head.size);
	lane->position += head.size;
	if (span_record_check(slice_of(reader->record[index], head.size)))
		return FETCHED_SPAN;
	reader->malformed++;
	return FETCHED_NOTHING;
}

/* The next span of the lane into its buffer; false: there is none. */
static bool lane_fetch(struct reader *reader, uint32_t index)
{
	const struct span_record *span = (const void *)reader->record[index];
	struct reader_lane *lane = &reader->lane[index];
	enum fetched fetched = FETCHED_NOTHING;

	while (fetched == FETCHED_NOTHING && lane->position != lane->limit)
		fetched = lane_step(reader, index);
	if (fetched == FETCHED_NONSENSE) {
		reader->malformed++;
		lane->position = lane->limit;
	}
	lane_release(reader, index);
	if (fetched != FETCHED_SPAN)
		return false;
	lane->end_ns = span->start_ns + span->duration_ns;
	return true;
}

/* Which of the active lanes holds the span that ended first. */
static uint32_t active_first(const struct reader *reader)
{
	uint32_t first = 0;

	for (uint32_t i = 1; i < reader->active_count; i++) {
		if (reader->lane[reader->active[i]].end_ns <
		    reader->lane[reader->active[first]].end_ns)
			first = i;
	}
	return first;
}

size_t reader_drain(struct reader *reader)
{
	size_t spans = 0;

	for (uint32_t i = 0; i < reader->layout.lanes; i++)
		lane_begin(reader, i);
	/* After the heads: what a published record refers to was described before. */
	reader_describe(reader);
	reader->active_count = 0;
	for (uint32_t i = 0; i < reader->layout.lanes; i++) {
		if (lane_fetch(reader, i))
			reader->active[reader->active_count++] = i;
	}
	while (reader->active_count) {
		uint32_t place = active_first(reader);
		uint32_t index = reader->active[place];

		reader->events.span(reader->events.context, (const void *)reader->record[index]);
		spans++;
		if (!lane_fetch(reader, index))
			reader->active[place] = reader->active[--reader->active_count];
	}
	return spans;
}

bool reader_has_more_than(const struct reader *reader, size_t bytes)
{
	for (uint32_t i = 0; i < reader->layout.lanes; i++) {
		uint64_t head =
			atomic_load_explicit(&reader->area->lane[i].head, memory_order_acquire);

		/* A crooked head without records is no reason to stay awake. */
		if ((head & ~UINT64_C(7)) - reader->lane[i].position > bytes)
			return true;
	}
	return false;
}

struct reader_losses reader_losses(const struct reader *reader)
{
	const struct area_header *area = reader->area;

	return (struct reader_losses){
		.full = atomic_load_explicit(&area->lost_full, memory_order_relaxed),
		.passed = atomic_load_explicit(&area->lost_passed, memory_order_relaxed),
		.malformed = reader->malformed,
		.descriptions =
			atomic_load_explicit(&area->refused_descriptions, memory_order_relaxed),
		.calls = atomic_load_explicit(&area->refused_calls, memory_order_relaxed),
	};
}
