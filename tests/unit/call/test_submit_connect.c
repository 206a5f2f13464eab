/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that come, fail, are reset, come again and go (hooks.md A.10, 34 to 45). */
#include "tests/support/test.h"

#include "call/connection.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

static const char connect_ok[] = "connect shop | UNSET | command=connect\n";
static const char connect_failed[] = "connect shop | ERROR | command=connect type=_OTHER\n";

static const struct {
	const char *what;
	enum submit_connect connects;
	int status;
	const char *picture;
} connects[] = {
	{ "connected", SUBMIT_CONNECT_ON, PG_CONNECTION_OK, connect_ok },
	{ "failed", SUBMIT_CONNECT_ON, PG_CONNECTION_BAD, connect_failed },
	{ "connected, errors only", SUBMIT_CONNECT_ERRORS, PG_CONNECTION_OK, "" },
	{ "failed, errors only", SUBMIT_CONNECT_ERRORS, PG_CONNECTION_BAD, connect_failed },
	{ "connected, off", SUBMIT_CONNECT_OFF, PG_CONNECTION_OK, "" },
	{ "failed, off", SUBMIT_CONNECT_OFF, PG_CONNECTION_BAD, "" },
};

/* Anything that is not OK and not BAD: a connection that is being made. */
#define CONNECTING 3

static void a_connect_is_told_as_configured(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(connects) / sizeof(*connects); i++) {
		struct pg_conn conn = scripted_conn();

		program_begin(connects[i].connects);
		conn.status = connects[i].status;
		assert_ptr_equal(call_connect(&conn), &conn);
		assert_non_null(connection_find(&conn));
		if (strcmp(traced_lines(), connects[i].picture) != 0)
			print_error("%s:\n", connects[i].what);
		assert_traced(connects[i].picture);
		call_finish(&conn);
		assert_null(connection_find(&conn));
		assert_traced("");
	}
}

static void an_asynchronous_connect_ends_at_its_last_poll(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(connects) / sizeof(*connects); i++) {
		struct pg_conn conn = scripted_conn();
		bool ok = connects[i].status == PG_CONNECTION_OK;

		program_begin(connects[i].connects);
		conn.status = CONNECTING;
		call_connect_start(&conn);
		conn.polled = 1;
		assert_int_equal(call_connect_poll(&conn), 1);
		assert_traced("");
		conn.status = connects[i].status;
		conn.polled = ok ? PG_POLLING_OK : PG_POLLING_FAILED;
		assert_int_equal(call_connect_poll(&conn), conn.polled);
		if (strcmp(traced_lines(), connects[i].picture) != 0)
			print_error("%s:\n", connects[i].what);
		assert_traced(connects[i].picture);
		call_connect_poll(&conn);
		assert_traced("");
		call_finish(&conn);
		assert_traced("");
	}
}

static void a_connect_that_fails_at_once_or_is_given_up_is_an_error(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	conn.status = PG_CONNECTION_BAD;
	call_connect_start(&conn);
	assert_traced(connect_failed);
	call_finish(&conn);
	assert_traced("");

	conn.status = CONNECTING;
	call_connect_start(&conn);
	call_finish(&conn);
	assert_traced(connect_failed);
}

static void a_connect_without_a_handle_is_nothing(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	assert_null(call_connect(NULL));
	assert_null(call_connect_start(NULL));
	assert_traced("");
}

static void an_unreadable_conninfo_is_an_error_without_names(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	conn.status = PG_CONNECTION_BAD;
	conn.database = NULL;
	conn.host = "";
	conn.port = "";
	call_connect(&conn);
	assert_traced("connect | ERROR | command=connect type=_OTHER\n");
	assert_string_equal(traced_attribute(ATTRIBUTE_SERVER_ADDRESS), "");
	assert_string_equal(traced_attribute(ATTRIBUTE_DB_NAMESPACE), "");
	assert_string_equal(traced_attribute(ATTRIBUTE_DB_SYSTEM_NAME), "postgresql");
	call_finish(&conn);
}

static void a_handle_that_comes_again_was_another_connection(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	call_connect(&conn);
	SCRIPT(&conn, SELECTED(1));
	call_send(&conn, "SELECT pg_sleep(60)");
	assert_int_equal(traced_open_calls(), 1);
	/* Finished out of our sight. */
	conn.database = "other";
	call_connect(&conn);
	assert_int_equal(traced_open_calls(), 0);
	assert_traced("SELECT | UNSET | command=simple text=SELECT pg_sleep(?) incomplete=1\n");
	assert_null(connection_find(&conn)->head);
	call_exec(&conn, "");
	assert_string_equal(traced_lines(), "other | UNSET | command=simple rows=1\n");
	call_finish(&conn);
}

static void connects_that_come_again_and_again_cost_no_memory(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.status = CONNECTING;
	for (int i = 0; i < 200000; i++)
		call_connect_start(&conn);
	/* All but the last: their ends were out of our sight. */
	assert_int_equal(traced_lost_passed(), 200000 - 1);
	call_finish(&conn);
}

static void a_reset_clears_what_belonged_to_the_old_session(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	SCRIPT(&conn, DONE("PREPARE", ""), SELECTED(1), FAILED("26000"), SELECTED(1));
	call_connect(&conn);
	call_prepare(&conn, "s", "SELECT a FROM t");
	call_send(&conn, "SELECT b FROM u");
	traced_clear();
	conn.backend = 4712;
	call_reset(&conn);
	assert_traced("SELECT u | UNSET | command=simple text=SELECT b FROM u incomplete=1\n"
		      "connect shop | UNSET | command=reset\n");
	conn.next++;
	call_exec_prepared(&conn, "s");
	assert_traced("EXECUTE shop | ERROR | command=execute status_code=26000 type=26000\n");
	assert_string_equal(traced_attribute(ATTRIBUTE_DB_BACKEND_PID), "4712");
	call_finish(&conn);
}

static void an_asynchronous_reset_ends_at_its_last_poll(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	call_connect(&conn);
	traced_clear();
	conn.status = CONNECTING;
	assert_int_equal(call_reset_start(&conn), 1);
	assert_traced("");
	conn.status = PG_CONNECTION_OK;
	call_reset_poll(&conn);
	assert_traced("connect shop | UNSET | command=reset\n");
	conn.refuses = 1;
	conn.status = PG_CONNECTION_BAD;
	assert_int_equal(call_reset_start(&conn), 0);
	assert_traced("connect shop | ERROR | command=reset type=_OTHER\n");
	call_finish(&conn);
}

static void resets_that_are_never_polled_are_errors_and_cost_no_memory(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ERRORS);
	conn.status = CONNECTING;
	call_reset_start(&conn);
	call_reset_start(&conn);
	assert_traced("connect shop | ERROR | command=reset type=_OTHER\n");
	program_begin(SUBMIT_CONNECT_OFF);
	for (int i = 0; i < 200000; i++)
		call_reset_start(&conn);
	assert_int_equal(traced_lost_passed(), 0);
	call_finish(&conn);
}

static void a_handle_that_we_never_saw_is_met_at_its_first_command(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	SCRIPT(&conn, NULL, SELECTED(1), NULL);
	call_get_result(&conn);
	call_connect_poll(&conn);
	call_endcopy(&conn);
	assert_null(connection_find(&conn));
	call_exec(&conn, "SELECT a FROM t");
	assert_non_null(connection_find(&conn));
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=1\n");
	call_finish(&conn);
}

static void finishing_what_we_never_saw_makes_nothing(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	call_finish(&conn);
	assert_int_equal(conn.calls, 1);
	assert_traced("");
}

static void a_finish_with_a_running_query_leaves_it_incomplete(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	call_send(&conn, "SELECT pg_sleep(60)");
	assert_int_equal(traced_open_calls(), 1);
	call_finish(&conn);
	assert_traced("SELECT | UNSET | command=simple text=SELECT pg_sleep(?) incomplete=1\n");
	assert_int_equal(traced_open_calls(), 0);
}

TESTS(cmocka_unit_test(a_connect_is_told_as_configured),
      cmocka_unit_test(an_asynchronous_connect_ends_at_its_last_poll),
      cmocka_unit_test(a_connect_that_fails_at_once_or_is_given_up_is_an_error),
      cmocka_unit_test(a_connect_without_a_handle_is_nothing),
      cmocka_unit_test(an_unreadable_conninfo_is_an_error_without_names),
      cmocka_unit_test(a_handle_that_comes_again_was_another_connection),
      cmocka_unit_test(connects_that_come_again_and_again_cost_no_memory),
      cmocka_unit_test(a_reset_clears_what_belonged_to_the_old_session),
      cmocka_unit_test(an_asynchronous_reset_ends_at_its_last_poll),
      cmocka_unit_test(resets_that_are_never_polled_are_errors_and_cost_no_memory),
      cmocka_unit_test(a_handle_that_we_never_saw_is_met_at_its_first_command),
      cmocka_unit_test(finishing_what_we_never_saw_makes_nothing),
      cmocka_unit_test(a_finish_with_a_running_query_leaves_it_incomplete))
