/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of libpq as spans (semconv 2.2, 2.8; hooks.md A.4). */
#include "call/describe.h"

#include <stddef.h>
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

/* The attribute of its kind in each record of a command, encoded. */
struct command_attribute {
	struct attribute head;
	char value[8];
};

#define COMMAND_ATTRIBUTE(text)                                                                    \
	{ { ATTRIBUTE_PG_COMMAND, ATTRIBUTE_STRING, sizeof(text) - 1 }, text }

static const struct {
	struct command_attribute command;
	struct slice prefix;
} words[COMMAND_KINDS] = {
	[COMMAND_SIMPLE] = { COMMAND_ATTRIBUTE("simple"), SLICE("") },
	[COMMAND_PARAMS] = { COMMAND_ATTRIBUTE("params"), SLICE("") },
	[COMMAND_PREPARE] = { COMMAND_ATTRIBUTE("prepare"), SLICE("PREPARE") },
	[COMMAND_EXECUTE] = { COMMAND_ATTRIBUTE("execute"), SLICE("EXECUTE") },
	[COMMAND_SYNC] = { COMMAND_ATTRIBUTE("sync"), SLICE("") },
	[COMMAND_UNTOLD] = { COMMAND_ATTRIBUTE("untold"), SLICE("") },
	[COMMAND_CONNECT] = { COMMAND_ATTRIBUTE("connect"), SLICE("connect") },
	[COMMAND_RESET] = { COMMAND_ATTRIBUTE("reset"), SLICE("connect") },
	[COMMAND_DESCRIBE] = { COMMAND_ATTRIBUTE("describe"), SLICE("DESCRIBE") },
	[COMMAND_CLOSE] = { COMMAND_ATTRIBUTE("close"), SLICE("CLOSE") },
	[COMMAND_FUNCTION] = { COMMAND_ATTRIBUTE("function"), SLICE("FUNCTION CALL") },
};

static inline void put_kind(struct record_writer *writer, enum command_kind kind)
{
	record_put_encoded(writer, slice_of(&words[kind].command, sizeof(words->command)), 1);
}

/* Whether what span_begin() fills in is there already, left by an earlier call from this place. */
static inline bool span_is_filled(const struct span_record *span, const struct thread *thread,
				  const void *return_address)
{
	return span->process_id == thread->process_id && span->thread_id == thread->id &&
	       span->caller == (uint64_t)(uintptr_t)return_address;
}

static APART void span_fill(struct span_record *span, const struct thread *thread,
			    struct module_memory *module, const void *return_address)
{
	span->head = (struct record){ .kind = RECORD_SPAN };
	span->process_id = thread->process_id;
	span->pid = thread->pid;
	span->thread_id = thread->id;
	span->caller = (uint64_t)(uintptr_t)return_address;
	span->module = module_of(module, return_address);
	span->scope = SCOPE_LIBPQ;
	span->status = STATUS_UNSET;
	memset(span->reserved, 0, sizeof(span->reserved));
}

static inline void span_begin(struct span_record *span, struct module_memory *module,
			      const void *return_address)
{
	const struct parent *parent = parent_of_call(SPAN_CLIENT);
	struct thread *thread = thread_current();

	/* No arena: then there is no area either. */
	if (!thread)
		return;
	span->duration_ns = 0;
	span->kind = SPAN_CLIENT;
	if (span_is_filled(span, thread, return_address)) {
		parent_begin_again(parent, thread, span);
		return;
	}
	span_fill(span, thread, module, return_address);
	parent_begin_span(parent, thread, span);
}

void describe_begin(struct command *command, struct connection *connection,
		    const void *return_address)
{
	span_begin(&command->span, &connection->module, return_address);
}

struct area_call *describe_connecting(struct span_record *span, const void *return_address)
{
	struct module_memory module = { 0 };
	struct record_writer writer;
	struct area_call *call;

	memset(span, 0, sizeof(*span));
	span_begin(span, &module, return_address);
	call = area_call_open(span, SLICE("connect"), SLICE(""), 0);
	if (call) {
		record_writer_begin(&writer, call->about, sizeof(call->about));
		record_put_string(&writer, ATTRIBUTE_DB_SYSTEM_NAME, SLICE("postgresql"));
		put_kind(&writer, COMMAND_CONNECT);
		area_call_about(call, &writer, 0);
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
	if (prefix.size)
		memcpy(room, prefix.data, prefix.size);
	if (!rest.size)
		return slice_of(room, prefix.size);
	room[prefix.size] = ' ';
	memcpy(room + prefix.size + 1, rest.data, rest.size);
	return slice_of(room, prefix.size + 1 + rest.size);
}

static inline uint64_t about_key(const struct command *command, const struct connection *connection)
{
	return connection->about_key | command->kind;
}

/* Where the call goes and what it is, for the span that a killed process leaves behind. */
static COLD void put_about(const struct command *command, const struct connection *connection)
{
	struct area_call *call = command->open;
	struct record_writer writer;

	record_writer_begin(&writer, call->about, sizeof(call->about));
	record_put_encoded(&writer, slice_of(connection->shared, connection->shared_size),
			   connection->shared_count);
	put_kind(&writer, command->kind);
	area_call_about(call, &writer, about_key(command, connection));
}

/* The room for it is no matter of the common way. */
static COLD struct area_call *open_named(const struct command *command,
					 const struct connection *connection)
{
	uint8_t room[288];

	return area_call_open(&command->span, own_name(command, connection, room, sizeof(room)),
			      command_text(command), about_key(command, connection));
}

static APART struct area_call *open_text(const struct command *command,
					 const struct connection *connection)
{
	return area_call_open(&command->span, command_summary(command), command_text(command),
			      about_key(command, connection));
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
	if (__builtin_expect(command->span.statement != 0, 1))
		command->open = area_call_open(&command->span, SLICE(""), SLICE(""),
					       about_key(command, connection));
	else if (has_own_name(command))
		command->open = open_named(command, connection);
	else
		command->open = open_text(command, connection);
	if (command->open && !area_call_has_about(command->open, about_key(command, connection)))
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
	if (command->known.incomplete)
		record_put_boolean(writer, ATTRIBUTE_PG_INCOMPLETE, true);
	if (command->known.rows) {
		record_put_integer(writer, ATTRIBUTE_DB_ROWS, (int64_t)command->rows);
		if (__builtin_expect(call_options.returned_rows, 0))
			record_put_integer(writer, ATTRIBUTE_DB_RESPONSE_RETURNED_ROWS,
					   (int64_t)command->rows);
	}
	if (command->known.affected)
		record_put_integer(writer, ATTRIBUTE_DB_AFFECTED_ROWS, (int64_t)command->affected);
	if (command->results > 1)
		record_put_integer(writer, ATTRIBUTE_DB_RESULTS, command->results);
	if (command->known.split) {
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
	put_kind(writer, command->kind);
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

static inline void set_end(struct span_record *span, uint64_t end_ns)
{
	span->duration_ns = end_ns > span->start_ns ? end_ns - span->start_ns : 0;
}

APART void describe_end(struct command *command, const struct connection *connection,
			uint64_t end_ns)
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
	set_end(span, end_ns);
	span->status = command_failed(command) ? STATUS_ERROR : STATUS_UNSET;
	put_command(&writer, command, connection);
	area_call_commit(command->open, &slot, record_writer_end(&writer));
}

/* ---- the usual record ---- */

/*
 * What put_command() writes of nearly every prepared statement that is executed, after what its
 * connection shares: always the same attributes, so that their places are known beforehand.
 */
struct number_attribute {
	struct attribute head;
	uint64_t value;
};

struct usual_attributes {
	struct command_attribute command;
	struct number_attribute rows;
	struct number_attribute first_byte, fetch;	/* with a split */
};

static inline void put_number(struct number_attribute *place, enum attribute_key key,
			      uint64_t value)
{
	place->head = (struct attribute){ (uint16_t)key, ATTRIBUTE_INTEGER, sizeof(value) };
	place->value = value;
}

bool describe_is_usual(const struct command *command, const struct connection *connection)
{
	const struct command_known usual = { .rows = true, .split = command->known.split };

	return memcmp(&command->known, &usual, sizeof(usual)) == 0 && command->span.statement &&
	       !command_failed(command) && command->results == 1 && command->tag[0] == '\0' &&
	       !connection->transaction_told && !command->extra && !call_options.returned_rows;
}

static inline size_t usual_size(const struct connection *connection, bool split)
{
	return sizeof(struct span_record) + connection->shared_size +
	       (split ? sizeof(struct usual_attributes) :
			offsetof(struct usual_attributes, first_byte));
}

/* The same bytes as describe_end() would write; only an execute has a statement. */
static inline void write_usual(uint8_t *memory, const struct span_record *from,
			       const struct connection *connection,
			       const struct describe_outcome *outcome)
{
	struct span_record *span = (struct span_record *)(void *)memory;
	uint8_t *shared = memory + sizeof(*span);
	struct usual_attributes *usual =
		(struct usual_attributes *)(void *)(shared + connection->shared_size);

	*span = *from;
	span->head.size = (uint32_t)usual_size(connection, outcome->split);
	span->head.attributes = (uint16_t)(connection->shared_count + (outcome->split ? 4 : 2));
	set_end(span, outcome->end_ns);
	usual->command = words[COMMAND_EXECUTE].command;
	put_number(&usual->rows, ATTRIBUTE_DB_ROWS, outcome->rows);
	if (outcome->split) {
		put_number(&usual->first_byte, ATTRIBUTE_DB_FIRST_BYTE, outcome->first_byte_ns);
		put_number(&usual->fetch, ATTRIBUTE_DB_FETCH, outcome->fetch_ns);
	}
	memcpy(shared, connection->shared, connection->shared_size);
}

void describe_usual(struct command *command, const struct connection *connection)
{
	const struct describe_outcome outcome = {
		.end_ns = command->end_ns,
		.rows = command->rows,
		.split = command->known.split,
		.first_byte_ns = command->first_byte_ns,
		.fetch_ns = command->fetch_ns,
	};
	size_t size = usual_size(connection, outcome.split);
	struct area_slot slot;

	if (!area_reserve(size, &slot)) {
		area_call_drop(command->open);
		return;
	}
	write_usual(slot.memory, &command->span, connection, &outcome);
	area_call_commit(command->open, &slot, (uint32_t)size);
}

/* ---- the same once more ---- */

bool describe_open_again(struct command *command, const struct connection *connection,
			 struct thread *thread)
{
	struct area_call *call =
		area_call_again(thread, connection->about_key | COMMAND_EXECUTE);
	struct span_record *span;

	if (!call)
		return false;
	span = &call->span;
	span->caller = command->span.caller;
	span->module = command->span.module;
	span->statement = command->span.statement;
	span->thread_id = command->span.thread_id;
	parent_begin_again(parent_of_call(SPAN_CLIENT), thread, span);
	span->start_ns = clock_now_ns();
	area_call_opened(call);
	command->open = call;
	return true;
}

void describe_end_again(const struct command *command, const struct connection *connection,
			struct thread *thread, const struct describe_outcome *outcome)
{
	size_t size = usual_size(connection, outcome->split);
	struct area_slot slot;

	if (!area_reserve_for(thread, size, &slot)) {
		area_call_drop(command->open);
		return;
	}
	write_usual(slot.memory, &command->open->span, connection, outcome);
	area_call_commit(command->open, &slot, (uint32_t)size);
}
