/* SPDX-License-Identifier: Apache-2.0 */
/* The short way of an execute tells what the long one tells, and leaves it where it must. */
#include "tests/support/test.h"

#include <errno.h>
#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/guard.h"
#include "call/connection.h"
#include "call/execute.h"
#include "call/parent.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

#define ROWS(rows) \
	"SELECT t | UNSET | command=execute rows=" rows " statement=SELECT a FROM t\n"

/* Two statements, each executed once: the connection is ready for the next. */
static void make_ready(struct pg_conn *conn)
{
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(conn, DONE("PREPARE", ""), DONE("PREPARE", ""), SELECTED(1), SELECTED(1));
	call_prepare(conn, "s", "SELECT a FROM t");
	call_prepare(conn, "other", "SELECT b FROM u");
	call_exec_prepared(conn, "other");
	call_exec_prepared(conn, "s");
	assert_int_equal(traced_count(), 4);
	assert_int_equal(connection_find(conn)->own_state, OWN_READY);
	traced_clear();
}

/* What begins now; it must be ended. */
static bool is_short(struct submit *submit, struct pg_conn *conn, const char *name)
{
	return execute_begin(submit, conn, name, program_address());
}

static void it_tells_what_the_long_way_tells(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct span_record before;
	struct submit submit;

	(void)state;
	make_ready(&conn);
	SCRIPT(&conn, SELECTED(2), SELECTED(3), SELECTED(4));
	call_exec_prepared(&conn, "s");
	assert_traced(ROWS("2"));
	before = *traced_last();
	assert_true(is_short(&submit, &conn, "s"));
	assert_int_equal(traced_open_calls(), 1);
	execute_end(&submit, SELECTED(3));
	assert_int_equal(traced_open_calls(), 0);
	assert_traced(ROWS("3"));
	assert_memory_not_equal(traced_last()->span_id, before.span_id, sizeof(before.span_id));
	assert_memory_not_equal(traced_last()->trace_id, before.trace_id, sizeof(before.trace_id));
	assert_true(traced_last()->start_ns >= before.start_ns + before.duration_ns);
	assert_int_equal(traced_last()->process_id, before.process_id);
	assert_int_equal(traced_last()->statement, before.statement);
	assert_int_equal(traced_last()->caller, before.caller);
	assert_int_equal(traced_last()->module, before.module);
	assert_int_equal(traced_last()->pid, getpid());
	assert_int_equal(traced_last()->thread_id, gettid());
	assert_int_equal(traced_last()->head.size, before.head.size);
	assert_int_equal(traced_last()->head.attributes, before.head.attributes);
	call_finish(&conn);
}

static void another_statement_and_another_place_are_told(void **state)
{
	struct pg_conn conn = scripted_conn();
	const uint8_t *place = (const uint8_t *)program_address() + 1;
	struct submit submit;

	(void)state;
	make_ready(&conn);
	assert_true(is_short(&submit, &conn, "other"));
	execute_end(&submit, SELECTED(1));
	assert_traced("SELECT u | UNSET | command=execute rows=1 statement=SELECT b FROM u\n");
	assert_true(execute_begin(&submit, &conn, "s", place));
	execute_end(&submit, SELECTED(1));
	assert_traced(ROWS("1"));
	assert_int_equal(traced_last()->caller, (uintptr_t)place);
	call_finish(&conn);
}

static void the_parent_is_the_one_of_now(void **state)
{
	static const struct propagated from = {
		.context = { .trace_id = { 1 }, .span_id = { 2 }, .flags = TRACE_FLAG_SAMPLED },
	};
	struct pg_conn conn = scripted_conn();
	struct submit submit;

	(void)state;
	make_ready(&conn);
	parent_configure(&from, NULL);
	for (size_t i = 0; i < 2; i++) {
		assert_true(is_short(&submit, &conn, "s"));
		execute_end(&submit, SELECTED(1));
		assert_traced(ROWS("1"));
		assert_memory_equal(traced_last()->trace_id, from.context.trace_id, 16);
		assert_memory_equal(traced_last()->parent_id, from.context.span_id, 8);
	}
	call_finish(&conn);
}

static void what_else_happened_takes_the_long_way(void **state)
{
	struct pg_conn conn = scripted_conn(), second = scripted_conn();
	struct submit submit;

	(void)state;
	make_ready(&conn);
	assert_false(is_short(&submit, &conn, "unknown"));
	assert_false(is_short(&submit, &conn, NULL));
	assert_false(is_short(&submit, &conn, ""));
	assert_false(is_short(&submit, &second, "s"));
	assert_false(execute_begin(&submit, &conn, "s", libpq_address()));
	SCRIPT(&conn, SELECTED(1), SELECTED(1));
	call_exec(&conn, "SELECT 1");
	assert_false(is_short(&submit, &conn, "s"));
	call_exec_prepared(&conn, "s");
	assert_int_equal(connection_find(&conn)->own_state, OWN_READY);
	call_enter_pipeline(&conn);
	assert_false(is_short(&submit, &conn, "s"));
	call_exit_pipeline(&conn);
	assert_false(is_short(&submit, &conn, "s"));
	call_finish(&conn);
	assert_false(is_short(&submit, &conn, "s"));
}

static void a_statement_that_was_closed_is_not_told(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct submit submit;

	(void)state;
	make_ready(&conn);
	SCRIPT(&conn, DONE("CLOSE", ""), SELECTED(1));
	call_close(&conn, "s");
	assert_false(is_short(&submit, &conn, "s"));
	call_exec_prepared(&conn, "s");
	assert_traced("EXECUTE shop | UNSET | command=execute rows=1\n");
	call_finish(&conn);
}

static void what_ends_otherwise_is_told_as_any_command(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	make_ready(&conn);
	SCRIPT(&conn, FAILED("23505"), SELECTED(1), DONE("UPDATE 3", "3"), SELECTED(1), NULL);
	call_exec_prepared(&conn, "s");
	assert_traced("SELECT t | ERROR | command=execute status_code=23505 type=23505 "
		      "statement=SELECT a FROM t\n");
	call_exec_prepared(&conn, "s");
	traced_clear();
	call_exec_prepared(&conn, "s");
	assert_traced("SELECT t | UNSET | command=execute affected_rows=3 "
		      "statement=SELECT a FROM t\n");
	call_exec_prepared(&conn, "s");
	traced_clear();
	call_exec_prepared(&conn, "s");
	assert_traced("SELECT t | ERROR | command=execute type=_OTHER statement=SELECT a FROM t\n");
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

static jmp_buf jump;

static void jump_away(struct pg_conn *conn)
{
	(void)conn;
	longjmp(jump, 1);
}

static void one_that_is_jumped_out_of_is_incomplete(void **state)
{
	static struct pg_conn conn;

	(void)state;
	conn = scripted_conn();
	make_ready(&conn);
	conn.inside = jump_away;
	if (setjmp(jump) == 0)
		call_exec_prepared(&conn, "s");
	conn.inside = NULL;
	assert_traced("");
	assert_int_equal(traced_open_calls(), 1);
	SCRIPT(&conn, SELECTED(1));
	call_exec_prepared(&conn, "s");
	assert_traced("SELECT t | UNSET | command=execute incomplete=1 statement=SELECT a FROM t\n"
		      ROWS("1"));
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

static void execute_inside(struct pg_conn *conn)
{
	conn->inside = NULL;
	call_exec(conn, "SELECT b FROM u");
}

static void another_call_inside_it_ends_it(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	make_ready(&conn);
	SCRIPT(&conn, SELECTED(1), SELECTED(2));
	conn.inside = execute_inside;
	call_exec_prepared(&conn, "s");
	assert_traced("SELECT t | UNSET | command=execute incomplete=1 statement=SELECT a FROM t\n"
		      "SELECT u | UNSET | command=simple text=SELECT b FROM u rows=1\n");
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

static void fork_inside(struct pg_conn *conn)
{
	pid_t child = fork();
	int status;

	conn->inside = NULL;
	if (child != 0) {
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	} else {
		conn->calls = 0;
	}
}

static void a_child_that_was_forked_inside_it_tells_nothing(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	make_ready(&conn);
	SCRIPT(&conn, SELECTED(1));
	conn.inside = fork_inside;
	call_exec_prepared(&conn, "s");
	if (conn.calls == 0)
		_exit(traced_count() != 0);
	assert_traced(ROWS("1"));
	call_finish(&conn);
}

static void inside_ourselves_it_is_passed_through(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct guard guard = { .saved_errno = 0 };
	struct submit submit;

	(void)state;
	make_ready(&conn);
	assert_true(guard_enter(&guard));
	assert_false(is_short(&submit, &conn, "s"));
	guard_leave(&guard);
	assert_true(is_short(&submit, &conn, "s"));
	execute_end(&submit, SELECTED(1));
	assert_traced(ROWS("1"));
	call_finish(&conn);
}

static void it_leaves_errno_alone(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct submit submit;

	(void)state;
	make_ready(&conn);
	errno = 4711;
	assert_true(is_short(&submit, &conn, "s"));
	assert_int_equal(errno, 4711);
	errno = 4712;
	execute_end(&submit, SELECTED(1));
	assert_int_equal(errno, 4712);
	call_finish(&conn);
}

static void a_full_area_counts_it(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct submit submit;

	(void)state;
	make_ready(&conn);
	for (size_t i = 0; i < 100000 && !atomic_load(&traced_area()->lost_full); i++) {
		assert_true(is_short(&submit, &conn, "s"));
		execute_end(&submit, SELECTED(1));
	}
	assert_int_equal(atomic_load(&traced_area()->lost_full), 1);
	assert_int_equal(traced_open_calls(), 0);
	traced_clear();
	assert_true(is_short(&submit, &conn, "s"));
	execute_end(&submit, SELECTED(1));
	assert_traced(ROWS("1"));
	call_finish(&conn);
}

TESTS(cmocka_unit_test(it_tells_what_the_long_way_tells),
      cmocka_unit_test(another_statement_and_another_place_are_told),
      cmocka_unit_test(what_else_happened_takes_the_long_way),
      cmocka_unit_test(a_statement_that_was_closed_is_not_told),
      cmocka_unit_test(what_ends_otherwise_is_told_as_any_command),
      cmocka_unit_test(one_that_is_jumped_out_of_is_incomplete),
      cmocka_unit_test(another_call_inside_it_ends_it),
      cmocka_unit_test(a_child_that_was_forked_inside_it_tells_nothing),
      cmocka_unit_test(inside_ourselves_it_is_passed_through),
      cmocka_unit_test(it_leaves_errno_alone),
      cmocka_unit_test(a_full_area_counts_it),
      cmocka_unit_test(the_parent_is_the_one_of_now))
