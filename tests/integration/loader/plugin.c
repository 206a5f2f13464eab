/* SPDX-License-Identifier: Apache-2.0 */
/* What a host opens: runs a statement on a connection of its own, by the libpq it is linked to. */
#include <libpq-fe.h>
#include <stdio.h>

int plugin_query(const char *sql);

int plugin_query(const char *sql)
{
	PGconn *db = PQconnectdb("");
	PGresult *result = PQexec(db, sql);
	int failed = PQresultStatus(result) != PGRES_TUPLES_OK;

	printf("%s\n", failed ? PQerrorMessage(db) : PQgetvalue(result, 0, 0));
	PQclear(result);
	PQfinish(db);
	return failed;
}
