/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What options add to one command: the values of its parameters, and its statement with a comment.
 * Most commands have none of it, and no memory for it.
 *
 * Ownership: it belongs to its command, and is given back with it. The statement with the comment
 * lives until the real call returned. After a fork inside the real call its memory is the child's,
 * empty: a child that goes on in its parent's call sends an empty statement. Threads: that of the
 * connection. Memory from base/arena; where there is none, nothing is added, and that is counted.
 */
#ifndef CALL_EXTRA_H
#define CALL_EXTRA_H

#include <stdbool.h>

#include "base/cold.h"
#include "call/command.h"
#include "call/connection.h"
#include "call/parameter.h"

struct extra {
	struct parameter_block parameters;
	char *comment;	/* the statement with its comment, null: none */
	size_t comment_room;
};

/* Keeps the values that options ask for; @text is the statement's, empty when it is unknown. */
COLD void extra_keep_parameters(struct command *command, const struct parameter_list *list,
			   struct slice text);

/*
 * The statement to send for @query: with a comment that names the span of @command, which has its
 * ids already, or @query itself where it must not have one.
 */
COLD const char *extra_comment(struct command *command, const struct connection *connection,
			  const char *query, bool standard_strings);

/* The real call returned: the statement is libpq's now. */
COLD void extra_sent(struct command *command);

/* Gives everything back. */
COLD void extra_clear(struct command *command);

#endif
