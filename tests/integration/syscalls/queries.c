/* SPDX-License-Identifier: Apache-2.0 */
/* `queries COUNT`: one connection, COUNT queries in three forms by turns, nothing else. */
#include <libpq-fe.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1, i;
	const char *value[] = { "1" };
	PGconn *db = PQconnectdb("");
	PGresult *result = PQprepare(db, "one", "SELECT $1::int", 1, NULL);

	for (i = 0; i < count && PQresultStatus(result) != PGRES_FATAL_ERROR; i++) {
		PQclear(result);
		if (i % 3 == 0)
			result = PQexec(db, "SELECT 1");
		else if (i % 3 == 1)
			result = PQexecParams(db, "SELECT $1::int", 1, NULL, value, NULL, NULL, 0);
		else
			result = PQexecPrepared(db, "one", 1, value, NULL, NULL, 0);
	}
	i = PQresultStatus(result) == PGRES_FATAL_ERROR;
	PQclear(result);
	PQfinish(db);
	return (int)i;
}
