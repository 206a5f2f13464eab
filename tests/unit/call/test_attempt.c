/* SPDX-License-Identifier: Apache-2.0 */
/* Why a connection could not be made: what happened last, inside the call alone. */
#include "tests/support/test.h"

#include <errno.h>

#include "call/attempt.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

static void refused(void)
{
	attempt_connected(ECONNREFUSED);
}

static void refused_later(void)
{
	attempt_connected(EINPROGRESS);
	attempt_told(ECONNREFUSED);
}

static void out_of_reach(void)
{
	attempt_connected(ENETUNREACH);
}

static void answered(void)
{
	static const char answer[] = "E\0\0\0\x0c" "C28000\0";

	attempt_connected(0);
	attempt_answered(answer, sizeof(answer));
}

static void answered_well(void)
{
	attempt_connected(0);
	attempt_answered("R\0\0\0\x08\0\0\0\0", 9);
}

static const struct {
	const char *what;
	void (*first)(void), (*then)(void);
	const char *error, *sqlstate;
} attempts[] = {
	{ "nothing", NULL, NULL, "_OTHER", "" },
	{ "refused", refused, NULL, "connection_refused", "" },
	{ "refused later", refused_later, NULL, "connection_refused", "" },
	{ "out of reach", out_of_reach, NULL, "_OTHER", "" },
	{ "a name of nobody", attempt_unresolved, NULL, "host_not_found", "" },
	{ "the server refuses", answered, NULL, NULL, "28000" },
	{ "the server says nothing of it", answered_well, NULL, "_OTHER", "" },
	{ "the last counts", refused, attempt_unresolved, "host_not_found", "" },
	{ "the last counts, a server", refused, answered, NULL, "28000" },
	{ "the last counts, not a server", answered, refused, "connection_refused", "" },
	{ "another try", refused, answered_well, "_OTHER", "" },
};

static void the_last_trouble_is_the_reason(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		struct command command = { 0 };

		attempt_begin();
		if (attempts[i].first)
			attempts[i].first();
		if (attempts[i].then)
			attempts[i].then();
		attempt_blame(&command);
		attempt_end();
		if (strcmp(command.sqlstate, attempts[i].sqlstate) != 0)
			print_error("%s:\n", attempts[i].what);
		assert_string_equal(command.sqlstate, attempts[i].sqlstate);
		assert_string_equal(command.error ? command.error : "",
				    attempts[i].error ? attempts[i].error : "");
	}
}

static void what_happens_outside_is_nobodys_reason(void **state)
{
	struct command command = { 0 };

	(void)state;
	attempt_begin();
	attempt_end();
	refused();
	answered();
	attempt_unresolved();
	attempt_blame(&command);
	assert_string_equal(command.error, "_OTHER");
	assert_string_equal(command.sqlstate, "");
}

static void errno_stays(void **state)
{
	(void)state;
	attempt_begin();
	errno = EDOM;
	refused_later();
	answered();
	assert_int_equal(errno, EDOM);
	attempt_end();
}

static struct pg_conn *connecting;

/* What the hooks would see inside PQconnectdb and PQconnectPoll. */
static void fail_inside(struct pg_conn *conn)
{
	(void)conn;
	refused();
	connecting->status = PG_CONNECTION_BAD;
}

static void a_span_has_the_reason_of_its_own_attempt(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	connecting = &conn;
	conn.inside = fail_inside;
	call_connect(&conn);
	assert_traced("connect shop | ERROR | command=connect type=connection_refused\n");
	conn.inside = NULL;
	call_reset(&conn);
	assert_traced("connect shop | ERROR | command=reset type=_OTHER\n");
	call_finish(&conn);
}

static void a_poll_has_the_reason_of_its_own_call(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_ON);
	connecting = &conn;
	call_connect_start(&conn);
	conn.inside = fail_inside;
	conn.polled = 1;
	call_connect_poll(&conn);
	conn.inside = NULL;
	conn.polled = PG_POLLING_FAILED;
	call_connect_poll(&conn);
	assert_traced("connect shop | ERROR | command=connect type=_OTHER\n");
	call_finish(&conn);
}

TESTS(cmocka_unit_test(the_last_trouble_is_the_reason),
      cmocka_unit_test(what_happens_outside_is_nobodys_reason), cmocka_unit_test(errno_stays),
      cmocka_unit_test(a_span_has_the_reason_of_its_own_attempt),
      cmocka_unit_test(a_poll_has_the_reason_of_its_own_call))
