/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls in a loop, for a preloaded library to stand in: prints nanoseconds a call.
 *
 *	bench_calls prepared|text|read|socket COUNT [THREADS]
 *
 * prepared and text call the null libpq of this directory; read reads nothing from /dev/null,
 * socket sends a byte back and forth over a pair. Run it with and without the library, and
 * subtract.
 */
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 16

static const char query[] = "SELECT abalance, aid, bid FROM pgbench_accounts "
			    "WHERE aid = 1234567 AND filler <> 'something' LIMIT 10";
static const char other[] = "SELECT abalance, aid, bid FROM pgbench_accounts "
			    "WHERE aid = 1234567 AND filler <> 'something' LIMIT all";

struct work {
	const char *kind;
	long count;
	uint64_t elapsed_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void call_prepared(PGconn *connection, long count)
{
	for (long i = 0; i < count; i++)
		PQexecPrepared(connection, "P0_1", 0, NULL, NULL, NULL, 0);
}

/* Never the statement of the call before: each is read as if it was new. */
static void call_text(PGconn *connection, long count)
{
	for (long i = 0; i < count; i++)
		PQexec(connection, i % 2 ? other : query);
}

static void call_read(long count)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char byte;

	for (long i = 0; i < count; i++)
		if (read(fd, &byte, 0) < 0)
			abort();
	close(fd);
}

static void call_socket(long count)
{
	int pair[2];
	char byte = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		abort();
	for (long i = 0; i < count; i++)
		if (send(pair[0], &byte, 1, 0) != 1 || recv(pair[1], &byte, 1, 0) != 1)
			abort();
	close(pair[0]);
	close(pair[1]);
}

static void *work_run(void *argument)
{
	struct work *work = argument;
	PGconn *connection = PQconnectdb("");
	uint64_t begun_ns;

	PQprepare(connection, "P0_1", query, 0, NULL);
	begun_ns = now_ns();
	if (!strcmp(work->kind, "prepared"))
		call_prepared(connection, work->count);
	else if (!strcmp(work->kind, "text"))
		call_text(connection, work->count);
	else if (!strcmp(work->kind, "read"))
		call_read(work->count);
	else
		call_socket(work->count);
	work->elapsed_ns = now_ns() - begun_ns;
	PQfinish(connection);
	return NULL;
}

int main(int argc, char **argv)
{
	struct work work[THREADS_MAX];
	pthread_t thread[THREADS_MAX];
	int threads = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 1;
	double total = 0;

	if (argc < 3 || threads < 1 || threads > THREADS_MAX) {
		fputs("usage: bench_calls prepared|text|read|socket COUNT [THREADS]\n", stderr);
		return 2;
	}
	for (int i = 0; i < threads; i++) {
		work[i] = (struct work){ .kind = argv[1], .count = strtol(argv[2], NULL, 10) };
		if (threads > 1)
			pthread_create(&thread[i], NULL, work_run, &work[i]);
		else
			work_run(&work[i]);
	}
	for (int i = 0; i < threads; i++) {
		if (threads > 1)
			pthread_join(thread[i], NULL);
		total += (double)work[i].elapsed_ns / (double)work[i].count;
	}
	printf("%.2f\n", total / threads);
	return 0;
}
