/* SPDX-License-Identifier: Apache-2.0 */
/* The trace header of AWS X-Ray. */
#include "trace/xray.h"

#include <string.h>

#define ROOT_SIZE 35
#define TIME_DIGITS 8
#define UNIQUE_DIGITS 24

/* "1-" 8 "-" 24 */
static bool root_parse(struct slice text, uint8_t trace_id[16])
{
	const uint8_t *data = text.data;

	return text.size == ROOT_SIZE && data[0] == '1' && data[1] == '-' &&
	       data[2 + TIME_DIGITS] == '-' && hex_parse(data + 2, trace_id, TIME_DIGITS / 2) &&
	       hex_parse(data + 3 + TIME_DIGITS, trace_id + TIME_DIGITS / 2, UNIQUE_DIGITS / 2);
}

/* Unknown fields are others'. */
static bool field_parse(struct slice field, struct trace_context *context)
{
	struct slice value = field, key = { 0 };

	if (slice_take_part(&value, '=', &key))
		key = slice_without_blanks(key);
	value = slice_without_blanks(value);
	if (slice_equal(key, SLICE("Root")))
		return root_parse(value, context->trace_id);
	if (slice_equal(key, SLICE("Parent")))
		return value.size == 2 * sizeof(context->span_id) &&
		       hex_parse(value.data, context->span_id, sizeof(context->span_id));
	if (slice_equal(key, SLICE("Sampled")))
		context->flags = slice_equal(value, SLICE("1")) ? TRACE_FLAG_SAMPLED : 0;
	return true;
}

bool xray_parse(struct slice text, struct trace_context *ret)
{
	struct trace_context context = { .remote = true };
	struct slice field;

	while (slice_take_part(&text, ';', &field))
		if (!field_parse(slice_without_blanks(field), &context))
			return false;
	if (!trace_context_valid(&context))
		return false;
	*ret = context;
	return true;
}

void xray_format(const struct trace_context *context, char ret[XRAY_SIZE + 1])
{
	memcpy(ret, "Root=1-", 7);
	hex_format(context->trace_id, TIME_DIGITS / 2, ret + 7);
	ret[15] = '-';
	hex_format(context->trace_id + TIME_DIGITS / 2, UNIQUE_DIGITS / 2, ret + 16);
	memcpy(ret + 40, ";Parent=", 8);
	hex_format(context->span_id, sizeof(context->span_id), ret + 48);
	memcpy(ret + 64, ";Sampled=", 9);
	ret[73] = context->flags & TRACE_FLAG_SAMPLED ? '1' : '0';
	ret[XRAY_SIZE] = '\0';
}
