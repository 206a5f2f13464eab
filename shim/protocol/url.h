/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs as programs give them to a client library: their parts, and their text without secrets.
 * As lenient as libcurl, since what is described is what was asked for: up to three slashes after
 * the scheme, any bytes in path and query.
 *
 * Pure, no allocation. Slices borrow from the text.
 */
#ifndef PROTOCOL_URL_H
#define PROTOCOL_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Stored text of one URL, redacted; never cut inside a character or a percent-escape. */
#define URL_TEXT_MAX ((size_t)2 << 10)

/* What a secret is replaced with. */
#define URL_REDACTED "REDACTED"

/* An absent part has no data; an empty one (as the query of "http://a/?") has data and no size. */
struct url {
	struct slice scheme;	/* as written */
	struct slice user_info;	/* "user", "user:password" */
	struct slice host;	/* without brackets and zone when it is an IPv6 address */
	struct slice path;	/* with its slash; empty: none was written */
	struct slice query;	/* without "?" */
	struct slice fragment;	/* without "#" */
	uint16_t port;		/* as written, else the scheme's own; 0: unknown */
};

/*
 * Takes @text apart; @scheme is its scheme where it names none ("example.com/a"), empty: then it
 * must name one. False when there is no scheme, no host or no sound port: @ret is untouched.
 */
bool url_parse(struct slice text, struct slice scheme, struct url *ret);

/*
 * Writes @text into @to, at most @room bytes, and returns how many: user name and password are
 * REDACTED, and so is the value of each query parameter that is known to be a credential, whether
 * its name is percent-encoded or not (semconv 3.5). Where user info may not end where a sound URL
 * ends it (a slash in a password), all of it is redacted. @scheme goes in front where @text names
 * none. Any bytes will do; what is too long is cut.
 */
size_t url_redact(struct slice text, struct slice scheme, uint8_t *to, size_t room);

/* The same for a query alone, without "?". */
size_t url_redact_query(struct slice query, uint8_t *to, size_t room);

/* No redacted URL of @size bytes, with a scheme put in front, is longer. */
static inline size_t url_redacted_most(size_t size)
{
	/* "sig=" with its separator is the shortest that grows; user info and scheme once. */
	return size < URL_TEXT_MAX / 4 ? 3 * size + 64 : URL_TEXT_MAX;
}

#endif
