/* SPDX-License-Identifier: Apache-2.0 */
/* From a record to what it means: look-ups, wall clock, name. */
#include "exporter/span.h"

#include "exporter/utf8.h"

/* What a name is made of (semconv 2.2). */
struct name_parts {
	struct slice given, system, operation, space, address;
	int64_t port;
};

static void part_take(struct span *span, struct name_parts *parts,
		      const struct attribute_value *value)
{
	switch ((int)value->key) {
	case ATTRIBUTE_SPAN_NAME:
		parts->given = value->string;
		break;
	case ATTRIBUTE_DB_SYSTEM_NAME:
		parts->system = value->string;
		break;
	case ATTRIBUTE_DB_OPERATION_NAME:
		parts->operation = value->string;
		break;
	case ATTRIBUTE_DB_NAMESPACE:
		parts->space = value->string;
		break;
	case ATTRIBUTE_SERVER_ADDRESS:
		parts->address = value->string;
		break;
	case ATTRIBUTE_SERVER_PORT:
		parts->port = value->integer;
		break;
	case ATTRIBUTE_DB_QUERY_SUMMARY:
		span->summary = value->string;
		break;
	case ATTRIBUTE_DB_QUERY_TEXT:
		span->text = value->string;
		break;
	case ATTRIBUTE_DB_QUERY_HASH:
		span->hash = (uint64_t)value->integer;
		break;
	default:
		break;
	}
}

static size_t append(char *to, size_t used, struct slice text)
{
	size_t room = SPAN_NAME_MAX - used;

	if (text.size > room)
		text.size = room;
	if (text.size)
		memcpy(to + used, text.data, text.size);
	return used + text.size;
}

static size_t append_number(char *to, size_t used, int64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	if (number <= 0)
		return used;
	for (; number && at; number /= 10)
		digits[--at] = (char)('0' + number % 10);
	digits[--at] = ':';
	return append(to, used, slice_of(digits + at, sizeof(digits) - at));
}

/* A name is text in every encoding: neither cut inside a character nor anything else than UTF-8. */
static void name_repair(struct span *span)
{
	uint8_t copy[SPAN_NAME_MAX];
	size_t size;

	if (utf8_valid(span->name))
		return;
	size = utf8_repair(span->name, copy, sizeof(copy));
	memcpy(span->composed, copy, size);
	span->name = slice_of(span->composed, size);
}

static void name_compose(struct span *span, const struct name_parts *parts)
{
	char *to = span->composed;
	size_t used = append(to, 0, parts->operation);
	bool space = parts->space.size > 0;

	if (used && (space || parts->address.size))
		used = append(to, used, SLICE(" "));
	if (space)
		used = append(to, used, parts->space);
	else if (parts->address.size)
		used = append_number(to, append(to, used, parts->address), parts->port);
	span->name = slice_of(to, used);
}

static void name_make(struct span *span, const struct name_parts *parts)
{
	const char *scope = scope_name(span->record->scope);

	if (parts->given.size)
		span->name = parts->given;
	else if (span->summary.size)
		span->name = span->summary;
	else
		name_compose(span, parts);
	if (!span->name.size)
		span->name = parts->system;
	if (!span->name.size)
		span->name = slice_of_string(scope ? scope : "call");
	name_repair(span);
}

static void caller_find(const struct reader *reader, struct span *span)
{
	const struct span_record *record = span->record;
	struct reader_module module;

	if (!record->module || !reader || !reader_module(reader, record->module, &module))
		return;
	span->module = module.path;
	span->offset = record->caller - module.load_address;
	if (module.build_id.size <= SPAN_BUILD_ID_MAX) {
		span->build_id = module.build_id;
		hex_format(module.build_id.data, module.build_id.size, span->build_id_hex);
	}
}

static void statement_find(const struct reader *reader, struct span *span)
{
	struct reader_statement statement;

	if (!span->record->statement || !reader ||
	    !reader_statement(reader, span->record->statement, &statement))
		return;
	if (!span->text.size)
		span->text = statement.text;
	if (!span->summary.size)
		span->summary = statement.summary;
	if (!span->hash)
		span->hash = statement.hash;
}

void span_view(const struct reader *reader, const struct span_record *record,
	       uint64_t wall_offset_ns, struct span *ret)
{
	struct attribute_cursor cursor = span_attributes(record);
	struct name_parts parts = { 0 };
	struct attribute_value value;

	ret->record = record;
	ret->start_ns = record->start_ns + wall_offset_ns;
	ret->end_ns = ret->start_ns + record->duration_ns;
	ret->name = ret->text = ret->summary = (struct slice){ 0 };
	ret->module = ret->build_id = (struct slice){ 0 };
	ret->hash = ret->offset = 0;
	ret->present = (struct key_set){ { 0 } };
	while (attribute_next(&cursor, &value)) {
		key_add(&ret->present, value.key);
		part_take(ret, &parts, &value);
	}
	statement_find(reader, ret);
	caller_find(reader, ret);
	name_make(ret, &parts);
}

struct span_attribute_cursor span_attributes_of(const struct span *span)
{
	return (struct span_attribute_cursor){ .record = span_attributes(span->record) };
}

static bool give_string(struct attribute_value *ret, enum attribute_key key, struct slice value)
{
	ret->key = key;
	ret->type = ATTRIBUTE_STRING;
	ret->string = value;
	return value.size > 0;
}

static bool give_number(struct attribute_value *ret, enum attribute_key key, uint64_t value)
{
	ret->key = key;
	ret->type = attribute_type_of(key);
	ret->integer = (int64_t)value;
	return value > 0;
}

#define DERIVED 7

/* The derived attribute number @index; false when this span has no such. */
static bool derive(const struct span *span, unsigned index, struct attribute_value *ret)
{
	switch (index) {
	case 0:
		return give_string(ret, ATTRIBUTE_DB_QUERY_SUMMARY, span->summary);
	case 1:
		return give_string(ret, ATTRIBUTE_DB_QUERY_TEXT, span->text);
	case 2:
		return give_number(ret, ATTRIBUTE_DB_QUERY_HASH, span->hash);
	case 3:
		return give_number(ret, ATTRIBUTE_THREAD_ID, span->record->thread_id);
	case 4:
		return give_string(ret, ATTRIBUTE_CODE_MODULE, span->module);
	case 5:
		return span->module.size && give_number(ret, ATTRIBUTE_CODE_OFFSET, span->offset);
	default:
		return give_string(ret, ATTRIBUTE_CODE_BUILD_ID,
				   slice_of(span->build_id_hex, 2 * span->build_id.size));
	}
}

bool span_attribute_next(const struct span *span, struct span_attribute_cursor *cursor,
			 struct attribute_value *ret)
{
	while (attribute_next(&cursor->record, ret))
		if (ret->key != ATTRIBUTE_SPAN_NAME)
			return true;
	while (cursor->derived < DERIVED)
		if (derive(span, cursor->derived++, ret) &&
		    !key_in(&span->present, ret->key))
			return true;
	return false;
}
