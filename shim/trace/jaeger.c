/* SPDX-License-Identifier: Apache-2.0 */
/* The uber-trace-id of Jaeger. */
#include "trace/jaeger.h"

#include <string.h>

#define FLAG_SAMPLED 0x01u
#define FLAG_DEBUG 0x02u

enum { TRACE, SPAN, PARENT, FLAGS, PARTS };

/* Takes what stands before the next colon, plain or encoded as all of them are then. */
static struct slice part_take(struct slice *rest, bool encoded, bool *ret_more)
{
	size_t colon = encoded ? 3 : 1, size = 0;
	struct slice part;

	while (size + colon <= rest->size) {
		const uint8_t *at = rest->data + size;

		if (encoded ? at[0] == '%' && at[1] == '3' && byte_lower(at[2]) == 'a' :
			      at[0] == ':')
			break;
		size++;
	}
	*ret_more = size + colon <= rest->size;
	part = *ret_more ? slice_first(*rest, size) : *rest;
	*rest = slice_after(*rest, size + colon);
	return part;
}

/* Exactly as many as there should be. */
static bool parts_take(struct slice text, struct slice part[PARTS])
{
	bool encoded = !text.size || !memchr(text.data, ':', text.size);
	bool more = true;

	for (size_t i = 0; i < PARTS; i++) {
		if (!more)
			return false;
		part[i] = part_take(&text, encoded, &more);
	}
	return !more;
}

bool jaeger_parse(struct slice text, struct trace_context *ret, bool *ret_debug)
{
	struct trace_context context = { .remote = true };
	struct slice part[PARTS];
	uint8_t flags;

	if (!parts_take(slice_without_blanks(text), part) ||
	    !hex_parse_padded(part[TRACE], context.trace_id, sizeof(context.trace_id)) ||
	    !hex_parse_padded(part[SPAN], context.span_id, sizeof(context.span_id)) ||
	    !hex_parse_padded(part[FLAGS], &flags, 1) || !trace_context_valid(&context))
		return false;
	if (flags & FLAG_SAMPLED)
		context.flags = TRACE_FLAG_SAMPLED;
	*ret = context;
	*ret_debug = flags & FLAG_SAMPLED && flags & FLAG_DEBUG;
	return true;
}

void jaeger_format(const struct trace_context *context, bool debug, char ret[JAEGER_SIZE + 1])
{
	bool sampled = context->flags & TRACE_FLAG_SAMPLED;

	hex_format(context->trace_id, sizeof(context->trace_id), ret);
	ret[32] = ':';
	hex_format(context->span_id, sizeof(context->span_id), ret + 33);
	memcpy(ret + 49, ":0:", 3);
	ret[52] = "0133"[sampled | debug << 1];
	ret[JAEGER_SIZE] = '\0';
}
