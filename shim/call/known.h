/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection of a call where nothing else is to be found out: it is the one that this thread
 * used last, the program calls it by the library that made it, and tracing is on. What is not so is
 * found out by call/submit.c for any call.
 *
 * Threads: that of the connection. No failure.
 */
#ifndef CALL_KNOWN_H
#define CALL_KNOWN_H

#include "base/arena.h"
#include "base/thread.h"
#include "call/binding.h"
#include "call/connection.h"
#include "call/libpq.h"
#include "call/submit.h"

/* Whether @process_id is of this process and of the state of @thread. */
static inline bool known_process(const struct thread *thread, uint64_t process_id)
{
	return __builtin_expect(thread->process_id == process_id &&
					arena_process_peek() == process_id,
				1);
}

/*
 * Null: it is to be found out; also where the guard is taken. @thread is current otherwise. No
 * process is 0 here: a new child's thread, or one without an arena, knows no connection.
 */
static inline struct connection *known_connection(const struct thread *thread,
						  const struct pg_conn *handle, const void *caller)
{
	const struct connection_slot *slot = thread->connection;
	struct connection *connection;

	if (__builtin_expect(!slot || binding_is_pending() || thread->depth, 0) ||
	    !known_process(thread,
			   atomic_load_explicit(&submit_ready_process, memory_order_acquire)))
		return NULL;
	/* Its handle first: the slot may be another thread's by now. */
	if (__builtin_expect(atomic_load_explicit(&slot->handle, memory_order_acquire) !=
				     (uintptr_t)handle,
			     0))
		return NULL;
	connection = slot->connection;
	if (__builtin_expect(libpq_is_inside(connection->libpq, caller), 0))
		return NULL;
	return connection;
}

/* What @submit says of such a call; its command is not known. */
static inline void known_fill(struct submit *submit, struct connection *connection,
			      const struct thread *thread)
{
	submit->libpq = connection->libpq;
	submit->connection = connection;
	submit->process_id = thread->process_id;
}

#endif
