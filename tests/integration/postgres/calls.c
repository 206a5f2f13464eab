/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each way that libpq has to send a command, once or twice, in one connection after another. It
 * knows nothing of us; the server's log says what it did. Prints the rows and states that it saw.
 */
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static void show(const char *what, PGresult *result)
{
	printf("%s %s %d [%s]\n", what, PQresStatus(PQresultStatus(result)), PQntuples(result),
	       PQcmdTuples(result));
	PQclear(result);
}

static void show_all(const char *what, PGconn *db)
{
	PGresult *result;

	while ((result = PQgetResult(db)))
		show(what, result);
}

static void synchronous(PGconn *db)
{
	const char *seven[] = { "7" }, *word[] = { "x" };

	show("exec",
	     PQexec(db, "CREATE TEMP TABLE made (a int PRIMARY KEY, b text DEFAULT 'it''s')"));
	show("exec", PQexec(db, "INSERT INTO made(a) SELECT generate_series(1, 5)"));
	show("exec",
	     PQexec(db, "SELECT 1; SELECT 2, 'three' FROM made WHERE a < 4 -- the last counts"));
	show("exec", PQexec(db, "SELECT 1; SELECT 1/0; SELECT 3"));
	show("exec", PQexec(db, ""));
	show("exec",
	     PQexec(db,
		    "SELECT E'it\\'s', $$dollar$$, U&'\\0041', B'101', -5.5e3, \"a\" FROM made"));
	show("params",
	     PQexecParams(db, "SELECT a FROM made WHERE a < $1", 1, NULL, seven, NULL, NULL, 0));
	show("params", PQexecParams(db, "SELECT a FROM made WHERE a = 'word'::text::int", 0, NULL,
				    NULL, NULL, NULL, 0));
	show("params", PQexecParams(db, "SELECT a FROM made WHERE a = $1::int", 1, NULL, word, NULL,
				    NULL, 0));
	show("params", PQexecParams(db, "SELECT 1; SELECT 2", 0, NULL, NULL, NULL, NULL, 0));
	show("prepare", PQprepare(db, "s1", "SELECT b FROM made WHERE a = $1", 1, NULL));
	show("execute", PQexecPrepared(db, "s1", 1, seven, NULL, NULL, 0));
	show("execute", PQexecPrepared(db, "s1", 1, word, NULL, NULL, 0));
	show("prepare", PQprepare(db, "s1", "SELECT 2", 0, NULL));
	show("execute", PQexecPrepared(db, "s1", 1, seven, NULL, NULL, 0));
	show("prepare", PQprepare(db, "", "DELETE FROM made WHERE a > $1", 1, NULL));
	show("execute", PQexecPrepared(db, "", 1, seven, NULL, NULL, 0));
	show("describe", PQdescribePrepared(db, "s1"));
}

static void asynchronous(PGconn *db)
{
	const char *seven[] = { "7" };

	if (!PQsendQuery(db, "SELECT 1; SELECT 2,3; UPDATE made SET b = 'new' WHERE a < 3"))
		exit(1);
	show_all("send", db);
	if (!PQsendQueryParams(db, "SELECT generate_series(1, $1::int)", 1, NULL, seven, NULL, NULL,
			       0))
		exit(1);
	show_all("send params", db);
	if (!PQsendPrepare(db, "s2", "SELECT $1::int + 1", 1, NULL))
		exit(1);
	show_all("send prepare", db);
	if (!PQsendQueryPrepared(db, "s2", 1, seven, NULL, NULL, 0))
		exit(1);
	show_all("send prepared", db);
	if (!PQsendQuery(db, "SELECT generate_series(1, 6)"))
		exit(1);
	PQsetSingleRowMode(db);
	show_all("single", db);
	if (!PQsendQuery(db, "SELECT 1/(4-i) FROM generate_series(1, 6) i"))
		exit(1);
	PQsetSingleRowMode(db);
	show_all("single", db);
	show("busy", PQexec(db, "SELECT pg_sleep(0.03)"));
}

static void transaction(PGconn *db)
{
	show("exec", PQexec(db, "BEGIN"));
	show("exec", PQexec(db, "SELECT nothing"));
	show("exec", PQexec(db, "SELECT 1"));
	show("exec", PQexec(db, "COMMIT"));
}

static void copy(PGconn *db)
{
	PGresult *result = PQexec(db, "COPY made FROM STDIN");
	char *line;

	PQclear(result);
	PQputCopyData(db, "100\thundred\n101\t\\N\n", 19);
	PQputCopyEnd(db, NULL);
	show_all("copy in", db);
	PQclear(PQexec(db, "COPY made TO STDOUT (FORMAT csv, DELIMITER ';')"));
	while (PQgetCopyData(db, &line, 0) > 0)
		PQfreemem(line);
	show_all("copy out", db);
	PQclear(PQexec(db, "COPY made FROM STDIN"));
	PQputCopyEnd(db, "not now");
	show_all("copy failed", db);
}

static PGconn *connect_slowly(void)
{
	PGconn *db = PQconnectStart("application_name=slowly");
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
		struct pollfd wait = { .fd = PQsocket(db) };

		wait.events = state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
		poll(&wait, 1, 5000);
		state = PQconnectPoll(db);
	}
	return db;
}

int main(void)
{
	PGconn *db = PQconnectdb("");

	if (PQstatus(db) != CONNECTION_OK)
		return 1;
	synchronous(db);
	asynchronous(db);
	transaction(db);
	copy(db);
	PQreset(db);
	show("after the reset", PQexecPrepared(db, "s1", 0, NULL, NULL, NULL, 0));
	PQfinish(db);
	db = connect_slowly();
	show("slowly", PQexec(db, "SELECT 'slow' LIMIT 1"));
	PQfinish(db);
	return 0;
}
