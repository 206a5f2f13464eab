/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases that `run` drives: each is one function that uses libpq as a program would, and prints
 * what libpq answered. Nothing here knows of us, nor prints what differs from run to run.
 */
#ifndef TESTS_INTEGRATION_LIBPQ_CASE_H
#define TESTS_INTEGRATION_LIBPQ_CASE_H

#include <libpq-fe.h>
#include <stdbool.h>

struct libpq_case {
	const char *id;
	void (*run)(void);
};

/* Each ends with a null id. */
extern const struct libpq_case simple_cases[], prepared_cases[], copy_cases[], async_cases[],
	pipeline_cases[], connect_cases[], cancel_cases[], thread_cases[], option_cases[];

/* What comes after the case's id on the command line, or @otherwise. */
int case_number(int otherwise);

/* ---- session.c ---- */

/* A connection that works, or the end of the program. */
PGconn *session_open(const char *conninfo);

/* Prints what a result says (null: that it is null), and clears it. */
void session_show(const char *what, PGresult *result);

/* The same for all that PQgetResult answers until it answers null; how many these were. */
int session_show_all(const char *what, PGconn *db);

/* PQexec, shown; and without a word, for what only makes ready. */
void session_exec(PGconn *db, const char *sql);

/* Ends the program when what must hold does not. */
void session_require(bool holds, const char *what);

/* Waits until the connection's next result can be read without waiting. */
void session_wait(PGconn *db);

/* Drives PQconnectPoll or PQresetPoll to its end. */
PostgresPollingStatusType session_poll(PGconn *db, PostgresPollingStatusType (*poll)(PGconn *));

/* Milliseconds. */
void session_sleep(int ms);

/* ---- newer than the headers of Debian 12: null where libpq does not have them ---- */

#define SINCE_17 __attribute__((weak))

/* libpq-fe.h 17 */
enum { TUPLES_CHUNK_17 = 12 };

struct pg_cancel_conn;
extern PGresult *PQclosePrepared(PGconn *, const char *) SINCE_17;
extern int PQsendClosePrepared(PGconn *, const char *) SINCE_17;
extern PGresult *PQclosePortal(PGconn *, const char *) SINCE_17;
extern int PQsendClosePortal(PGconn *, const char *) SINCE_17;
extern PGresult *PQchangePassword(PGconn *, const char *, const char *) SINCE_17;
extern int PQsendPipelineSync(PGconn *) SINCE_17;
extern int PQsetChunkedRowsMode(PGconn *, int) SINCE_17;
extern struct pg_cancel_conn *PQcancelCreate(PGconn *) SINCE_17;
extern int PQcancelBlocking(struct pg_cancel_conn *) SINCE_17;
extern int PQcancelStart(struct pg_cancel_conn *) SINCE_17;
extern PostgresPollingStatusType PQcancelPoll(struct pg_cancel_conn *) SINCE_17;
extern int PQcancelSocket(const struct pg_cancel_conn *) SINCE_17;
extern void PQcancelFinish(struct pg_cancel_conn *) SINCE_17;

#endif
