/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of libpq on a connection to a real PostgreSQL: bench_commands KIND COUNT, where KIND is
 *
 *	prepared	a prepared statement
 *	text		a statement of 100 bytes, each time with other literals
 *	new		the same, and never like the one before it: read as if it was new
 *	result		asks for a result where no command is in flight
 *	symbol		asks dlsym for a name that is not replaced; bound: for one that is
 */
#include <dlfcn.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prepared[] = "SELECT abalance FROM pgbench_accounts WHERE aid = $1";

/* 100 bytes */
static char text[] = "SELECT abalance, aid, bid FROM pgbench_accounts "
		     "WHERE aid = 12345 AND filler <> 'something' LIMIT 10";

/* Of the last digit, a letter in the string, and the first letter of LIMIT. */
enum { PLACE_NUMBER = 64, PLACE_STRING = 89, PLACE_KEYWORD = 92 };

/* Other literals; and, where @fresh, not the statement of the call before either. */
static void text_vary(int fresh)
{
	static unsigned int round;

	round++;
	text[PLACE_NUMBER] = (char)('0' + round % 10);
	text[PLACE_STRING] = (char)('a' + round / 10 % 26);
	text[PLACE_KEYWORD] = fresh && round % 2 ? 'l' : 'L';
}

/* Whether @kind is no statement; then it was done. */
static int aside(PGconn *connection, const char *kind)
{
	if (!strcmp(kind, "result"))
		PQclear(PQgetResult(connection));
	else if (!strcmp(kind, "symbol"))
		return dlsym(RTLD_DEFAULT, "strlen") != NULL;
	else if (!strcmp(kind, "bound"))
		return dlsym(RTLD_DEFAULT, "PQexec") != NULL;
	else
		return 0;
	return 1;
}

static PGresult *call(PGconn *connection, const char *kind)
{
	const char *const values[] = { "12345" };

	if (!strcmp(kind, "prepared"))
		return PQexecPrepared(connection, "P0_1", 1, values, NULL, NULL, 0);
	text_vary(!strcmp(kind, "new"));
	return PQexec(connection, text);
}

int main(int argc, char **argv)
{
	PGconn *connection;
	PGresult *result;

	if (argc != 3) {
		fputs("usage: bench_commands prepared|text|new|result|symbol|bound COUNT\n",
		      stderr);
		return 2;
	}
	connection = PQconnectdb("");
	PQclear(PQprepare(connection, "P0_1", prepared, 0, NULL));
	for (long i = strtol(argv[2], NULL, 10); i > 0; i--) {
		if (aside(connection, argv[1]))
			continue;
		result = call(connection, argv[1]);
		if (PQresultStatus(result) != PGRES_TUPLES_OK) {
			fputs(PQerrorMessage(connection), stderr);
			return 1;
		}
		PQclear(result);
	}
	PQfinish(connection);
	return 0;
}
