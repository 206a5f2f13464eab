/* SPDX-License-Identifier: Apache-2.0 */
/* Limits and types of exported attributes. */
#include "exporter/attributes.h"

#include "exporter/utf8.h"

struct attribute_limits attribute_limits_of(const struct config *config)
{
	return (struct attribute_limits){
		.count = (uint64_t)config->span_attribute_count_limit,
		.length = (uint64_t)config->span_attribute_length_limit,
	};
}

struct export_cursor export_attributes(const struct span *span, struct attribute_limits limits)
{
	return (struct export_cursor){
		.span = span,
		.limits = limits,
		.inner = span_attributes_of(span),
	};
}

enum export_type export_text(struct slice text, uint64_t length, struct slice *ret)
{
	if (!utf8_valid(text)) {
		*ret = slice_first(text, length);
		return EXPORT_BYTES;
	}
	*ret = utf8_first(text, length);
	return EXPORT_STRING;
}

static void hash_format(uint64_t hash, char ret[16])
{
	static const char digit[16] = "0123456789abcdef";

	for (int i = 14; i >= 0; i -= 2, hash >>= 8) {
		ret[i] = digit[hash >> 4 & 15];
		ret[i + 1] = digit[hash & 15];
	}
}

static void convert(const struct attribute_value *value, uint64_t length, struct export_value *ret)
{
	ret->key = value->key;
	ret->integer = value->integer;
	ret->name = slice_of(NULL, 0);
	switch (value->type) {
	case ATTRIBUTE_STRING:
		ret->type = export_text(value->string, length, &ret->string);
		return;
	case ATTRIBUTE_HASH:
		hash_format((uint64_t)value->integer, ret->digits);
		ret->type = export_text(slice_of(ret->digits, sizeof(ret->digits)), length,
					&ret->string);
		return;
	case ATTRIBUTE_BOOLEAN:
		ret->type = EXPORT_BOOLEAN;
		ret->integer = value->integer != 0;
		return;
	case ATTRIBUTE_INTEGER:
		ret->type = EXPORT_INTEGER;
		return;
	case ATTRIBUTE_HEADER:
		ret->type = EXPORT_LIST;
		ret->name = header_name(value->string);
		ret->string = slice_after(value->string, ret->name.size);
		ret->length = length;
		return;
	}
}

bool export_next_element(const struct export_value *value, struct slice *rest,
			 struct export_value *ret)
{
	struct slice element;

	if (!header_next_value(rest, &element))
		return false;
	ret->type = export_text(element, value->length, &ret->string);
	return true;
}

/* Headers of one direction have one key, and are the same only by their names. */
static bool header_came(const struct span *span, const struct attribute_value *header)
{
	struct attribute_cursor cursor = span_attributes(span->record);
	struct slice name = header_name(header->string);
	struct attribute_value value;

	while (attribute_next(&cursor, &value) && value.string.data != header->string.data)
		if (value.key == header->key && slice_equal(header_name(value.string), name))
			return true;
	return false;
}

static bool came(const struct export_cursor *cursor, const struct attribute_value *value)
{
	if (!key_in(&cursor->seen, value->key))
		return false;
	return value->type != ATTRIBUTE_HEADER || header_came(cursor->span, value);
}

bool export_next(struct export_cursor *cursor, struct export_value *ret)
{
	struct attribute_value value;

	while (span_attribute_next(cursor->span, &cursor->inner, &value)) {
		if (came(cursor, &value))
			continue;
		key_add(&cursor->seen, value.key);
		if (cursor->kept >= cursor->limits.count) {
			cursor->dropped++;
			continue;
		}
		cursor->kept++;
		convert(&value, cursor->limits.length, ret);
		return true;
	}
	return false;
}
