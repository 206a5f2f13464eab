/* SPDX-License-Identifier: Apache-2.0 */
/* Bound values as attributes. */
#include "call/parameter.h"

#include "base/arena.h"
#include "protocol/sql_secret.h"
#include "protocol/sql_text.h"
#include "trace/record.h"

/* pg_type.dat: types whose binary format is their text, or a number or truth value. */
enum {
	OID_BOOL = 16, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_OID = 26,
	OID_JSON = 114, OID_BPCHAR = 1042, OID_VARCHAR = 1043
};

/* The longest number with its sign, and what a binary value is written to. */
#define NUMBER_MAX 24u

bool parameter_may_be_told(struct slice statement, bool whole)
{
	return whole && statement.size && !sql_names_secret(statement);
}

/* ---- values ---- */

static struct slice number_text(int64_t number, uint8_t room[NUMBER_MAX])
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	size_t at = NUMBER_MAX;

	do
		room[--at] = (uint8_t)('0' + rest % 10);
	while ((rest /= 10));
	if (number < 0)
		room[--at] = '-';
	return slice_of(room + at, NUMBER_MAX - at);
}

/* Big-endian, as the protocol has it. */
static uint64_t bits_of(struct slice value)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < value.size; i++)
		bits = bits << 8 | value.data[i];
	return bits;
}

/* Empty, with null data: not told. */
static struct slice binary_text(struct slice value, unsigned int type, uint8_t room[NUMBER_MAX])
{
	static const struct slice unknown = { NULL, 0 };

	switch (type) {
	case OID_TEXT:
	case OID_BPCHAR:
	case OID_VARCHAR:
	case OID_JSON:
		return value;
	case OID_BOOL:
		if (value.size != 1)
			return unknown;
		return value.data[0] ? SLICE("t") : SLICE("f");
	case OID_INT2:
		return value.size == 2 ? number_text((int16_t)bits_of(value), room) : unknown;
	case OID_INT4:
		return value.size == 4 ? number_text((int32_t)bits_of(value), room) : unknown;
	case OID_OID:
		return value.size == 4 ? number_text((int64_t)bits_of(value), room) : unknown;
	case OID_INT8:
		return value.size == 8 ? number_text((int64_t)bits_of(value), room) : unknown;
	default:
		return unknown;
	}
}

/* The value as text; null data: none that can be told. */
static struct slice value_text(const struct parameter_list *list, int index,
			       uint8_t room[NUMBER_MAX])
{
	const char *value = list->values[index];
	bool binary = list->formats && list->formats[index];

	if (!value)
		return slice_of(NULL, 0);
	if (!binary)
		return slice_of(value, strnlen(value, PARAMETER_VALUE_MAX + 1));
	if (!list->types || !list->lengths || list->lengths[index] < 0)
		return slice_of(NULL, 0);
	return binary_text(slice_of(value, (size_t)list->lengths[index]), list->types[index], room);
}

/* The block is a page of attributes, and behind it room to make one value valid UTF-8. */
#define BLOCK_SIZE (PARAMETERS_SIZE_MAX + PARAMETER_VALUE_MAX)

static void put_value(struct record_writer *writer, enum attribute_key key, struct slice value)
{
	uint8_t *valid = writer->start + PARAMETERS_SIZE_MAX;
	struct sql_text text;

	value = slice_first(value, PARAMETER_VALUE_MAX + 1);
	sql_text_begin(&text, valid, PARAMETER_VALUE_MAX, value);
	sql_text_append(&text, value);
	sql_text_finish(&text);
	record_put_string(writer, key, slice_of(valid, text.size));
}

static void encode(const struct parameter_list *list, uint32_t keys, struct record_writer *writer,
		   struct parameter_block *block)
{
	uint8_t room[NUMBER_MAX];

	for (int i = 0; i < list->count; i++) {
		struct slice value;

		if ((unsigned int)i >= PARAMETERS_MAX) {
			if (keys == PARAMETERS_ALL)
				block->left_out = (uint16_t)(block->left_out + list->count - i);
			return;
		}
		if (!parameter_is_asked(keys, (unsigned int)i))
			continue;
		value = value_text(list, i, room);
		if (!value.data) {
			/* A null is no value; another one is, whose type says nothing to us. */
			block->left_out = (uint16_t)(block->left_out + (list->values[i] != NULL));
			continue;
		}
		writer->overrun = false;
		put_value(writer, (enum attribute_key)(ATTRIBUTE_DB_QUERY_PARAMETER_0 + i), value);
		block->left_out = (uint16_t)(block->left_out + writer->overrun);
	}
}

bool parameter_encode(const struct parameter_list *list, uint32_t keys,
		      struct parameter_block *ret)
{
	struct parameter_block block = { .count = 0 };
	struct record_writer writer;

	if (!list->values || list->count <= 0 || !keys) {
		*ret = block;
		return true;
	}
	block.bytes = arena_take(BLOCK_SIZE);
	if (!block.bytes)
		return false;
	record_writer_begin(&writer, block.bytes, PARAMETERS_SIZE_MAX);
	encode(list, keys, &writer, &block);
	block.size = (uint16_t)(writer.position - writer.start);
	block.count = writer.attributes;
	*ret = block;
	return true;
}

void parameter_clear(struct parameter_block *block)
{
	if (block->bytes)
		arena_give(block->bytes, BLOCK_SIZE);
	*block = (struct parameter_block){ .bytes = NULL };
}
