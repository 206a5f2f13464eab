/* SPDX-License-Identifier: Apache-2.0 */
/* Pipeline mode: order, errors, syncs, what is refused, what is left behind. */
#include <stdio.h>

#include "case.h"

static PGconn *piped(void)
{
	PGconn *db = session_open("");

	session_require(PQenterPipelineMode(db), "PQenterPipelineMode");
	return db;
}

static void send(PGconn *db, const char *sql)
{
	session_require(PQsendQueryParams(db, sql, 0, NULL, NULL, NULL, NULL, 0), sql);
}

/* What a pipeline answers until so many syncs were met. */
static void answers(PGconn *db, int syncs)
{
	for (int nulls = 0; syncs > 0 && nulls < 100;) {
		PGresult *result = PQgetResult(db);

		if (result && PQresultStatus(result) == PGRES_PIPELINE_SYNC)
			syncs--;
		nulls += result == NULL;
		session_show("answer", result);
	}
	session_require(syncs == 0, "all syncs");
}

static void leave(PGconn *db)
{
	session_require(PQexitPipelineMode(db), "PQexitPipelineMode");
	session_exec(db, "select 'x' as after");
	PQfinish(db);
}

static void three(void)
{
	PGconn *db = piped();

	send(db, "select 1 as one");
	send(db, "select a from z");
	send(db, "select 3, 4");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 1);
	leave(db);
}

static void second_fails(void)
{
	PGconn *db = piped();

	send(db, "select 1 as one");
	send(db, "select 1/0");
	send(db, "select 3 as three");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	send(db, "select 'x' as next");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 2);
	leave(db);
}

static void prepare_and_execute(void)
{
	static const char *const three_rows[] = { "4" };
	PGconn *db = piped();

	session_require(PQsendPrepare(db, "s", "select a from z where a < $1", 0, NULL), "prepare");
	for (int i = 0; i < 2; i++)
		session_require(PQsendQueryPrepared(db, "s", 1, three_rows, NULL, NULL, 0),
				"execute");
	session_require(PQsendDescribePrepared(db, "s"), "describe");
	session_require(PQsendQueryPrepared(db, "s", 1, three_rows, NULL, NULL, 0), "execute");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 1);
	leave(db);
}

static void flushed(void)
{
	PGconn *db = piped();

	send(db, "select 1 as one");
	session_require(PQsendFlushRequest(db) && PQflush(db) == 0, "PQsendFlushRequest");
	session_show("first", PQgetResult(db));
	session_show("then", PQgetResult(db));
	session_show("more", PQgetResult(db));
	session_sleep(200);
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 1);
	leave(db);
}

static void two_syncs(void)
{
	PGconn *db = piped();

	send(db, "select 1 as one");
	session_require(PQsendPipelineSync(db), "PQsendPipelineSync");
	send(db, "select 1/0");
	send(db, "select 3 as three");
	session_require(PQsendPipelineSync(db), "PQsendPipelineSync");
	send(db, "select 4, 4");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 3);
	leave(db);
}

static void refused(void)
{
	PGconn *db = piped();

	send(db, "select 1 as one");
	session_exec(db, "select 'x' as refused");
	printf("PQsendQuery: %d\n", PQsendQuery(db, "select 'x' as refused_too"));
	send(db, "select 2 as two");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 1);
	leave(db);
}

static void unread(void)
{
	PGconn *db = piped();

	send(db, "select 1 as one");
	send(db, "select 2 as two");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	send(db, "select 3 as three");
	PQfinish(db);
}

/* Syncs with nothing between them, errors in the first and the last of four. */
static void many_syncs(void)
{
	PGconn *db = piped();

	session_require(PQpipelineSync(db), "PQpipelineSync");
	send(db, "select 1/0");
	send(db, "select 2 as two");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	send(db, "select 3 as three");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 2);
	send(db, "select 4, 4");
	send(db, "select nothing");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 3);
	leave(db);
}

/* A PREPARE that was aborted never was; one that was repeated keeps the first text. */
static void prepared_in_vain(void)
{
	PGconn *db = piped();

	send(db, "select 1/0");
	session_require(PQsendPrepare(db, "s", "select 1 as one", 0, NULL), "prepare");
	session_require(PQsendQueryPrepared(db, "s", 0, NULL, NULL, NULL, 0), "execute");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	session_require(PQsendQueryPrepared(db, "s", 0, NULL, NULL, NULL, 0), "execute");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	session_require(PQsendPrepare(db, "s", "select 2, 2", 0, NULL), "prepare");
	session_require(PQsendPrepare(db, "s", "select 3, 3, 3", 0, NULL), "prepare");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	session_require(PQsendQueryPrepared(db, "s", 0, NULL, NULL, NULL, 0), "execute");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	answers(db, 4);
	session_require(PQexitPipelineMode(db), "PQexitPipelineMode");
	session_show("execute", PQexecPrepared(db, "s", 0, NULL, NULL, NULL, 0));
	PQfinish(db);
}

static void row_by_row(void)
{
	PGconn *db = piped();

	send(db, "select a from z");
	send(db, "select b from z");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	session_require(PQsetSingleRowMode(db), "PQsetSingleRowMode");
	session_show_all("row", db);
	session_show_all("whole", db);
	answers(db, 1);
	leave(db);
}

/* libpq knows no COPY in a pipeline: the connection is lost. */
static void copied(void)
{
	PGconn *db = piped();

	send(db, "copy z to stdout");
	send(db, "select 2 as two");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	session_show("answer", PQgetResult(db));
	session_show("answer", PQgetResult(db));
	PQreset(db);
	session_exec(db, "select 'x' as after");
	PQfinish(db);
}

/* Reset with answers on their way. */
static void reset(void)
{
	PGconn *db = piped();

	send(db, "select 1 as one");
	send(db, "select 2 as two");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	session_show("answer", PQgetResult(db));
	PQreset(db);
	session_exec(db, "select 'x' as after");
	PQfinish(db);
}

const struct libpq_case pipeline_cases[] = {
	{ "P35", three },	{ "P36", second_fails }, { "P37", prepare_and_execute },
	{ "P38", flushed },	{ "P39", two_syncs },	 { "P40", refused },
	{ "P41", unread },	{ "P36-syncs", many_syncs },
	{ "P37-vain", prepared_in_vain }, { "P35-rows", row_by_row },
	{ "P40-copy", copied },	{ "P41-reset", reset },
	{ NULL, NULL },
};
