/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One command given to libpq, from its submission to its last result: text, identity, what came
 * back. The commands of a connection form a queue, because results arrive in the order of
 * submission.
 *
 * Ownership: the queue belongs to the connection; command_finish() ends a command and gives its
 * memory back. Threads: that of the connection. Memory from base/arena, and one command that lives
 * in the connection itself, since most connections have one under way.
 */
#ifndef CALL_COMMAND_H
#define CALL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "call/libpq.h"
#include "trace/area.h"
#include "trace/record.h"

enum command_kind {
	COMMAND_SIMPLE,
	COMMAND_PARAMS,
	COMMAND_PREPARE,
	COMMAND_EXECUTE,
	COMMAND_SYNC,
	COMMAND_UNTOLD,
	COMMAND_CONNECT,
	COMMAND_RESET,
	/* Told by option only, no statements: see call/inquiry.h */
	COMMAND_DESCRIBE,
	COMMAND_CLOSE,
	COMMAND_FUNCTION
};

#define COMMAND_KINDS 16u		/* a power of two */

enum command_copy { COPY_NONE, COPY_OUT, COPY_IN, COPY_BOTH };

/* Which of a command's facts are known; together, so that all are compared at once. */
struct command_known {
	bool rows, affected, split;
	bool incomplete;		/* it never ended */
};

struct command {
	/* Empty in a fresh command; together, since each call has one. */
	struct command *next;
	struct command *older, *newer;	/* among the PREPAREs in the queue */
	struct area_call *open;
	uint8_t *bytes;			/* text, summary and statement name, one block */
	uint32_t bytes_size;		/* of the block */
	uint32_t text_size;
	uint16_t summary_size, name_size;
	uint32_t results;		/* terminal results seen */
	uint64_t hash;
	uint64_t end_ns;		/* of the last terminal result; 0: none yet */
	uint64_t ready_ns;		/* when the next result could be fetched; 0: unknown */
	uint64_t rows, affected;
	const char *error;		/* error.type without an SQLSTATE; null: none */
	struct command_known known;
	uint8_t kind;			/* enum command_kind */
	uint8_t copy;			/* enum command_copy */
	bool pipelined;
	bool skipped;			/* never executed: refused, or in an aborted pipeline */
	/* From here on each has its own beginning, see command_begin(). */
	char sqlstate[6];		/* of the first error, "" none */
	char tag[26];			/* of the last result, cut */
	struct extra *extra;		/* what options add, see call/extra.h; null: nothing */
	uint64_t first_byte_ns, fetch_ns;	/* where known.split */
	struct span_record span;	/* ids, start, caller; the rest is filled at the end */
};

/* A part of the block; empty as long as there is none. */
static inline struct slice command_part(const struct command *command, size_t start, size_t size)
{
	if (!command->bytes)
		return (struct slice){ NULL, 0 };
	return slice_of(command->bytes + start, size);
}

static inline struct slice command_text(const struct command *command)
{
	return command_part(command, 0, command->text_size);
}

static inline struct slice command_summary(const struct command *command)
{
	return command_part(command, command->text_size, command->summary_size);
}

static inline struct slice command_name(const struct command *command)
{
	return command_part(command, (size_t)command->text_size + command->summary_size,
			    command->name_size);
}

static inline bool command_failed(const struct command *command)
{
	return command->error || command->sqlstate[0];
}

/* Whether describe_begin() filled its span. */
static inline bool command_is_described(const struct command *command)
{
	return command->span.kind != 0;
}

struct shape_table;

struct command_source {
	const char *query;		/* null: none */
	const char *name;		/* of a prepared statement, null: none */
	bool parameterised;		/* its text is kept as it is */
	bool standard_strings;		/* standard_conforming_strings */
	struct shape_table *shapes;	/* of the connection, null: none */
};

/*
 * Makes a used command a fresh one. Field by field, in their order, since it is done for each call:
 * what nobody reads before it is written stays. Of @span that is all but what comes before
 * describe_begin().
 */
static inline void command_begin(struct command *command)
{
	command->next = command->older = command->newer = NULL;
	command->open = NULL;
	command->bytes = NULL;
	command->bytes_size = command->text_size = 0;
	command->summary_size = command->name_size = 0;
	command->results = 0;
	command->hash = command->end_ns = command->ready_ns = 0;
	command->rows = command->affected = 0;
	command->error = NULL;
	command->known = (struct command_known){ .rows = false };
	command->kind = command->copy = 0;
	command->pipelined = command->skipped = false;
	command->sqlstate[0] = command->tag[0] = '\0';
	command->span.start_ns = 0;
	command->span.statement = 0;
	command->span.kind = 0;
}

/* Describes the text of @source into @command; false when there is no memory. */
APART bool command_describe(struct command *command, const struct command_source *source);

/* Gives the block of @command back, not the command itself. */
void command_clear(struct command *command);

/*
 * What one result says (hooks.md A.5): rows, tag, the first error, COPY states. @now_ns is when it
 * was handed to the program, or could have been. A null result is an error of the connection or the
 * call.
 */
void command_result(struct command *command, const struct libpq *libpq, struct pg_conn *handle,
		    struct pg_result *result, uint64_t now_ns);

#endif
