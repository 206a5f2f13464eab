/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of libpq as spans (semconv 2.2, 2.8; hooks.md A.4). */
#include "call/describe.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cold.h"
#include "base/thread.h"
#include "call/extra.h"
#include "call/option.h"
#include "call/parent.h"
#include "trace/area.h"

/* All attributes but the texts and what the connection shares, with room for the widest values. */
#define FIXED_ROOM 768u

static const struct {
	struct slice command, prefix;
} words[] = {
	[COMMAND_SIMPLE] = { SLICE("simple"), SLICE("") },
	[COMMAND_PARAMS] = { SLICE("params"), SLICE("") },
	[COMMAND_PREPARE] = { SLICE("prepare"), SLICE("PREPARE") },
	[COMMAND_EXECUTE] = { SLICE("execute"), SLICE("EXECUTE") },
	[COMMAND_SYNC] = { SLICE("sync"), SLICE("") },
	[COMMAND_CONNECT] = { SLICE("connect"), SLICE("connect") },
	[COMMAND_RESET] = { SLICE("reset"), SLICE("connect") },
	[COMMAND_DESCRIBE] = { SLICE("describe"), SLICE("DESCRIBE") },
	[COMMAND_CLOSE] = { SLICE("close"), SLICE("CLOSE") },
	[COMMAND_FUNCTION] = { SLICE("function"), SLICE("FUNCTION CALL") },
};

static inline void span_begin(struct span_record *span, struct module_memory *module,
			      const void *return_address)
{
	const struct thread *thread = thread_current();

	span->process_id = arena_process_id();
	span->pid = arena_process_pid();
	span->thread_id = thread ? thread->id : 0;
	span->caller = (uint64_t)(uintptr_t)return_address;
	span->module = module_of(module, return_address);
	span->scope = SCOPE_LIBPQ;
	span->kind = SPAN_CLIENT;
	parent_begin_span(parent_of_call(SPAN_CLIENT), span);
}

void describe_begin(struct command *command, struct connection *connection,
		    const void *return_address)
{
	span_begin(&command->span, &connection->module, return_address);
}

struct area_call *describe_connecting(struct span_record *span, const void *return_address)
{
	struct slice connect = words[COMMAND_CONNECT].command;
	struct module_memory module = { 0 };
	struct record_writer writer;
	struct area_call *call;

	memset(span, 0, sizeof(*span));
	span_begin(span, &module, return_address);
	call = area_call_open(span, connect, SLICE(""));
	if (call) {
		record_writer_begin(&writer, call->about, sizeof(call->about));
		record_put_string(&writer, ATTRIBUTE_DB_SYSTEM_NAME, SLICE("postgresql"));
		record_put_string(&writer, ATTRIBUTE_PG_COMMAND, connect);
		area_call_about(call, &writer);
	}
	span->start_ns = clock_now_ns();
	if (call)
		call->span.start_ns = span->start_ns;
	return call;
}

static struct slice namespace_of(const struct connection *connection)
{
	return slice_of(connection->namespace, connection->namespace_size);
}

/* Whether the name is not the summary alone. An execute without text has none either. */
static inline bool has_own_name(const struct command *command)
{
	if (command->kind == COMMAND_EXECUTE)
		return !command->span.statement && !command->summary_size;
	return words[command->kind].prefix.size != 0;
}

/* What the name begins with: a word of ours, or the function's own name. */
static struct slice name_prefix(const struct command *command)
{
	if (command->kind == COMMAND_FUNCTION && command->name_size)
		return command_name(command);
	return words[command->kind].prefix;
}

/*
 * The name where it is not the summary alone: "PREPARE SELECT t", "connect db", "EXECUTE db" for a
 * statement that we never saw prepared.
 */
static struct slice own_name(const struct command *command, const struct connection *connection,
			     uint8_t *room, size_t size)
{
	struct slice prefix = name_prefix(command);
	struct slice rest = command_summary(command);

	if (!rest.size)
		rest = namespace_of(connection);
	rest = slice_first(rest, size - prefix.size - 1);
	memcpy(room, prefix.data, prefix.size);
	if (!rest.size)
		return slice_of(room, prefix.size);
	room[prefix.size] = ' ';
	memcpy(room + prefix.size + 1, rest.data, rest.size);
	return slice_of(room, prefix.size + 1 + rest.size);
}

/* Where the call goes and what it is, for the span that a killed process leaves behind. */
static void put_about(const struct command *command, const struct connection *connection)
{
	struct area_call *call = command->open;
	struct record_writer writer;

	if (!call)
		return;
	record_writer_begin(&writer, call->about, sizeof(call->about));
	record_put_encoded(&writer, slice_of(connection->shared, connection->shared_size),
			   connection->shared_count);
	record_put_string(&writer, ATTRIBUTE_PG_COMMAND, words[command->kind].command);
	area_call_about(call, &writer);
}

/* The room for it is no matter of the common way. */
static COLD struct area_call *open_named(const struct command *command,
					 const struct connection *connection)
{
	uint8_t room[288];

	return area_call_open(&command->span, own_name(command, connection, room, sizeof(room)),
			      command_text(command));
}

static COLD void put_own_name(struct record_writer *writer, const struct command *command,
			      const struct connection *connection)
{
	uint8_t room[288];

	record_put_string(writer, ATTRIBUTE_SPAN_NAME,
			  own_name(command, connection, room, sizeof(room)));
	if (command->kind == COMMAND_PREPARE || command->kind >= COMMAND_DESCRIBE)
		record_put_string(writer, ATTRIBUTE_DB_OPERATION_NAME, name_prefix(command));
}

void describe_open(struct command *command, const struct connection *connection)
{
	if (has_own_name(command))
		command->open = open_named(command, connection);
	else
		command->open = area_call_open(&command->span, command_summary(command),
					       command_text(command));
	put_about(command, connection);
	if (command->span.start_ns)
		return;
	command->span.start_ns = clock_now_ns();
	if (command->open)
		command->open->span.start_ns = command->span.start_ns;
}

static COLD void put_error(struct record_writer *writer, const struct command *command)
{
	if (command->sqlstate[0]) {
		struct slice sqlstate = slice_of_string(command->sqlstate);

		record_put_string(writer, ATTRIBUTE_DB_RESPONSE_STATUS_CODE, sqlstate);
		record_put_string(writer, ATTRIBUTE_ERROR_TYPE, sqlstate);
	} else {
		record_put_string(writer, ATTRIBUTE_ERROR_TYPE, slice_of_string(command->error));
	}
}

static void put_outcome(struct record_writer *writer, const struct command *command)
{
	if (command_failed(command))
		put_error(writer, command);
	if (command->incomplete)
		record_put_boolean(writer, ATTRIBUTE_PG_INCOMPLETE, true);
	if (command->rows_known) {
		record_put_integer(writer, ATTRIBUTE_DB_ROWS, (int64_t)command->rows);
		if (__builtin_expect(call_options.returned_rows, 0))
			record_put_integer(writer, ATTRIBUTE_DB_RESPONSE_RETURNED_ROWS,
					   (int64_t)command->rows);
	}
	if (command->affected_known)
		record_put_integer(writer, ATTRIBUTE_DB_AFFECTED_ROWS, (int64_t)command->affected);
	if (command->results > 1)
		record_put_integer(writer, ATTRIBUTE_DB_RESULTS, command->results);
	if (command->split_known) {
		record_put_integer(writer, ATTRIBUTE_DB_FIRST_BYTE,
				   (int64_t)command->first_byte_ns);
		record_put_integer(writer, ATTRIBUTE_DB_FETCH, (int64_t)command->fetch_ns);
	}
}

static void put_query(struct record_writer *writer, const struct command *command)
{
	if (command->span.statement)
		return;
	if (command->summary_size)
		record_put_string(writer, ATTRIBUTE_DB_QUERY_SUMMARY, command_summary(command));
	if (command->text_size)
		record_put_string(writer, ATTRIBUTE_DB_QUERY_TEXT, command_text(command));
	if (command->text_size)
		record_put_hash(writer, ATTRIBUTE_DB_QUERY_HASH, command->hash);
}

static COLD void put_transaction(struct record_writer *writer,
				 const struct transaction_times *times)
{
	record_put_integer(writer, ATTRIBUTE_DB_TRANSACTION_DURATION, (int64_t)times->duration_ns);
	record_put_integer(writer, ATTRIBUTE_DB_TRANSACTION_IDLE, (int64_t)times->idle_ns);
}

static COLD void put_extra(struct record_writer *writer, const struct extra *extra)
{
	const struct parameter_block *parameters = &extra->parameters;

	record_put_encoded(writer, slice_of(parameters->bytes, parameters->size),
			   parameters->count);
	if (parameters->left_out)
		record_put_integer(writer, ATTRIBUTE_DB_QUERY_PARAMETERS_LEFT_OUT,
				   parameters->left_out);
}

static void put_command(struct record_writer *writer, const struct command *command,
			const struct connection *connection)
{
	record_put_encoded(writer, slice_of(connection->shared, connection->shared_size),
			   connection->shared_count);
	record_put_string(writer, ATTRIBUTE_PG_COMMAND, words[command->kind].command);
	if (has_own_name(command))
		put_own_name(writer, command, connection);
	put_query(writer, command);
	put_outcome(writer, command);
	/*
	 * A COMMIT that the server turned into a ROLLBACK is no error of the call, but worth
	 * knowing.
	 */
	if (command->tag[0] == 'R' && !strcmp(command->tag, "ROLLBACK"))
		record_put_string(writer, ATTRIBUTE_PG_COMMAND_TAG, SLICE("ROLLBACK"));
	if (__builtin_expect(connection->transaction_told, 0))
		put_transaction(writer, &connection->times);
	if (__builtin_expect(command->extra != NULL, 0))
		put_extra(writer, command->extra);
}

void describe_end(struct command *command, const struct connection *connection, uint64_t end_ns)
{
	size_t room = sizeof(struct span_record) + FIXED_ROOM + connection->shared_size +
		      command->text_size + command->summary_size +
		      (command->extra ? command->extra->parameters.size : 0);
	struct span_record *span;
	struct record_writer writer;
	struct area_slot slot;

	if (!area_reserve(room, &slot)) {
		area_call_drop(command->open);
		return;
	}
	span = record_writer_copy(&writer, slot.memory, room, &command->span);
	if (!span) {
		area_call_commit(command->open, &slot, 0);
		return;
	}
	span->duration_ns = end_ns > span->start_ns ? end_ns - span->start_ns : 0;
	span->status = command_failed(command) ? STATUS_ERROR : STATUS_UNSET;
	put_command(&writer, command, connection);
	area_call_commit(command->open, &slot, record_writer_end(&writer));
}
