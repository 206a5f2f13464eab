/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, and what libpq answered, in words. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "case.h"

#define PATIENCE_MS 20000

void session_require(bool holds, const char *what)
{
	if (holds)
		return;
	printf("FAILED: %s\n", what);
	fflush(stdout);
	_Exit(3);
}

static void swallow(void *nothing, const char *message)
{
	(void)nothing;
	(void)message;
}

PGconn *session_open(const char *conninfo)
{
	PGconn *db = PQconnectdb(conninfo);

	session_require(db && PQstatus(db) == CONNECTION_OK, db ? PQerrorMessage(db) : "no memory");
	PQsetNoticeProcessor(db, swallow, NULL);
	return db;
}

void session_show(const char *what, PGresult *result)
{
	const char *sqlstate;

	if (!result) {
		printf("%s: null\n", what);
		return;
	}
	sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	printf("%s: %s, %d rows, tag \"%s\", affected \"%s\"%s%s\n", what,
	       PQresStatus(PQresultStatus(result)), PQntuples(result), PQcmdStatus(result),
	       PQcmdTuples(result), sqlstate ? ", " : "", sqlstate ? sqlstate : "");
	PQclear(result);
}

int session_show_all(const char *what, PGconn *db)
{
	PGresult *result;
	int count = 0;

	while ((result = PQgetResult(db))) {
		session_show(what, result);
		session_require(++count < 100000, "results without end");
	}
	return count;
}

void session_exec(PGconn *db, const char *sql)
{
	session_show("exec", PQexec(db, sql));
}

void session_sleep(int ms)
{
	struct timespec time = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

static void wait_for(int fd, short events)
{
	struct pollfd wait = { .fd = fd, .events = events };

	while (poll(&wait, 1, PATIENCE_MS) < 0 && errno == EINTR)
		;
	session_require(wait.revents != 0, "the server answers in time");
}

void session_wait(PGconn *db)
{
	while (PQisBusy(db)) {
		wait_for(PQsocket(db), POLLIN);
		session_require(PQconsumeInput(db), "PQconsumeInput");
	}
}

PostgresPollingStatusType session_poll(PGconn *db, PostgresPollingStatusType (*next)(PGconn *))
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
		wait_for(PQsocket(db), state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN);
		state = next(db);
	}
	return state;
}
