/* SPDX-License-Identifier: Apache-2.0 */
/* Describes, closes, large objects and PQfn, with spans and without. */
#include "tests/support/test.h"

#include "tests/support/program.h"
#include "tests/support/traced.h"

static void describes_and_closes_are_spans_by_option(void **state)
{
	const struct call_options describes = { .describes = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin_with(&describes);
	SCRIPT(&conn, DONE("PREPARE", ""), DONE("", ""), NULL, DONE("", ""), SELECTED(1));
	call_prepare(&conn, "s", "SELECT a FROM t");
	traced_clear();
	call_send_describe(&conn, "s");
	call_get_result(&conn);
	assert_traced("");
	call_get_result(&conn);
	assert_traced("DESCRIBE shop | UNSET | command=describe name=DESCRIBE\n");
	call_close(&conn, "s");
	assert_traced("CLOSE shop | UNSET | command=close name=CLOSE\n");
	call_exec_prepared(&conn, "s");
	assert_traced("EXECUTE shop | UNSET | command=execute rows=1\n");
	call_finish(&conn);
}

static void a_describe_leaves_the_unnamed_statement(void **state)
{
	const struct call_options describes = { .describes = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin_with(&describes);
	SCRIPT(&conn, DONE("PREPARE", ""), DONE("", ""), NULL, SELECTED(1));
	call_prepare(&conn, "", "SELECT a FROM t");
	call_send_describe(&conn, "");
	call_get_result(&conn);
	call_get_result(&conn);
	traced_clear();
	call_exec_prepared(&conn, "");
	assert_traced("SELECT t | UNSET | command=execute rows=1 statement=SELECT a FROM t\n");
	call_finish(&conn);
}

static void a_pipelined_describe_is_told_in_its_place(void **state)
{
	const struct call_options describes = { .describes = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin_with(&describes);
	SCRIPT(&conn, SELECTED(1), NULL, FAILED("26000"), NULL, ABORTED, NULL, SYNCED);
	conn.pipeline = 1;
	call_send_params(&conn, "SELECT a FROM t", 0);
	call_send_describe(&conn, "s");
	call_send_params(&conn, "SELECT b FROM u", 0);
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n"
		      "DESCRIBE shop | ERROR | command=describe name=DESCRIBE status_code=26000 "
		      "type=26000\n"
		      "SELECT u | ERROR | command=params text=SELECT b FROM u "
		      "type=pipeline_aborted\n");
	call_finish(&conn);
}

static void large_objects_are_spans_by_option(void **state)
{
	const struct call_options objects = { .large_objects = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("", ""), FAILED("42501"));
	call_object(&conn, "lo_read", 5);
	assert_traced("");
	call_function(&conn);
	assert_traced("");
	program_begin_with(&objects);
	conn.next = 0;
	call_object(&conn, "lo_read", 5);
	call_object(&conn, "lo_unlink", -1);
	call_function(&conn);
	call_function(&conn);
	assert_traced("lo_read shop | UNSET | command=function name=lo_read\n"
		      "lo_unlink shop | ERROR | command=function name=lo_unlink type=_OTHER\n"
		      "FUNCTION CALL shop | UNSET | command=function name=FUNCTION CALL\n"
		      "FUNCTION CALL shop | ERROR | command=function name=FUNCTION CALL "
		      "status_code=42501 type=42501\n");
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

TESTS(cmocka_unit_test(describes_and_closes_are_spans_by_option),
      cmocka_unit_test(a_describe_leaves_the_unnamed_statement),
      cmocka_unit_test(a_pipelined_describe_is_told_in_its_place),
      cmocka_unit_test(large_objects_are_spans_by_option))
