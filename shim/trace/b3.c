/* SPDX-License-Identifier: Apache-2.0 */
/* B3 in both forms. */
#include "trace/b3.h"

#include <string.h>

#define TRACE_SIZE 32
#define SPAN_SIZE 16

static bool ids_parse(struct slice trace_id, struct slice span_id, struct trace_context *ret)
{
	struct trace_context context = { .remote = true };

	if ((trace_id.size != TRACE_SIZE && trace_id.size != TRACE_SIZE / 2) ||
	    span_id.size != SPAN_SIZE ||
	    !hex_parse_padded(trace_id, context.trace_id, sizeof(context.trace_id)) ||
	    !hex_parse_padded(span_id, context.span_id, sizeof(context.span_id)) ||
	    !trace_context_valid(&context))
		return false;
	*ret = context;
	return true;
}

static bool parent_is_legal(struct slice text)
{
	uint8_t id[SPAN_SIZE / 2];

	return text.size == SPAN_SIZE && hex_parse_padded(text, id, sizeof(id));
}

bool b3_parse(struct slice text, struct trace_context *ret, bool *ret_debug)
{
	struct trace_context context;
	struct slice trace_id = { 0 }, span_id = { 0 }, decision = SLICE("0");
	bool has_parent;

	text = slice_without_blanks(text);
	if (!slice_take_part(&text, '-', &trace_id) || !slice_take_part(&text, '-', &span_id))
		return false;
	if (!ids_parse(trace_id, span_id, &context))
		return false;
	has_parent = slice_take_part(&text, '-', &decision) && text.size;
	if (decision.size != 1 || !memchr("01d", decision.data[0], 3) ||
	    (has_parent && !parent_is_legal(text)))
		return false;
	if (decision.data[0] != '0')
		context.flags = TRACE_FLAG_SAMPLED;
	*ret = context;
	*ret_debug = decision.data[0] == 'd';
	return true;
}

static bool is_yes(struct slice text)
{
	return slice_equal(text, SLICE("1")) || slice_equal_any_case(text, SLICE("true"));
}

bool b3_parse_fields(const struct b3_fields *fields, struct trace_context *ret, bool *ret_debug)
{
	bool debug = slice_equal(slice_without_blanks(fields->flags), SLICE("1"));
	struct trace_context context;

	if (!ids_parse(slice_without_blanks(fields->trace_id),
		       slice_without_blanks(fields->span_id), &context))
		return false;
	if (debug || is_yes(slice_without_blanks(fields->sampled)))
		context.flags = TRACE_FLAG_SAMPLED;
	*ret = context;
	*ret_debug = debug;
	return true;
}

void b3_format(const struct trace_context *context, bool debug, char ret[B3_SIZE + 1])
{
	bool sampled = context->flags & TRACE_FLAG_SAMPLED;

	hex_format(context->trace_id, sizeof(context->trace_id), ret);
	ret[32] = '-';
	hex_format(context->span_id, sizeof(context->span_id), ret + 33);
	ret[49] = '-';
	ret[50] = "01dd"[sampled | debug << 1];
	ret[B3_SIZE] = '\0';
}
