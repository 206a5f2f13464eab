/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libcurl says about a transfer after its end: its code and its CURLINFOs (hooks.md B.3, B.5).
 *
 * Ownership: texts are libcurl's, until the next call on the handle. Threads: that of the handle.
 */
#ifndef CALL_ANSWER_H
#define CALL_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "call/easy.h"
#include "call/http.h"

struct answer {
	int code;
	bool over;			/* libcurl has nothing more to do for it */
	bool cancelled, removed, lost;
	uint16_t status, peer_port;
	uint32_t redirects;
	uint32_t http_version;		/* as CURLINFO_HTTP_VERSION has it */
	bool has_sizes;
	uint64_t sent, received;
	uint64_t total_ns;		/* 0: unknown */
	struct http_marks marks;
	struct slice effective_url, effective_method, scheme, peer_address;
	char error[24];			/* of a code that has no name */
	struct slice error_type;
};

/* An answer of which nothing is known but @code, a CURLcode. */
void answer_begin(struct answer *answer, int code);

/* Asks libcurl, at a time when it may be asked: after the end, or while it takes no part. */
void answer_ask(struct answer *answer, const struct easy *easy, bool sizes);

/* It was taken away while it ran. */
void answer_removed(struct answer *answer);

/* It failed by @type, a string that lives for good. */
void answer_fail(struct answer *answer, const char *type);

/* Fills in what came back; what takes longer than @duration_ns is not believed. */
void answer_describe(const struct answer *answer, uint64_t duration_ns,
		     struct http_exchange *exchange);

#endif
