/* SPDX-License-Identifier: Apache-2.0 */
/* Commands begun and ended by what the program calls in libpq (hooks.md A.3, A.5). */
#include "call/submit.h"

#include <string.h>

#include "base/clock.h"
#include "call/describe.h"
#include "call/extra.h"
#include "call/queue.h"
#include "call/queue_statement.h"
#include "call/submit_begin.h"

/* Both are set once, at load; null: calls pass through. */
static bool (*tracing_ready)(void);
enum submit_connect submit_connects;

_Atomic uint64_t submit_ready_process;

void submit_enable(bool (*ready)(void), enum submit_connect connects)
{
	submit_connects = connects;
	tracing_ready = ready;
	atomic_store(&submit_ready_process, 0);
}

bool submit_is_enabled(void)
{
	return tracing_ready != NULL;
}

bool submit_ask_ready(struct submit *submit)
{
	if (!tracing_ready || !tracing_ready())
		return false;
	submit->process_id = arena_process_id();
	return true;
}

/* Text and identity of @command; false when there is no memory. */
static bool describe_request(struct submit *submit, struct command *command,
			     const struct submit_request *request)
{
	if (request->kind == COMMAND_EXECUTE)
		return queue_find_statement(submit->connection, request->name, command);
	return command_describe(command, &(struct command_source){
		.query = request->query,
		.name = request->name,
		.parameterised = request->parameterised,
		.standard_strings =
			connection_standard_strings(submit->connection, request->query),
		.shapes = &submit->connection->shapes,
	});
}

/* The whole text of a request, as far as it is known. */
static struct slice request_text(const struct submit *submit, const struct command *command,
				 const struct submit_request *request)
{
	const struct statement *statement = NULL;

	if (request->kind != COMMAND_EXECUTE)
		return slice_of_string(request->query);
	if (command->span.statement)
		statement = statement_find(&submit->connection->statements,
					   slice_of_string(request->name));
	return statement ? statement_text(statement) : command_text(command);
}

/* What options add to a command that has its ids: its values, and a comment in its text. */
static COLD void add_extra(struct submit *submit, struct command *command,
			   const struct submit_request *request)
{
	if (request->parameters)
		extra_keep_parameters(command, request->parameters,
				      request_text(submit, command, request));
	if (call_options.comments &&
	    (request->kind == COMMAND_SIMPLE || request->kind == COMMAND_PARAMS))
		submit->query = extra_comment(
			command, submit->connection, request->query,
			connection_standard_strings(submit->connection, request->query));
}

static inline bool wants_extra(void)
{
	return __builtin_expect(call_options.extra, 0);
}

/* What was under way on this connection until now is over: left by a jump, or around us. */
static struct command *new_command(const struct submit *submit,
				   const struct submit_request *request)
{
	struct command *command;

	queue_abandon_call(submit->connection);
	command = connection_command(submit->connection);
	if (!command) {
		area_count_passed();
		return NULL;
	}
	command->kind = (uint8_t)request->kind;
	command->pipelined = submit->connection->pipeline;
	return command;
}

/*
 * The command whose real call returned; the guard is held then. Null also when it was ended
 * meanwhile by another call on the same connection, out of a callback.
 */
static struct command *returned_command(struct submit *submit, struct guard *guard)
{
	struct command *command = submit->command;

	if (!command || !submit_is_same_process(submit) || !guard_enter(guard))
		return NULL;
	if (__builtin_expect(submit->connection->calling == command, 1)) {
		submit->connection->calling = NULL;
		return command;
	}
	guard_leave(guard);
	return NULL;
}

HOT void submit_begin_synchronous(struct submit *submit, const struct submit_request *request)
{
	struct connection *connection;
	struct command *command;
	struct guard guard;

	submit->query = request->query;
	if (!submit_begin_command(submit, request->handle, request->caller, &guard))
		return;
	connection = submit->connection;
	if (!connection->pipeline)
		queue_settle(connection);
	command = new_command(submit, request);
	if (command && !describe_request(submit, command, request)) {
		connection_release(connection, command);
		area_count_passed();
		command = NULL;
	}
	if (command) {
		describe_begin(command, connection, request->caller);
		if (!connection->pipeline)
			traffic_begin(&connection->slot->traffic);
		if (wants_extra())
			add_extra(submit, command, request);
		describe_open(command, connection);
		transaction_command(&connection->transaction, command->span.start_ns);
	}
	submit->command = command;
	connection->calling = command;
	guard_leave(&guard);
}

HOT void submit_end_synchronous(struct submit *submit, struct pg_result *result)
{
	uint64_t now_ns = clock_now_ns();
	struct guard guard;
	struct command *command = returned_command(submit, &guard);
	struct connection *connection = submit->connection;

	if (!command)
		return;
	command_result(command, submit->libpq, connection->handle, result, now_ns);
	command->skipped = connection->pipeline;
	if (command->copy != COPY_NONE && !command->skipped && !command->end_ns)
		queue_begin_copy(connection, command, now_ns);
	else
		queue_finish(connection, command, now_ns);
	guard_leave(&guard);
}

/*
 * With options that need it a command is described before it is sent: its ids go with it, and its
 * values may be gone afterwards.
 */
static COLD void describe_early(struct submit *submit, struct command *command,
				const struct submit_request *request)
{
	if (!describe_request(submit, command, request))
		return;
	describe_begin(command, submit->connection, request->caller);
	add_extra(submit, command, request);
}

HOT void submit_begin_send(struct submit *submit, const struct submit_request *request)
{
	struct connection *connection;
	struct guard guard;

	submit->query = request->query;
	if (!submit_begin_command(submit, request->handle, request->caller, &guard))
		return;
	connection = submit->connection;
	if (connection->blind)
		area_count_passed();
	else
		submit->command = new_command(submit, request);
	if (submit->command) {
		connection->calling = submit->command;
		/* Until it was accepted an older command may still be the one under way. */
		if (!connection->head && !connection->pipeline)
			traffic_begin(&connection->slot->traffic);
		if (wants_extra())
			describe_early(submit, submit->command, request);
		submit->command->span.start_ns = clock_now_ns();
	}
	guard_leave(&guard);
}

/* A command that the server got, and that we do not follow. */
static COLD void end_send_passed(struct submit *submit, int sent)
{
	struct guard guard;

	if (!sent || !submit_resume(submit, &guard))
		return;
	queue_lose(submit->connection);
	guard_leave(&guard);
}

static void end_send_accepted(struct connection *connection, struct command *command)
{
	transaction_command(&connection->transaction, command->span.start_ns);
	describe_open(command, connection);
	connection_append(connection, command);
	connection->slot->traffic.armed = !connection->pipeline;
}

static COLD void end_send_refused(struct connection *connection, struct command *command)
{
	uint64_t now_ns = clock_now_ns();

	command->skipped = true;
	command_result(command, connection->libpq, connection->handle, NULL, now_ns);
	queue_finish(connection, command, now_ns);
}

HOT void submit_end_send(struct submit *submit, const struct submit_request *request, int sent)
{
	struct connection *connection = submit->connection;
	struct command *command;
	struct guard guard;

	if (!submit->command) {
		end_send_passed(submit, sent);
		return;
	}
	command = returned_command(submit, &guard);
	if (!command)
		return;
	if (__builtin_expect(command->extra != NULL, 0))
		extra_sent(command);
	if (sent && !connection->pipeline)
		queue_settle(connection);
	if (!command_is_described(command) && !describe_request(submit, command, request)) {
		connection_release(connection, command);
		area_count_passed();
		if (sent)
			queue_lose(connection);
	} else {
		if (!command_is_described(command))
			describe_begin(command, connection, request->caller);
		if (sent)
			end_send_accepted(connection, command);
		else
			end_send_refused(connection, command);
	}
	guard_leave(&guard);
}

bool submit_begin_command_anew(struct submit *submit, struct pg_conn *handle, const void *caller,
			       struct guard *guard)
{
	if (!submit_begin_call(submit, handle, caller, guard))
		return false;
	if (!submit->connection)
		submit->connection = connection_of(handle, submit->libpq);
	if (submit->connection) {
		thread_peek()->connection = submit->connection->slot;
		connection_learn(submit->connection);
		return true;
	}
	area_count_passed();
	guard_leave(guard);
	return false;
}

static APART void begin_other_anew(struct submit *submit, struct pg_conn *handle,
				   const void *caller)
{
	struct guard guard;

	if (submit_begin_call(submit, handle, caller, &guard))
		guard_leave(&guard);
}

/*
 * Of a known connection nothing but its functions is needed, and nothing is changed: no guard. What
 * is there to do comes after the real call.
 */
HOT void submit_begin_other(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	const struct thread *thread = thread_peek();
	struct connection *connection = known_connection(thread, handle, caller);

	if (__builtin_expect(!connection, 0))
		begin_other_anew(submit, handle, caller);
	else
		known_fill(submit, connection, thread);
}

HOT void submit_end_get_result(struct submit *submit, struct pg_result *result)
{
	struct guard guard;

	if (!submit->connection || (!submit->connection->head && !submit->connection->blind) ||
	    !submit_resume(submit, &guard))
		return;
	queue_result(submit->connection, result);
	guard_leave(&guard);
}

void submit_end_pipeline(struct submit *submit, bool entered, int done)
{
	struct guard guard;

	if (!done || !submit_resume(submit, &guard))
		return;
	queue_settle(submit->connection);
	connection_own_changed(submit->connection);
	submit->connection->blind = false;
	submit->connection->pipeline = entered;
	guard_leave(&guard);
}

void submit_end_sync(struct submit *submit, int done)
{
	struct guard guard;

	if (!done || !submit_resume(submit, &guard))
		return;
	queue_sync(submit->connection);
	guard_leave(&guard);
}

void submit_end_busy(struct submit *submit, int busy)
{
	struct guard guard;

	if (busy || !submit->connection || !submit->connection->head ||
	    !submit_resume(submit, &guard))
		return;
	queue_ready(submit->connection);
	guard_leave(&guard);
}

void submit_begin_silent(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	struct guard guard;

	if (!submit_begin_call(submit, handle, caller, &guard))
		return;
	if (submit->connection && !submit->connection->pipeline)
		queue_settle(submit->connection);
	if (submit->connection && submit->connection->transaction.state == TRANSACTION_OPEN)
		transaction_command(&submit->connection->transaction, clock_now_ns());
	guard_leave(&guard);
}

void submit_end_silent(struct submit *submit)
{
	struct guard guard;

	if (!submit_resume(submit, &guard))
		return;
	if (submit->connection->transaction.state == TRANSACTION_OPEN)
		submit->connection->transaction.last_ns = clock_now_ns();
	guard_leave(&guard);
}

void submit_end_function(struct submit *submit, bool failed)
{
	uint64_t now_ns = clock_now_ns();
	struct connection *connection = submit->connection;
	struct guard guard;
	struct command *command = returned_command(submit, &guard);

	if (!command)
		return;
	if (failed)
		command_result(command, submit->libpq, connection->handle, NULL, now_ns);
	command->skipped = connection->pipeline;
	queue_finish(connection, command, now_ns);
	guard_leave(&guard);
}

void submit_end_closed(struct submit *submit, const char *name, struct pg_result *result)
{
	struct guard guard;

	if (!result || !submit_resume(submit, &guard))
		return;
	if (submit->libpq->PQresultStatus(result) == PG_COMMAND_OK)
		queue_forget_statement(submit->connection, name);
	guard_leave(&guard);
}

void submit_end_close(struct submit *submit, const char *closed)
{
	struct guard guard;

	if (!submit_resume(submit, &guard))
		return;
	queue_forget_statement(submit->connection, closed);
	guard_leave(&guard);
}

void submit_end_untold(struct submit *submit, int sent)
{
	struct guard guard;

	if (!sent || !submit_resume(submit, &guard))
		return;
	queue_untold(submit->connection);
	guard_leave(&guard);
}

void submit_end_copy(struct submit *submit, int failed)
{
	uint64_t now_ns = clock_now_ns();
	struct guard guard;

	if (!submit_resume(submit, &guard))
		return;
	queue_end_copy(submit->connection, failed != 0, now_ns);
	guard_leave(&guard);
}
