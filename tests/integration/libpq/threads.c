/* SPDX-License-Identifier: Apache-2.0 */
/* Connections over forks and between threads. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case.h"

#define THREADS 8
#define HANDS 4

/* A child that ends at once, without its parent's exit functions, and says how it went. */
static void in_child(void (*work)(PGconn *, PGconn *), PGconn *first, PGconn *second)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	session_require(child >= 0, "fork");
	if (!child) {
		work(first, second);
		fflush(stdout);
		exit(0);
	}
	session_require(waitpid(child, &status, 0) == child, "waitpid");
	printf("child: %d\n", status);
}

/*
 * The parent's query is pending: its connection is closed under libpq before PQfinish, or the
 * server would take that for the end of the session.
 */
static void use_second(PGconn *first, PGconn *second)
{
	session_exec(second, "select 'x' as child");
	close(PQsocket(first));
	PQfinish(first);
	PQfinish(second);
}

static void forked(void)
{
	PGconn *first = session_open(""), *second = session_open("");

	session_require(PQsendQuery(first, "select 'x' as parent"), "PQsendQuery");
	in_child(use_second, first, second);
	session_show_all("parent", first);
	PQfinish(first);
	/* The child has ended its session. */
	close(PQsocket(second));
	PQfinish(second);
}

static void use_pipeline(PGconn *piped, PGconn *unused)
{
	(void)unused;
	session_require(PQsendQueryParams(piped, "select 'x' as child", 0, NULL, NULL, NULL, NULL,
					  0),
			"PQsendQueryParams");
	session_require(PQpipelineSync(piped), "PQpipelineSync");
	for (int i = 0; i < 3; i++)
		session_show("child", PQgetResult(piped));
	PQfinish(piped);
}

/* In pipeline mode when it is inherited. */
static void forked_pipeline(void)
{
	PGconn *piped = session_open("");

	session_require(PQenterPipelineMode(piped), "PQenterPipelineMode");
	in_child(use_pipeline, piped, NULL);
	close(PQsocket(piped));
	PQfinish(piped);
}

static void *ask_often(void *nothing)
{
	PGconn *db = session_open("");
	int queries = case_number(50);

	(void)nothing;
	for (int i = 0; i < queries; i++) {
		PGresult *result = PQexec(db, "select a from z where a = 1");

		session_require(PQntuples(result) == 1, "one row");
		PQclear(result);
	}
	PQfinish(db);
	return NULL;
}

static void many_threads(void)
{
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		session_require(!pthread_create(&thread[i], NULL, ask_often, NULL),
				"pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	printf("%d queries\n", THREADS * case_number(50));
}

static void *send_one(void *db)
{
	session_require(PQsendQuery(db, "select 'x' as sent"), "PQsendQuery");
	return NULL;
}

static void *take_one(void *db)
{
	session_show_all("taken on another", db);
	return NULL;
}

static void *ask_one(void *db)
{
	session_exec(db, "select 'x' as whole");
	return NULL;
}

static void on_thread(void *(*work)(void *), PGconn *db)
{
	pthread_t thread;

	session_require(!pthread_create(&thread, NULL, work, db), "pthread_create");
	pthread_join(thread, NULL);
}

static void handed_on(void)
{
	PGconn *db = session_open("");

	for (int i = 0; i < HANDS; i++) {
		on_thread(send_one, db);
		on_thread(take_one, db);
		on_thread(ask_one, db);
	}
	PQfinish(db);
}

/* A pool: whoever is free takes the next connection, some are ended while busy. */
static struct {
	pthread_mutex_t lock;
	PGconn *free[THREADS];
	int count;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static PGconn *pool_take(void)
{
	PGconn *db;

	pthread_mutex_lock(&pool.lock);
	session_require(pool.count > 0, "as many connections as threads");
	db = pool.free[--pool.count];
	pthread_mutex_unlock(&pool.lock);
	return db;
}

static void pool_give(PGconn *db)
{
	pthread_mutex_lock(&pool.lock);
	pool.free[pool.count++] = db;
	pthread_mutex_unlock(&pool.lock);
}

static void *borrow_often(void *nothing)
{
	int rounds = case_number(20);

	(void)nothing;
	for (int i = 0; i < rounds; i++) {
		PGconn *db = pool_take();

		session_require(PQsendQuery(db, "select a from z"), "PQsendQuery");
		if (i % 5 == 4) {
			PQfinish(db);
			db = session_open("");
		}
		for (PGresult *result; (result = PQgetResult(db));)
			PQclear(result);
		pool_give(db);
	}
	return NULL;
}

static void pooled(void)
{
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		pool_give(session_open(""));
	for (int i = 0; i < THREADS; i++)
		session_require(!pthread_create(&thread[i], NULL, borrow_often, NULL),
				"pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	while (pool.count)
		PQfinish(pool.free[--pool.count]);
}

const struct libpq_case thread_cases[] = {
	{ "P59", forked },
	{ "P59-pipeline", forked_pipeline },
	{ "P60", many_threads },
	{ "P61", handed_on },
	{ "P61-pool", pooled },
	{ NULL, NULL },
};
