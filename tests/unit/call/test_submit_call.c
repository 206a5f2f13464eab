/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens while a real call is under way, and where there is no room for it: callbacks that
 * call us, jump away or fork; errno; full areas, tables and memory.
 */
#include "tests/support/test.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/guard.h"
#include "call/connection.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

/* ---- what a program may do inside the real call ---- */

static struct pg_conn other;

static void query_another(struct pg_conn *conn)
{
	conn->inside = NULL;
	assert_int_equal(traced_open_calls(), 1);
	call_exec(&other, "SELECT b FROM u");
}

static void a_callback_that_queries_another_connection_is_traced(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	other = scripted_conn();
	SCRIPT(&conn, SELECTED(1));
	SCRIPT(&other, SELECTED(2));
	conn.inside = query_another;
	call_exec(&conn, "SELECT a FROM t");
	assert_traced("SELECT u | UNSET | command=simple text=SELECT b FROM u rows=2\n"
		      "SELECT t | UNSET | command=simple text=SELECT a FROM t rows=1\n");
	call_finish(&conn);
	call_finish(&other);
}

static jmp_buf jump;

static void jump_away(struct pg_conn *conn)
{
	(void)conn;
	longjmp(jump, 1);
}

static void a_command_that_is_jumped_out_of_is_incomplete(void **state)
{
	static struct pg_conn conn;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn = scripted_conn();
	conn.inside = jump_away;
	if (!setjmp(jump))
		call_exec(&conn, "SELECT a FROM t");
	conn.inside = NULL;
	SCRIPT(&conn, SELECTED(2));
	call_exec(&conn, "SELECT b FROM u");
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t incomplete=1\n"
		      "SELECT u | UNSET | command=simple text=SELECT b FROM u rows=2\n");
	assert_int_equal(traced_open_calls(), 0);
	conn.inside = jump_away;
	if (!setjmp(jump))
		call_exec(&conn, "SELECT c FROM v");
	conn.inside = NULL;
	call_finish(&conn);
	assert_traced("SELECT v | UNSET | command=simple text=SELECT c FROM v incomplete=1\n");
	assert_int_equal(traced_open_calls(), 0);
}

static void jumps_out_of_calls_cost_no_memory(void **state)
{
	static struct pg_conn conn;
	static volatile int i;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn = scripted_conn();
	conn.inside = jump_away;
	for (i = 0; i < 70000; i++)
		if (!setjmp(jump)) {
			if (i & 1)
				call_send(&conn, "SELECT a FROM t");
			else
				call_exec(&conn, "SELECT a FROM t");
		}
	conn.inside = NULL;
	call_finish(&conn);
	/* What was jumped out of while it was sent is not known to be a command. */
	assert_int_equal(traced_lost_passed(), 35000);
	assert_int_equal(traced_open_calls(), 0);
}

static void query_the_same(struct pg_conn *conn)
{
	conn->inside = NULL;
	call_exec(conn, "SELECT b FROM u");
}

/* libpq forbids it, and programs do it: no crash, and no span for what we cannot know. */
static void a_callback_that_queries_its_own_connection_ends_the_outer_command(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), SELECTED(2));
	conn.inside = query_the_same;
	call_exec(&conn, "SELECT a FROM t");
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t incomplete=1\n"
		      "SELECT u | UNSET | command=simple text=SELECT b FROM u rows=1\n");
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

static pid_t child;

static void fork_inside(struct pg_conn *conn)
{
	(void)conn;
	child = fork();
}

static void end_of_child(int failed)
{
	int status;

	if (child == 0)
		_exit(failed);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_fork_inside_the_call_leaves_its_span_to_the_parent(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	call_connect(&conn);
	SCRIPT(&conn, SELECTED(1));
	traced_clear();
	conn.inside = fork_inside;
	call_exec(&conn, "SELECT a FROM t");
	end_of_child(0);
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=1\n");
	assert_int_equal(traced_open_calls(), 0);
	conn.inside = NULL;
	call_finish(&conn);
}

static void a_fork_inside_each_other_call_leaves_its_span_to_the_parent(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	SCRIPT(&conn, SELECTED(1), NULL);
	conn.inside = fork_inside;
	call_connect(&conn);
	end_of_child(0);
	assert_traced("connect shop | UNSET | command=connect\n");
	call_send(&conn, "SELECT a FROM t");
	end_of_child(0);
	call_get_result(&conn);
	end_of_child(0);
	call_get_result(&conn);
	end_of_child(0);
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=1\n");
	call_enter_pipeline(&conn);
	end_of_child(0);
	call_sync(&conn);
	end_of_child(0);
	call_exit_pipeline(&conn);
	end_of_child(0);
	call_reset(&conn);
	end_of_child(0);
	assert_traced("connect shop | UNSET | command=reset\n");
	call_finish(&conn);
	end_of_child(0);
	assert_traced("");
	assert_int_equal(traced_open_calls(), 0);
}

static void a_child_does_not_end_its_parents_query_and_tells_its_own(void **state)
{
	struct pg_conn conn = scripted_conn(), own = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), NULL);
	SCRIPT(&own, SELECTED(7));
	call_send(&conn, "SELECT a FROM t");
	child = fork();
	if (child == 0) {
		call_exec(&own, "SELECT b FROM u");
		call_finish(&own);
		call_finish(&conn);
	}
	end_of_child(0);
	assert_traced("SELECT u | UNSET | command=simple text=SELECT b FROM u rows=7\n");
	assert_int_equal(traced_open_calls(), 1);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=1\n");
	call_finish(&conn);
}

static void an_inherited_connection_goes_on_in_the_child(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), SELECTED(2));
	call_exec(&conn, "SELECT a FROM t");
	traced_clear();
	child = fork();
	if (child == 0)
		call_exec(&conn, "SELECT b FROM u");
	end_of_child(0);
	assert_traced("SELECT u | UNSET | command=simple text=SELECT b FROM u rows=2\n");
	call_finish(&conn);
}

/* ---- errno, the guard, and what is not there ---- */

static void set_errno(struct pg_conn *conn)
{
	(void)conn;
	errno = EDEADLK;
}

static void the_programs_errno_is_what_libpq_left(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	SCRIPT(&conn, SELECTED(1), SELECTED(1), NULL);
	conn.inside = set_errno;
#define KEEPS_ERRNO(call)                          \
	do {                                       \
		errno = 0;                         \
		(void)(call);                      \
		assert_int_equal(errno, EDEADLK);  \
	} while (0)
	KEEPS_ERRNO(call_connect(&conn));
	KEEPS_ERRNO(call_exec(&conn, "SELECT 1"));
	KEEPS_ERRNO(call_send(&conn, "SELECT 1"));
	KEEPS_ERRNO(call_get_result(&conn));
	KEEPS_ERRNO(call_get_result(&conn));
	KEEPS_ERRNO(call_enter_pipeline(&conn));
	KEEPS_ERRNO(call_sync(&conn));
	KEEPS_ERRNO(call_exit_pipeline(&conn));
	KEEPS_ERRNO(call_reset_start(&conn));
	KEEPS_ERRNO(call_reset_poll(&conn));
	errno = 0;
	call_finish(&conn);
	assert_int_equal(errno, EDEADLK);
}

static void inside_our_own_code_calls_pass_through(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct guard guard = { 0 };

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	SCRIPT(&conn, SELECTED(1), SELECTED(1), NULL);
	assert_true(guard_enter(&guard));
	call_connect(&conn);
	call_exec(&conn, "SELECT 1");
	call_send(&conn, "SELECT 1");
	call_get_results(&conn);
	call_finish(&conn);
	guard_leave(&guard);
	assert_int_equal(conn.calls, 6);
	assert_true(traced_lost_passed() >= 3);
	assert_traced("");
	assert_null(connection_find(&conn));
}

static bool never_ready(void)
{
	return false;
}

static void without_an_area_calls_pass_through(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	submit_enable(never_ready, SUBMIT_CONNECT_ON);
	SCRIPT(&conn, SELECTED(1));
	call_connect(&conn);
	assert_ptr_equal(call_exec(&conn, "SELECT 1"), conn.script[0]);
	call_finish(&conn);
	assert_int_equal(conn.calls, 3);
	assert_traced("");
	assert_null(connection_find(&conn));
}

static void a_call_that_libpq_makes_to_itself_is_none(void **state)
{
	struct pg_conn conn = scripted_conn();
	const struct submit_request request = {
		.kind = COMMAND_SIMPLE, .handle = &conn, .query = "SELECT 1",
		.caller = libpq_address(),
	};
	struct submit submit;

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	submit_begin_synchronous(&submit, &request);
	assert_non_null(submit.libpq);
	submit_end_synchronous(&submit, NULL);
	assert_traced("");
	assert_null(connection_find(&conn));
}

/* ---- losses ---- */

static void fill_the_area(void)
{
	uint64_t before = traced_lost_full();

	for (size_t size = RECORD_SIZE_MAX; size >= 64; size /= 2)
		for (;;) {
			struct area_slot slot;

			if (!area_reserve(size, &slot))
				break;
			memset(slot.memory, 0, size);
			((struct record *)(void *)slot.memory)->size = (uint32_t)size;
			((struct record *)(void *)slot.memory)->kind = RECORD_PAD;
			area_commit(&slot, (uint32_t)size);
		}
	assert_true(traced_lost_full() > before);
}

static void a_full_area_loses_the_span_and_counts_it(void **state)
{
	struct pg_conn conn = scripted_conn();
	uint64_t before;

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	SCRIPT(&conn, SELECTED(1), SELECTED(1));
	fill_the_area();
	before = traced_lost_full();
	call_connect(&conn);
	call_exec(&conn, "SELECT 1");
	assert_int_equal(traced_lost_full() - before, 2);
	assert_int_equal(traced_open_calls(), 0);
	assert_traced("");
	call_exec(&conn, "SELECT 1");
	assert_traced("SELECT | UNSET | command=simple text=SELECT ? rows=1\n");
	call_finish(&conn);
}

/* In a child, since what was cut stays cut. */
static int without_memory(void)
{
	static struct pg_conn conns[3];
	unsigned int calls = 0;

	for (size_t i = 0; i < 3; i++)
		conns[i] = scripted_conn();
	SCRIPT(&conns[0], SELECTED(1), SELECTED(1), SELECTED(1));
	call_exec(&conns[0], "SELECT 1");
	for (size_t size = ARENA_BLOCK_MAX; size >= 64; size /= 2)
		while (arena_take(size))
			;
	traced_clear();
	if (call_exec(&conns[0], "SELECT a FROM t") != conns[0].script[1])
		return 1;
	if (call_send(&conns[0], "SELECT a FROM t") != 1)
		return 2;
	call_get_results(&conns[0]);
	call_connect(&conns[1]);
	call_exec(&conns[1], "SELECT 1");
	call_finish(&conns[1]);
	call_exec(&conns[2], "SELECT 1");
	for (size_t i = 0; i < 3; i++)
		calls += conns[i].calls;
	if (calls != 1 + 1 + 1 + 1 + 3 + 1)
		return 3;
	return traced_lost_passed() == 5 ? 0 : 4;
}

static void without_memory_calls_pass_through_and_are_counted(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	child = fork();
	end_of_child(child ? 0 : without_memory());
	assert_int_equal(traced_open_calls(), 0);
	/* The one that had memory. */
	assert_traced("SELECT | UNSET | command=simple text=SELECT ? rows=1\n");
}

static int more_connections_than_places(void)
{
	struct pg_conn *conns = calloc((size_t)2 * CONNECTIONS_MAX, sizeof(*conns));
	size_t traced = 0;

	for (size_t i = 0; i < (size_t)2 * CONNECTIONS_MAX; i++) {
		conns[i] = scripted_conn();
		call_connect(&conns[i]);
		traced += connection_find(&conns[i]) != NULL;
	}
	if (traced > CONNECTIONS_MAX || traced < CONNECTIONS_MAX * 3 / 4)
		return 1;
	if (traced_lost_passed() != (size_t)2 * CONNECTIONS_MAX - traced)
		return 2;
	for (size_t i = 0; i < (size_t)2 * CONNECTIONS_MAX; i++)
		call_finish(&conns[i]);
	for (size_t i = 0; i < (size_t)2 * CONNECTIONS_MAX; i++)
		if (connection_find(&conns[i]))
			return 3;
	traced_clear();
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		call_connect(&conns[i]);
		call_finish(&conns[i]);
	}
	free(conns);
	return traced_lost_passed() == 0 ? 0 : 4;
}

static void connections_without_a_place_are_counted(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	child = fork();
	end_of_child(child ? 0 : more_connections_than_places());
	assert_traced("");
}

static void a_hundred_thousand_commands_take_no_memory(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	for (int i = 0; i < 25000; i++) {
		SCRIPT(&conn, SELECTED(1), DONE("PREPARE", ""), SELECTED(1), SELECTED(1), NULL);
		call_exec(&conn, "SELECT a FROM t WHERE b = 1");
		call_prepare(&conn, i & 1 ? "s" : "other", "SELECT a FROM t WHERE b = $1");
		call_exec_prepared(&conn, "s");
		call_send(&conn, "SELECT 1");
		call_get_results(&conn);
		if (i % 64 == 0)
			traced_count();
	}
	assert_int_equal(traced_count(), 100000);
	assert_int_equal(traced_lost_passed() + traced_lost_full(), 0);
	call_finish(&conn);
}

TESTS(cmocka_unit_test(a_callback_that_queries_another_connection_is_traced),
      cmocka_unit_test(a_command_that_is_jumped_out_of_is_incomplete),
      cmocka_unit_test(jumps_out_of_calls_cost_no_memory),
      cmocka_unit_test(a_callback_that_queries_its_own_connection_ends_the_outer_command),
      cmocka_unit_test(a_fork_inside_the_call_leaves_its_span_to_the_parent),
      cmocka_unit_test(a_fork_inside_each_other_call_leaves_its_span_to_the_parent),
      cmocka_unit_test(a_child_does_not_end_its_parents_query_and_tells_its_own),
      cmocka_unit_test(an_inherited_connection_goes_on_in_the_child),
      cmocka_unit_test(the_programs_errno_is_what_libpq_left),
      cmocka_unit_test(inside_our_own_code_calls_pass_through),
      cmocka_unit_test(without_an_area_calls_pass_through),
      cmocka_unit_test(a_call_that_libpq_makes_to_itself_is_none),
      cmocka_unit_test(a_full_area_loses_the_span_and_counts_it),
      cmocka_unit_test(without_memory_calls_pass_through_and_are_counted),
      cmocka_unit_test(connections_without_a_place_are_counted),
      cmocka_unit_test(a_hundred_thousand_commands_take_no_memory))
