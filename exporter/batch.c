/* SPDX-License-Identifier: Apache-2.0 */
/* A ring of whole records: a record never wraps, the rest of the ring's end is left empty. */
#include "exporter/batch.h"

#define USUAL_SIZE ((size_t)2 << 10)
#define ROOM_MAX ((size_t)256 << 20)
#define HEAD (sizeof(struct batch_span) - sizeof(struct span_record))

size_t batch_room(size_t spans)
{
	size_t least = 4 * (RECORD_SIZE_MAX + HEAD);
	size_t room = spans < ROOM_MAX / USUAL_SIZE ? spans * USUAL_SIZE : ROOM_MAX;

	return room > least ? room : least;
}

void batch_begin(struct batch *batch, void *memory, size_t room, size_t spans)
{
	*batch = (struct batch){ .memory = memory, .room = room, .spans_max = spans };
}

/* Makes room for @size bytes in one piece; their offset, or -1. */
static int64_t place(struct batch *batch, size_t size)
{
	if (!batch->spans)
		batch->first = batch->next = batch->wrapped = 0;
	if (batch->wrapped)
		return size <= batch->first - batch->next ? (int64_t)batch->next : -1;
	if (size <= batch->room - batch->next)
		return (int64_t)batch->next;
	if (size > batch->first)
		return -1;
	batch->wrapped = batch->next;
	return 0;
}

bool batch_put(struct batch *batch, const struct span_record *record, uint64_t wall_offset_ns,
	       uint64_t now_ns)
{
	size_t size = HEAD + record->head.size;
	struct batch_span *span;
	int64_t offset;

	if (batch->spans >= batch->spans_max)
		return false;
	offset = place(batch, size);
	if (offset < 0)
		return false;
	span = (struct batch_span *)(void *)(batch->memory + offset);
	span->wall_offset_ns = wall_offset_ns;
	span->queued_ns = now_ns;
	memcpy(&span->record, record, record->head.size);
	batch->next = (size_t)offset + size;
	batch->spans++;
	return true;
}

static size_t offset_after(const struct batch *batch, size_t offset)
{
	const struct batch_span *span = (const void *)(batch->memory + offset);

	offset += HEAD + span->record.head.size;
	return offset == batch->wrapped ? 0 : offset;
}

const struct batch_span *batch_next(const struct batch *batch, const struct batch_span *previous)
{
	size_t offset = batch->first;

	if (!batch->spans)
		return NULL;
	if (previous)
		offset = offset_after(batch, (size_t)((const uint8_t *)previous - batch->memory));
	if (previous && offset == batch->next)
		return NULL;
	return (const void *)(batch->memory + offset);
}

void batch_drop(struct batch *batch, size_t count)
{
	for (; count && batch->spans; count--, batch->spans--) {
		size_t next = offset_after(batch, batch->first);

		if (next < batch->first)
			batch->wrapped = 0;
		batch->first = next;
	}
}
