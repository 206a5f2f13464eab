/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to a real PostgreSQL: bench_commands prepared|text COUNT */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prepared[] = "SELECT abalance FROM pgbench_accounts WHERE aid = $1";

/* 100 bytes */
static const char text[] = "SELECT abalance, aid, bid FROM pgbench_accounts "
			   "WHERE aid = 12345 AND filler <> 'something' LIMIT 10";

int main(int argc, char **argv)
{
	const char *const values[] = { "12345" };
	PGconn *connection;
	PGresult *result;

	if (argc != 3) {
		fputs("usage: bench_commands prepared|text COUNT\n", stderr);
		return 2;
	}
	connection = PQconnectdb("");
	PQclear(PQprepare(connection, "P0_1", prepared, 0, NULL));
	for (long i = strtol(argv[2], NULL, 10); i > 0; i--) {
		result = !strcmp(argv[1], "prepared") ?
				 PQexecPrepared(connection, "P0_1", 1, values, NULL, NULL, 0) :
				 PQexec(connection, text);
		if (PQresultStatus(result) != PGRES_TUPLES_OK) {
			fputs(PQerrorMessage(connection), stderr);
			return 1;
		}
		PQclear(result);
	}
	PQfinish(connection);
	return 0;
}
