/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of an execute: which statement a name stands for, as far as the commands of the
 * connection tell. What only the server knows (a DEALLOCATE inside a function) is learned from its
 * refusal.
 *
 * Threads: that of the connection.
 */
#ifndef CALL_QUEUE_STATEMENT_H
#define CALL_QUEUE_STATEMENT_H

#include <stdbool.h>

#include "base/cold.h"
#include "call/connection.h"

/*
 * Gives @command the text of prepared statement @name: of the latest PREPARE in flight, else of
 * what is remembered; unknown leaves it without. False when there is no memory.
 */
bool queue_find_statement(struct connection *connection, const char *name,
			  struct command *command);

/* Before an error is told: a statement that the server does not know has no text. */
COLD void queue_check_statement(struct command *command);

/* After @command was told: what its end changes for the ones after it. May take its block. */
void queue_remember_statement(struct connection *connection, struct command *command);

/* The server closed @name (null: the unnamed one). */
COLD void queue_forget_statement(struct connection *connection, const char *name);

#endif
