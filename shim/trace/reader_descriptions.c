/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions: each is copied once, checked, and found by its number from then on. */
#include <string.h>

#include "trace/reader.h"
#include "trace/reader_state.h"

#define DESCRIPTION_BODY sizeof(struct area_description)

/* ---- cutting a private copy ---- */

/* Bytes of a checked description behind its head. */
static struct slice description_bytes(const struct reader *reader, size_t offset)
{
	uint32_t size;

	memcpy(&size, reader->descriptions + offset, sizeof(size));
	return slice_of(reader->descriptions + offset + DESCRIPTION_BODY, size - DESCRIPTION_BODY);
}

static uint16_t description_kind(const struct reader *reader, size_t offset)
{
	uint16_t kind;

	memcpy(&kind, reader->descriptions + offset + offsetof(struct area_description, kind),
	       sizeof(kind));
	return kind;
}

static uint64_t description_process(const struct reader *reader, size_t offset)
{
	uint64_t id;

	memcpy(&id, reader->descriptions + offset + offsetof(struct area_description, process_id),
	       sizeof(id));
	return id;
}

static bool description_foreign(const struct reader *reader, size_t offset)
{
	uint16_t foreign;

	memcpy(&foreign, reader->descriptions + offset + offsetof(struct area_description, foreign),
	       sizeof(foreign));
	return foreign != 0;
}

/* Takes @size bytes off the front of @rest; false when they are not there. */
static bool text_take(struct slice *rest, size_t size, struct slice *ret)
{
	if (size > rest->size)
		return false;
	*ret = slice_first(*rest, size);
	*rest = slice_after(*rest, size);
	return true;
}

static bool process_cut(struct slice bytes, struct reader_process *ret)
{
	struct area_process body;
	struct slice rest = slice_after(bytes, sizeof(body));

	if (bytes.size < sizeof(body))
		return false;
	memcpy(&body, bytes.data, sizeof(body));
	ret->start_ns = body.start_ns;
	ret->pid = body.pid;
	ret->parent_pid = body.parent_pid;
	return text_take(&rest, body.executable_size, &ret->executable) &&
	       text_take(&rest, body.service_size, &ret->service) &&
	       text_take(&rest, body.resource_size, &ret->resource) &&
	       text_take(&rest, body.tracestate_size, &ret->tracestate) &&
	       text_take(&rest, body.command_size, &ret->command);
}

static bool module_cut(struct slice bytes, struct reader_module *ret)
{
	struct area_module body;
	struct slice rest = slice_after(bytes, sizeof(body));

	if (bytes.size < sizeof(body))
		return false;
	memcpy(&body, bytes.data, sizeof(body));
	ret->load_address = body.load_address;
	ret->start = body.start;
	ret->end = body.end;
	return text_take(&rest, body.path_size, &ret->path) &&
	       text_take(&rest, body.build_id_size, &ret->build_id);
}

static bool statement_cut(struct slice bytes, struct reader_statement *ret)
{
	struct area_statement body;
	struct slice rest = slice_after(bytes, sizeof(body));

	if (bytes.size < sizeof(body))
		return false;
	memcpy(&body, bytes.data, sizeof(body));
	ret->hash = body.hash;
	return text_take(&rest, body.text_size, &ret->text) &&
	       text_take(&rest, body.summary_size, &ret->summary);
}

/* ---- reading the chain ---- */

bool reader_replaced(const struct reader *reader, uint32_t pid, uint64_t process_id)
{
	uint32_t kept =
		reader->incarnations < READER_PROCESSES ? reader->incarnations : READER_PROCESSES;
	bool later = false;

	for (uint32_t i = 1; i <= kept; i++) {
		const struct reader_incarnation *one =
			&reader->incarnation[(reader->incarnations - i) % READER_PROCESSES];

		if (one->pid == pid && one->process_id == process_id)
			return later;
		later = later || one->pid == pid;
	}
	return false;
}

static bool process_tell(struct reader *reader, size_t offset)
{
	struct reader_process process = { .process_id = description_process(reader, offset) };

	if (!process_cut(description_bytes(reader, offset), &process))
		return false;
	if (!description_foreign(reader, offset))
		reader->incarnation[reader->incarnations++ % READER_PROCESSES] =
			(struct reader_incarnation){ process.pid, process.process_id };
	if (reader->events.process)
		reader->events.process(reader->events.context, &process);
	return true;
}

/* Whether the copy at @offset keeps what its kind promises. */
static bool description_check(struct reader *reader, size_t offset)
{
	struct slice bytes = description_bytes(reader, offset);
	struct reader_statement statement;
	struct reader_module module;

	switch (description_kind(reader, offset)) {
	case AREA_PROCESS:
		return process_tell(reader, offset);
	case AREA_MODULE:
		return module_cut(bytes, &module);
	case AREA_STATEMENT:
		return statement_cut(bytes, &statement);
	default:
		return false;
	}
}

/* Copies the finished description of @size bytes at @offset. */
static void description_take(struct reader *reader, size_t offset, uint32_t size)
{
	const uint8_t *place =
		(const uint8_t *)reader->area + reader->layout.descriptions_offset + offset;

	memcpy(reader->descriptions + offset + sizeof(size), place + sizeof(size),
	       size - sizeof(size));
	memcpy(reader->descriptions + offset, &size, sizeof(size));
	if (description_check(reader, offset))
		reader->known[offset / 512] |= UINT64_C(1) << (offset / 8 % 64);
	else
		reader->malformed++;
}

static uint32_t description_word(const struct reader *reader, size_t offset)
{
	const struct area_description *place =
		(const void *)((const uint8_t *)reader->area + reader->layout.descriptions_offset +
			       offset);

	return atomic_load_explicit(&place->size, memory_order_acquire);
}

/*
 * Comes back to those that were being written. Their size is the one that they were claimed with,
 * which is kept in the private copy: by now the word may say anything.
 */
static void pending_look(struct reader *reader)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < reader->pending_count; i++) {
		size_t offset = reader->pending[i];
		uint32_t size;

		if (description_word(reader, offset) & AREA_DESCRIPTION_BUSY) {
			reader->pending[kept++] = offset;
			continue;
		}
		memcpy(&size, reader->descriptions + offset, sizeof(size));
		description_take(reader, offset, size);
	}
	reader->pending_count = kept;
}

static void pending_add(struct reader *reader, size_t offset, uint32_t size)
{
	if (reader->pending_count == READER_PENDING) {
		reader->malformed++;
		reader->pending_count--;
		memmove(reader->pending, reader->pending + 1,
			reader->pending_count * sizeof(reader->pending[0]));
	}
	memcpy(reader->descriptions + offset, &size, sizeof(size));
	reader->pending[reader->pending_count++] = offset;
}

void reader_describe(struct reader *reader)
{
	size_t limit = reader->layout.descriptions_size;

	if (reader->pending_count)
		pending_look(reader);
	while (limit >= DESCRIPTION_BODY && reader->described <= limit - DESCRIPTION_BODY) {
		size_t offset = reader->described;
		uint32_t word = description_word(reader, offset);
		uint32_t size = word & ~7u;

		if (word == 0)
			return;
		if (size < DESCRIPTION_BODY || size > limit - offset) {
			reader->malformed++;
			reader->described = limit;
			return;
		}
		reader->described = offset + size;
		if (word & AREA_DESCRIPTION_BUSY)
			pending_add(reader, offset, size);
		else
			description_take(reader, offset, size);
	}
}

/* ---- looking up ---- */

/* The offset of a known description of this kind, or 0. */
static size_t description_find(const struct reader *reader, uint32_t number,
			       enum area_description_kind kind)
{
	size_t offset = (size_t)number * 8;

	if (number >= AREA_DESCRIPTIONS_SIZE / 8 ||
	    !(reader->known[number / 64] >> (number % 64) & 1) ||
	    description_kind(reader, offset) != kind)
		return 0;
	return offset;
}

bool reader_module(const struct reader *reader, uint32_t number, struct reader_module *ret)
{
	size_t offset = description_find(reader, number, AREA_MODULE);
	struct reader_module module;

	if (offset == 0 || !module_cut(description_bytes(reader, offset), &module))
		return false;
	module.process_id = description_process(reader, offset);
	*ret = module;
	return true;
}

bool reader_statement(const struct reader *reader, uint32_t number, struct reader_statement *ret)
{
	size_t offset = description_find(reader, number, AREA_STATEMENT);
	struct reader_statement statement;

	if (offset == 0 || !statement_cut(description_bytes(reader, offset), &statement))
		return false;
	*ret = statement;
	return true;
}
