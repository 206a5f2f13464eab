/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of prepared statements while commands are in flight (hooks.md A.3). */
#include "tests/support/test.h"

#include "call/connection.h"
#include "call/queue.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

static void a_pipelined_execute_has_the_text_of_the_prepare_before_it(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, DONE("PREPARE", ""), NULL, SELECTED(1), NULL, SELECTED(1), NULL,
	       DONE("PREPARE", ""), NULL, SELECTED(1), NULL, SYNCED, SELECTED(1), NULL, SYNCED);
	call_send_prepare(&conn, "s", "SELECT a FROM t WHERE b = $1");
	call_send_prepared(&conn, "s");
	call_send_prepared(&conn, "unknown");
	call_send_prepare(&conn, "s2", "SELECT b FROM u");
	call_send_prepared(&conn, "s");
	call_sync(&conn);
	for (int i = 0; i < 11; i++)
		call_get_result(&conn);
	call_send_prepared(&conn, "s2");
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("PREPARE SELECT t | UNSET | command=prepare name=PREPARE "
		      "text=SELECT a FROM t WHERE b = $1\n"
		      "SELECT t | UNSET | command=execute text=SELECT a FROM t WHERE b = $1 "
		      "rows=1\n"
		      "EXECUTE shop | UNSET | command=execute rows=1\n"
		      "PREPARE SELECT u | UNSET | command=prepare name=PREPARE "
		      "text=SELECT b FROM u\n"
		      "SELECT t | UNSET | command=execute text=SELECT a FROM t WHERE b = $1 "
		      "rows=1\n"
		      "SELECT u | UNSET | command=execute rows=1 statement=SELECT b FROM u\n");
	call_finish(&conn);
}

static void an_aborted_command_changes_no_statement(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, DONE("PREPARE", ""), NULL, SYNCED, FAILED("22012"), NULL, ABORTED, NULL,
	       ABORTED, NULL, SYNCED, SELECTED(1), NULL, SYNCED);
	call_send_prepare(&conn, "", "SELECT a FROM t");
	call_sync(&conn);
	for (int i = 0; i < 3; i++)
		call_get_result(&conn);
	call_send_prepared(&conn, "");
	call_send_params(&conn, "SELECT 1", 0);
	call_send_prepare(&conn, "", "SELECT b FROM u");
	call_sync(&conn);
	for (int i = 0; i < 7; i++)
		call_get_result(&conn);
	traced_clear();
	call_send_prepared(&conn, "");
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=execute rows=1 statement=SELECT a FROM t\n");
	call_finish(&conn);
}

static void behind_a_prepare_that_failed_an_execute_means_what_was_there_before(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, DONE("PREPARE", ""), NULL, FAILED("42P05"), NULL, ABORTED, NULL, SYNCED,
	       SELECTED(1), NULL, SYNCED, SELECTED(1), NULL, SYNCED);
	call_send_prepare(&conn, "s", "SELECT a FROM t");
	call_send_prepare(&conn, "s", "SELECT b FROM u");
	call_send_prepared(&conn, "s");
	call_sync(&conn);
	call_send_prepared(&conn, "s");
	call_sync(&conn);
	for (int i = 0; i < 10; i++)
		call_get_result(&conn);
	call_send_prepared(&conn, "s");
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("PREPARE SELECT t | UNSET | command=prepare name=PREPARE "
		      "text=SELECT a FROM t\n"
		      "PREPARE SELECT u | ERROR | command=prepare name=PREPARE "
		      "text=SELECT b FROM u status_code=42P05 type=42P05\n"
		      "SELECT u | ERROR | command=execute text=SELECT b FROM u "
		      "type=pipeline_aborted\n"
		      "EXECUTE shop | UNSET | command=execute rows=1\n"
		      "SELECT t | UNSET | command=execute rows=1 statement=SELECT a FROM t\n");
	call_finish(&conn);
}

static void behind_a_prepare_that_was_aborted_an_execute_means_what_was_there_before(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, DONE("PREPARE", ""), NULL, FAILED("22012"), NULL, ABORTED, NULL, SYNCED,
	       SELECTED(1), NULL, SYNCED);
	call_send_prepare(&conn, "s", "SELECT a FROM t");
	call_send_params(&conn, "SELECT 1/0", 0);
	call_send_prepare(&conn, "s", "SELECT b FROM u");
	call_sync(&conn);
	call_send_prepared(&conn, "s");
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("PREPARE SELECT t | UNSET | command=prepare name=PREPARE "
		      "text=SELECT a FROM t\n"
		      "SELECT | ERROR | command=params text=SELECT ?/? status_code=22012 "
		      "type=22012\n"
		      "PREPARE SELECT u | ERROR | command=prepare name=PREPARE "
		      "text=SELECT b FROM u type=pipeline_aborted\n"
		      "EXECUTE shop | UNSET | command=execute rows=1\n");
	call_finish(&conn);
}

static void a_prepare_whose_result_was_not_seen_is_not_known(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), SELECTED(1));
	call_send_prepare(&conn, "s", "SELECT a FROM t");
	call_exec(&conn, "SELECT 1");
	traced_clear();
	call_exec_prepared(&conn, "s");
	assert_traced("EXECUTE shop | UNSET | command=execute rows=1\n");
	call_finish(&conn);
}

TESTS(cmocka_unit_test(a_pipelined_execute_has_the_text_of_the_prepare_before_it),
      cmocka_unit_test(an_aborted_command_changes_no_statement),
      cmocka_unit_test(behind_a_prepare_that_failed_an_execute_means_what_was_there_before),
      cmocka_unit_test(behind_a_prepare_that_was_aborted_an_execute_means_what_was_there_before),
      cmocka_unit_test(a_prepare_whose_result_was_not_seen_is_not_known))
