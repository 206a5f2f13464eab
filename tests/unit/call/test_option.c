/* SPDX-License-Identifier: Apache-2.0 */
/* What options add to all spans; schemas and transactions, which need none. */
#include "tests/support/test.h"

#include "call/option.h"
#include "call/transaction.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

/* ---- rows ---- */

static void rows_have_their_conventional_name_by_option(void **state)
{
	const struct call_options rows = { .returned_rows = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin_with(&rows);
	SCRIPT(&conn, SELECTED(3), DONE("UPDATE 2", "2"));
	call_exec(&conn, "SELECT a FROM t");
	call_exec(&conn, "UPDATE t SET a = 1");
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=3 "
		      "returned_rows=3\n"
		      "UPDATE t | UNSET | command=simple text=UPDATE t SET a = ? "
		      "affected_rows=2\n");
	call_finish(&conn);
}

/* ---- the schema ---- */

static const char *namespace_after(struct pg_conn *conn, const char *query)
{
	SCRIPT(conn, DONE("SET", ""));
	call_exec(conn, query);
	traced_clear();
	return traced_attribute(ATTRIBUTE_DB_NAMESPACE);
}

static void a_reported_path_is_followed(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.path = "app, public";
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop|app");
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop|app");
	conn.path = "\"Other\"";
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop|Other");
	conn.path = "\"$user\", public";
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop");
	conn.path = "";
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop");
	conn.options = "-c search_path=never";
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop");
	call_finish(&conn);
}

static void the_options_name_the_schema_until_it_may_have_changed(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.options = "-c search_path=app";
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop|app");
	assert_string_equal(namespace_after(&conn, "SET work_mem = '1MB'"), "shop|app");
	assert_string_equal(namespace_after(&conn, "SET search_path = b"), "shop|app");
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop");
	call_reset(&conn);
	assert_string_equal(namespace_after(&conn, "SELECT 1"), "shop|app");
	call_finish(&conn);
}

static void a_long_name_leaves_the_schema_out(void **state)
{
	char database[128];
	struct pg_conn conn = scripted_conn();

	(void)state;
	memset(database, 'd', sizeof(database));
	database[127] = '\0';
	program_begin(SUBMIT_CONNECT_OFF);
	conn.database = database;
	conn.options = "-c search_path=app";
	assert_string_equal(namespace_after(&conn, "SELECT 1"), database);
	database[124] = '\0';
	call_reset(&conn);
	assert_int_equal(strlen(namespace_after(&conn, "SELECT 1")), 128);
	call_finish(&conn);
}

/* ---- transactions ---- */

static void exec_leaving(struct pg_conn *conn, const char *query, int status)
{
	conn->next = 0;
	conn->transaction = status;
	call_exec(conn, query);
}

static void the_statement_that_ends_a_transaction_has_its_times(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("X", ""));
	exec_leaving(&conn, "SELECT", PG_IDLE);
	exec_leaving(&conn, "BEGIN", PG_IN_TRANSACTION);
	exec_leaving(&conn, "SELECT", PG_IN_TRANSACTION);
	exec_leaving(&conn, "COMMIT", PG_IDLE);
	exec_leaving(&conn, "SELECT", PG_IDLE);
	assert_traced("SELECT | UNSET | command=simple text=SELECT\n"
		      "BEGIN | UNSET | command=simple text=BEGIN\n"
		      "SELECT | UNSET | command=simple text=SELECT\n"
		      "COMMIT | UNSET | command=simple text=COMMIT transaction\n"
		      "SELECT | UNSET | command=simple text=SELECT\n");
	call_finish(&conn);
}

static void the_first_statement_of_a_connection_may_begin_one(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	call_connect(&conn);
	SCRIPT(&conn, DONE("X", ""));
	exec_leaving(&conn, "BEGIN", PG_IN_TRANSACTION);
	exec_leaving(&conn, "COMMIT", PG_IDLE);
	assert_traced("BEGIN | UNSET | command=simple text=BEGIN\n"
		      "COMMIT | UNSET | command=simple text=COMMIT transaction\n");
	call_finish(&conn);
}

static void a_chained_transaction_is_not_told(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	call_connect(&conn);
	SCRIPT(&conn, DONE("COMMIT", ""));
	exec_leaving(&conn, "BEGIN", PG_IN_TRANSACTION);
	exec_leaving(&conn, "COMMIT AND CHAIN", PG_IN_TRANSACTION);
	exec_leaving(&conn, "COMMIT", PG_IDLE);
	assert_null(strstr(traced_lines(), "transaction"));
	traced_clear();
	call_finish(&conn);
}

static void a_reset_ends_what_was_open(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	call_connect(&conn);
	SCRIPT(&conn, DONE("X", ""));
	exec_leaving(&conn, "BEGIN", PG_IN_TRANSACTION);
	conn.transaction = PG_IDLE;
	call_reset(&conn);
	exec_leaving(&conn, "SELECT", PG_IDLE);
	assert_null(strstr(traced_lines(), "transaction"));
	traced_clear();
	call_finish(&conn);
}

TESTS(cmocka_unit_test(rows_have_their_conventional_name_by_option),
      cmocka_unit_test(a_reported_path_is_followed),
      cmocka_unit_test(the_options_name_the_schema_until_it_may_have_changed),
      cmocka_unit_test(a_long_name_leaves_the_schema_out),
      cmocka_unit_test(the_statement_that_ends_a_transaction_has_its_times),
      cmocka_unit_test(the_first_statement_of_a_connection_may_begin_one),
      cmocka_unit_test(a_chained_transaction_is_not_told),
      cmocka_unit_test(a_reset_ends_what_was_open))
