/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer to a request, HTTP/1.0 or 1.1 (RFC 9112), as it comes in pieces: status, Retry-After,
 * whether the connection may be used again, and the beginning of the body. Interim answers (1xx)
 * are passed over.
 *
 * Pure: bytes in, facts out. Memory for the body is the maker's. Bounded: a head line, all of the
 * head, and the body have ceilings.
 */
#ifndef EXPORTER_RESPONSE_H
#define EXPORTER_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define RESPONSE_LINE_MAX 1024			/* longer ones are cut: we read none */
#define RESPONSE_HEAD_MAX ((size_t)64 << 10)
#define RESPONSE_BODY_MAX ((uint64_t)4 << 20)	/* otel-spec 1.5 */

enum response_state {
	RESPONSE_STATUS_LINE, RESPONSE_FIELDS, RESPONSE_BODY, RESPONSE_BODY_TO_END,
	RESPONSE_CHUNK_SIZE, RESPONSE_CHUNK, RESPONSE_CHUNK_END, RESPONSE_TRAILERS,
	RESPONSE_COMPLETE,
	RESPONSE_MALFORMED,
	RESPONSE_TOO_LARGE
};

struct response {
	enum response_state state;
	int status;
	bool keep_alive;	/* when complete: the connection can be used again */
	bool chunked, length_known, version_1_1;
	uint64_t left;		/* of the body or of the chunk */
	uint64_t total;		/* bytes of the body so far */
	size_t head_size, line_size;
	char line[RESPONSE_LINE_MAX];
	char retry_after[64];	/* empty: absent */
	size_t retry_after_size;
	uint8_t *body;
	size_t body_size, body_room;	/* kept; what comes after is counted only */
};

void response_begin(struct response *response, uint8_t *body, size_t room);

/* Takes @bytes; returns how many belonged to this answer. */
size_t response_take(struct response *response, struct slice bytes);

/* The peer closed the connection: whether that completes the answer. */
bool response_close(struct response *response);

static inline bool response_over(const struct response *response)
{
	return response->state >= RESPONSE_COMPLETE;
}

static inline bool response_begun(const struct response *response)
{
	return response->state != RESPONSE_STATUS_LINE || response->line_size > 0;
}

#endif
