/* SPDX-License-Identifier: Apache-2.0 */
/* Cancelled queries: from a signal handler, from another thread, by the functions of libpq 17. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "case.h"

static PGcancel *armed;
static volatile sig_atomic_t cancelled;

static void on_alarm(int signal)
{
	char error[256];

	(void)signal;
	cancelled += PQcancel(armed, error, sizeof(error));
}

/* As psql does on SIGINT. */
static void from_signal(void)
{
	PGconn *db = session_open("");
	struct itimerval soon = { .it_value = { .tv_usec = 100000 } };

	armed = PQgetCancel(db);
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &soon, NULL);
	session_exec(db, "select pg_sleep(20)");
	printf("cancelled %d\n", (int)cancelled);
	session_exec(db, "select 1");
	PQfreeCancel(armed);
	PQfinish(db);
	cancelled = 0;
}

static void *cancel_soon(void *cancel)
{
	char error[256];

	session_sleep(100);
	session_require(PQcancel(cancel, error, sizeof(error)), "PQcancel");
	return NULL;
}

static void from_thread(void)
{
	PGconn *db = session_open("");
	PGcancel *cancel = PQgetCancel(db);
	pthread_t thread;

	session_require(!pthread_create(&thread, NULL, cancel_soon, cancel), "pthread_create");
	session_exec(db, "select pg_sleep(20)");
	pthread_join(thread, NULL);
	PQfreeCancel(cancel);
	PQfinish(db);
}

static PGconn *asleep(void)
{
	PGconn *db = session_open("");

	session_require(PQsendQuery(db, "select pg_sleep(20)"), "PQsendQuery");
	session_sleep(50);
	return db;
}

static void blocking(void)
{
	PGconn *db = asleep();
	struct pg_cancel_conn *cancel = PQcancelCreate(db);

	session_require(PQcancelBlocking(cancel), "PQcancelBlocking");
	PQcancelFinish(cancel);
	session_show_all("cancelled", db);
	PQfinish(db);
}

static void polled(void)
{
	PGconn *db = asleep();
	struct pg_cancel_conn *cancel = PQcancelCreate(db);
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	session_require(PQcancelStart(cancel), "PQcancelStart");
	while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
		struct pollfd wait = { .fd = PQcancelSocket(cancel) };

		wait.events = state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
		poll(&wait, 1, 5000);
		state = PQcancelPoll(cancel);
	}
	session_require(state == PGRES_POLLING_OK, "PQcancelPoll");
	PQcancelFinish(cancel);
	session_show_all("cancelled", db);
	PQfinish(db);
}

const struct libpq_case cancel_cases[] = {
	{ "P42", from_signal },
	{ "P42-thread", from_thread },
	{ "P42-blocking", blocking },
	{ "P42-poll", polled },
	{ NULL, NULL },
};
