/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that make calls and write each one down after it returned: what the log has was done.
 *
 *	threads COUNT CALLS LOG		CALLS of each thread; 0: until the end of the world
 *
 * Each thread has a connection of its own. The log has a line for each call, "thread number",
 * written by one write. The first line is the process id.
 */
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct worker {
	long number, calls;
	pthread_t thread;
};

static int log_fd;

static void call(PGconn *db, const char *sql)
{
	PGresult *result = PQexec(db, sql);

	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		fprintf(stderr, "threads: %s", PQerrorMessage(db));
		_exit(1);
	}
	PQclear(result);
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	PGconn *db = PQconnectdb("");
	char sql[64], line[64];
	long i;

	snprintf(sql, sizeof(sql), "SELECT 1 AS thread_%ld", worker->number);
	for (i = 0; !worker->calls || i < worker->calls; i++) {
		call(db, sql);
		if (write(log_fd, line,
			  (size_t)snprintf(line, sizeof(line), "%ld %ld\n", worker->number, i)) < 0)
			_exit(1);
	}
	PQfinish(db);
	return NULL;
}

int main(int argc, char **argv)
{
	struct worker workers[64];
	long count, i;

	if (argc != 4 || (count = strtol(argv[1], NULL, 10)) < 1 || count > 64)
		return 2;
	log_fd = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	dprintf(log_fd, "%d\n", (int)getpid());
	for (i = 0; i < count; i++) {
		workers[i] = (struct worker){ .number = i, .calls = strtol(argv[2], NULL, 10) };
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	return 0;
}
