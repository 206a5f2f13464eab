/* SPDX-License-Identifier: Apache-2.0 */
/* W3C trace context as text: the traceparent of level 2. */
#include "trace/context.h"

#include <string.h>

static bool bytes_are_zero(const uint8_t *bytes, size_t size)
{
	uint8_t all = 0;

	for (size_t i = 0; i < size; i++)
		all |= bytes[i];
	return all == 0;
}

bool trace_context_valid(const struct trace_context *context)
{
	return !bytes_are_zero(context->trace_id, sizeof(context->trace_id)) &&
	       !bytes_are_zero(context->span_id, sizeof(context->span_id));
}

/* The value of a lower-case digit; the standard forbids the others. -1: none. */
static int hex_digit(uint8_t character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	return -1;
}

bool hex_parse(const uint8_t *text, uint8_t *ret, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int high = hex_digit(text[2 * i]);
		int low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool hex_parse_padded(struct slice text, uint8_t *ret, size_t size)
{
	if (!text.size || text.size > 2 * size)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (hex_digit(text.data[i]) < 0)
			return false;
	memset(ret, 0, size);
	for (size_t i = 0; i < text.size; i++) {
		int digit = hex_digit(text.data[text.size - 1 - i]);

		ret[size - 1 - i / 2] |= (uint8_t)(i % 2 ? digit << 4 : digit);
	}
	return true;
}

void hex_format(const uint8_t *bytes, size_t size, char *ret)
{
	static const char digits[16] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*ret++ = digits[bytes[i] >> 4];
		*ret++ = digits[bytes[i] & 15];
	}
}

/* Version 00 has this size only; later ones may go on after a further dash. */
static bool traceparent_size_fits(struct slice text, uint8_t version)
{
	if (version == 0xff || text.size < TRACEPARENT_SIZE)
		return false;
	if (text.size == TRACEPARENT_SIZE)
		return true;
	return version != 0 && text.data[TRACEPARENT_SIZE] == '-';
}

bool traceparent_parse(struct slice text, struct trace_context *ret)
{
	struct trace_context context;
	uint8_t version, flags;

	text = slice_without_blanks(text);
	if (text.size < 2 || !hex_parse(text.data, &version, 1) ||
	    !traceparent_size_fits(text, version))
		return false;
	if (text.data[2] != '-' || text.data[35] != '-' || text.data[52] != '-')
		return false;
	if (!hex_parse(text.data + 3, context.trace_id, sizeof(context.trace_id)) ||
	    !hex_parse(text.data + 36, context.span_id, sizeof(context.span_id)) ||
	    !hex_parse(text.data + 53, &flags, 1) || !trace_context_valid(&context))
		return false;
	context.flags = flags & (TRACE_FLAG_SAMPLED | TRACE_FLAG_RANDOM);
	context.remote = true;
	*ret = context;
	return true;
}

void traceparent_format(const struct trace_context *context, char ret[TRACEPARENT_SIZE + 1])
{
	uint8_t flags = context->flags & (TRACE_FLAG_SAMPLED | TRACE_FLAG_RANDOM);

	memcpy(ret, "00-", 3);
	hex_format(context->trace_id, sizeof(context->trace_id), ret + 3);
	ret[35] = '-';
	hex_format(context->span_id, sizeof(context->span_id), ret + 36);
	ret[52] = '-';
	hex_format(&flags, 1, ret + 53);
	ret[TRACEPARENT_SIZE] = '\0';
}
