/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of a connection in flight, and when each is over (hooks.md A.5): the span is closed
 * at the null result, the next command, a sync, PQfinish or PQreset; its end is the last terminal
 * result, so that programs which fetch late, or never fetch the null, are told truly.
 *
 * Threads: that of the connection. A command handed to queue_finish() is gone afterwards.
 */
#ifndef CALL_QUEUE_H
#define CALL_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cold.h"
#include "call/connection.h"

/* Ends a command that is in no queue: its record is written, its memory given back. */
void queue_finish(struct connection *connection, struct command *command, uint64_t now_ns);

/*
 * Ends all commands in flight, one in its real call too: what libpq discards, or what the program
 * left behind. Without a terminal result: an abandoned COPY IN is an error (libpq sends CopyFail),
 * the rest is incomplete.
 */
COLD void queue_settle_now(struct connection *connection);

static inline void queue_settle(struct connection *connection)
{
	if (connection->head || connection->calling)
		queue_settle_now(connection);
}

/*
 * Ends a command whose real call did not return: a callback jumped away from it, or makes another
 * call on the same connection inside it.
 */
COLD void queue_abandon_now(struct connection *connection);

static inline void queue_abandon_call(struct connection *connection)
{
	if (connection->calling)
		queue_abandon_now(connection);
}

/*
 * A command that is not in the queue was sent (no memory). What was queued before it is over, or,
 * in a pipeline, nothing is queued after it until the results are known to be ours again.
 */
COLD void queue_lose(struct connection *connection);

/* A request without a span was sent: its results are nobody else's. */
COLD void queue_untold(struct connection *connection);

/* A sync was sent. */
COLD void queue_sync(struct connection *connection);

/*
 * A synchronous command that stopped at COPY: stays in flight until the data ended. COPY BOTH ends
 * here.
 */
COLD void queue_begin_copy(struct connection *connection, struct command *command, uint64_t now_ns);

/* PQendcopy: it swallows the result of the head. */
COLD void queue_end_copy(struct connection *connection, bool failed, uint64_t now_ns);

/* The next result of the head is there to be fetched. */
void queue_ready(struct connection *connection);

/* One answer of PQgetResult, null included; with an empty queue only while it is blind. */
void queue_result(struct connection *connection, struct pg_result *result);

#endif
