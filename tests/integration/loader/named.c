/* SPDX-License-Identifier: Apache-2.0 */
/* Calls libpq, or what stands in for it, and another library that has names of libpq's. */
#include <libpq-fe.h>
#include <stdio.h>

int main(void)
{
	static const int object[] = { 40, 50 };
	PGconn *foreign = (PGconn *)(size_t)object;
	PGconn *connection = PQconnectdb("");
	PGresult *result = PQexec(connection, "values (1), (2), (3)");

	printf("%d rows\n", PQntuples(result));
	PQclear(result);
	printf("other: %d %d\n", lo_open(foreign, 1, 1), lo_close(foreign, 8));
	PQfinish(connection);
	return 0;
}
