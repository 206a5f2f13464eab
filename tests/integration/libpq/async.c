/* SPDX-License-Identifier: Apache-2.0 */
/* PQsendQuery and what comes after: several results, row by row, late, not at all. */
#include <stdio.h>

#include "case.h"

static PGconn *sent(const char *sql)
{
	PGconn *db = session_open("");

	session_require(PQsendQuery(db, sql), "PQsendQuery");
	return db;
}

static void several(void)
{
	PGconn *db = sent("select 1; select 2,3");

	session_show_all("sent", db);
	PQfinish(db);
}

static void row_by_row(void)
{
	PGconn *db = sent("select a from z where a < 4");

	session_require(PQsetSingleRowMode(db), "PQsetSingleRowMode");
	session_show_all("row", db);
	PQfinish(db);
}

static void row_by_row_error(void)
{
	PGconn *db = sent("select 1/(3-i) from generate_series(1, 6) i");

	session_require(PQsetSingleRowMode(db), "PQsetSingleRowMode");
	session_show_all("row", db);
	PQfinish(db);
}

static void row_by_row_left(void)
{
	PGconn *db = sent("select a from z");

	session_require(PQsetSingleRowMode(db), "PQsetSingleRowMode");
	session_show("row", PQgetResult(db));
	session_exec(db, "select 1");
	PQfinish(db);
}

static void chunks(void)
{
	PGconn *db = sent("select generate_series(1, 5)");

	session_require(PQsetChunkedRowsMode(db, 2), "PQsetChunkedRowsMode");
	session_show_all("chunk", db);
	session_require(PQsendQuery(db, "select generate_series(1, 4)"), "PQsendQuery");
	session_require(PQsetChunkedRowsMode(db, 2), "PQsetChunkedRowsMode");
	session_show_all("chunk", db);
	PQfinish(db);
}

/* Chunks of a result that is larger than what libpq reads at once. */
static void chunks_left(void)
{
	PGconn *db = sent("select generate_series(1, 50000)");

	session_require(PQsetChunkedRowsMode(db, 100), "PQsetChunkedRowsMode");
	session_show("chunk", PQgetResult(db));
	session_exec(db, "select 1");
	session_require(PQsendQuery(db, "select a from z"), "PQsendQuery");
	session_require(PQsetChunkedRowsMode(db, 2), "PQsetChunkedRowsMode");
	session_show("chunk", PQgetResult(db));
	PQfinish(db);
}

/* Closed, and reset, with rows on their way. */
static void row_by_row_closed(void)
{
	PGconn *db = sent("select a from z");

	session_require(PQsetSingleRowMode(db), "PQsetSingleRowMode");
	session_show("row", PQgetResult(db));
	session_show("row", PQgetResult(db));
	PQreset(db);
	session_require(PQsendQuery(db, "select b from z"), "PQsendQuery");
	session_require(PQsetSingleRowMode(db), "PQsetSingleRowMode");
	session_show("row", PQgetResult(db));
	PQfinish(db);
}

/* PQexec throws away what comes before its own results. */
static void overtaken(void)
{
	PGconn *db = sent("select 1; select 1/0");

	session_exec(db, "select 2 from z");
	session_require(PQsendQuery(db, "select 3; select 1/0"), "PQsendQuery");
	session_show("sent", PQgetResult(db));
	session_show("prepare", PQprepare(db, "s", "select 4", 0, NULL));
	session_show("execute", PQexecPrepared(db, "s", 0, NULL, NULL, NULL, 0));
	PQfinish(db);
}

static void twice(void)
{
	PGconn *db = sent("select 1");

	printf("again: %d\n", PQsendQuery(db, "select 2 from z"));
	session_show_all("sent", db);
	PQfinish(db);
}

static void fetched_late(void)
{
	PGconn *db = sent("select 1");

	session_wait(db);
	session_sleep(300);
	session_show_all("late", db);
	/* What did not come yet is not ready, however often one asks. */
	session_require(PQsendQuery(db, "select pg_sleep(0.1)"), "PQsendQuery");
	while (PQisBusy(db)) {
		session_sleep(5);
		session_require(PQconsumeInput(db), "PQconsumeInput");
	}
	session_sleep(300);
	session_show_all("late", db);
	PQfinish(db);
}

static void null_never_fetched(void)
{
	PGconn *db = sent("select 1");

	session_show("sent", PQgetResult(db));
	session_sleep(200);
	session_exec(db, "select 2");
	PQfinish(db);
}

static void finished_while_running(void)
{
	PGconn *db = sent("select pg_sleep(0.2)");

	PQfinish(db);
}

static void ended_while_running(void)
{
	PGconn *db = sent("select pg_sleep(0.2)");

	session_require(PQflush(db) == 0, "PQflush");
}

static void not_blocking(void)
{
	PGconn *db = session_open("");

	session_require(!PQsetnonblocking(db, 1), "PQsetnonblocking");
	session_require(PQsendQuery(db, "select a from z"), "PQsendQuery");
	while (PQflush(db) > 0)
		session_sleep(1);
	session_wait(db);
	session_show_all("sent", db);
	PQfinish(db);
}

const struct libpq_case async_cases[] = {
	{ "P03", several },
	{ "P29", row_by_row },
	{ "P30", row_by_row_error },
	{ "P31", row_by_row_left },
	{ "P32", chunks },
	{ "P31-closed", row_by_row_closed },
	{ "P32-left", chunks_left },
	{ "P33", twice },
	{ "P33-exec", overtaken },
	{ "P34", fetched_late },
	{ "P34-null", null_never_fetched },
	{ "P62", finished_while_running },
	{ "P62-exit", ended_while_running },
	{ "nonblocking", not_blocking },
	{ NULL, NULL },
};
