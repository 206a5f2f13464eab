/* SPDX-License-Identifier: Apache-2.0 */
/* The writer and the reader of one span's bytes; see record.h for the layout. */
#include "trace/record.h"

#include <stddef.h>
#include <string.h>

#define RECORD_ALIGNED(size) (((size) + 7) & ~(size_t)7)

static const char *const attribute_names[ATTRIBUTE_COUNT] = {
#define ATTRIBUTE(identifier, name, type) [ATTRIBUTE_##identifier] = name,
#include "trace/attribute.def"
#undef ATTRIBUTE
};

static const uint8_t attribute_types[ATTRIBUTE_COUNT] = {
#define ATTRIBUTE(identifier, name, type) [ATTRIBUTE_##identifier] = ATTRIBUTE_##type,
#include "trace/attribute.def"
#undef ATTRIBUTE
};

static const char *const scope_names[SCOPE_COUNT] = {
#define SCOPE(identifier, name) [SCOPE_##identifier] = name,
#include "trace/scope.def"
#undef SCOPE
};

/* ---- writing ---- */

struct span_record *record_writer_span(struct record_writer *writer, uint8_t *memory, size_t room)
{
	struct span_record *span = (struct span_record *)(void *)memory;

	record_writer_begin(writer, memory, room);
	if (room < sizeof(*span)) {
		writer->overrun = true;
		return NULL;
	}
	memset(span, 0, sizeof(*span));
	span->head.kind = RECORD_SPAN;
	writer->position += sizeof(*span);
	return span;
}

uint32_t record_writer_end(struct record_writer *writer)
{
	size_t size = (size_t)(writer->position - writer->start);
	struct record *head = (struct record *)(void *)writer->start;

	if (writer->overrun || size > RECORD_SIZE_MAX)
		return 0;
	head->size = (uint32_t)size;
	head->attributes = writer->attributes;
	return (uint32_t)size;
}

/* ---- reading ---- */

bool record_header_name(struct slice name)
{
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] <= ' ' || name.data[i] >= 0x7f)
			return false;
	return name.size > 0 && name.size <= RECORD_HEADER_NAME_MAX;
}

struct slice header_name(struct slice header)
{
	const uint8_t *end = header.size ? memchr(header.data, 0, header.size) : NULL;

	return slice_first(header, end ? (size_t)(end - header.data) : header.size);
}

bool header_next_value(struct slice *rest, struct slice *ret)
{
	if (!rest->size)
		return false;
	*ret = header_name(slice_after(*rest, 1));
	*rest = slice_after(*rest, 1 + ret->size);
	return true;
}

/* A name that is part of an attribute's, and one value at least. */
static bool header_check(struct slice header)
{
	struct slice name = header_name(header);

	for (size_t i = 0; i < name.size; i++)
		if (byte_lower(name.data[i]) != name.data[i])
			return false;
	return record_header_name(name) && name.size < header.size;
}

static bool attribute_check(const struct attribute *head, struct slice rest)
{
	if (head->key >= ATTRIBUTE_COUNT || head->type != attribute_types[head->key])
		return false;
	if (head->type != ATTRIBUTE_STRING && head->type != ATTRIBUTE_HEADER)
		return head->size == sizeof(uint64_t) && rest.size >= sizeof(uint64_t);
	if (head->size > rest.size || RECORD_ALIGNED((size_t)head->size) > rest.size)
		return false;
	return head->type == ATTRIBUTE_STRING || header_check(slice_first(rest, head->size));
}

bool attributes_check(struct slice bytes, size_t count)
{
	for (; count; count--) {
		struct attribute head;

		if (bytes.size < sizeof(head))
			return false;
		memcpy(&head, bytes.data, sizeof(head));
		bytes = slice_after(bytes, sizeof(head));
		if (!attribute_check(&head, bytes))
			return false;
		bytes = slice_after(bytes, RECORD_ALIGNED((size_t)head.size));
	}
	return bytes.size == 0;
}

static bool span_head_check(const struct span_record *span)
{
	static const uint8_t zero[16];

	if (span->scope >= SCOPE_COUNT || span->status > STATUS_ERROR)
		return false;
	if (span->kind < SPAN_INTERNAL || span->kind > SPAN_CONSUMER)
		return false;
	if (span->trace_flags & ~(TRACE_FLAG_SAMPLED | TRACE_FLAG_RANDOM))
		return false;
	if (memcmp(span->trace_id, zero, sizeof(span->trace_id)) == 0 ||
	    memcmp(span->span_id, zero, sizeof(span->span_id)) == 0)
		return false;
	return span->duration_ns <= UINT64_MAX - span->start_ns;
}

bool span_record_check(struct slice bytes)
{
	struct span_record span;

	if (bytes.size < sizeof(span) || bytes.size > RECORD_SIZE_MAX || bytes.size % 8)
		return false;
	memcpy(&span, bytes.data, sizeof(span));
	if (span.head.size != bytes.size || span.head.kind != RECORD_SPAN)
		return false;
	return span_head_check(&span) &&
	       attributes_check(slice_after(bytes, sizeof(span)), span.head.attributes);
}

struct attribute_cursor span_attributes(const struct span_record *span)
{
	const uint8_t *bytes = (const uint8_t *)span;

	return (struct attribute_cursor){ bytes + sizeof(*span), bytes + span->head.size };
}

bool attribute_next(struct attribute_cursor *cursor, struct attribute_value *ret)
{
	struct attribute head;
	const uint8_t *value;

	if (cursor->position == cursor->end)
		return false;
	memcpy(&head, cursor->position, sizeof(head));
	value = cursor->position + sizeof(head);
	cursor->position = value + RECORD_ALIGNED((size_t)head.size);
	ret->key = head.key;
	ret->type = head.type;
	if (head.type == ATTRIBUTE_STRING || head.type == ATTRIBUTE_HEADER) {
		ret->string = slice_of(value, head.size);
		ret->integer = 0;
	} else {
		ret->string = slice_of(NULL, 0);
		memcpy(&ret->integer, value, sizeof(ret->integer));
	}
	return true;
}

bool span_attribute(const struct span_record *span, enum attribute_key key,
		    struct attribute_value *ret)
{
	struct attribute_cursor cursor = span_attributes(span);
	struct attribute_value value;

	while (attribute_next(&cursor, &value)) {
		if (value.key == key) {
			*ret = value;
			return true;
		}
	}
	return false;
}

const char *attribute_name(unsigned key)
{
	return key < ATTRIBUTE_COUNT ? attribute_names[key] : NULL;
}

enum attribute_type attribute_type_of(enum attribute_key key)
{
	return (enum attribute_type)attribute_types[key];
}

const char *scope_name(unsigned scope)
{
	return scope < SCOPE_COUNT ? scope_names[scope] : NULL;
}
