/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a connection could not be made. libpq tells it in words only, in the user's language; what
 * it was told by the system and by the server passes through our hooks: the last connect(), name
 * look-up or first answer that failed while the program's call lasted.
 *
 * Threads: what happens inside a call of libpq on this thread; an attempt that goes on over several
 * calls is judged by the last. Signal handlers: PQcancel may connect inside a call; nothing here
 * takes a lock.
 */
#ifndef CALL_ATTEMPT_H
#define CALL_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cold.h"
#include "call/command.h"

/* A call that may fail to connect begins; it ends. */
void attempt_begin(void);
void attempt_end(void);

/* Before the end: sets the error of @command by what was seen; "_OTHER" when nothing was. */
void attempt_blame(struct command *command);

/* ---- what the hooks see; each leaves errno as it is ---- */

/* connect() by libpq; @error: 0, or its errno. */
COLD void attempt_connected(int error);

/* getsockopt(SO_ERROR) by libpq. */
void attempt_told(int error);

/* getaddrinfo() by libpq found nothing. */
void attempt_unresolved(void);

/* A server's bytes on a connection that no command was seen on yet. */
COLD void attempt_answered(const void *bytes, size_t size);

#endif
