/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shop's nightly program with the usual mistakes, for demo and tests. It knows nothing of
 * tracing: libpq and libc only. `shopd CONNINFO [ROUNDS [EXPORT_ROWS]]` fills its tables if they
 * are not there, asks for each of 200 customers one by one after each list of orders (the N+1),
 * reads a whole table into memory, inserts the same key twice, prints "done" and exits with 7.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The reports name the function that called libpq: each must be there to be named. */
#define STEP __attribute__((noinline)) static void

enum { CUSTOMERS = 20000, LISTED = 200, EXIT_STATUS = 7 };

static PGconn *db;

static void die(const char *what)
{
	fprintf(stderr, "shopd: %s: %s", what, PQerrorMessage(db));
	exit(1);
}

/* Takes the result; what it returns is empty only where nothing was asked for. */
static void expect(PGresult *result, ExecStatusType status, const char *what)
{
	if (PQresultStatus(result) != status)
		die(what);
	PQclear(result);
}

STEP load_customer(const char *id)
{
	const char *values[] = { id };
	PGresult *result;

	result = PQexecParams(db, "SELECT name, email FROM customers WHERE id = $1", 1, NULL,
			      values, NULL, NULL, 0);
	if (PQntuples(result) != 1)
		die("load_customer");
	PQclear(result);
}

STEP render_orders(void)
{
	PGresult *result;
	int i;

	result = PQexec(db, "SELECT id, customer_id, total FROM orders WHERE status = 'open'"
			    " ORDER BY placed DESC, id LIMIT 200");
	if (PQntuples(result) != LISTED)
		die("render_orders");
	for (i = 0; i < LISTED; i++)
		load_customer(PQgetvalue(result, i, 1));
	PQclear(result);
}

STEP monthly_report(void)
{
	expect(PQexec(db,
		      "SELECT c.name, sum(o.total) FROM orders o"
		      " JOIN customers c ON c.id = o.customer_id"
		      " WHERE o.placed >= '2026-01-01' GROUP BY c.name HAVING sum(o.total) > 1000"
		      " ORDER BY 2 DESC"),
	       PGRES_TUPLES_OK, "monthly_report");
}

STEP export_all(void)
{
	expect(PQexec(db, "SELECT * FROM orders"), PGRES_TUPLES_OK, "export_all");
}

STEP dup(void)
{
	expect(PQexec(db,
		      "INSERT INTO customers(id,name,email) VALUES (1,'Eve','eve@example.com')"),
	       PGRES_FATAL_ERROR, "dup");
}

STEP create_tables(long export_rows)
{
	char sql[1024];
	PGresult *result;

	result = PQexec(db, "SELECT to_regclass('orders') IS NULL");
	if (PQntuples(result) != 1)
		die("to_regclass");
	if (strcmp(PQgetvalue(result, 0, 0), "t") != 0) {
		PQclear(result);
		return;
	}
	PQclear(result);
	snprintf(sql, sizeof(sql),
		 "BEGIN;"
		 "CREATE TABLE customers (id int PRIMARY KEY, name text, email text);"
		 "CREATE TABLE orders (id int PRIMARY KEY, customer_id int, status text,"
		 " total int, placed date);"
		 "INSERT INTO customers SELECT i, 'name ' || i, 'c' || i || '@example.com'"
		 " FROM generate_series(1, %d) i;"
		 "INSERT INTO orders SELECT i, 1 + i %% %d,"
		 " CASE i %% 10 WHEN 0 THEN 'open' ELSE 'paid' END, i %% 997,"
		 " date '2025-01-01' + i %% 700"
		 " FROM generate_series(1, %ld) i;"
		 "COMMIT",
		 CUSTOMERS, CUSTOMERS, export_rows);
	expect(PQexec(db, sql), PGRES_COMMAND_OK, "create_tables");
	expect(PQexec(db, "ANALYZE customers, orders"), PGRES_COMMAND_OK, "analyze");
}

int main(int argc, char **argv)
{
	long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 20;
	long export_rows = argc > 3 ? strtol(argv[3], NULL, 10) : 300000;

	if (argc < 2 || rounds < 0 || export_rows < 10L * LISTED) {
		fprintf(stderr, "usage: shopd CONNINFO [ROUNDS [EXPORT_ROWS]]\n");
		return 2;
	}
	db = PQconnectdb(argv[1]);
	if (PQstatus(db) != CONNECTION_OK)
		die("cannot connect");
	create_tables(export_rows);
	while (rounds-- > 0)
		render_orders();
	monthly_report();
	export_all();
	dup();
	dup();
	PQfinish(db);
	puts("done");
	return EXIT_STATUS;
}
