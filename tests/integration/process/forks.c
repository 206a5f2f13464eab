/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parent and its children, each with a connection of its own, made and ended in all the ways
 * there are. Each query has a name of its own, so that each can be found once.
 *
 *	forks CHILDREN		the parent, with CHILDREN children
 *	forks exec NAME		what a child becomes
 *
 * Prints a line for each query: process id, name, and how this process ends.
 */
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUERIES = 5 };

static const char *const ways[] = { "exit", "_exit", "exec", "_Fork", "clone", "raw" };

static void queries(PGconn *db, const char *name, const char *way)
{
	char sql[64], line[96];
	PGresult *result;
	int i, size;

	for (i = 0; i < QUERIES; i++) {
		snprintf(sql, sizeof(sql), "SELECT 1 AS %s_%d", name, i);
		result = PQexec(db, sql);
		if (PQresultStatus(result) != PGRES_TUPLES_OK) {
			fprintf(stderr, "forks: %s: %s", name, PQerrorMessage(db));
			_exit(1);
		}
		PQclear(result);
		size = snprintf(line, sizeof(line), "%d %s_%d %s\n", (int)getpid(), name, i, way);
		if (write(1, line, (size_t)size) != size)
			_exit(1);
	}
}

static void own_connection(const char *name, const char *way)
{
	PGconn *db = PQconnectdb("");

	queries(db, name, way);
	PQfinish(db);
}

static _Noreturn void child(int number, const char *way)
{
	char name[32], after[32];

	snprintf(name, sizeof(name), "child%d", number);
	own_connection(name, way);
	if (strcmp(way, "exit") == 0)
		exit(0);
	if (strcmp(way, "exec") == 0) {
		snprintf(after, sizeof(after), "exec%d", number);
		execl("/proc/self/exe", "forks", "exec", after, NULL);
		_exit(1);
	}
	if (strcmp(way, "raw") == 0)
		syscall(SYS_exit_group, 0);
	_exit(0);
}

static pid_t begin(const char *way)
{
	if (strcmp(way, "_Fork") == 0)
		return _Fork();
	if (strcmp(way, "clone") == 0)
		return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	return fork();
}

int main(int argc, char **argv)
{
	int children, i, status, bad = 0;
	char name[32];
	PGconn *db;

	if (argc == 3 && strcmp(argv[1], "exec") == 0) {
		own_connection(argv[2], "exit");
		return 0;
	}
	children = argc == 2 ? (int)strtol(argv[1], NULL, 10) : 0;
	db = PQconnectdb("");
	for (i = 0; i < children; i++) {
		const char *way = ways[i % (int)(sizeof(ways) / sizeof(ways[0]))];

		snprintf(name, sizeof(name), "parent%d", i);
		queries(db, name, "exit");
		if (begin(way) == 0)
			child(i, way);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	PQfinish(db);
	return bad;
}
