/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that are no commands of SQL: describing and closing of statements and portals, large
 * objects and the fast path (PQfn). They have spans where options ask for them; without, they are
 * followed only as far as the commands around them need it: whose results come next, which names
 * are gone, and that a transaction was not idle meanwhile.
 *
 * As in call/submit.h: each pair is around the real call, and begin leaves `libpq` as the functions
 * to call. Threads: that of the connection.
 */
#ifndef CALL_INQUIRY_H
#define CALL_INQUIRY_H

#include "call/submit.h"

/* PQsendDescribePrepared and kin. The name is that of a statement; of a portal there is none. */
SUBMIT_APART void inquiry_begin_send(struct submit *submit, const struct submit_request *request);
SUBMIT_APART void inquiry_end_send(struct submit *submit, const struct submit_request *request,
				   int sent);

/* PQdescribePrepared and kin, which discard what was left of the commands before. */
SUBMIT_APART void inquiry_begin(struct submit *submit, const struct submit_request *request);
SUBMIT_APART void inquiry_end(struct submit *submit, const struct submit_request *request,
			      struct pg_result *result);

/* A function of large objects, by its name; @failed: it answered what means failure. */
SUBMIT_APART void inquiry_begin_object(struct submit *submit, struct pg_conn *handle,
				       const char *name, const void *caller);
SUBMIT_APART void inquiry_end_object(struct submit *submit, bool failed);

/* PQfn */
SUBMIT_APART void inquiry_begin_function(struct submit *submit, struct pg_conn *handle,
					 const void *caller);
SUBMIT_APART void inquiry_end_function(struct submit *submit, struct pg_result *result);

#endif
