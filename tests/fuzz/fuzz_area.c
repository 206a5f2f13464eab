/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile bytes as an area: read, buried, looked up in, and written to as a producer would. The
 * first byte of the input says how the rest is taken:
 *
 *	0	a whole area, header and all, as it is
 *	else	a small area with a true layout; the rest is laid over, in this order: for each lane
 *		owner, head and tail, then the open calls, the descriptions, the lanes' data
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "trace/area.h"
#include "trace/reader.h"

#define SMALL_LANES 2u
#define SMALL_CALLS 4u
#define SMALL_DESCRIPTIONS ((size_t)1024)
#define SMALL_CALLS_OFFSET ((sizeof(struct area_header) + 63) & ~(size_t)63)
#define SMALL_DESCRIPTIONS_OFFSET (SMALL_CALLS_OFFSET + SMALL_CALLS * sizeof(struct area_call))
#define SMALL_DATA_OFFSET (SMALL_DESCRIPTIONS_OFFSET + SMALL_DESCRIPTIONS)
#define SMALL_SIZE (SMALL_DATA_OFFSET + SMALL_LANES * AREA_LANE_SIZE_MIN)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct reader *reader;
	volatile uint64_t sum;
};

/* Touches every byte, so that a sanitiser sees one that is not ours. */
static void slice_touch(struct reading *reading, struct slice slice)
{
	for (size_t i = 0; i < slice.size; i++)
		reading->sum += slice.data[i];
}

static void numbers_look_up(struct reading *reading, uint32_t number)
{
	struct reader_module module;
	struct reader_statement statement;

	if (reader_module(reading->reader, number, &module)) {
		slice_touch(reading, module.path);
		slice_touch(reading, module.build_id);
	}
	if (reader_statement(reading->reader, number, &statement)) {
		slice_touch(reading, statement.text);
		slice_touch(reading, statement.summary);
	}
}

static void span_came(void *context, const struct span_record *span)
{
	struct reading *reading = context;
	struct attribute_cursor cursor = span_attributes(span);
	struct attribute_value value;

	slice_touch(reading, slice_of(span, span->head.size));
	while (attribute_next(&cursor, &value))
		slice_touch(reading, value.string);
	if (!scope_name(span->scope))
		abort();
	numbers_look_up(reading, span->module);
	numbers_look_up(reading, span->statement);
}

static void process_came(void *context, const struct reader_process *process)
{
	slice_touch(context, process->executable);
	slice_touch(context, process->service);
	slice_touch(context, process->resource);
	slice_touch(context, process->tracestate);
	slice_touch(context, process->command);
}

/* Takes up to @size bytes off the front of the input, over @place. */
static void bytes_lay(struct slice *rest, void *place, size_t size)
{
	struct slice bytes = slice_first(*rest, size);

	if (bytes.size)
		memcpy(place, bytes.data, bytes.size);
	*rest = slice_after(*rest, size);
}

static void small_area_format(uint8_t *memory, struct slice rest)
{
	struct area_header *area = (struct area_header *)(void *)memory;

	area->magic = AREA_MAGIC;
	area->version = AREA_VERSION;
	area->lanes = SMALL_LANES;
	area->lane_size = AREA_LANE_SIZE_MIN;
	area->calls = SMALL_CALLS;
	area->size = SMALL_SIZE;
	area->calls_offset = SMALL_CALLS_OFFSET;
	area->descriptions_offset = SMALL_DESCRIPTIONS_OFFSET;
	area->descriptions_size = SMALL_DESCRIPTIONS;
	area->data_offset = SMALL_DATA_OFFSET;
	area->descriptions_used = AREA_DESCRIPTIONS_BEGIN;
	for (uint32_t i = 0; i < SMALL_LANES; i++) {
		bytes_lay(&rest, &area->lane[i].owner, 8);
		bytes_lay(&rest, &area->lane[i].head, 8);
		bytes_lay(&rest, &area->lane[i].tail, 8);
	}
	bytes_lay(&rest, memory + SMALL_CALLS_OFFSET, SMALL_SIZE - SMALL_CALLS_OFFSET);
}

static void area_read(struct area_header *area, void *memory)
{
	struct reading reading = { 0 };
	const struct reader_events events = { process_came, span_came, &reading };

	reading.reader = reader_begin(memory, area, &events);
	if (!reading.reader)
		return;
	reader_drain(reading.reader);
	reader_bury(reading.reader, UINT64_C(1) << 62, false);
	for (uint32_t number = 0; number < SMALL_DESCRIPTIONS / 8 + 8; number++)
		numbers_look_up(&reading, number);
	reader_bury(reading.reader, UINT64_C(1) << 62, true);
	reader_drain(reading.reader);
	reading.sum += reader_losses(reading.reader).malformed;
}

/* A producer trusts the area's maker, not those who write beside it. */
static void area_write(struct area_header *area)
{
	static const uint8_t text[64];
	const struct slice texts[] = { { text, sizeof(text) } };
	struct span_record span = { .kind = SPAN_CLIENT };
	struct area_call *call;
	struct area_slot slot;

	area_use(area, true, false, NULL);
	call = area_call_open(&span, slice_of(text, 8), slice_of(text, sizeof(text)), 0);
	if (area_reserve(512, &slot)) {
		memset(slot.memory, 0, 512);
		area_call_commit(call, &slot, 512);
	} else {
		area_call_drop(call);
	}
	area_describe(AREA_MODULE, slice_of(text, sizeof(struct area_module)), texts, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_after(slice_of(data, size), 1);
	bool raw = size && data[0] == 0;
	size_t area_bytes = raw ? rest.size : SMALL_SIZE;
	void *memory;
	uint8_t *area = NULL;

	if (size == 0 || posix_memalign((void **)&area, 4096, area_bytes ? area_bytes : 1) != 0)
		return 0;
	if (raw) {
		bytes_lay(&rest, area, area_bytes);
	} else {
		memset(area, 0, area_bytes);
		small_area_format(area, rest);
	}
	if (area_check(area, area_bytes)) {
		/* Mapped, not allocated: only what is touched costs time. */
		memory = mmap(NULL, reader_size(area_bytes), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			abort();
		area_read((void *)area, memory);
		area_write((void *)area);
		munmap(memory, reader_size(area_bytes));
	} else if (!raw) {
		abort();
	}
	free(area);
	return 0;
}
