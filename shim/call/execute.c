/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that are executed again and again. */
#include "call/execute.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cold.h"
#include "base/guard.h"
#include "call/describe.h"
#include "call/known.h"

/* Another statement, place or thread; false: the statement is not known, or not described. */
static APART bool make_ready(struct connection *connection, const struct thread *thread,
			     const char *name, const void *caller)
{
	struct command *own = &connection->own;
	const struct statement *statement;

	if (connection->own_state != OWN_READY || !name || !*name)
		return false;
	statement = statement_find_again(&connection->statements, name);
	if (!statement || !statement->description)
		return false;
	own->hash = statement->hash;
	own->span.statement = statement->description;
	own->span.thread_id = thread->id;
	own->span.caller = (uint64_t)(uintptr_t)caller;
	own->span.module = module_of(&connection->module, caller);
	return true;
}

/* Whether @connection is ready for this execute. */
static inline bool is_again(const struct connection *connection, const struct thread *thread,
			    const char *name, const void *caller)
{
	const struct command *own = &connection->own;
	const struct statement *last = connection->statements.last;

	if (__builtin_expect(connection->own_state != OWN_READY ||
				     own->span.caller != (uint64_t)(uintptr_t)caller ||
				     own->span.thread_id != thread->id,
			     0))
		return false;
	if (__builtin_expect(!last || last->description != own->span.statement || !name, 0))
		return false;
	return __builtin_expect(strcmp(name, (const char *)last->bytes) == 0, 1);
}

static inline bool begin_again(struct submit *submit, struct connection *connection,
			       struct thread *thread)
{
	struct command *own = &connection->own;

	if (__builtin_expect(!describe_open_again(own, connection, thread), 0))
		return false;
	traffic_begin(&connection->slot->traffic);
	connection->own_state = OWN_TAKEN;
	connection->calling = own;
	known_fill(submit, connection, thread);
	return true;
}

HOT bool execute_begin(struct submit *submit, struct pg_conn *handle, const char *name,
		       const void *caller)
{
	struct thread *thread = thread_peek();
	struct connection *connection = known_connection(thread, handle, caller);
	struct guard guard;
	bool begun;

	if (__builtin_expect(!connection || call_options.extra || libpq_inside_other(caller), 0))
		return false;
	guard_enter_known(&guard, thread);
	connection_learn(connection);
	begun = (is_again(connection, thread, name, caller) ||
		 make_ready(connection, thread, name, caller)) &&
		begin_again(submit, connection, thread);
	guard_leave_known(&guard, thread);
	return begun;
}

/* The rows of a result that tells nothing else, as command_result() takes it; false: it does. */
static inline bool only_rows(const struct libpq *libpq, struct pg_result *result, uint64_t *ret)
{
	const char *tag;

	if (__builtin_expect(!result || libpq->PQresultStatus(result) != PG_TUPLES_OK, 0))
		return false;
	tag = libpq->PQcmdStatus(result);
	if (__builtin_expect(!tag || (tag[0] != 'S' && tag[0] != 'F'), 0))
		return false;
	*ret = (uint64_t)libpq->PQntuples(result);
	return true;
}

/* The guard is held; false: nothing was done. */
static inline bool end_again(struct connection *connection, struct thread *thread,
			     struct pg_result *result, uint64_t now_ns)
{
	struct describe_outcome outcome = { .end_ns = now_ns };
	struct traffic *traffic = &connection->slot->traffic;
	struct command *own = &connection->own;

	if (__builtin_expect(!only_rows(connection->libpq, result, &outcome.rows), 0))
		return false;
	connection->calling = NULL;
	traffic_end(traffic);
	outcome.split =
		traffic_split(traffic, &outcome.first_byte_ns, &outcome.fetch_ns);
	describe_end_again(own, connection, thread, &outcome);
	own->open = NULL;
	connection->own_state = OWN_READY;
	return true;
}

/* An error, another thread, a child, or it was ended meanwhile: as any other command. */
static COLD void end_otherwise(struct submit *submit, struct pg_result *result)
{
	submit->command = &submit->connection->own;
	if (arena_process_peek() == submit->process_id &&
	    submit->connection->calling == submit->command)
		describe_take_span(submit->command);
	submit_end_synchronous(submit, result);
}

HOT void execute_end(struct submit *submit, struct pg_result *result)
{
	uint64_t now_ns = clock_now_ns();
	struct connection *connection = submit->connection;
	struct thread *thread = thread_peek();
	struct guard guard;
	bool ended;

	if (__builtin_expect(known_process(thread, submit->process_id) && !thread->depth &&
				     connection->calling == &connection->own,
			     1)) {
		guard_enter_known(&guard, thread);
		ended = end_again(connection, thread, result, now_ns);
		guard_leave_known(&guard, thread);
		if (__builtin_expect(ended, 1))
			return;
	}
	end_otherwise(submit, result);
}
