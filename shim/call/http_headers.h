/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers that settings name, as attributes http.request.header.NAME and http.response.header.NAME
 * (semconv 3.7). Nothing is told that was not asked for by its name.
 *
 * Pure; writes straight into the record. Threads: any. Failure: what exceeds a bound below is left
 * out and counted in otelshim.http.headers_left_out.
 */
#ifndef CALL_HTTP_HEADERS_H
#define CALL_HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "trace/record.h"

#define HTTP_HEADER_VALUE_MAX ((size_t)1 << 10)	/* bytes of one value, cut at a character */
#define HTTP_HEADERS_MAX ((size_t)2 << 10)	/* bytes of all headers of one direction */

/* Bytes of a record that http_headers_describe() takes at most. */
#define HTTP_HEADERS_ROOM (2 * HTTP_HEADERS_MAX + 32)

struct http_header {
	struct slice name, value;
};

/* "Name: value" with or without its line end; false: not a header (a status line, a blank one). */
bool http_header_split(struct slice line, struct http_header *ret);

/*
 * The same for an entry of libcurl's list CURLOPT_HTTPHEADER, where "Name;" is a header without
 * value and "Name:" takes one away.
 */
bool http_header_of_entry(struct slice entry, struct http_header *ret);

/*
 * Gives one header after the other, from the beginning when @again. False: there are no more. Each
 * stays valid until the next.
 */
typedef bool http_header_next(void *context, bool again, struct http_header *ret);

struct http_header_source {
	http_header_next *next;	/* null: nothing is known of this direction */
	void *context;
};

/* What settings name: lists with commas, in any case. Set once, at load; read-only afterwards. */
struct http_header_options {
	struct slice request, response;	/* headers to tell; empty: none */
	struct slice sanitized;		/* of them, whose values are REDACTED */
};

extern struct http_header_options http_header_options;

/* Whether there is anything to do. */
static inline bool http_headers_wanted(void)
{
	return http_header_options.request.size || http_header_options.response.size;
}

/* Puts the attributes of both directions. */
void http_headers_describe(struct record_writer *writer, struct http_header_source request,
			   struct http_header_source response);

#endif
