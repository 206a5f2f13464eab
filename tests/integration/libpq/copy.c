/* SPDX-License-Identifier: Apache-2.0 */
/* COPY: to and from the client, broken off, by the old functions, in both directions at once. */
#include <stdio.h>
#include <string.h>

#include "case.h"

static void read_rows(PGconn *db)
{
	char *row;
	int rows = 0, size;

	while ((size = PQgetCopyData(db, &row, 0)) > 0) {
		PQfreemem(row);
		rows++;
	}
	printf("%d rows, then %d\n", rows, size);
}

static void write_rows(PGconn *db, const char *text, const char *error)
{
	session_require(PQputCopyData(db, text, (int)strlen(text)) == 1, "PQputCopyData");
	session_require(PQputCopyEnd(db, error) == 1, "PQputCopyEnd");
	session_show_all("copied", db);
}

static PGconn *with_table(void)
{
	PGconn *db = session_open("");

	session_exec(db, "create temp table c (a int)");
	return db;
}

/* Each row takes the server 60 ms. */
static void out(void)
{
	PGconn *db = session_open("");

	session_exec(db, "copy (select a, pg_sleep(0.06) from z) to stdout");
	read_rows(db);
	session_show_all("copied", db);
	session_require(PQsendQuery(db, "copy z to stdout"), "send");
	session_show("sent", PQgetResult(db));
	read_rows(db);
	session_show_all("copied", db);
	PQfinish(db);
}

static void in(void)
{
	PGconn *db = with_table();

	session_exec(db, "copy c from stdin");
	write_rows(db, "1\n2\n", NULL);
	session_require(PQsendQuery(db, "copy c from stdin"), "send");
	session_show("sent", PQgetResult(db));
	write_rows(db, "3\n4\n5\n", NULL);
	PQfinish(db);
}

static void in_bad(void)
{
	PGconn *db = with_table();

	session_exec(db, "copy c from stdin");
	write_rows(db, "1\nconfidential\n", NULL);
	PQfinish(db);
}

static void in_stopped(void)
{
	PGconn *db = with_table();

	session_exec(db, "copy c from stdin");
	write_rows(db, "1\n", "x");
	PQfinish(db);
}

static void in_abandoned(void)
{
	PGconn *db = with_table();

	session_exec(db, "copy c from stdin");
	session_require(PQputCopyData(db, "1\n", 2) == 1, "PQputCopyData");
	session_exec(db, "select 1");
	PQfinish(db);
}

static void out_abandoned(void)
{
	PGconn *db = session_open("");
	char *row;

	session_exec(db, "copy z to stdout");
	session_require(PQgetCopyData(db, &row, 0) > 0, "a row");
	PQfreemem(row);
	session_exec(db, "select 1");
	PQfinish(db);
}

static void among_others(void)
{
	PGconn *db = session_open("");

	session_exec(db, "select 1; copy z to stdout; select 3");
	read_rows(db);
	session_show_all("after", db);
	PQfinish(db);
}

static void old_functions(void)
{
	PGconn *db = with_table();
	char line[32];

	session_exec(db, "copy c from stdin");
	session_require(!PQputline(db, "1\n") && !PQputnbytes(db, "2\n", 2), "PQputline");
	session_require(!PQputline(db, "\\.\n"), "PQputline");
	printf("end: %d\n", PQendcopy(db));
	session_exec(db, "copy c to stdout");
	while (!PQgetline(db, line, sizeof(line)) && strcmp(line, "\\.") != 0)
		printf("line: %s\n", line);
	printf("end: %d\n", PQendcopy(db));
	session_exec(db, "select a from c");
	PQfinish(db);
}

/* What a standby says (protocol 55.4): written, flushed and applied nothing; answer at once. */
static void ask_for_answer(PGconn *db)
{
	static const char status[34] = { [0] = 'r', [33] = 1 };

	session_require(PQputCopyData(db, status, sizeof(status)) == 1 && PQflush(db) == 0,
			"the standby's status");
}

/* The answer to IDENTIFY_SYSTEM says where the log ends: streaming begins there. */
static void replication(void)
{
	PGconn *db = session_open("replication=true");
	PGresult *system = PQexec(db, "IDENTIFY_SYSTEM");
	char command[80], *message;

	session_require(PQntuples(system) == 1, "IDENTIFY_SYSTEM");
	snprintf(command, sizeof(command), "START_REPLICATION PHYSICAL %s",
		 PQgetvalue(system, 0, 2));
	PQclear(system);
	session_exec(db, command);
	ask_for_answer(db);
	session_require(PQgetCopyData(db, &message, 0) > 0, "a message of the stream");
	PQfreemem(message);
	session_require(PQputCopyEnd(db, NULL) == 1 && PQflush(db) == 0, "PQputCopyEnd");
	while (PQgetCopyData(db, &message, 0) > 0)
		PQfreemem(message);
	session_show_all("streamed", db);
	session_exec(db, "IDENTIFY_SYSTEM");
	PQfinish(db);
}

/* Closed while the server waits for rows; reset; and asked for something else. */
static void in_closed(void)
{
	PGconn *db = with_table();

	session_exec(db, "copy c from stdin");
	session_require(PQputCopyData(db, "1\n", 2) == 1, "PQputCopyData");
	PQreset(db);
	session_exec(db, "create temp table c (a int)");
	session_require(PQsendQuery(db, "copy c from stdin"), "send");
	session_show("sent", PQgetResult(db));
	printf("again: %d\n", PQsendQuery(db, "select 1 from z"));
	session_require(PQputCopyData(db, "1\n", 2) == 1, "PQputCopyData");
	PQfinish(db);
}

/* The extended protocol copies as well; the server's error comes before the client's end. */
static void by_parameters(void)
{
	PGconn *db = with_table();

	session_show("params", PQexecParams(db, "copy c from stdin", 0, NULL, NULL, NULL, NULL, 0));
	write_rows(db, "1\n2\n", NULL);
	session_show("prepare", PQprepare(db, "s", "copy c to stdout", 0, NULL));
	session_show("execute", PQexecPrepared(db, "s", 0, NULL, NULL, NULL, 0));
	read_rows(db);
	session_show_all("copied", db);
	session_exec(db, "copy c from stdin; select 7/0");
	write_rows(db, "3\n", NULL);
	session_exec(db, "copy (select 1/(3-i) from generate_series(1, 6) i) to stdout");
	read_rows(db);
	session_show_all("copied", db);
	PQfinish(db);
}

const struct libpq_case copy_cases[] = {
	{ "P20", out },
	{ "P21", in },
	{ "P22", in_bad },
	{ "P23", in_stopped },
	{ "P24", in_abandoned },
	{ "P24-closed", in_closed },
	{ "P25", out_abandoned },
	{ "P26-extended", by_parameters },
	{ "P26", among_others },
	{ "P27", old_functions },
	{ "P28", replication },
	{ NULL, NULL },
};
