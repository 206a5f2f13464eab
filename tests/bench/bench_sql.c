/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds that sql_describe() takes for a few statements, one line each: name, bytes, ns. With
 * a statement's name and a count as arguments, runs that one so often and prints nothing: for
 * callgrind, whose instructions are what gates.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/sql.h"

enum { ROUNDS = 200000, TEXT_MAX = 8192 };

static const struct {
	const char *name;
	const char *text;
} statements[] = {
	{ "short", "SELECT abalance FROM pgbench_accounts WHERE aid = 123" },
	{ "hundred",
	  "SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer "
	  "WHERE o.id = 17 AND x='abc'" },
	{ "update", "UPDATE pgbench_accounts SET abalance = abalance + -4211 WHERE aid = 91811" },
	{ "insert",
	  "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (7, 1, 91811, "
	  "-4211, CURRENT_TIMESTAMP)" },
	{ "begin", "BEGIN" },
	{ "long",
	  "SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner) AS owner "
	  "FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = "
	  "c.relnamespace WHERE c.relkind IN ('r','p','v','m','S','f','') AND n.nspname <> "
	  "'pg_catalog' AND n.nspname !~ '^pg_toast' AND n.nspname <> 'information_schema' AND "
	  "pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1,2" },
};

static uint64_t describe(const char *statement, unsigned long rounds)
{
	static uint8_t text[TEXT_MAX], summary[255];
	uint64_t sum = 0;

	for (unsigned long i = 0; i < rounds; i++) {
		struct sql_output out = {
			.text = text,
			.text_capacity = sizeof(text),
			.summary = summary,
			.summary_capacity = sizeof(summary),
		};

		sql_describe(slice_of_string(statement), SQL_SANITISE, true, &out);
		sum += out.hash;
	}
	return sum;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	volatile uint64_t sink = 0;

	(void)sink;

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		if (argc == 3) {
			if (strcmp(argv[1], statements[i].name) == 0)
				sink += describe(statements[i].text, strtoul(argv[2], NULL, 10));
			continue;
		}

		double start = now_ns();

		sink += describe(statements[i].text, ROUNDS);
		printf("%-8s %4zu bytes %7.1f ns\n", statements[i].name, strlen(statements[i].text),
		       (now_ns() - start) / ROUNDS);
	}
	return 0;
}
