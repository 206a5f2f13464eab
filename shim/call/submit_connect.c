/* SPDX-License-Identifier: Apache-2.0 */
/* Connections begun, reset and ended (hooks.md A.3). */
#include "call/submit.h"

#include "base/clock.h"
#include "call/attempt.h"
#include "call/describe.h"
#include "call/queue.h"
#include "call/submit_begin.h"

static bool wants_connect_span(const struct command *command)
{
	return submit_connects == SUBMIT_CONNECT_ON ||
	       (submit_connects == SUBMIT_CONNECT_ERRORS && command_failed(command));
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

	library_refresh();
	connecting->open = NULL;
	connecting->traced = submit_begin_call(&connecting->submit, NULL, caller, &guard);
	if (!connecting->traced)
		return;
	if (submit_connects != SUBMIT_CONNECT_OFF)
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
	if (command && submit_connects != SUBMIT_CONNECT_OFF)
		command->span = connecting->span;
	return command;
}

/* An attempt goes on after PQconnectStart: whom it asks is known now. */
static void connect_goes_on(struct submit_connecting *connecting, struct command *command)
{
	area_call_drop(connecting->open);
	connecting->open = NULL;
	if (submit_connects != SUBMIT_CONNECT_OFF)
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

	library_refresh();
	if (!submit_begin_command(submit, handle, caller, &guard))
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

	if (!submit_resume(submit, &guard))
		return;
	if (finished)
		end_connect(submit->connection, is_connected(submit->connection), now_ns);
	attempt_end();
	guard_leave(&guard);
}

void submit_begin_poll(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	struct guard guard;

	if (!submit_begin_call(submit, handle, caller, &guard))
		return;
	if (submit->connection && submit->connection->connect)
		attempt_begin();
	guard_leave(&guard);
}

void submit_end_poll(struct submit *submit, int polled)
{
	uint64_t now_ns = clock_now_ns();
	struct guard guard;

	if (!submit_resume(submit, &guard))
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

	if (!submit_begin_call(submit, handle, caller, &guard))
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

