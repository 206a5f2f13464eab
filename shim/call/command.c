/* SPDX-License-Identifier: Apache-2.0 */
/* One command: its text, and what its results say. */
#include "call/command.h"

#include <string.h>

#include "base/arena.h"
#include "base/cold.h"
#include "call/extra.h"
#include "call/shape.h"
#include "protocol/sql.h"

#define SUMMARY_ROOM 256u

/* Sanitising may lengthen a text a little (a replacement character for an invalid byte). */
#define TEXT_SLACK 64u

static inline void describe_query(const struct command_source *source, struct slice query,
				  struct sql_output *output)
{
	if (source->shapes && !source->parameterised)
		shape_describe(source->shapes, query, source->standard_strings, output);
	else
		sql_describe(query, source->parameterised ? SQL_VERBATIM : SQL_SANITISE,
			     source->standard_strings, output);
}

bool command_describe(struct command *command, const struct command_source *source)
{
	struct slice query = slice_of_string(source->query);
	struct slice name = slice_first(slice_of_string(source->name), UINT16_MAX);
	size_t room = query.size + TEXT_SLACK < RECORD_TEXT_MAX ? query.size + TEXT_SLACK
								: RECORD_TEXT_MAX;
	struct sql_output output = { .text_capacity = room, .summary_capacity = SUMMARY_ROOM };
	size_t size = room + SUMMARY_ROOM + name.size;
	uint8_t *bytes = arena_take(size);

	if (!bytes)
		return false;
	output.text = bytes;
	output.summary = bytes + room;
	if (source->query) {
		describe_query(source, query, &output);
		command->hash = output.hash;
	}
	memmove(bytes + output.text_size, output.summary, output.summary_size);
	if (name.size)
		memcpy(bytes + output.text_size + output.summary_size, name.data, name.size);
	command->bytes = bytes;
	command->bytes_size = (uint32_t)size;
	command->text_size = (uint32_t)output.text_size;
	command->summary_size = (uint16_t)output.summary_size;
	command->name_size = (uint16_t)name.size;
	return true;
}

void command_clear(struct command *command)
{
	if (__builtin_expect(command->extra != NULL, 0))
		extra_clear(command);
	if (!command->bytes)
		return;
	arena_give(command->bytes, command->bytes_size);
	command->bytes = NULL;
	command->text_size = 0;
	command->summary_size = 0;
	command->name_size = 0;
}

/* Decimal digits to a number; false when there are none ("" of a utility command). */
static bool number_of(const char *text, uint64_t *ret)
{
	uint64_t number = 0;

	if (!text || *text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (uint64_t)(*text - '0');
	*ret = number;
	return true;
}

static COLD void tag_keep(struct command *command, const char *tag)
{
	size_t size = tag ? strnlen(tag, sizeof(command->tag) - 1) : 0;

	if (!size)
		return;
	memcpy(command->tag, tag, size);
	command->tag[size] = '\0';
}

/*
 * PQcmdTuples counts what a SELECT returned as well; affected are the rows of commands that change
 * or move, with or without RETURNING. SELECT INTO and CREATE TABLE AS return none: they affect.
 */
static COLD void command_affects(struct command *command, const struct libpq *libpq,
			    struct pg_result *result)
{
	uint64_t number;

	if (!libpq->PQcmdTuples || !number_of(libpq->PQcmdTuples(result), &number))
		return;
	if (command->copy == COPY_OUT && !strncmp(command->tag, "COPY", 4)) {
		command->rows += number;
		command->known.rows = true;
		return;
	}
	command->affected += number;
	command->known.affected = true;
}

static COLD void command_error(struct command *command, const struct libpq *libpq,
			  struct pg_conn *handle, struct pg_result *result)
{
	const char *sqlstate = result && libpq->PQresultErrorField ?
			       libpq->PQresultErrorField(result, PG_DIAG_SQLSTATE_FIELD) : NULL;

	if (command_failed(command))
		return;
	if (sqlstate && strnlen(sqlstate, sizeof(command->sqlstate)) == 5) {
		memcpy(command->sqlstate, sqlstate, sizeof(command->sqlstate));
		return;
	}
	command->error = libpq->PQstatus && libpq->PQstatus(handle) == PG_CONNECTION_BAD ?
			 "connection_closed" : "_OTHER";
}

static void command_rows(struct command *command, const struct libpq *libpq,
			 const struct pg_result *result)
{
	command->rows += (uint64_t)libpq->PQntuples(result);
	command->known.rows = true;
}

static bool command_copies(struct command *command, int status)
{
	switch (status) {
	case PG_COPY_OUT:
		command->copy = COPY_OUT;
		return true;
	case PG_COPY_IN:
		command->copy = COPY_IN;
		return true;
	case PG_COPY_BOTH:
		command->copy = COPY_BOTH;
		return true;
	default:
		return false;
	}
}

/* SELECT, SHOW and FETCH return rows and affect none: most results end there. */
static void command_done(struct command *command, const struct libpq *libpq,
			 struct pg_result *result, int status)
{
	const char *tag = libpq->PQcmdStatus ? libpq->PQcmdStatus(result) : NULL;

	if (status == PG_TUPLES_OK) {
		command_rows(command, libpq, result);
		if (tag && (tag[0] == 'S' || tag[0] == 'F')) {
			command->tag[0] = '\0';
			return;
		}
	}
	tag_keep(command, tag);
	if (status == PG_TUPLES_OK || status == PG_COMMAND_OK)
		command_affects(command, libpq, result);
}

/* What is no result of a statement that was executed to its end; true when nothing more follows. */
static COLD bool command_ends_otherwise(struct command *command, const struct libpq *libpq,
					struct pg_conn *handle, struct pg_result *result,
					int status)
{
	if (status == PG_FATAL_ERROR || status == PG_BAD_RESPONSE) {
		command_error(command, libpq, handle, result);
		return true;
	}
	if (status == PG_PIPELINE_ABORTED) {
		command->error = command_failed(command) ? command->error : "pipeline_aborted";
		command->skipped = true;
		return true;
	}
	return false;
}

/* A result after which more of the same command follow. */
static bool command_goes_on(struct command *command, const struct libpq *libpq,
			    const struct pg_result *result, int status)
{
	if (command_copies(command, status))
		return true;
	if (status != PG_SINGLE_TUPLE && status != PG_TUPLES_CHUNK)
		return false;
	command_rows(command, libpq, result);
	return true;
}

void command_result(struct command *command, const struct libpq *libpq, struct pg_conn *handle,
		    struct pg_result *result, uint64_t now_ns)
{
	int status = result ? libpq->PQresultStatus(result) : PG_FATAL_ERROR;
	bool usual = __builtin_expect(status == PG_TUPLES_OK, 1);

	if (!usual && command_goes_on(command, libpq, result, status))
		return;
	command->results++;
	command->end_ns = now_ns;
	if (usual || !command_ends_otherwise(command, libpq, handle, result, status))
		command_done(command, libpq, result, status);
}
