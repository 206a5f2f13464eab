/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST over HTTP/1.1, one request at a time, on a connection that is kept: a state machine over a
 * non-blocking socket that never waits by itself, so that its owner can drain, stop or give up at
 * any moment.
 *
 * Ownership: the maker's structure owns one socket; the body is borrowed until the request is over.
 * Threads: one. Failure: HTTP_FAILED, with words in `failure`; the connection is then closed.
 */
#ifndef EXPORTER_HTTP_CLIENT_H
#define EXPORTER_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "exporter/endpoint.h"
#include "exporter/resolver.h"
#include "exporter/response.h"
#include "exporter/user_headers.h"

#define HTTP_HEAD_MAX (ENDPOINT_TARGET_MAX + ENDPOINT_HOST_MAX + USER_HEADERS_SIZE + 512)
#define HTTP_BODY_KEPT ((size_t)64 << 10)	/* of an answer */
#define HTTP_CONNECT_NS UINT64_C(3000000000)	/* for one address, while there are others */

enum http_state {
	HTTP_IDLE, HTTP_RESOLVING, HTTP_CONNECTING, HTTP_SENDING, HTTP_RECEIVING,
	HTTP_ANSWERED,		/* see `response` */
	HTTP_FAILED		/* no answer; worth another try */
};

struct http_client {
	const struct endpoint *endpoint;
	const struct user_headers *headers;
	const char *content_type;
	bool gzip;			/* the next body is; set between requests */
	enum http_state state;
	const char *failure;
	int fd;				/* -1: none */
	bool reused;			/* the connection had served a request before */
	uint64_t moved;			/* bytes and connections: a sign of life */
	struct resolver resolver;
	size_t address;			/* index of the one in use */
	uint64_t connect_ns;		/* when connecting to it began */
	size_t head_size, sent;		/* of head and body together */
	struct slice body;
	struct response response;
	char head[HTTP_HEAD_MAX];
	uint8_t answer[HTTP_BODY_KEPT];
};

void http_client_begin(struct http_client *client, const struct endpoint *endpoint,
		       const struct user_headers *headers, const char *content_type);

/* Starts a request; the client must be neither busy nor without @body. */
void http_client_post(struct http_client *client, struct slice body, uint64_t now_ns);

/* Goes on as far as it can without waiting; the state after it. */
enum http_state http_client_step(struct http_client *client, uint64_t now_ns);

/* Waits until there may be something to do, at most @limit_ns. */
void http_client_wait(const struct http_client *client, uint64_t limit_ns);

static inline bool http_client_busy(const struct http_client *client)
{
	return client->state >= HTTP_RESOLVING && client->state <= HTTP_RECEIVING;
}

/* Closes the connection and forgets the request. */
void http_client_abort(struct http_client *client);

#endif
