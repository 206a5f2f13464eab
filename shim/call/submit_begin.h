/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every pair of call/submit.h begins with: the functions to call, whether tracing is on, the
 * guard, and whether there is anything to end. In line, so that each of them is one function.
 */
#ifndef CALL_SUBMIT_BEGIN_H
#define CALL_SUBMIT_BEGIN_H

#include "base/arena.h"
#include "base/cold.h"
#include "base/guard.h"
#include "call/binding.h"
#include "call/connection.h"
#include "call/known.h"
#include "call/submit.h"
#include "trace/area.h"

/* Which attempts to connect get a span. */
extern enum submit_connect submit_connects;

/* Whether submit_enable() was called. */
bool submit_is_enabled(void);

/* Asks whether there is an area, and notes the process. */
COLD bool submit_ask_ready(struct submit *submit);

/* Whether tracing_ready() need not be asked. */
static inline bool submit_is_ready(uint64_t process_id)
{
	return process_id && process_id == atomic_load_explicit(&submit_ready_process,
								memory_order_acquire);
}

static inline bool submit_begin(struct submit *submit, struct guard *guard)
{
	uint64_t process_id = arena_process_peek();
	bool ready = submit_is_ready(process_id);

	if (!ready && !submit_is_enabled())
		return false;
	if (!guard_enter(guard)) {
		area_count_passed();
		return false;
	}
	submit->process_id = process_id;
	if (ready || submit_ask_ready(submit))
		return true;
	area_count_passed();
	guard_leave(guard);
	return false;
}

static inline bool submit_is_same_process(const struct submit *submit)
{
	return submit->process_id == arena_process_id();
}

/* Whether there is anything to end: not after a fork in a callback, where memory is a fresh one. */
static inline bool submit_resume(const struct submit *submit, struct guard *guard)
{
	struct thread *thread = thread_peek();

	if (!submit->connection)
		return false;
	if (__builtin_expect(!known_process(thread, submit->process_id) || thread->depth, 0))
		return submit_is_same_process(submit) && guard_enter(guard);
	guard_enter_known(guard, thread);
	return true;
}

/*
 * Finds the functions to call. True when the call is the program's own (not libpq's to itself) and
 * tracing is on; then the guard is held.
 */
static inline bool submit_begin_call(struct submit *submit, struct pg_conn *handle,
				     const void *caller, struct guard *guard)
{
	struct connection *connection = connection_find(handle);
	const struct libpq *bound =
		(const struct libpq *)binding_claim(&libpq_family, caller);

	submit->connection = NULL;
	submit->command = NULL;
	if (connection)
		submit->libpq = connection->libpq;
	else
		submit->libpq = bound ? bound : libpq_of_caller(caller);
	if (!submit->libpq || libpq_is_inside(submit->libpq, caller) ||
	    !submit_begin(submit, guard))
		return false;
	submit->connection = connection;
	return true;
}

/* A connection that this thread did not use last, or did not meet yet. */
APART bool submit_begin_command_anew(struct submit *submit, struct pg_conn *handle,
				     const void *caller, struct guard *guard);

/* The same for calls that may meet a connection for the first time. */
static inline bool submit_begin_command(struct submit *submit, struct pg_conn *handle,
					const void *caller, struct guard *guard)
{
	struct thread *thread = thread_peek();
	struct connection *connection = known_connection(thread, handle, caller);

	if (__builtin_expect(!connection, 0))
		return submit_begin_command_anew(submit, handle, caller, guard);
	known_fill(submit, connection, thread);
	submit->command = NULL;
	guard_enter_known(guard, thread);
	connection_learn(connection);
	return true;
}

#endif
