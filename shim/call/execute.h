/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of PQexecPrepared: on the connection that this thread used last, where the command
 * before was such an execute too, and nothing else happened since. All that can be another one then
 * is asked for once, and nothing is written down that stayed the same. Whatever is not so takes the
 * way of every command, call/submit.h, from the beginning or, after the real call, from there.
 *
 * Threads: that of the connection.
 */
#ifndef CALL_EXECUTE_H
#define CALL_EXECUTE_H

#include <stdbool.h>

#include "call/submit.h"

/* False: nothing was done, and @submit says nothing: submit_begin_synchronous(). */
SUBMIT_APART bool execute_begin(struct submit *submit, struct pg_conn *handle, const char *name,
				const void *caller);

/* After execute_begin() said true and the real call returned. */
SUBMIT_APART void execute_end(struct submit *submit, struct pg_result *result);

#endif
