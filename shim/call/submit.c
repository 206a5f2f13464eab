/* SPDX-License-Identifier: Apache-2.0 */
/* Commands begun and ended by what the program calls in libpq (hooks.md A.3, A.5). */
#include "call/submit.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cold.h"
#include "base/guard.h"
#include "call/attempt.h"
#include "call/binding.h"
#include "call/connection.h"
#include "call/describe.h"
#include "call/extra.h"
#include "call/queue.h"
#include "call/queue_statement.h"
#include "trace/area.h"

/* Both are set once, at load; null: calls pass through. */
static bool (*tracing_ready)(void);
static enum submit_connect connect_spans;

_Atomic uint64_t submit_ready_process;

void submit_enable(bool (*ready)(void), enum submit_connect connects)
{
	connect_spans = connects;
	tracing_ready = ready;
}

static COLD bool ask_ready(struct submit *submit)
{
	if (!tracing_ready())
		return false;
	submit->process_id = arena_process_id();
	return true;
}

/* Whether tracing_ready() need not be asked. */
static inline bool is_ready(uint64_t process_id)
{
	return process_id && process_id == atomic_load_explicit(&submit_ready_process,
								memory_order_acquire);
}

static bool begin(struct submit *submit, struct guard *guard)
{
	uint64_t process_id = arena_process_peek();
	bool ready = is_ready(process_id);

	if (!ready && !tracing_ready)
		return false;
	if (!guard_enter(guard)) {
		area_count_passed();
		return false;
	}
	submit->process_id = process_id;
	if (ready || ask_ready(submit))
		return true;
	area_count_passed();
	guard_leave(guard);
	return false;
}

static bool is_same_process(const struct submit *submit)
{
	return submit->process_id == arena_process_id();
}

/* Whether there is anything to end: not after a fork in a callback, where memory is a fresh one. */
static bool resume(const struct submit *submit, struct guard *guard)
{
	return submit->connection && is_same_process(submit) && guard_enter(guard);
}

/*
 * Finds the functions to call. True when the call is the program's own (not libpq's to itself) and
 * tracing is on; then the guard is held.
 */
static bool begin_call(struct submit *submit, struct pg_conn *handle, const void *caller,
		       struct guard *guard)
{
	struct connection *connection = connection_find(handle);
	const struct libpq *bound = binding_claim(caller);

	submit->connection = NULL;
	submit->command = NULL;
	if (connection)
		submit->libpq = connection->libpq;
	else
		submit->libpq = bound ? bound : libpq_of_caller(caller);
	if (!submit->libpq || libpq_is_inside(submit->libpq, caller) || !begin(submit, guard))
		return false;
	submit->connection = connection;
	return true;
}

/* The same for calls that may meet a connection for the first time. */
static bool begin_command(struct submit *submit, struct pg_conn *handle, const void *caller,
			  struct guard *guard)
{
	if (!begin_call(submit, handle, caller, guard))
		return false;
	if (!submit->connection)
		submit->connection = connection_of(handle, submit->libpq);
	if (submit->connection) {
		connection_learn(submit->connection);
		return true;
	}
	area_count_passed();
	guard_leave(guard);
	return false;
}

/* No standard strings only where the server said so; asked for only when it matters. */
static COLD bool standard_strings(const struct submit *submit, const char *query)
{
	const char *setting;

	if (!query || !strchr(query, '\\') || !submit->libpq->PQparameterStatus)
		return true;
	setting = submit->libpq->PQparameterStatus(submit->connection->handle,
						   "standard_conforming_strings");
	return !setting || strcmp(setting, "off") != 0;
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
		.standard_strings = standard_strings(submit, request->query),
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
		submit->query = extra_comment(command, submit->connection, request->query,
					      standard_strings(submit, request->query));
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

	if (!command || !is_same_process(submit) || !guard_enter(guard))
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
	if (!begin_command(submit, request->handle, request->caller, &guard))
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

static bool is_described(const struct command *command)
{
	return command->span.kind != 0;
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
	if (!begin_command(submit, request->handle, request->caller, &guard))
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

	if (!sent || !resume(submit, &guard))
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
	if (!is_described(command) && !describe_request(submit, command, request)) {
		connection_release(connection, command);
		area_count_passed();
		if (sent)
			queue_lose(connection);
	} else {
		if (!is_described(command))
			describe_begin(command, connection, request->caller);
		if (sent)
			end_send_accepted(connection, command);
		else
			end_send_refused(connection, command);
	}
	guard_leave(&guard);
}

static COLD void begin_other_asking(struct submit *submit, struct pg_conn *handle,
				    const void *caller)
{
	struct guard guard;

	if (begin_call(submit, handle, caller, &guard))
		guard_leave(&guard);
}

/*
 * Of a known connection nothing but its functions is needed, and nothing is changed: no guard. What
 * is there to do comes after the real call.
 */
HOT void submit_begin_other(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	struct connection *connection = connection_find(handle);

	if (__builtin_expect(!connection || !is_ready(arena_process_peek()), 0)) {
		begin_other_asking(submit, handle, caller);
		return;
	}
	binding_claim(caller);
	submit->libpq = connection->libpq;
	submit->connection = connection;
	submit->process_id = arena_process_peek();
}

HOT void submit_end_get_result(struct submit *submit, struct pg_result *result)
{
	struct guard guard;

	if (!submit->connection || (!submit->connection->head && !submit->connection->blind) ||
	    !resume(submit, &guard))
		return;
	queue_result(submit->connection, result);
	guard_leave(&guard);
}

void submit_end_pipeline(struct submit *submit, bool entered, int done)
{
	struct guard guard;

	if (!done || !resume(submit, &guard))
		return;
	queue_settle(submit->connection);
	submit->connection->blind = false;
	submit->connection->pipeline = entered;
	guard_leave(&guard);
}

void submit_end_sync(struct submit *submit, int done)
{
	struct guard guard;

	if (!done || !resume(submit, &guard))
		return;
	queue_sync(submit->connection);
	guard_leave(&guard);
}

void submit_end_busy(struct submit *submit, int busy)
{
	struct guard guard;

	if (busy || !submit->connection || !submit->connection->head || !resume(submit, &guard))
		return;
	queue_ready(submit->connection);
	guard_leave(&guard);
}

void submit_begin_silent(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	struct guard guard;

	if (!begin_call(submit, handle, caller, &guard))
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

	if (!resume(submit, &guard))
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

	if (!result || !resume(submit, &guard))
		return;
	if (submit->libpq->PQresultStatus(result) == PG_COMMAND_OK)
		queue_forget_statement(submit->connection, name);
	guard_leave(&guard);
}

void submit_end_close(struct submit *submit, const char *closed)
{
	struct guard guard;

	if (!resume(submit, &guard))
		return;
	queue_forget_statement(submit->connection, closed);
	guard_leave(&guard);
}

void submit_end_untold(struct submit *submit, int sent)
{
	struct guard guard;

	if (!sent || !resume(submit, &guard))
		return;
	queue_untold(submit->connection);
	guard_leave(&guard);
}

void submit_end_copy(struct submit *submit, int failed)
{
	uint64_t now_ns = clock_now_ns();
	struct guard guard;

	if (!resume(submit, &guard))
		return;
	queue_end_copy(submit->connection, failed != 0, now_ns);
	guard_leave(&guard);
}

/* ---- connections ---- */

static bool wants_connect_span(const struct command *command)
{
	return connect_spans == SUBMIT_CONNECT_ON ||
	       (connect_spans == SUBMIT_CONNECT_ERRORS && command_failed(command));
}

/* Nothing happens when no connect or reset is under way. */
static void end_connect(struct connection *connection, bool connected, uint64_t now_ns)
{
	struct command *command = connection->connect;

	if (!command)
		return;
	connection->connect = NULL;
	if (!connected)
		attempt_blame(command);
	connection_learn(connection);
	if (wants_connect_span(command))
		describe_end(command, connection, now_ns);
	else
		area_call_drop(command->open);
	connection_release(connection, command);
}

static bool is_connected(const struct connection *connection)
{
	return connection->libpq->PQstatus(connection->handle) == PG_CONNECTION_OK;
}

/* A connect or reset in no queue; null when there is no memory. */
static struct command *connect_command(struct connection *connection, enum command_kind kind)
{
	struct command *command = connection_command(connection);

	if (command)
		command->kind = (uint8_t)kind;
	else
		area_count_passed();
	return command;
}

/* An entry of this address is a connection whose end we did not see. */
static struct connection *connection_met_again(struct pg_conn *handle, const struct libpq *libpq)
{
	struct connection *stale = connection_find(handle);

	if (stale) {
		queue_settle(stale);
		if (stale->connect) {
			area_call_drop(stale->connect->open);
			area_count_passed();
		}
		connection_forget(stale);
	}
	return connection_of(handle, libpq);
}

void submit_begin_connect(struct submit_connecting *connecting, const void *caller)
{
	struct guard guard;

	libpq_refresh();
	connecting->open = NULL;
	connecting->traced = begin_call(&connecting->submit, NULL, caller, &guard);
	if (!connecting->traced)
		return;
	if (connect_spans != SUBMIT_CONNECT_OFF)
		connecting->open = describe_connecting(&connecting->span, caller);
	attempt_begin();
	guard_leave(&guard);
}

/* The connect of @connecting, now that its connection is known; null when there is no memory. */
static struct command *connecting_command(struct submit_connecting *connecting,
					  struct pg_conn *handle)
{
	struct connection *connection = connection_met_again(handle, connecting->submit.libpq);
	struct command *command;

	if (!connection) {
		area_count_passed();
		return NULL;
	}
	connection_learn(connection);
	command = connect_command(connection, COMMAND_CONNECT);
	connection->connect = command;
	connecting->submit.connection = connection;
	if (command && connect_spans != SUBMIT_CONNECT_OFF)
		command->span = connecting->span;
	return command;
}

/* An attempt goes on after PQconnectStart: whom it asks is known now. */
static void connect_goes_on(struct submit_connecting *connecting, struct command *command)
{
	area_call_drop(connecting->open);
	connecting->open = NULL;
	if (connect_spans != SUBMIT_CONNECT_OFF)
		describe_open(command, connecting->submit.connection);
}

void submit_end_connect(struct submit_connecting *connecting, struct pg_conn *handle, bool finished)
{
	struct submit *submit = &connecting->submit;
	uint64_t now_ns = clock_now_ns();
	struct command *command = NULL;
	struct guard guard;

	if (!connecting->traced || submit->process_id != arena_process_id() || !guard_enter(&guard))
		return;
	if (handle)
		command = connecting_command(connecting, handle);
	if (!command) {
		area_call_drop(connecting->open);
	} else if (finished || submit->libpq->PQstatus(handle) == PG_CONNECTION_BAD) {
		command->open = connecting->open;
		end_connect(submit->connection, is_connected(submit->connection), now_ns);
	} else {
		connect_goes_on(connecting, command);
	}
	attempt_end();
	guard_leave(&guard);
}

static void begin_reset(struct connection *connection, const void *caller)
{
	struct command *command = connect_command(connection, COMMAND_RESET);

	connection->connect = command;
	if (!command)
		return;
	describe_begin(command, connection, caller);
	describe_open(command, connection);
}

void submit_begin_reset(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	struct guard guard;

	libpq_refresh();
	if (!begin_command(submit, handle, caller, &guard))
		return;
	queue_settle(submit->connection);
	end_connect(submit->connection, false, clock_now_ns());
	connection_changed(submit->connection);
	begin_reset(submit->connection, caller);
	attempt_begin();
	guard_leave(&guard);
}

void submit_end_reset(struct submit *submit, bool finished)
{
	uint64_t now_ns = clock_now_ns();
	struct guard guard;

	if (!resume(submit, &guard))
		return;
	if (finished)
		end_connect(submit->connection, is_connected(submit->connection), now_ns);
	attempt_end();
	guard_leave(&guard);
}

void submit_begin_poll(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	struct guard guard;

	if (!begin_call(submit, handle, caller, &guard))
		return;
	if (submit->connection && submit->connection->connect)
		attempt_begin();
	guard_leave(&guard);
}

void submit_end_poll(struct submit *submit, int polled)
{
	uint64_t now_ns = clock_now_ns();
	struct guard guard;

	if (!resume(submit, &guard))
		return;
	if (polled == PG_POLLING_OK || polled == PG_POLLING_FAILED)
		end_connect(submit->connection, polled == PG_POLLING_OK, now_ns);
	attempt_end();
	guard_leave(&guard);
}

void submit_begin_finish(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	struct connection *connection;
	struct guard guard;

	if (!begin_call(submit, handle, caller, &guard))
		return;
	connection = submit->connection;
	if (connection) {
		queue_settle(connection);
		end_connect(connection, false, clock_now_ns());
		connection_forget(connection);
		submit->connection = NULL;
	}
	guard_leave(&guard);
}

