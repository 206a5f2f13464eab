/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we know of each PGconn: its libpq, what is the same for all its calls, the commands under
 * way, prepared statements. The table is lock-free open addressing over handles; full: the
 * connection is not traced, its calls pass through, counted.
 *
 * Ownership: made at connect or at the first command on a handle we did not see created; given
 * back by connection_forget(), before the handle's address can be used again. Threads: libpq
 * allows one thread at a time on a PGconn, so only the table is shared. After a fork the table is
 * empty in the child: an inherited PGconn is met again at its next command.
 */
#ifndef CALL_CONNECTION_H
#define CALL_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cold.h"
#include "call/command.h"
#include "call/libpq.h"
#include "call/module.h"
#include "call/shape.h"
#include "call/statement.h"
#include "call/traffic.h"
#include "call/transaction.h"

#define CONNECTIONS_MAX 2048u
#define CONNECTION_TRIES 32u
#define CONNECTION_SHARED 640u

/*
 * Type-stable: a socket hook of another thread may still look at the traffic of a closed
 * connection.
 */
struct connection_slot {
	_Alignas(64) _Atomic uintptr_t handle;	/* 0: free, 1: was used */
	struct connection *connection;
	struct traffic traffic;
};

enum own_state {
	OWN_FREE,
	OWN_TAKEN,
	/*
	 * Free, and as describe_open() expects it for the execute of the statement that was found
	 * last: the last command of this connection was one, ended as usual, and neither what is
	 * known of the connection nor any state of it changed since. See call/execute.h.
	 */
	OWN_READY
};

struct connection {
	struct pg_conn *handle;
	const struct libpq *libpq;
	struct connection_slot *slot;
	int fd;				/* entered in the traffic table, -1 none */
	bool pipeline;			/* in pipeline mode */
	bool learned;			/* @shared is true of the connection as it is */
	bool path_reported;		/* search_path is looked at before each command */
	bool schema_optional;		/* the schema is what the options say */
	bool schema_lost;		/* and a statement may have changed it since */
	bool replication;
	bool transaction_told;		/* @times are of the transaction that just ended */
	uint8_t own_state;		/* enum own_state, of @own */
	uint16_t shared_count, shared_size;
	uint16_t namespace_size;
	struct command *head, *tail;	/* submitted, results not finished */
	struct command *newest_prepare;	/* among them */
	struct command *calling;	/* its real call is under way, in no queue */
	struct command *connect;	/* connecting or resetting */
	/*
	 * A command of a pipeline found no memory: no more are queued, or results would be taken
	 * for those of others, until a sync that came after it is answered.
	 */
	bool blind;
	bool blind_synced;		/* nothing came after the last sync */
	uint32_t blind_syncs;		/* sent and not answered */
	struct command own;
	struct transaction transaction;
	struct transaction_times times;
	struct module_memory module;
	struct statement_map statements;
	struct shape_table shapes;
	struct command unnamed;		/* of the last PQexecParams: its text, nothing else */
	uint8_t namespace[128];
	uint64_t about_key;		/* of @shared and a command of kind 0, see trace/area.h */
	uint8_t path[128], path_size;	/* search_path as it was reported last, its beginning */
	/* Encoded attributes: system, namespace, server, backend */
	uint8_t shared[CONNECTION_SHARED];
};

/* Null: unknown. */
struct connection *connection_find(const struct pg_conn *handle);

/* The connection of @handle, made if need be; null when there is no room. */
COLD struct connection *connection_of(struct pg_conn *handle, const struct libpq *libpq);

/* Gives back everything, commands included, without spans. */
void connection_forget(struct connection *connection);

/*
 * The server side changed (connected, reset): what was learned is learned again at the next need.
 */
void connection_changed(struct connection *connection);

/* A statement may have changed the schema that the options set: it is not told from now on. */
void connection_schema_lost(struct connection *connection);

/* Fills @shared from libpq's accessors and enters the descriptor. */
COLD void connection_learn_now(struct connection *connection);

/* The same, if that is still to be done. */
static inline void connection_learn(struct connection *connection)
{
	if (!connection->learned)
		connection_learn_now(connection);
}

/* Unless the server said that they are not; asked for only where it matters to @query. */
COLD bool connection_standard_strings(const struct connection *connection, const char *query);

/* A fresh command, zeroed, in no queue; null when there is no memory. */
struct command *connection_command(struct connection *connection);

/* Gives @command back. */
void connection_release(struct connection *connection, struct command *command);

void connection_append(struct connection *connection, struct command *command);

/*
 * Makes @own, which ended as usual and was given back, ready for the next execute of its statement.
 */
void connection_own_ready(struct connection *connection);

/* It is not ready any more: something else changed. */
static inline void connection_own_changed(struct connection *connection)
{
	if (connection->own_state == OWN_READY)
		connection->own_state = OWN_FREE;
}

/* Takes the head of the queue off; null when it is empty. */
struct command *connection_pop(struct connection *connection);

#endif
