/* SPDX-License-Identifier: Apache-2.0 */
/* The last thing that went wrong while libpq was connecting. */
#include "call/attempt.h"

#include <errno.h>
#include <string.h>

#include "base/thread.h"
#include "protocol/postgres.h"

/* thread.trouble; what is positive is an errno */
enum { TROUBLE_NONE = 0, TROUBLE_NO_HOST = -1, TROUBLE_SQLSTATE = -2 };

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

void attempt_connected(int error)
{
	struct thread *thread = thread_peek();

	/* What was wrong with another host does not matter any more. */
	if (thread->connecting)
		thread->trouble = error == EINPROGRESS || error == EINTR ? TROUBLE_NONE : error;
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
