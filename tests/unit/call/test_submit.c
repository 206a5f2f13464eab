/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that a program gives to libpq, and the spans of them (hooks.md A.10). */
#include "tests/support/test.h"

#include "call/connection.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

/* ---- synchronous commands ---- */

static const struct {
	const char *what, *query;
	struct pg_result *result;
	int status;	/* of the connection, afterwards */
	const char *picture;
} synchronous[] = {
	{ "one statement", "SELECT * FROM t WHERE id = 7", SELECTED(1), 0,
	  "SELECT t | UNSET | command=simple text=SELECT * FROM t WHERE id = ? rows=1\n" },
	{ "several statements show the last result", "select 1; select 2,3; select g(5)",
	  SELECTED(5), 0,
	  "select select select | UNSET | command=simple text=select ?; select ?,?; select g(?) "
	  "rows=5\n" },
	{ "an empty statement has the name of its database", ";", EMPTY, 0,
	  "shop | UNSET | command=simple text=;\n" },
	{ "no text at all", "", EMPTY, 0, "shop | UNSET | command=simple\n" },
	{ "an error is its SQLSTATE", "SELECT 1/0", FAILED("22012"), 0,
	  "SELECT | ERROR | command=simple text=SELECT ?/? status_code=22012 type=22012\n" },
	{ "a statement in a failed transaction", "SELECT 1", FAILED("25P02"), 0,
	  "SELECT | ERROR | command=simple text=SELECT ? status_code=25P02 type=25P02\n" },
	{ "a commit that was rolled back is no error", "COMMIT", DONE("ROLLBACK", ""), 0,
	  "COMMIT | UNSET | command=simple text=COMMIT command_tag=ROLLBACK\n" },
	{ "affected rows", "UPDATE t SET a = 1", DONE("UPDATE 12", "12"), 0,
	  "UPDATE t | UNSET | command=simple text=UPDATE t SET a = ? affected_rows=12\n" },
	{ "affected and returned rows", "INSERT INTO t VALUES (1) RETURNING id",
	  TUPLES(1, "INSERT 0 1", "1"), 0,
	  "INSERT t | UNSET | command=simple text=INSERT INTO t VALUES (?) RETURNING id rows=1 "
	  "affected_rows=1\n" },
	{ "a table made of a query", "SELECT 1 AS a INTO t", DONE("SELECT 1", "1"), 0,
	  "SELECT t | UNSET | command=simple text=SELECT ? AS a INTO t affected_rows=1\n" },
	{ "rows of a cursor", "FETCH 3 FROM c", TUPLES(3, "FETCH 3", "3"), 0,
	  "FETCH | UNSET | command=simple text=FETCH ? FROM c rows=3\n" },
	{ "a utility command has no rows", "LISTEN channel", DONE("LISTEN", ""), 0,
	  "LISTEN channel | UNSET | command=simple text=LISTEN channel\n" },
	{ "an error without SQLSTATE on a living connection", "SELECT 1", FAILED(NULL), 0,
	  "SELECT | ERROR | command=simple text=SELECT ? type=_OTHER\n" },
	{ "a connection that broke", "SELECT 1", FAILED(NULL), PG_CONNECTION_BAD,
	  "SELECT | ERROR | command=simple text=SELECT ? type=connection_closed\n" },
	{ "a connection that was broken before", "SELECT 1", NULL, PG_CONNECTION_BAD,
	  "SELECT | ERROR | command=simple text=SELECT ? type=connection_closed\n" },
	{ "a stream that takes the connection over", "START_REPLICATION 0/0", BOTH, 0,
	  "shop | UNSET | command=simple text=START_REPLICATION ?/?\n" },
};

static void a_synchronous_command_is_one_span(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	for (size_t i = 0; i < sizeof(synchronous) / sizeof(*synchronous); i++) {
		struct pg_conn conn = scripted_conn();

		SCRIPT(&conn, synchronous[i].result);
		conn.status = synchronous[i].status;
		if (conn.status == PG_CONNECTION_BAD) {
			conn.status = PG_CONNECTION_OK;
			assert_ptr_equal(call_exec(&conn, ""), synchronous[i].result);
			traced_clear();
			conn.status = synchronous[i].status;
			conn.next = 0;
		}
		assert_ptr_equal(call_exec(&conn, synchronous[i].query), synchronous[i].result);
		assert_int_equal(traced_open_calls(), 0);
		if (strcmp(traced_lines(), synchronous[i].picture) != 0)
			print_error("%s:\n", synchronous[i].what);
		assert_traced(synchronous[i].picture);
		call_finish(&conn);
		assert_traced("");
	}
}

static void parameters_keep_the_text_and_none_do_not(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), SELECTED(1), FAILED("42601"));
	call_exec_params(&conn, "SELECT a FROM t WHERE b = $1 AND c = 5", 1);
	call_exec_params(&conn, "SELECT a FROM t WHERE b = 'x'", 0);
	call_exec_params(&conn, "a; b", 0);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t WHERE b = $1 AND "
		      "c = 5 rows=1\n"
		      "SELECT t | UNSET | command=params text=SELECT a FROM t WHERE b = ? rows=1\n"
		      "shop | ERROR | command=params text=a; b status_code=42601 type=42601\n");
	call_finish(&conn);
}

static void an_execute_has_the_text_of_its_prepare(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("PREPARE", ""), SELECTED(2), FAILED("22P02"), FAILED("42P05"),
	       SELECTED(1), FAILED("26000"));
	call_prepare(&conn, "s", "SELECT a FROM t WHERE b = $1");
	call_exec_prepared(&conn, "s");
	call_exec_prepared(&conn, "s");
	call_prepare(&conn, "s", "SELECT other FROM u");
	call_exec_prepared(&conn, "s");
	call_exec_prepared(&conn, "unknown");
	assert_traced("PREPARE SELECT t | UNSET | command=prepare name=PREPARE "
		      "text=SELECT a FROM t WHERE b = $1\n"
		      "SELECT t | UNSET | command=execute rows=2 "
		      "statement=SELECT a FROM t WHERE b = $1\n"
		      "SELECT t | ERROR | command=execute status_code=22P02 type=22P02 "
		      "statement=SELECT a FROM t WHERE b = $1\n"
		      "PREPARE SELECT u | ERROR | command=prepare name=PREPARE "
		      "text=SELECT other FROM u status_code=42P05 type=42P05\n"
		      "SELECT t | UNSET | command=execute rows=1 "
		      "statement=SELECT a FROM t WHERE b = $1\n"
		      "EXECUTE shop | ERROR | command=execute status_code=26000 type=26000\n");
	call_finish(&conn);
}

static void the_unnamed_statement_ends_where_the_server_ends_it(void **state)
{
	const struct {
		const char *what;
		struct pg_result *result;
		int kind;
		bool kept;
	} between[] = {
		{ "a simple query", SELECTED(1), COMMAND_SIMPLE, false },
		{ "a failed query with parameters", FAILED("42601"), COMMAND_PARAMS, false },
		{ "a failed prepare without a name", FAILED("42601"), COMMAND_PREPARE, false },
		{ "an execute", SELECTED(1), COMMAND_EXECUTE, true },
	};

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++) {
		struct pg_conn conn = scripted_conn();

		SCRIPT(&conn, DONE("PREPARE", ""), between[i].result, SELECTED(1));
		call_prepare(&conn, "", "SELECT a FROM t");
		if (between[i].kind == COMMAND_SIMPLE)
			call_exec(&conn, "SELECT 1");
		else if (between[i].kind == COMMAND_PARAMS)
			call_exec_params(&conn, "SELECT 1", 0);
		else if (between[i].kind == COMMAND_PREPARE)
			call_prepare(&conn, "", "SELECT (");
		else
			call_exec_prepared(&conn, "");
		traced_clear();
		call_exec_prepared(&conn, "");
		if (!strstr(traced_lines(), "statement=") == between[i].kept)
			print_error("%s:\n", between[i].what);
		assert_traced(between[i].kept ? "SELECT t | UNSET | command=execute rows=1 "
						"statement=SELECT a FROM t\n"
					      : "EXECUTE shop | UNSET | command=execute rows=1\n");
		call_finish(&conn);
	}
}

static void backslashes_follow_the_servers_setting(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), SELECTED(1));
	conn.strings = "off";
	call_exec(&conn, "SELECT '\\' secret'");
	conn.strings = "on";
	call_exec(&conn, "SELECT '\\', a FROM t");
	assert_traced("SELECT | UNSET | command=simple text=SELECT ? rows=1\n"
		      "SELECT t | UNSET | command=simple text=SELECT ?, a FROM t rows=1\n");
	call_finish(&conn);
}

/* ---- refused ---- */

static void a_refused_send_is_an_error_of_its_own(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), NULL);
	assert_int_equal(call_send(&conn, "SELECT a FROM t"), 1);
	conn.refuses = 1;
	assert_int_equal(call_send(&conn, "SELECT b FROM u"), 0);
	assert_traced("SELECT u | ERROR | command=simple text=SELECT b FROM u type=_OTHER\n");
	conn.refuses = 0;
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=1\n");
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

static void a_send_on_a_dead_connection_is_a_closed_connection(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.refuses = 1;
	conn.status = PG_CONNECTION_BAD;
	assert_int_equal(call_send(&conn, "SELECT a FROM t"), 0);
	assert_traced("SELECT t | ERROR | command=simple text=SELECT a FROM t "
		      "type=connection_closed\n");
	call_finish(&conn);
}

static void a_refused_send_has_not_the_split_of_the_running_command(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct connection *connection;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), NULL);
	call_send(&conn, "SELECT a FROM t");
	connection = connection_find(&conn);
	traffic_sent(&connection->slot->traffic);
	traffic_received(&connection->slot->traffic);
	conn.refuses = 1;
	call_send(&conn, "SELECT b FROM u");
	assert_traced("SELECT u | ERROR | command=simple text=SELECT b FROM u type=_OTHER\n");
	conn.refuses = 0;
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=1 split\n");
	call_finish(&conn);
}

static void a_refused_query_leaves_the_unnamed_statement(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("PREPARE", ""), SELECTED(1));
	call_prepare(&conn, "", "SELECT a FROM t");
	conn.refuses = 1;
	call_send_params(&conn, "SELECT 1", 0);
	conn.refuses = 0;
	traced_clear();
	call_exec_prepared(&conn, "");
	assert_traced("SELECT t | UNSET | command=execute rows=1 statement=SELECT a FROM t\n");
	call_finish(&conn);
}

static void a_query_with_parameters_is_the_unnamed_statement(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("PREPARE", ""), SELECTED(1), SELECTED(1), SELECTED(2), SELECTED(2),
	       DONE("PREPARE", ""), SELECTED(3));
	call_prepare(&conn, "", "SELECT a FROM t");
	call_exec_params(&conn, "SELECT b FROM u WHERE c = $1", 1);
	call_exec_params(&conn, "SELECT d FROM v WHERE e = $1", 1);
	traced_clear();
	call_exec_prepared(&conn, "");
	call_exec_prepared(&conn, "");
	call_prepare(&conn, "", "SELECT f FROM w");
	call_exec_prepared(&conn, "");
	assert_traced("SELECT v | UNSET | command=execute text=SELECT d FROM v WHERE e = $1 "
		      "rows=2\n"
		      "SELECT v | UNSET | command=execute text=SELECT d FROM v WHERE e = $1 "
		      "rows=2\n"
		      "PREPARE SELECT w | UNSET | command=prepare name=PREPARE "
		      "text=SELECT f FROM w\n"
		      "SELECT w | UNSET | command=execute rows=3 statement=SELECT f FROM w\n");
	call_finish(&conn);
}

static void a_statement_ends_where_the_program_ends_it(void **state)
{
	static const struct {
		const char *name, *sql, *tag;
		bool kept;
	} ends[] = {
		{ "s", "deallocate s", "DEALLOCATE", false },
		{ "s", " DEALLOCATE  PREPARE\tS ;", "DEALLOCATE", false },
		{ "s", "deallocate prepare \"s\"", "DEALLOCATE", false },
		{ "s", "deallocate \"S\"", "DEALLOCATE", true },
		{ "s", "deallocate other", "DEALLOCATE", true },
		{ "a\"b", "deallocate \"a\"\"b\"", "DEALLOCATE", false },
		{ "prepare", "deallocate prepare", "DEALLOCATE", false },
		{ "s", "select 1; deallocate other", "DEALLOCATE", false },
		{ "s", "deallocate s; prepare s as select 2", "PREPARE", false },
		{ "s", "begin; DISCARD all; commit;", "COMMIT", false },
		{ "s", "begin; select 1; commit;", "COMMIT", true },
		{ "s", "deallocate other; deallocate s", "DEALLOCATE", false },
		{ "s", "deallocate", "DEALLOCATE", false },
		{ "s", "deallocate \"other", "DEALLOCATE", true },
		{ "s", "deallocate all", "DEALLOCATE ALL", false },
		{ "s", "discard all", "DISCARD ALL", false },
		{ "s", "discard temp", "DISCARD TEMP", true },
	};

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct pg_conn conn = scripted_conn();
		struct pg_result done = { PG_COMMAND_OK, 0, ends[i].tag, "", NULL };

		SCRIPT(&conn, DONE("PREPARE", ""), &done, SELECTED(1));
		call_prepare(&conn, ends[i].name, "SELECT a FROM t");
		call_exec(&conn, ends[i].sql);
		traced_clear();
		call_exec_prepared(&conn, ends[i].name);
		if (!strstr(traced_lines(), "statement=") == ends[i].kept)
			print_error("%s:\n", ends[i].sql);
		assert_traced(ends[i].kept ? "SELECT t | UNSET | command=execute rows=1 "
					     "statement=SELECT a FROM t\n"
					   : "EXECUTE shop | UNSET | command=execute rows=1\n");
		call_finish(&conn);
	}
}

static void a_closed_statement_is_not_known(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("PREPARE", ""), FAILED("25P02"), SELECTED(1), DONE("", ""), SELECTED(2),
	       DONE("PREPARE", ""), DONE("", ""), NULL, SELECTED(3));
	call_prepare(&conn, "s", "SELECT a FROM t");
	call_close(&conn, "s");
	traced_clear();
	call_exec_prepared(&conn, "s");
	call_close(&conn, "s");
	call_exec_prepared(&conn, "s");
	assert_traced("SELECT t | UNSET | command=execute rows=1 statement=SELECT a FROM t\n"
		      "EXECUTE shop | UNSET | command=execute rows=2\n");
	call_prepare(&conn, "s", "SELECT a FROM t");
	call_send_close(&conn, "s");
	call_get_result(&conn);
	call_get_result(&conn);
	traced_clear();
	call_exec_prepared(&conn, "s");
	assert_traced("EXECUTE shop | UNSET | command=execute rows=3\n");
	call_finish(&conn);
}

static void what_the_server_does_not_know_has_no_text(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("PREPARE", ""), FAILED("26000"), FAILED("22P02"));
	call_prepare(&conn, "s", "SELECT a FROM t");
	traced_clear();
	call_exec_prepared(&conn, "s");
	call_exec_prepared(&conn, "s");
	assert_traced("EXECUTE shop | ERROR | command=execute status_code=26000 type=26000\n"
		      "SELECT t | ERROR | command=execute status_code=22P02 type=22P02 "
		      "statement=SELECT a FROM t\n");
	call_finish(&conn);
}

static void a_silent_call_ends_what_was_before_it(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), DONE("", ""));
	call_send(&conn, "SELECT a FROM t");
	call_close(&conn, "s");
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t incomplete=1\n");
	call_finish(&conn);
}

TESTS(cmocka_unit_test(a_synchronous_command_is_one_span),
      cmocka_unit_test(parameters_keep_the_text_and_none_do_not),
      cmocka_unit_test(an_execute_has_the_text_of_its_prepare),
      cmocka_unit_test(the_unnamed_statement_ends_where_the_server_ends_it),
      cmocka_unit_test(backslashes_follow_the_servers_setting),
      cmocka_unit_test(a_refused_send_is_an_error_of_its_own),
      cmocka_unit_test(a_send_on_a_dead_connection_is_a_closed_connection),
      cmocka_unit_test(a_refused_send_has_not_the_split_of_the_running_command),
      cmocka_unit_test(a_refused_query_leaves_the_unnamed_statement),
      cmocka_unit_test(a_query_with_parameters_is_the_unnamed_statement),
      cmocka_unit_test(a_statement_ends_where_the_program_ends_it),
      cmocka_unit_test(a_closed_statement_is_not_known),
      cmocka_unit_test(what_the_server_does_not_know_has_no_text),
      cmocka_unit_test(a_silent_call_ends_what_was_before_it))
