/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An area and a reader for tests: what came out of it is kept, at most STAGE_SPANS spans. Include
 * tests/support/test.h first.
 */
#ifndef TESTS_SUPPORT_AREA_H
#define TESTS_SUPPORT_AREA_H

#include <sys/mman.h>

#include "base/arena.h"
#include "base/clock.h"
#include "trace/area.h"
#include "trace/reader.h"

#define STAGE_SPANS ((size_t)1 << 20)

/* What a test wants to know about a span: its number is its caller. */
struct stage_span {
	uint64_t number, end_ns, duration_ns;
	uint32_t size;
	bool incomplete;
};

struct stage {
	struct area_header *area;
	size_t size;
	struct reader *reader;
	void *reader_memory;
	struct stage_span *spans;
	size_t count;
	uint32_t processes;
	uint64_t last_process;
	char name[512], text[512]; /* of the last span */
};

static inline void *stage_map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

static inline void stage_keep_text(const struct span_record *span, enum attribute_key key,
				   char ret[512])
{
	struct attribute_value value;

	ret[0] = '\0';
	if (span_attribute(span, key, &value))
		snprintf(ret, 512, "%.*s", (int)value.string.size, (const char *)value.string.data);
}

static inline void stage_span_came(void *context, const struct span_record *span)
{
	struct stage *stage = context;
	struct attribute_value value;
	struct stage_span *one = &stage->spans[stage->count++];

	assert_true(stage->count <= STAGE_SPANS);
	one->number = span->caller;
	one->duration_ns = span->duration_ns;
	one->end_ns = span->start_ns + span->duration_ns;
	one->size = span->head.size;
	one->incomplete = span_attribute(span, ATTRIBUTE_INCOMPLETE, &value);
	stage_keep_text(span, ATTRIBUTE_SPAN_NAME, stage->name);
	stage_keep_text(span, ATTRIBUTE_DB_QUERY_TEXT, stage->text);
}

static inline void stage_process_came(void *context, const struct reader_process *process)
{
	struct stage *stage = context;

	stage->processes++;
	stage->last_process = process->process_id;
}

/* A new reader over the stage's area. */
static inline void stage_read(struct stage *stage)
{
	const struct reader_events events = { stage_process_came, stage_span_came, stage };

	stage->reader_memory = stage_map(reader_size(stage->size));
	stage->reader = reader_begin(stage->reader_memory, stage->area, &events);
	assert_non_null(stage->reader);
}

static inline struct stage stage_begin(size_t lane_size)
{
	struct stage stage = { .size = area_size(lane_size) };

	stage.area = stage_map(stage.size);
	stage.spans = stage_map(STAGE_SPANS * sizeof(struct stage_span));
	area_format(stage.area, lane_size, 0);
	assert_true(area_check(stage.area, stage.size));
	return stage;
}

static inline void stage_end(struct stage *stage)
{
	munmap(stage->area, stage->size);
	munmap(stage->spans, STAGE_SPANS * sizeof(struct stage_span));
	if (stage->reader_memory)
		munmap(stage->reader_memory, reader_size(stage->size));
}

/* Writes span @number into @memory, @text_size bytes of text in it; its size. */
static inline uint32_t stage_write(uint8_t *memory, size_t room, uint64_t number, size_t text_size)
{
	static const uint8_t text[RECORD_SIZE_MAX];
	struct record_writer writer;
	struct span_record *span = record_writer_span(&writer, memory, room);

	if (!span)
		return 0;
	memset(span->trace_id, 1, sizeof(span->trace_id));
	memset(span->span_id, 2, sizeof(span->span_id));
	span->process_id = arena_process_id();
	span->kind = SPAN_CLIENT;
	span->caller = number;
	span->start_ns = 1000 + number;
	span->duration_ns = 10;
	if (text_size)
		record_put_string(&writer, ATTRIBUTE_DB_NAMESPACE, slice_of(text, text_size));
	return record_writer_end(&writer);
}

/* Reserves @room bytes and publishes span @number in them. */
static inline bool stage_put(uint64_t number, size_t room, size_t text_size)
{
	struct area_slot slot;

	if (!area_reserve(room, &slot))
		return false;
	area_commit(&slot, stage_write(slot.memory, room, number, text_size));
	return true;
}

/* The span of an open call. */
static inline struct span_record stage_open_span(uint64_t number)
{
	struct span_record span = { .kind = SPAN_CLIENT, .trace_id = { 1 }, .span_id = { 1 } };

	span.process_id = arena_process_id();
	span.start_ns = clock_now_ns();
	span.caller = number;
	return span;
}

/* For qsort(): by the spans' numbers. */
static inline int stage_compare(const void *a, const void *b)
{
	const struct stage_span *left = a, *right = b;

	return left->number < right->number ? -1 : left->number > right->number;
}

/* The description with this number, in the area. */
static inline struct area_description *stage_described(struct stage *stage, uint32_t number)
{
	return (void *)((uint8_t *)stage->area + stage->area->descriptions_offset +
			(size_t)number * 8);
}

#endif
