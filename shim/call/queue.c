/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in flight, and their ends. */
#include "call/queue.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cold.h"
#include "call/describe.h"
#include "trace/area.h"

/* What the end of a command changes for the ones after it. */
static COLD void remember_prepare(struct connection *connection, const struct command *command)
{
	const struct statement_facts facts = {
		.name = command_name(command),
		.text = command_text(command),
		.summary = command_summary(command),
		.hash = command->hash,
	};

	/* It ends the unnamed statement even by a syntax error. */
	if (!facts.name.size)
		statement_remove(&connection->statements, SLICE(""));
	if (command_failed(command))
		return;
	if (command->end_ns)
		statement_enter(&connection->statements, &facts);
	else
		statement_remove(&connection->statements, facts.name);
}

static void remember_statement(struct connection *connection, const struct command *command)
{
	if (command->skipped || command->kind == COMMAND_EXECUTE)
		return;
	if (command->kind == COMMAND_PREPARE)
		remember_prepare(connection, command);
	else
		/* Each of them ends the unnamed statement. */
		statement_remove(&connection->statements, SLICE(""));
}

static void take_split(const struct connection *connection, struct command *command)
{
	if (!command->pipelined && !command->skipped && command->kind != COMMAND_SYNC)
		command->split_known = traffic_split(&connection->slot->traffic,
						     &command->first_byte_ns, &command->fetch_ns);
}

void queue_finish(struct connection *connection, struct command *command, uint64_t now_ns)
{
	if (!command->split_known && !command->incomplete)
		take_split(connection, command);
	if (!connection->head)
		traffic_end(&connection->slot->traffic);
	if (command->kind != COMMAND_SYNC && command->kind != COMMAND_UNTOLD) {
		describe_end(command, connection, command->end_ns ? command->end_ns : now_ns);
		remember_statement(connection, command);
	}
	connection_release(connection, command);
}

static void finish_head(struct connection *connection, uint64_t now_ns)
{
	queue_finish(connection, connection_pop(connection), now_ns);
}

void queue_abandon_now(struct connection *connection)
{
	struct command *command = connection->calling;

	connection->calling = NULL;
	if (command->span.kind) {
		command->incomplete = true;
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
			command->incomplete = true;
		finish_head(connection, now_ns);
	}
}

void queue_begin_copy(struct connection *connection, struct command *command, uint64_t now_ns)
{
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

		head->incomplete = !head->end_ns;
		finish_head(connection, now_ns);
		if (sync)
			return;
	}
	if (connection->blind && connection->blind_syncs && --connection->blind_syncs == 0)
		connection->blind = !connection->blind_synced;
}

void queue_result(struct connection *connection, struct pg_result *result, uint64_t now_ns)
{
	const struct libpq *libpq = connection->libpq;
	struct command *head = connection->head;

	if (result && libpq->PQresultStatus(result) == PG_PIPELINE_SYNC) {
		finish_to_sync(connection, now_ns);
		return;
	}
	if (!head)
		return;
	if (!result) {
		/* In pipeline mode a null before any result belongs to nobody. */
		if (head->kind != COMMAND_SYNC && (head->results || !connection->pipeline))
			finish_head(connection, now_ns);
		return;
	}
	command_result(head, libpq, connection->handle, result, now_ns);
	if (head->copy == COPY_BOTH)
		finish_head(connection, now_ns);
	else if (head->end_ns)
		take_split(connection, head);
}

/* ---- the text of an execute ---- */

static COLD bool copy_text(struct command *command, struct slice text, struct slice summary)
{
	size_t size = text.size + summary.size;

	if (!size)
		return true;
	command->bytes = arena_take(size);
	if (!command->bytes)
		return false;
	memcpy(command->bytes, text.data, text.size);
	memcpy(command->bytes + text.size, summary.data, summary.size);
	command->bytes_size = (uint32_t)size;
	command->text_size = (uint32_t)text.size;
	command->summary_size = (uint16_t)summary.size;
	return true;
}

static COLD const struct command *find_in_flight(const struct connection *connection,
						 struct slice name)
{
	const struct command *command = connection->newest_prepare;

	while (command && !slice_equal(command_name(command), name))
		command = command->older;
	return command;
}

bool queue_find_statement(struct connection *connection, const char *name, struct command *command)
{
	struct slice wanted = slice_of_string(name);
	const struct command *in_flight =
		connection->newest_prepare ? find_in_flight(connection, wanted) : NULL;
	const struct statement *statement;

	if (in_flight) {
		command->hash = in_flight->hash;
		return copy_text(command, command_text(in_flight), command_summary(in_flight));
	}
	statement = statement_find(&connection->statements, wanted);
	if (!statement)
		return true;
	command->hash = statement->hash;
	command->span.statement = statement->description;
	return statement->description ||
	       copy_text(command, statement_text(statement), statement_summary(statement));
}
