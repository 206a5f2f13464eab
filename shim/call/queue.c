/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in flight, and their ends. */
#include "call/queue.h"

#include "base/clock.h"
#include "base/cold.h"
#include "call/describe.h"
#include "call/extra.h"
#include "call/queue_statement.h"
#include "call/schema.h"
#include "trace/area.h"

static void take_split(const struct connection *connection, struct command *command)
{
	if (!command->pipelined && !command->skipped && command->kind != COMMAND_SYNC)
		command->known.split = traffic_split(&connection->slot->traffic,
						     &command->first_byte_ns, &command->fetch_ns);
}

/* What the status says after a command; of one that was refused, nothing. */
static __attribute__((noinline)) void ask_transaction(struct connection *connection,
						      const struct command *command,
						      uint64_t end_ns)
{
	const struct libpq *libpq = connection->libpq;
	struct transaction *transaction = &connection->transaction;
	bool was_open = transaction->state == TRANSACTION_OPEN;
	int status = PG_UNKNOWN;

	if (command->skipped)
		return;
	if (libpq->PQtransactionStatus)
		status = libpq->PQtransactionStatus(connection->handle);
	connection->transaction_told = transaction_ended(
		transaction, status, command->span.start_ns, end_ns, &connection->times);
	if (was_open && transaction->state == TRANSACTION_OPEN &&
	    transaction_restarts(slice_of_string(command->tag), command_text(command)))
		transaction->state = TRANSACTION_UNKNOWN;
}

/*
 * Outside of a transaction a single statement that returned rows, and nothing else, begins none:
 * its tag is not kept, see command_result().
 */
static inline void follow_transaction(struct connection *connection, const struct command *command,
				      uint64_t end_ns)
{
	if (__builtin_expect(command->kind != COMMAND_SIMPLE && !command->tag[0] &&
				     connection->transaction.state == TRANSACTION_NONE,
			     1))
		return;
	ask_transaction(connection, command, end_ns);
}

/* Where only the options told the schema, a statement may have changed it unseen. */
static COLD void follow_schema(struct connection *connection, const struct command *command)
{
	if (!command_failed(command) && schema_may_change(command_text(command)))
		connection_schema_lost(connection);
}

static void finish_any(struct connection *connection, struct command *command, uint64_t now_ns)
{
	uint64_t end_ns = command->end_ns ? command->end_ns : now_ns;

	if (command->kind == COMMAND_SYNC || command->kind == COMMAND_UNTOLD)
		return;
	if (command->sqlstate[0])
		queue_check_statement(command);
	follow_transaction(connection, command, end_ns);
	if (__builtin_expect(connection->schema_optional, 0))
		follow_schema(connection, command);
	describe_end(command, connection, end_ns);
	connection->transaction_told = false;
	queue_remember_statement(connection, command);
}

/* It tells nothing of the connection that is not known, and there is no transaction to follow. */
static inline bool ends_as_usual(const struct connection *connection, const struct command *command)
{
	return connection->transaction.state == TRANSACTION_NONE && !connection->schema_optional &&
	       describe_is_usual(command, connection);
}

void queue_finish(struct connection *connection, struct command *command, uint64_t now_ns)
{
	if (!command->known.split && !command->known.incomplete)
		take_split(connection, command);
	if (!connection->head)
		traffic_end(&connection->slot->traffic);
	if (__builtin_expect(ends_as_usual(connection, command), 1)) {
		describe_usual(command, connection);
		connection_release(connection, command);
		if (command == &connection->own)
			connection_own_ready(connection);
	} else {
		finish_any(connection, command, now_ns);
		connection_release(connection, command);
	}
}

static void finish_head(struct connection *connection, uint64_t now_ns)
{
	queue_finish(connection, connection_pop(connection), now_ns);
}

void queue_abandon_now(struct connection *connection)
{
	struct command *command = connection->calling;

	connection->calling = NULL;
	describe_take_span(command);
	if (command_is_described(command)) {
		command->known.incomplete = true;
		queue_finish(connection, command, clock_now_ns());
		return;
	}
	/* A send: it is described after its call only. */
	connection_release(connection, command);
	area_count_passed();
}

void queue_settle_now(struct connection *connection)
{
	uint64_t now_ns = connection->head ? clock_now_ns() : 0;

	queue_abandon_call(connection);
	while (connection->head) {
		struct command *command = connection->head;

		if (!command->end_ns && command->copy == COPY_IN)
			command->error = "copy_abandoned";
		else if (!command->end_ns)
			command->known.incomplete = true;
		finish_head(connection, now_ns);
	}
}

void queue_begin_copy(struct connection *connection, struct command *command, uint64_t now_ns)
{
	if (command->extra)
		extra_sent(command);
	if (command->copy == COPY_BOTH)
		queue_finish(connection, command, now_ns);
	else
		connection_append(connection, command);
}

void queue_end_copy(struct connection *connection, bool failed, uint64_t now_ns)
{
	struct command *head = connection->head;

	if (!head || head->copy == COPY_NONE)
		return;
	if (failed && !command_failed(head))
		head->error = "_OTHER";
	finish_head(connection, now_ns);
}

/* ---- pipelines ---- */

void queue_lose(struct connection *connection)
{
	connection_own_changed(connection);
	if (!connection->pipeline) {
		queue_settle(connection);
		return;
	}
	if (!connection->blind)
		connection->blind_syncs = 0;
	connection->blind = true;
	connection->blind_synced = false;
}

void queue_untold(struct connection *connection)
{
	struct command *command = NULL;

	if (connection->pipeline && !connection->blind)
		command = connection_command(connection);
	if (!command) {
		queue_lose(connection);
		return;
	}
	command->kind = COMMAND_UNTOLD;
	connection_append(connection, command);
}

void queue_sync(struct connection *connection)
{
	struct command *command = connection->blind ? NULL : connection_command(connection);

	if (command) {
		command->kind = COMMAND_SYNC;
		connection_append(connection, command);
		return;
	}
	if (!connection->blind)
		connection->blind_syncs = 0;
	connection->blind = true;
	connection->blind_synced = true;
	connection->blind_syncs++;
}

/* A sync answers for everything before it, also what was lost from sight. */
static COLD void finish_to_sync(struct connection *connection, uint64_t now_ns)
{
	while (connection->head) {
		struct command *head = connection->head;
		bool sync = head->kind == COMMAND_SYNC;

		head->known.incomplete = !head->end_ns;
		finish_head(connection, now_ns);
		if (sync)
			return;
	}
	if (connection->blind && connection->blind_syncs && --connection->blind_syncs == 0)
		connection->blind = !connection->blind_synced;
}

/* During COPY libpq is never busy: what is ready then is not the end. */
void queue_ready(struct connection *connection)
{
	struct command *head = connection->head;

	if (head && !head->ready_ns && head->copy == COPY_NONE)
		head->ready_ns = traffic_ready_ns(&connection->slot->traffic);
}

void queue_result(struct connection *connection, struct pg_result *result)
{
	const struct libpq *libpq = connection->libpq;
	struct command *head = connection->head;
	uint64_t now_ns;

	if (result && libpq->PQresultStatus(result) == PG_PIPELINE_SYNC) {
		finish_to_sync(connection, clock_now_ns());
		return;
	}
	if (!head)
		return;
	if (!result) {
		/* In pipeline mode a null before any result belongs to nobody. */
		if (head->kind != COMMAND_SYNC && (head->results || !connection->pipeline))
			finish_head(connection, head->end_ns ? head->end_ns : clock_now_ns());
		return;
	}
	now_ns = head->ready_ns ? head->ready_ns : clock_now_ns();
	head->ready_ns = 0;
	command_result(head, libpq, connection->handle, result, now_ns);
	if (head->copy == COPY_BOTH)
		finish_head(connection, now_ns);
	else if (head->end_ns)
		take_split(connection, head);
}
