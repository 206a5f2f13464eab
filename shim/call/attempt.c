/* SPDX-License-Identifier: Apache-2.0 */
/* The last thing that went wrong while libpq was connecting. */
#include "call/attempt.h"

#include <errno.h>
#include <string.h>

#include "base/thread.h"
#include "protocol/postgres.h"

/* Copies of libpq that connect; more than that are not watched. */
#define LIBRARIES 8

/* thread.trouble; what is positive is an errno */
enum { TROUBLE_NONE = 0, TROUBLE_NO_HOST = -1, TROUBLE_SQLSTATE = -2 };

/*
 * One for all connections of a copy that are being made: a socket hook finds by it that the bytes
 * of a descriptor are a server's first. Never changes once it is ready.
 */
static struct {
	const struct libpq *_Atomic owner;
	_Atomic bool ready;
	struct traffic traffic;
} greeting[LIBRARIES];

static struct traffic *greeting_of(const struct libpq *libpq)
{
	for (size_t i = 0; i < LIBRARIES; i++) {
		const struct libpq *owner = atomic_load_explicit(&greeting[i].owner,
								 memory_order_acquire);

		if (owner == libpq)
			return atomic_load(&greeting[i].ready) ? &greeting[i].traffic : NULL;
		if (owner)
			continue;
		if (!atomic_compare_exchange_strong(&greeting[i].owner, &owner, libpq))
			continue;
		greeting[i].traffic =
			(struct traffic){ .libpq = libpq, .armed = true, .greeting = true };
		atomic_store(&greeting[i].ready, true);
		return &greeting[i].traffic;
	}
	return NULL;
}

void attempt_begin(void)
{
	struct thread *thread = thread_peek();

	thread->connecting = true;
	thread->trouble = TROUBLE_NONE;
}

void attempt_end(void)
{
	struct thread *thread = thread_peek();

	thread->connecting = false;
	thread->trouble = TROUBLE_NONE;
}

void attempt_blame(struct command *command)
{
	const struct thread *thread = thread_peek();

	if (thread->trouble == TROUBLE_SQLSTATE)
		memcpy(command->sqlstate, thread->sqlstate, sizeof(command->sqlstate));
	else if (thread->trouble == TROUBLE_NO_HOST)
		command->error = "host_not_found";
	else if (thread->trouble == ECONNREFUSED)
		command->error = "connection_refused";
	else
		command->error = "_OTHER";
}

void attempt_connected(const struct libpq *libpq, int fd, int error)
{
	struct thread *thread = thread_peek();
	int saved = errno;

	if (!thread->connecting)
		return;
	/* What was wrong with another host does not matter any more. */
	thread->trouble = error == EINPROGRESS || error == EINTR ? TROUBLE_NONE : error;
	if (thread->trouble == TROUBLE_NONE)
		traffic_enter(fd, greeting_of(libpq));
	errno = saved;
}

void attempt_told(int error)
{
	struct thread *thread = thread_peek();

	if (thread->connecting && error > 0)
		thread->trouble = error;
}

void attempt_unresolved(void)
{
	struct thread *thread = thread_peek();

	if (thread->connecting)
		thread->trouble = TROUBLE_NO_HOST;
}

void attempt_answered(const void *bytes, size_t size)
{
	struct thread *thread = thread_peek();

	if (thread->connecting && postgres_error_code(slice_of(bytes, size), thread->sqlstate))
		thread->trouble = TROUBLE_SQLSTATE;
}
