/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context of a span as a comment at the end of its statement (sqlcommenter), so that the
 * server's log leads back to the trace:
 *
 *	SELECT 1 / *traceparent='00-...-01',tracestate='...'* /;
 *
 * Keys are in order, values are percent-encoded; the comment stands before a trailing semicolon.
 *
 * A statement stays as it is when it could mean something else with the comment, or when the
 * comment would outlive the trace or be of no use: without any SQL, with a comment of its own, with
 * a literal, comment or identifier that does not end, longer than COMMENT_QUERY_MAX, a command of
 * the replication protocol (its grammar has no comments), or with PREPARE.
 *
 * Pure; any thread; linear time; nothing is allocated.
 */
#ifndef CALL_COMMENT_H
#define CALL_COMMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* As much of a statement as a span keeps. */
#define COMMENT_QUERY_MAX ((size_t)8 << 10)
#define COMMENT_STATE_MAX ((size_t)512)

/* What a comment adds at most: each byte of the state may take three. */
#define COMMENT_ROOM (3 * COMMENT_STATE_MAX + 128)

struct comment_source {
	struct slice query;
	struct slice traceparent;	/* empty: nothing is added */
	struct slice tracestate;	/* empty: none; longer than the maximum: left out */
	bool standard_strings;		/* standard_conforming_strings */
};

/*
 * Writes the statement with its comment and a terminating zero to the @room bytes at @text. Its
 * size without the zero; 0, with nothing written, when it must not have one or there is no room:
 * query.size + COMMENT_ROOM is enough.
 */
size_t comment_append(const struct comment_source *source, uint8_t *text, size_t room);

#endif
