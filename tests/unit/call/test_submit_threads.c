/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of several threads, their own and handed on; ThreadSanitizer watches all of it. */
#include "tests/support/test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "call/connection.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

#define THREADS 8
#define ROUNDS 1000
#define POOLED 4

static atomic_uint running;

/* What came out, and what was counted as lost: no span may be missing from both. */
static uint64_t accounted(void)
{
	return traced_count() + traced_lost_full();
}

/* Runs @work on all threads, and reads what they write meanwhile. */
static void on_threads(void *(*work)(void *))
{
	pthread_t threads[THREADS];

	atomic_store(&running, THREADS);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, NULL), 0);
	while (atomic_load(&running))
		traced_count();
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* Four spans. */
static void ask(struct pg_conn *conn)
{
	SCRIPT(conn, SELECTED(1));
	call_exec(conn, "SELECT a FROM t WHERE b = 1");
	SCRIPT(conn, SELECTED(2), NULL);
	call_send(conn, "SELECT b FROM u");
	call_get_results(conn);
	SCRIPT(conn, DONE("PREPARE", ""));
	call_prepare(conn, "s", "SELECT c FROM v WHERE d = $1");
	SCRIPT(conn, FAILED("22P02"));
	call_exec_prepared(conn, "s");
}

static void *ask_often(void *nothing)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct pg_conn conn = scripted_conn();

		ask(&conn);
		call_finish(&conn);
	}
	atomic_fetch_sub(&running, 1);
	return nothing;
}

static void each_call_of_each_thread_is_a_span_or_counted(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	on_threads(ask_often);
	assert_int_equal(accounted(), THREADS * ROUNDS * 4);
	assert_int_equal(traced_lost_passed(), 0);
	assert_int_equal(traced_open_calls(), 0);
}

/* A place is one connection at a time, sent on by one thread and read by the next. */
static struct {
	pthread_mutex_t lock;
	struct pg_conn conn;
} pool[POOLED];

/* Read by another thread than the one that sets it. */
static struct pg_result *const one_row[] = { SELECTED(1), NULL };

static void *hand_on(void *nothing)
{
	static atomic_uint turn;

	for (int i = 0; i < ROUNDS; i++) {
		unsigned int place = atomic_fetch_add(&turn, 1) % POOLED;

		pthread_mutex_lock(&pool[place].lock);
		call_get_results(&pool[place].conn);
		script_set(&pool[place].conn, one_row, 2);
		call_send(&pool[place].conn, "SELECT a FROM t");
		/* Closed while busy: what comes next is another connection at its address. */
		if (i % 16 == 15) {
			call_finish(&pool[place].conn);
			pool[place].conn = scripted_conn();
		}
		pthread_mutex_unlock(&pool[place].lock);
	}
	atomic_fetch_sub(&running, 1);
	return nothing;
}

static void a_connection_that_is_handed_on_loses_nothing(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	for (size_t i = 0; i < POOLED; i++) {
		pthread_mutex_init(&pool[i].lock, NULL);
		pool[i].conn = scripted_conn();
	}
	on_threads(hand_on);
	for (size_t i = 0; i < POOLED; i++)
		call_finish(&pool[i].conn);
	assert_int_equal(accounted(), THREADS * ROUNDS);
	assert_int_equal(traced_lost_passed(), 0);
	assert_int_equal(traced_open_calls(), 0);
}

TESTS(cmocka_unit_test(each_call_of_each_thread_is_a_span_or_counted),
      cmocka_unit_test(a_connection_that_is_handed_on_loses_nothing))
