/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a finished command to its record in the area, by the semantic conventions: kind, status,
 * names and attributes are decided here and nowhere else.
 *
 * Threads: that of the connection. Failure: the record is dropped and counted by the area.
 */
#ifndef CALL_DESCRIBE_H
#define CALL_DESCRIBE_H

#include <stdbool.h>
#include <stdint.h>

#include "call/command.h"
#include "call/connection.h"

/* Fills the head of the span at submission: who, where from, whose child. Not the times. */
void describe_begin(struct command *command, struct connection *connection,
		    const void *return_address);

/*
 * The same for a connect that has no handle yet, and enters it among the open calls; null: none had
 * room. The start time is taken last.
 */
struct area_call *describe_connecting(struct span_record *span, const void *return_address);

/*
 * Enters the command among the open calls, then takes the start time, if it has none yet: the last
 * thing before the real call.
 */
void describe_open(struct command *command, const struct connection *connection);

/*
 * The same as describe_begin() and describe_open() for a @command that is ready for another execute
 * of its statement (see call/connection.h), by the current @thread. Its span is in the open call
 * alone, until describe_take_span(). False: nothing was done, it must be described as a new one.
 */
bool describe_open_again(struct command *command, const struct connection *connection,
			 struct thread *thread);

/* Fetches the span of a command that describe_open_again() opened; any other is left alone. */
static inline void describe_take_span(struct command *command)
{
	if (command->open && !command->span.start_ns)
		command->span = command->open->span;
}

struct describe_outcome {
	uint64_t end_ns;
	uint64_t rows;
	bool split;	/* these two are known */
	uint64_t first_byte_ns, fetch_ns;
};

/* Writes the record of what describe_open_again() opened, by the current @thread. */
void describe_end_again(const struct command *command, const struct connection *connection,
			struct thread *thread, const struct describe_outcome *outcome);

/* Writes the record, with @end_ns; the open call ends with it. */
void describe_end(struct command *command, const struct connection *connection, uint64_t end_ns);

/*
 * Whether @command is a prepared statement whose text is known, executed to its end without error
 * and with its rows, and nothing more is to be told but the split: what most calls are that matter.
 */
bool describe_is_usual(const struct command *command, const struct connection *connection);

/* The same as describe_end() for such a command, which ends with its last result. */
void describe_usual(struct command *command, const struct connection *connection);

#endif
