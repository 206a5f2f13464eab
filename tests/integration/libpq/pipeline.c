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

const struct libpq_case pipeline_cases[] = {
	{ "P35", three },	{ "P36", second_fails }, { "P37", prepare_and_execute },
	{ "P38", flushed },	{ "P39", two_syncs },	 { "P40", refused },
	{ "P41", unread },	{ NULL, NULL },
};
