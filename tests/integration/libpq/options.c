/* SPDX-License-Identifier: Apache-2.0 */
/* What settings change: each case is run with one of them, see `pictures`. */
#include <stdio.h>
#include <string.h>

#include "case.h"

/* pg_proc.dat: int4pl */
#define INT4_PLUS 177

static void values(void)
{
	PGconn *db = session_open("");
	const char *two[] = { "2", "it's" }, *null[] = { NULL, "" };
	const char *binary[] = { "\0\0\0\2", "b" };
	const unsigned int types[] = { 23, 25 };
	const int lengths[] = { 4, 1 }, formats[] = { 1, 1 };

	session_show("params", PQexecParams(db, "select a from z where a < $1 and b <> $2", 2, NULL,
					    two, NULL, NULL, 0));
	session_show("null", PQexecParams(db, "select $1::int, $2", 2, NULL, null, NULL, NULL, 0));
	session_show("binary", PQexecParams(db, "select $1, $2", 2, types, binary, lengths, formats,
					    0));
	session_show("none", PQexecParams(db, "select a from z where a = 3", 0, NULL, NULL, NULL,
					  NULL, 0));
	session_show("prepare", PQprepare(db, "s", "select a from z where a = $1", 1, NULL));
	session_show("execute", PQexecPrepared(db, "s", 1, two, NULL, NULL, 0));
	session_require(PQsendQueryPrepared(db, "s", 1, two, NULL, NULL, 0), "send");
	session_show_all("sent", db);
	session_exec(db, "select 4");
	PQfinish(db);
}

/* No value of these is anybody's business. */
static void secret_values(void)
{
	PGconn *db = session_open("");
	const char *secret[] = { "confidential" };

	session_exec(db, "create temp table account (name text, password text)");
	session_show("insert",
		     PQexecParams(db, "insert into account (name, password) values ('joe', $1)", 1,
				  NULL, secret, NULL, NULL, 0));
	session_show("prepare",
		     PQprepare(db, "s", "update account set password = $1", 1, NULL));
	session_show("execute", PQexecPrepared(db, "s", 1, secret, NULL, NULL, 0));
	session_show("role",
		     PQexecParams(db, "alter role nobody password 'confidential' valid until $1", 1,
				  NULL, secret, NULL, NULL, 0));
	session_show("unknown", PQexecPrepared(db, "nothing", 1, secret, NULL, NULL, 0));
	PQfinish(db);
}

static void rows(void)
{
	PGconn *db = session_open("");

	session_exec(db, "select a from z");
	session_exec(db, "update z set a = a");
	PQfinish(db);
}

static void schemas(void)
{
	PGconn *db = session_open("options='-c geqo=on -c search_path=app,public'");

	session_exec(db, "select 1");
	session_exec(db, "set work_mem = '4MB'");
	session_exec(db, "set search_path = other");
	session_exec(db, "select 2");
	PQreset(db);
	session_exec(db, "select 3");
	PQfinish(db);
	db = session_open("options='-c search_path=\"$user\",public'");
	session_exec(db, "select 4");
	PQfinish(db);
}

static void describes(void)
{
	PGconn *db = session_open("");

	session_show("prepare", PQprepare(db, "s", "select a from z", 0, NULL));
	session_show("describe", PQdescribePrepared(db, "s"));
	session_show("missing", PQdescribePrepared(db, "nothing"));
	session_exec(db, "begin");
	session_exec(db, "declare c cursor for select a from z");
	session_show("portal", PQdescribePortal(db, "c"));
	session_exec(db, "commit");
	session_require(PQsendDescribePrepared(db, "s"), "send");
	session_show_all("sent", db);
	session_show("execute", PQexecPrepared(db, "s", 0, NULL, NULL, NULL, 0));
	PQfinish(db);
}

static void functions(void)
{
	PGconn *db = session_open("");
	PQArgBlock two[2] = { { .len = 4, .isint = 1, .u.integer = 2 },
			      { .len = 4, .isint = 1, .u.integer = 3 } };
	int sum = 0, size = 0;
	char buffer[4];

	session_show("call", PQfn(db, INT4_PLUS, &sum, &size, 1, two, 2));
	printf("%d\n", sum);
	session_show("missing", PQfn(db, 1, &sum, &size, 1, two, 2));
	printf("%d\n", lo_read(db, 99, buffer, sizeof(buffer)));
	printf("%d\n", lo_unlink(db, 1));
	PQfinish(db);
}

static void connects(void)
{
	PGconn *db = session_open("");

	session_exec(db, "select 1");
	PQreset(db);
	session_exec(db, "select 2");
	PQfinish(db);
	db = PQconnectdb("port=1");
	printf("%d\n", PQstatus(db) == CONNECTION_BAD);
	PQfinish(db);
}

/* None of these says more than its outcome: failed, or nothing. */
static void other_connects(void)
{
	PGconn *db = PQconnectStart("");

	session_require(session_poll(db, PQconnectPoll) == PGRES_POLLING_OK, "PQconnectPoll");
	session_require(PQresetStart(db), "PQresetStart");
	session_require(session_poll(db, PQresetPoll) == PGRES_POLLING_OK, "PQresetPoll");
	PQfinish(db);
	db = PQconnectdb("dbname=nowhere");
	PQreset(db);
	PQfinish(db);
	db = PQconnectStart("host=127.0.0.1 port=1");
	printf("%d\n", session_poll(db, PQconnectPoll));
	PQfinish(db);
	PQfinish(PQconnectStart(""));
	PQfinish(PQconnectdb("nonsense"));
}

/* What was open before a reset is nobody's: its times are not told. */
static void reset_in_transaction(void)
{
	PGconn *db = session_open("");

	session_exec(db, "begin");
	session_exec(db, "select 1");
	PQreset(db);
	session_sleep(60);
	session_exec(db, "select 2");
	session_exec(db, "begin");
	session_exec(db, "commit");
	PQfinish(db);
}

static void think(PGconn *db, const char *sql)
{
	session_exec(db, sql);
	session_sleep(60);
}

static void transactions(void)
{
	PGconn *db = session_open("");

	think(db, "begin");
	think(db, "select pg_sleep(0.06)");
	session_exec(db, "commit");
	session_sleep(60);
	session_exec(db, "select 1");
	think(db, "begin");
	session_exec(db, "select nothing");
	session_exec(db, "rollback");
	session_require(PQsendQuery(db, "begin"), "send");
	session_show_all("sent", db);
	session_sleep(60);
	session_require(PQsendQuery(db, "commit"), "send");
	session_show_all("sent", db);
	session_exec(db, "begin");
	session_exec(db, "commit and chain");
	session_exec(db, "commit");
	PQfinish(db);
}

static void copy_out(PGconn *db, const char *sql)
{
	PGresult *result = PQexec(db, sql);
	char *line;

	session_require(PQresultStatus(result) == PGRES_COPY_OUT, sql);
	PQclear(result);
	while (PQgetCopyData(db, &line, 0) > 0)
		PQfreemem(line);
	session_show_all("copy", db);
}

static void commented(void)
{
	PGconn *db = session_open("");
	const char *one[] = { "1" };

	session_exec(db, "select 'simple'");
	session_exec(db, "select 'semicolon' ;");
	session_exec(db, "select 'several'; select 2");
	session_show("params", PQexecParams(db, "select 'params', $1", 1, NULL, one, NULL, NULL,
					    0));
	session_require(PQsendQuery(db, "select 'sent'"), "send");
	session_show_all("sent", db);
	session_require(PQsendQueryParams(db, "select 'sent params', $1", 1, NULL, one, NULL, NULL,
					  0),
			"send");
	session_show_all("sent params", db);
	copy_out(db, "copy (select 'copied') to stdout");
	session_exec(db, "select 'no --', '/* comment */'");
	session_exec(db, "selec 'wrong'");
	PQfinish(db);
}

static void uncommented(void)
{
	PGconn *db = session_open("");

	session_show("prepare", PQprepare(db, "s", "select 'prepared'", 0, NULL));
	session_show("execute", PQexecPrepared(db, "s", 0, NULL, NULL, NULL, 0));
	session_exec(db, "prepare t as select 'in SQL'");
	session_exec(db, "select 'tail'-- mine");
	session_exec(db, "select 'own'/* mine */");
	session_exec(db, "");
	session_exec(db, "-- nothing");
	session_exec(db, "select 'open");
	PQfinish(db);
	db = session_open("replication=database");
	session_exec(db, "show search_path");
	session_exec(db, "select 'walsender'");
	PQfinish(db);
}

/* Values that are long, many, of types that are not told, and in a pipeline. */
static void large_values(void)
{
	PGconn *db = session_open("");
	static char huge[1 << 20], sql[2048];
	const char *many[100], *binary[] = { "\0\0\0\2", "\x12\x34" };
	const unsigned int types[] = { 0, 17 };
	const int lengths[] = { 4, 2 }, formats[] = { 1, 1 };
	size_t size = (size_t)sprintf(sql, "select $1::text");

	memset(huge, 'x', sizeof(huge) - 1);
	many[0] = huge;
	session_show("huge", PQexecParams(db, "select length($1::text)", 1, NULL, many, NULL, NULL,
					  0));
	for (int i = 0; i < 100; i++) {
		many[i] = "m";
		if (i)
			size += (size_t)sprintf(sql + size, ", $%d::text", i + 1);
	}
	session_show("many", PQexecParams(db, sql, 100, NULL, many, NULL, NULL, 0));
	session_show("untold", PQexecParams(db, "select $1::int, $2", 2, types, binary, lengths,
					    formats, 0));
	many[1] = "b\xff";
	session_show("bytes", PQexecParams(db, "select $1, $2", 2, NULL, many, NULL, NULL, 0));
	session_require(PQenterPipelineMode(db), "PQenterPipelineMode");
	session_require(PQsendQueryParams(db, "select $1", 1, NULL, many, NULL, NULL, 0), "send");
	session_require(PQsendPrepare(db, "s", "select $1 as s", 1, NULL), "send");
	session_require(PQsendQueryPrepared(db, "s", 1, many, NULL, NULL, 0), "send");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	for (int i = 0; i < 7; i++)
		session_show("piped", PQgetResult(db));
	PQfinish(db);
}

/* What the server gets, and what it must not. */
static void commented_pipeline(void)
{
	const char *one[] = { "1" };
	PGconn *db = session_open("");

	session_require(PQenterPipelineMode(db), "PQenterPipelineMode");
	session_require(PQsendQueryParams(db, "select 'piped', $1", 1, NULL, one, NULL, NULL, 0),
			"send");
	session_require(PQsendQueryParams(db, "select 'own'/* mine */", 0, NULL, NULL, NULL, NULL,
					  0),
			"send");
	session_require(PQsendPrepare(db, "s", "select 'prepared', $1", 1, NULL), "send");
	session_require(PQsendQueryPrepared(db, "s", 1, one, NULL, NULL, 0), "send");
	session_require(PQsendQueryParams(db, "select 'again' ;", 0, NULL, NULL, NULL, NULL, 0),
			"send");
	session_require(PQpipelineSync(db), "PQpipelineSync");
	for (int i = 0; i < 11; i++)
		session_show("piped", PQgetResult(db));
	PQfinish(db);
}

const struct libpq_case option_cases[] = {
	{ "P11", values },
	{ "P11-off", values },
	{ "P11-large", large_values },
	{ "P11-second", values },
	{ "P11-secret", secret_values },
	{ "P29-returned", rows },
	{ "P55", schemas },
	{ "P57-describe", describes },
	{ "P57-function", functions },
	{ "P57-function-off", functions },
	{ "P47-errors", connects },
	{ "P47-off", connects },
	{ "P47-errors-more", other_connects },
	{ "P47-off-more", other_connects },
	{ "P46-transaction", reset_in_transaction },
	{ "P08-times", transactions },
	{ "P65", commented },
	{ "P65-not", uncommented },
	{ "P65-pipeline", commented_pipeline },
	{ "P66", commented },
	{ NULL, NULL },
};
