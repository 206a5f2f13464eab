/* SPDX-License-Identifier: Apache-2.0 */
/* The extended protocol: parameters, prepared statements, describe and close. */
#include <stdio.h>

#include "case.h"

#define NAMES 5000

static const char *const two[] = { "2", "confidential" };
static const char *const word[] = { "confidential" };

static void params(PGconn *db, const char *sql, int count)
{
	session_show("params", PQexecParams(db, sql, count, NULL, two, NULL, NULL, 0));
}

static void prepare(PGconn *db, const char *name, const char *sql)
{
	session_show("prepare", PQprepare(db, name, sql, 0, NULL));
}

static void execute(PGconn *db, const char *name, int count)
{
	session_show("execute", PQexecPrepared(db, name, count, two, NULL, NULL, 0));
}

static void parameters(void)
{
	PGconn *db = session_open("");

	params(db, "select a from z where a = $1 and b <> $2", 2);
	session_require(PQsendQueryParams(db, "select a from z where a = $1 and b <> $2", 2, NULL,
					  two, NULL, NULL, 0),
			"send");
	session_show_all("sent", db);
	PQfinish(db);
}

static void no_parameters(void)
{
	PGconn *db = session_open("");

	params(db, "select a from z where a = 2 and b <> 'confidential'", 0);
	PQfinish(db);
}

static void two_statements(void)
{
	PGconn *db = session_open("");

	params(db, "select 1; select 2", 0);
	PQfinish(db);
}

static void executed_twice(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select a from z where a < $1");
	execute(db, "s", 1);
	execute(db, "s", 1);
	session_require(PQsendPrepare(db, "t", "select b from z where a < $1", 0, NULL), "send");
	session_show_all("prepare", db);
	for (int i = 0; i < 2; i++) {
		session_require(PQsendQueryPrepared(db, "t", 1, two, NULL, NULL, 0), "send");
		session_show_all("execute", db);
	}
	PQfinish(db);
}

static void duplicate(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select a from z where a < $1");
	prepare(db, "s", "select b from z where a > $1");
	execute(db, "s", 1);
	PQfinish(db);
}

static void unknown(void)
{
	PGconn *db = session_open("");

	execute(db, "never", 0);
	PQfinish(db);
}

static void unnamed(void)
{
	PGconn *db = session_open("");

	prepare(db, "", "select a from z where a < $1");
	execute(db, "", 1);
	params(db, "select b from z where a > $1", 1);
	execute(db, "", 1);
	prepare(db, "", "select a, b from z where a = $1");
	execute(db, "", 1);
	session_exec(db, "select 1");
	execute(db, "", 1);
	PQfinish(db);
}

static void bad_binding(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select a from z where a = $1");
	session_show("execute", PQexecPrepared(db, "s", 1, word, NULL, NULL, 0));
	PQfinish(db);
}

static void deallocated(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select 1 as one");
	prepare(db, "Two", "select 2 as two");
	prepare(db, "three", "select 3 as three");
	session_exec(db, "deallocate S");
	execute(db, "s", 0);
	execute(db, "Two", 0);
	session_exec(db, "deallocate prepare \"Two\"");
	execute(db, "Two", 0);
	execute(db, "three", 0);
	session_exec(db, "deallocate all");
	execute(db, "three", 0);
	PQfinish(db);
}

/* The same name again, with another statement. */
static void prepared_again(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select 1 as one");
	session_exec(db, "deallocate s");
	prepare(db, "s", "select 2, 2");
	execute(db, "s", 0);
	session_exec(db, "deallocate s; prepare s as select 3, 3, 3");
	execute(db, "s", 0);
	prepare(db, "t", "select 4 as t");
	session_exec(db, "begin; deallocate t; prepare t as select 4; commit");
	execute(db, "t", 0);
	PQfinish(db);
}

static void discarded(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select 1 as one");
	session_exec(db, "discard all");
	prepare(db, "s", "select 2 as two");
	execute(db, "s", 0);
	/* Out of our sight: the server's word is what counts. */
	session_exec(db, "do $$begin execute 'deallocate s'; end$$");
	execute(db, "s", 0);
	PQfinish(db);
}

static void closed(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select 1 as one");
	session_show("describe", PQdescribePrepared(db, "s"));
	session_show("close", PQclosePrepared(db, "s"));
	execute(db, "s", 0);
	prepare(db, "s", "select 2 as two");
	session_require(PQsendClosePrepared(db, "s"), "send");
	session_show_all("close", db);
	execute(db, "s", 0);
	session_show("close portal", PQclosePortal(db, "none"));
	PQfinish(db);
}

static void described(void)
{
	PGconn *db = session_open("");

	prepare(db, "s", "select a from z where a = $1");
	session_show("describe", PQdescribePrepared(db, "s"));
	session_show("describe", PQdescribePrepared(db, "never"));
	session_exec(db, "begin; declare c cursor for select a from z");
	session_show("describe", PQdescribePortal(db, "c"));
	session_require(PQsendDescribePrepared(db, "s"), "send");
	session_show_all("describe", db);
	session_require(PQsendDescribePortal(db, "c"), "send");
	session_show_all("describe", db);
	execute(db, "s", 1);
	PQfinish(db);
}

static void many_names(void)
{
	PGconn *db = session_open("");
	char name[16];

	for (int i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		PQclear(PQprepare(db, name, "select a from z where a < $1", 0, NULL));
	}
	execute(db, "s0", 1);
	execute(db, name, 1);
	PQfinish(db);
}

const struct libpq_case prepared_cases[] = {
	{ "P09", parameters },
	{ "P10", no_parameters },
	{ "P12", two_statements },
	{ "P13", executed_twice },
	{ "P14", duplicate },
	{ "P15", unknown },
	{ "P16", unnamed },
	{ "P17", bad_binding },
	{ "P18", deallocated },
	{ "P18-again", prepared_again },
	{ "P18-discard", discarded },
	{ "P18-close", closed },
	{ "P57-close", closed },
	{ "P19", many_names },
	{ "describe", described },
	{ NULL, NULL },
};
