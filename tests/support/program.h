/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that a program makes to the scripted libpq, as our hooks make them: our part before,
 * the real function, our part after. Include tests/support/test.h first.
 */
#ifndef TESTS_SUPPORT_PROGRAM_H
#define TESTS_SUPPORT_PROGRAM_H

#include "call/submit.h"
#include "tests/support/scripted_libpq.h"

/* A connected handle with no results in its script. */
struct pg_conn scripted_conn(void);

/* Sets the results that PQexec and PQgetResult answer, one after another; then null. */
#define SCRIPT(conn, ...)                                                       \
	script_set((conn), (struct pg_result *[]){ __VA_ARGS__ },               \
		   sizeof((struct pg_result *[]){ __VA_ARGS__ }) / sizeof(struct pg_result *))
void script_set(struct pg_conn *conn, struct pg_result *const *results, size_t count);

/* An address in the program's code, and one in the scripted libpq's. */
const void *program_address(void);
const void *libpq_address(void);

/* Begins tracing into traced_area(). */
void program_begin(enum submit_connect connects);

/* The same with options; they hold until the next program_begin(). */
void program_begin_with(const struct call_options *options);

/* ---- the program's calls ---- */

struct pg_result *call_exec(struct pg_conn *conn, const char *query);
struct pg_result *call_exec_params(struct pg_conn *conn, const char *query, int count);
struct pg_result *call_exec_values(struct pg_conn *conn, const char *query, int count,
				   const char *const *values);
struct pg_result *call_exec_prepared_values(struct pg_conn *conn, const char *name, int count,
					    const char *const *values);
int call_send_values(struct pg_conn *conn, const char *query, int count,
		     const char *const *values);
struct pg_result *call_prepare(struct pg_conn *conn, const char *name, const char *query);
struct pg_result *call_exec_prepared(struct pg_conn *conn, const char *name);
int call_send(struct pg_conn *conn, const char *query);
int call_send_params(struct pg_conn *conn, const char *query, int count);
int call_send_prepare(struct pg_conn *conn, const char *name, const char *query);
int call_send_prepared(struct pg_conn *conn, const char *name);
int call_send_describe(struct pg_conn *conn, const char *name);
int call_send_close(struct pg_conn *conn, const char *name);
struct pg_result *call_close(struct pg_conn *conn, const char *name);
/* A function of large objects that answers @answer, and PQfn, which answers from the script. */
int call_object(struct pg_conn *conn, const char *name, int answer);
struct pg_result *call_function(struct pg_conn *conn);
int call_is_busy(struct pg_conn *conn);
struct pg_result *call_get_result(struct pg_conn *conn);

/* PQgetResult until the script has no more; how often. */
size_t call_get_results(struct pg_conn *conn);

int call_enter_pipeline(struct pg_conn *conn);
int call_exit_pipeline(struct pg_conn *conn);
int call_sync(struct pg_conn *conn);
int call_endcopy(struct pg_conn *conn);

/* PQconnectdb answers @conn, which may be null. */
struct pg_conn *call_connect(struct pg_conn *conn);
struct pg_conn *call_connect_start(struct pg_conn *conn);
int call_connect_poll(struct pg_conn *conn);
void call_reset(struct pg_conn *conn);
int call_reset_start(struct pg_conn *conn);
int call_reset_poll(struct pg_conn *conn);
void call_finish(struct pg_conn *conn);

/* Declares the connection @conn in pipeline mode; its file includes call/connection.h. */
#define PIPELINE(conn)                                                             \
	struct pg_conn conn = scripted_conn();                                     \
                                                                                   \
	program_begin(SUBMIT_CONNECT_OFF);                                         \
	assert_true(connection_of(&conn, libpq_of_caller(program_address())));     \
	assert_int_equal(call_enter_pipeline(&conn), 1)

#endif
