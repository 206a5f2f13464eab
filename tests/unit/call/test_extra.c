/* SPDX-License-Identifier: Apache-2.0 */
/* Values of parameters in spans, and statements that carry their span. */
#include "tests/support/test.h"

#include "call/parent.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

#define PARENT "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01"

/* ---- values ---- */

static const char *const two[] = { "jdoe", "7" };

static void values_are_told_where_they_are_asked_for(void **state)
{
	const struct call_options all = { .parameters = PARAMETERS_ALL };
	const struct call_options second = { .parameters = 2 };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin_with(&all);
	SCRIPT(&conn, SELECTED(1), SELECTED(1), DONE("PREPARE", ""), SELECTED(1), SELECTED(1),
	       NULL);
	call_exec_values(&conn, "SELECT a FROM t WHERE b = $1 AND c = $2", 2, two);
	call_exec_values(&conn, "SELECT a FROM t WHERE b = 'x'", 0, NULL);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t WHERE b = $1 AND "
		      "c = $2 rows=1 0=jdoe 1=7\n"
		      "SELECT t | UNSET | command=params text=SELECT a FROM t WHERE b = ? "
		      "rows=1\n");
	call_prepare(&conn, "s", "SELECT a FROM t WHERE b = $1");
	call_exec_prepared_values(&conn, "s", 1, two);
	assert_traced("PREPARE SELECT t | UNSET | command=prepare name=PREPARE "
		      "text=SELECT a FROM t WHERE b = $1\n"
		      "SELECT t | UNSET | command=execute rows=1 0=jdoe "
		      "statement=SELECT a FROM t WHERE b = $1\n");
	program_begin_with(&second);
	call_send_values(&conn, "SELECT a FROM t WHERE b = $1 AND c = $2", 2, two);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t WHERE b = $1 AND "
		      "c = $2 rows=1 1=7\n");
	call_finish(&conn);
}

static void values_are_off_by_default(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1));
	call_exec_values(&conn, "SELECT $1", 2, two);
	assert_traced("SELECT | UNSET | command=params text=SELECT $1 rows=1\n");
	call_finish(&conn);
}

static void values_of_unknown_and_secret_statements_are_not_told(void **state)
{
	const struct call_options all = { .parameters = PARAMETERS_ALL };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin_with(&all);
	SCRIPT(&conn, FAILED("42601"), SELECTED(1), DONE("PREPARE", ""), SELECTED(1));
	call_exec_values(&conn, "ALTER ROLE joe PASSWORD $1", 1, two);
	assert_null(strstr(traced_lines(), "jdoe"));
	traced_clear();
	call_exec_prepared_values(&conn, "unknown", 1, two);
	assert_traced("EXECUTE shop | UNSET | command=execute rows=1\n");
	call_prepare(&conn, "p", "UPDATE users SET password = $1");
	call_exec_prepared_values(&conn, "p", 1, two);
	assert_null(strstr(traced_lines(), "jdoe"));
	traced_clear();
	call_finish(&conn);
}

/* ---- comments ---- */

static void inherit(void)
{
	const struct sampler always = { .root = SAMPLER_ALWAYS_ON };
	struct propagated from = { .tracestate = SLICE("a=b") };

	assert_true(traceparent_parse(SLICE(PARENT), &from.context));
	parent_configure(&from, &always);
}

/* The comment of the last span. */
static const char *comment_of_last(const char *query)
{
	static char expected[512];
	char span_id[17] = "";

	hex_format(traced_last()->span_id, 8, span_id);
	snprintf(expected, sizeof(expected),
		 "%s /*traceparent='00-0123456789abcdef0123456789abcdef-%s-01',"
		 "tracestate='a%%3Db'*/", query, span_id);
	return expected;
}

static void a_statement_carries_its_own_span(void **state)
{
	const struct call_options comments = { .comments = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	inherit();
	program_begin_with(&comments);
	SCRIPT(&conn, SELECTED(1), SELECTED(1), SELECTED(1), NULL);
	call_exec(&conn, "SELECT 7");
	assert_traced("SELECT | UNSET | command=simple text=SELECT ? rows=1\n");
	assert_string_equal(conn.query, comment_of_last("SELECT 7"));
	call_exec_params(&conn, "SELECT $1", 1);
	assert_traced("SELECT | UNSET | command=params text=SELECT $1 rows=1\n");
	assert_string_equal(conn.query, comment_of_last("SELECT $1"));
	call_send(&conn, "SELECT 8");
	call_get_results(&conn);
	assert_traced("SELECT | UNSET | command=simple text=SELECT ? rows=1\n");
	assert_string_equal(conn.query, comment_of_last("SELECT 8"));
	SCRIPT(&conn, SELECTED(1), NULL);
	call_send_params(&conn, "SELECT $1", 1);
	call_get_results(&conn);
	assert_traced("SELECT | UNSET | command=params text=SELECT $1 rows=1\n");
	assert_string_equal(conn.query, comment_of_last("SELECT $1"));
	call_finish(&conn);
}

static void a_refused_send_with_a_comment_is_told_once(void **state)
{
	const struct call_options comments = { .comments = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin_with(&comments);
	conn.refuses = 1;
	assert_int_equal(call_send(&conn, "SELECT a FROM t"), 0);
	assert_traced("SELECT t | ERROR | command=simple text=SELECT a FROM t type=_OTHER\n");
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

static void what_must_not_have_a_comment_has_none(void **state)
{
	const struct call_options comments = { .comments = true };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1));
	call_exec(&conn, "SELECT 1");
	assert_string_equal(conn.query, "SELECT 1");
	call_finish(&conn);
	program_begin_with(&comments);
	SCRIPT(&conn, DONE("PREPARE", ""), SELECTED(1));
	call_prepare(&conn, "s", "SELECT 2");
	assert_string_equal(conn.query, "SELECT 2");
	call_exec(&conn, "SELECT 3 -- mine");
	assert_string_equal(conn.query, "SELECT 3 -- mine");
	call_finish(&conn);
	traced_clear();
}

static void a_replication_connection_gets_no_comments(void **state)
{
	static const struct {
		const char *value;
		bool replicates;
	} settings[] = {
		{ "database", true }, { "true", true }, { "1", true }, { "on", true },
		{ "false", false }, { "off", false }, { "no", false }, { "0", false },
		{ "", false }, { NULL, false },
	};
	const struct call_options comments = { .comments = true };

	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		struct pg_conn conn = scripted_conn();

		program_begin_with(&comments);
		conn.replication = settings[i].value;
		SCRIPT(&conn, SELECTED(1));
		call_exec(&conn, "SHOW all");
		assert_int_equal(!strcmp(conn.query, "SHOW all"), settings[i].replicates);
		call_finish(&conn);
	}
	traced_clear();
}

TESTS(cmocka_unit_test(values_are_told_where_they_are_asked_for),
      cmocka_unit_test(values_are_off_by_default),
      cmocka_unit_test(values_of_unknown_and_secret_statements_are_not_told),
      cmocka_unit_test(a_statement_carries_its_own_span),
      cmocka_unit_test(a_refused_send_with_a_comment_is_told_once),
      cmocka_unit_test(what_must_not_have_a_comment_has_none),
      cmocka_unit_test(a_replication_connection_gets_no_comments))
