/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity of a span (W3C Trace Context level 2): who it is and in which trace. Values, copied
 * freely, owned by nobody.
 */
#ifndef TRACE_CONTEXT_H
#define TRACE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define TRACE_FLAG_SAMPLED 0x01u
#define TRACE_FLAG_RANDOM 0x02u

/* "00-" 32 "-" 16 "-" 2 */
#define TRACEPARENT_SIZE 55

struct trace_context {
	uint8_t trace_id[16];
	uint8_t span_id[8];
	uint8_t flags;		/* TRACE_FLAG_*, no other bits */
	bool remote;		/* came from outside this process */
};

/* Both ids are non-zero. */
bool trace_context_valid(const struct trace_context *context);

/*
 * Reads a `traceparent` by the rules of W3C Trace Context level 2 (otel-spec 7.1): versions 00 to
 * fe, surrounding blanks, unknown flags cleared. False and @ret untouched when it is malformed.
 */
bool traceparent_parse(struct slice text, struct trace_context *ret);

/* Writes version 00 and a terminating zero. */
void traceparent_format(const struct trace_context *context, char ret[TRACEPARENT_SIZE + 1]);

/*
 * Reads 2 * @size lower-case digits into @size bytes. False when one is none of these; what was
 * written till then stays.
 */
bool hex_parse(const uint8_t *text, uint8_t *ret, size_t size);

/*
 * Reads a number of one to 2 * @size lower-case digits, with zeros in front where they are fewer.
 * False and untouched when it is none.
 */
bool hex_parse_padded(struct slice text, uint8_t *ret, size_t size);

/* Lower-case hex of @size bytes into 2 * @size characters, unterminated. */
void hex_format(const uint8_t *bytes, size_t size, char *ret);

#endif
