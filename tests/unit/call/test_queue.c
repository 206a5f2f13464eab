/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in flight: results, COPY, what is left behind, pipelines (hooks.md A.5 and A.10). */
#include "tests/support/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "call/connection.h"
#include "call/queue.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

#define NEXT_COMMAND "SELECT | UNSET | command=simple text=SELECT ? rows=1\n"

/* ---- one asynchronous command ---- */

static const struct {
	const char *what, *query;
	struct pg_result *script[8];
	size_t results;
	const char *picture;
} asynchronous[] = {
	{ "one result", "SELECT a FROM t", { SELECTED(3), NULL }, 2,
	  "SELECT t | UNSET | command=simple text=SELECT a FROM t rows=3\n" },
	{ "several results are summed", "select 1; select 2, 3; select g(5)",
	  { SELECTED(1), SELECTED(1), SELECTED(5), NULL }, 4,
	  "select select select | UNSET | command=simple text=select ?; select ?, ?; select g(?) "
	  "rows=7 results=3\n" },
	{ "an error after results", "select 1; select 1/0",
	  { SELECTED(1), FAILED("22012"), NULL }, 3,
	  "select select | ERROR | command=simple text=select ?; select ?/? status_code=22012 "
	  "type=22012 rows=1 results=2\n" },
	{ "the first error wins", "SELECT 1", { FAILED("22012"), FAILED("57014"), NULL }, 3,
	  "SELECT | ERROR | command=simple text=SELECT ? status_code=22012 type=22012 "
	  "results=2\n" },
	{ "affected rows are summed", "DELETE FROM t; DELETE FROM u",
	  { DONE("DELETE 2", "2"), DONE("DELETE 40", "40"), NULL }, 3,
	  "DELETE t DELETE u | UNSET | command=simple text=DELETE FROM t; DELETE FROM u "
	  "affected_rows=42 results=2\n" },
	{ "an empty query", "", { EMPTY, NULL }, 2, "shop | UNSET | command=simple\n" },
	{ "single rows", "SELECT a FROM t", { ROW, ROW, ROW, SELECTED(0), NULL }, 5,
	  "SELECT t | UNSET | command=simple text=SELECT a FROM t rows=3\n" },
	{ "chunks of rows", "SELECT a FROM t",
	  { CHUNK(100), CHUNK(7), TUPLES(0, "", ""), NULL }, 4,
	  "SELECT t | UNSET | command=simple text=SELECT a FROM t rows=107\n" },
	{ "single rows, then an error", "SELECT a FROM t", { ROW, ROW, FAILED("22012"), NULL }, 4,
	  "SELECT t | ERROR | command=simple text=SELECT a FROM t status_code=22012 type=22012 "
	  "rows=2\n" },
	{ "a cancelled query", "SELECT pg_sleep(9)", { FAILED("57014"), NULL }, 2,
	  "SELECT | ERROR | command=simple text=SELECT pg_sleep(?) status_code=57014 "
	  "type=57014\n" },
	{ "COPY OUT", "COPY t TO STDOUT", { OUT, OUT, DONE("COPY 4", "4"), NULL }, 4,
	  "COPY t | UNSET | command=simple text=COPY t TO STDOUT rows=4\n" },
	{ "COPY IN", "COPY t FROM STDIN", { IN, IN, DONE("COPY 2", "2"), NULL }, 4,
	  "COPY t | UNSET | command=simple text=COPY t FROM STDIN affected_rows=2\n" },
	{ "COPY IN of bad data", "COPY t FROM STDIN", { IN, FAILED("22P02"), NULL }, 3,
	  "COPY t | ERROR | command=simple text=COPY t FROM STDIN status_code=22P02 "
	  "type=22P02\n" },
	{ "COPY among others", "select 1; copy z to stdout; insert into a values (1); select 3",
	  { SELECTED(1), OUT, DONE("COPY 6", "6"), DONE("INSERT 0 1", "1"), SELECTED(1), NULL }, 6,
	  "select copy z insert a select | UNSET | command=simple text=select ?; copy z to stdout; "
	  "insert into a values (?); select ? rows=8 affected_rows=1 results=4\n" },
	{ "COPY BOTH ends where the stream begins", "START_REPLICATION", { BOTH, BOTH }, 2,
	  "shop | UNSET | command=simple text=START_REPLICATION\n" },
};

static void a_command_ends_at_its_null(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	for (size_t i = 0; i < sizeof(asynchronous) / sizeof(*asynchronous); i++) {
		struct pg_conn conn = scripted_conn();

		script_set(&conn, asynchronous[i].script, asynchronous[i].results);
		assert_int_equal(call_send(&conn, asynchronous[i].query), 1);
		assert_int_equal(traced_open_calls(), 1);
		while (conn.next + 1 < conn.results) {
			call_get_result(&conn);
			assert_true(conn.script[0]->status == PG_COPY_BOTH || !traced_count());
		}
		call_get_results(&conn);
		assert_int_equal(traced_open_calls(), 0);
		if (strcmp(traced_lines(), asynchronous[i].picture) != 0)
			print_error("%s:\n", asynchronous[i].what);
		assert_traced(asynchronous[i].picture);
		call_get_result(&conn);
		call_finish(&conn);
		assert_traced("");
	}
}

/* ---- left behind ---- */

static const struct {
	const char *what, *query;
	struct pg_result *script[4];
	size_t results;
	const char *picture;
} left[] = {
	{ "nothing read", "SELECT a FROM t", { NULL }, 0,
	  "SELECT t | UNSET | command=simple text=SELECT a FROM t incomplete=1\n" },
	{ "all but the null read", "SELECT a FROM t", { SELECTED(2) }, 1,
	  "SELECT t | UNSET | command=simple text=SELECT a FROM t rows=2\n" },
	{ "single rows, stopped early", "SELECT a FROM t", { ROW }, 1,
	  "SELECT t | UNSET | command=simple text=SELECT a FROM t incomplete=1 rows=1\n" },
	{ "COPY OUT", "COPY t TO STDOUT", { OUT }, 1,
	  "COPY t | UNSET | command=simple text=COPY t TO STDOUT incomplete=1\n" },
	{ "COPY IN", "COPY t FROM STDIN", { IN }, 1,
	  "COPY t | ERROR | command=simple text=COPY t FROM STDIN type=copy_abandoned\n" },
};

enum leaving { LEAVING_BY_EXEC, LEAVING_BY_SEND, LEAVING_BY_RESET, LEAVING_BY_FINISH, LEAVINGS };

static void leave(struct pg_conn *conn, enum leaving leaving)
{
	SCRIPT(conn, SELECTED(1), NULL);
	if (leaving == LEAVING_BY_EXEC) {
		call_exec(conn, "SELECT 1");
	} else if (leaving == LEAVING_BY_SEND) {
		call_send(conn, "SELECT 1");
		call_get_results(conn);
	} else if (leaving == LEAVING_BY_RESET) {
		call_reset(conn);
		call_exec(conn, "SELECT 1");
	} else {
		call_finish(conn);
		call_exec(conn, "SELECT 1");
	}
}

static void what_is_left_behind_is_told_as_such(void **state)
{
	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	for (size_t i = 0; i < sizeof(left) / sizeof(*left) * LEAVINGS; i++) {
		size_t row = i / LEAVINGS;
		struct pg_conn conn = scripted_conn();
		char picture[512];

		script_set(&conn, left[row].script, left[row].results);
		call_send(&conn, left[row].query);
		call_get_results(&conn);
		assert_int_equal(traced_count(), 0);
		leave(&conn, (enum leaving)(i % LEAVINGS));
		snprintf(picture, sizeof(picture), "%s" NEXT_COMMAND, left[row].picture);
		if (strcmp(traced_lines(), picture) != 0)
			print_error("%s, %zu:\n", left[row].what, i % LEAVINGS);
		assert_traced(picture);
		assert_int_equal(traced_open_calls(), 0);
		call_finish(&conn);
	}
}

static void a_span_ends_at_its_last_result_however_late_the_null_is_read(void **state)
{
	struct pg_conn conn = scripted_conn();
	uint64_t before_ns, after_ns;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), NULL);
	before_ns = clock_now_ns();
	call_send(&conn, "SELECT 1");
	call_get_result(&conn);
	after_ns = clock_now_ns();
	usleep(20000);
	call_get_result(&conn);
	assert_traced(NEXT_COMMAND);
	assert_true(traced_last()->start_ns >= before_ns);
	assert_true(traced_last()->start_ns + traced_last()->duration_ns <= after_ns);
	call_finish(&conn);
}

static void a_span_ends_when_its_result_was_ready_however_late_it_is_fetched(void **state)
{
	struct pg_conn conn = scripted_conn();
	uint64_t ready_ns;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), NULL);
	call_is_busy(&conn);
	call_send(&conn, "SELECT 1");
	conn.results = 0;
	assert_int_equal(call_is_busy(&conn), 1);
	conn.results = 2;
	assert_int_equal(call_is_busy(&conn), 0);
	ready_ns = clock_now_ns();
	usleep(20000);
	call_is_busy(&conn);
	call_get_results(&conn);
	assert_traced(NEXT_COMMAND);
	assert_true(traced_last()->start_ns + traced_last()->duration_ns <= ready_ns);
	call_finish(&conn);
}

static void what_is_ready_during_a_copy_is_not_its_end(void **state)
{
	struct pg_conn conn = scripted_conn();
	uint64_t end_ns;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, OUT, DONE("COPY 4", "4"), NULL);
	call_send(&conn, "COPY t TO STDOUT");
	call_is_busy(&conn);
	call_get_result(&conn);
	call_is_busy(&conn);
	end_ns = clock_now_ns();
	call_get_results(&conn);
	assert_traced("COPY t | UNSET | command=simple text=COPY t TO STDOUT rows=4\n");
	assert_true(traced_last()->start_ns + traced_last()->duration_ns >= end_ns);
	call_finish(&conn);
}

static void an_incomplete_span_ends_when_it_was_left(void **state)
{
	struct pg_conn conn = scripted_conn();
	uint64_t before_ns;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	call_send(&conn, "SELECT a FROM t");
	usleep(5000);
	before_ns = clock_now_ns();
	call_finish(&conn);
	assert_int_equal(traced_count(), 1);
	assert_true(traced_last()->start_ns + traced_last()->duration_ns >= before_ns);
	assert_true(traced_last()->duration_ns >= 5000000);
}

/* ---- COPY of synchronous calls ---- */

static void a_synchronous_copy_stays_open_until_its_data_ended(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, OUT, DONE("COPY 4", "4"), NULL);
	call_exec(&conn, "COPY t TO STDOUT");
	assert_traced("");
	assert_int_equal(traced_open_calls(), 1);
	usleep(5000);
	call_get_results(&conn);
	assert_traced("COPY t | UNSET | command=simple text=COPY t TO STDOUT rows=4\n");
	assert_true(traced_last()->duration_ns >= 5000000);
	SCRIPT(&conn, IN, FAILED("57014"), NULL);
	call_exec(&conn, "COPY t FROM STDIN");
	call_get_results(&conn);
	assert_traced("COPY t | ERROR | command=simple text=COPY t FROM STDIN status_code=57014 "
		      "type=57014\n");
	SCRIPT(&conn, IN, SELECTED(1));
	call_exec(&conn, "COPY t FROM STDIN");
	call_exec(&conn, "SELECT 1");
	assert_traced("COPY t | ERROR | command=simple text=COPY t FROM STDIN "
		      "type=copy_abandoned\n" NEXT_COMMAND);
	call_finish(&conn);
}

static void pqendcopy_ends_the_copy_and_nothing_else(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, IN, IN);
	call_exec(&conn, "COPY t FROM STDIN");
	assert_int_equal(call_endcopy(&conn), 0);
	assert_traced("COPY t | UNSET | command=simple text=COPY t FROM STDIN\n");
	call_exec(&conn, "COPY t FROM STDIN");
	conn.refuses = 1;
	assert_int_equal(call_endcopy(&conn), 1);
	conn.refuses = 0;
	assert_traced("COPY t | ERROR | command=simple text=COPY t FROM STDIN type=_OTHER\n");
	call_endcopy(&conn);
	assert_traced("");
	SCRIPT(&conn, SELECTED(1), NULL);
	call_send(&conn, "SELECT 1");
	call_endcopy(&conn);
	assert_traced("");
	call_get_results(&conn);
	assert_traced(NEXT_COMMAND);
	call_finish(&conn);
}

/* ---- pipelines ---- */

static const struct libpq *the_libpq(void)
{
	return libpq_of_caller(program_address());
}

static void each_command_of_a_pipeline_is_a_span(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, SELECTED(1), NULL, DONE("UPDATE 3", "3"), NULL, SELECTED(2), NULL, SYNCED);
	call_send_params(&conn, "SELECT a FROM t", 0);
	call_send_params(&conn, "UPDATE u SET a = $1", 1);
	call_send_params(&conn, "SELECT c FROM v", 0);
	call_sync(&conn);
	assert_int_equal(traced_open_calls(), 3);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n"
		      "UPDATE u | UNSET | command=params text=UPDATE u SET a = $1 "
		      "affected_rows=3\n"
		      "SELECT v | UNSET | command=params text=SELECT c FROM v rows=2\n");
	assert_int_equal(traced_open_calls(), 0);
	call_exit_pipeline(&conn);
	call_finish(&conn);
	assert_traced("");
}

static void behind_an_error_a_pipeline_is_aborted_until_its_sync(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, SELECTED(1), NULL, FAILED("22012"), NULL, ABORTED, NULL, SYNCED, SELECTED(1),
	       NULL, SYNCED);
	call_send_params(&conn, "SELECT a FROM t", 0);
	call_send_params(&conn, "SELECT 1/0", 0);
	call_send_params(&conn, "SELECT c FROM v", 0);
	call_sync(&conn);
	call_send_params(&conn, "SELECT d FROM w", 0);
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n"
		      "SELECT | ERROR | command=params text=SELECT ?/? status_code=22012 "
		      "type=22012\n"
		      "SELECT v | ERROR | command=params text=SELECT c FROM v "
		      "type=pipeline_aborted\n"
		      "SELECT w | UNSET | command=params text=SELECT d FROM w rows=1\n");
	call_finish(&conn);
}

static void a_null_before_any_result_belongs_to_nobody(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, NULL, NULL, SELECTED(1), NULL, NULL);
	call_send_params(&conn, "SELECT a FROM t", 0);
	call_get_result(&conn);
	call_get_result(&conn);
	assert_traced("");
	call_get_result(&conn);
	assert_traced("");
	/* A flush request, no sync yet. */
	call_get_result(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n");
	call_sync(&conn);
	call_get_result(&conn);
	call_finish(&conn);
	assert_traced("");
}

static void a_sync_answers_for_what_was_lost_from_sight(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, SELECTED(1), SYNCED, SELECTED(2), NULL, SYNCED);
	call_send_params(&conn, "SELECT a FROM t", 0);
	call_send_params(&conn, "SELECT b FROM u", 0);
	call_sync(&conn);
	call_send_params(&conn, "SELECT c FROM v", 0);
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n"
		      "SELECT u | UNSET | command=params text=SELECT b FROM u incomplete=1\n"
		      "SELECT v | UNSET | command=params text=SELECT c FROM v rows=2\n");
	assert_null(connection_find(&conn)->head);
	call_finish(&conn);
}

static void what_libpq_refuses_in_a_pipeline_leaves_the_queue(void **state)
{
	PIPELINE(conn);

	(void)state;
	call_send_params(&conn, "SELECT a FROM t", 0);
	SCRIPT(&conn, NULL);
	assert_null(call_exec(&conn, "SELECT b FROM u"));
	conn.refuses = 1;
	assert_int_equal(call_send(&conn, "SELECT c FROM v"), 0);
	assert_int_equal(call_sync(&conn), 0);
	assert_int_equal(call_exit_pipeline(&conn), 0);
	conn.refuses = 0;
	assert_traced("SELECT u | ERROR | command=simple text=SELECT b FROM u type=_OTHER\n"
		      "SELECT v | ERROR | command=simple text=SELECT c FROM v type=_OTHER\n");
	SCRIPT(&conn, SELECTED(1), NULL, SYNCED);
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n");
	call_finish(&conn);
}

static void a_description_in_a_pipeline_has_its_own_results_and_no_span(void **state)
{
	PIPELINE(conn);

	(void)state;
	SCRIPT(&conn, SELECTED(1), NULL, DONE("", ""), NULL, FAILED("22012"), NULL, ABORTED, NULL,
	       SYNCED);
	call_send_params(&conn, "SELECT a FROM t", 0);
	call_send_describe(&conn, "s");
	call_send_params(&conn, "SELECT b FROM u", 0);
	conn.refuses = 1;
	call_send_describe(&conn, "s");
	conn.refuses = 0;
	call_send_describe(&conn, "s");
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n"
		      "SELECT u | ERROR | command=params text=SELECT b FROM u status_code=22012 "
		      "type=22012\n");
	assert_null(connection_find(&conn)->head);
	call_finish(&conn);
}

static void a_description_ends_what_was_before_it(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), FAILED("26000"), NULL);
	call_send(&conn, "SELECT 1");
	call_get_result(&conn);
	call_send_describe(&conn, "s");
	call_get_results(&conn);
	assert_traced(NEXT_COMMAND);
	call_finish(&conn);
}

static void a_pipelined_command_has_no_split(void **state)
{
	PIPELINE(conn);

	struct traffic *traffic = &connection_find(&conn)->slot->traffic;

	(void)state;
	SCRIPT(&conn, SELECTED(1), NULL, SYNCED);
	call_send_params(&conn, "SELECT a FROM t", 0);
	assert_false(traffic->armed);
	traffic_sent(traffic);
	traffic_received(traffic);
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n");
	call_finish(&conn);
}

static void a_connection_that_is_met_in_a_pipeline_is_in_a_pipeline(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.pipeline = 1;
	SCRIPT(&conn, SELECTED(1), NULL, SELECTED(2), NULL, SYNCED);
	call_send_params(&conn, "SELECT a FROM t", 0);
	call_send_params(&conn, "SELECT b FROM u", 0);
	call_sync(&conn);
	call_get_results(&conn);
	assert_traced("SELECT t | UNSET | command=params text=SELECT a FROM t rows=1\n"
		      "SELECT u | UNSET | command=params text=SELECT b FROM u rows=2\n");
	call_finish(&conn);
}

/* ---- without memory ---- */

/* Takes all but one block of the size of a command. */
static void *exhaust(void)
{
	void *last = arena_take(sizeof(struct command));
	void *end = arena_take(64);

	for (size_t size = ARENA_BLOCK_MAX; size >= 64; size /= 2)
		while (arena_take(size))
			;
	arena_give(end, 64);
	return last;
}

static int lose_in_a_pipeline(void)
{
	struct pg_conn conn = scripted_conn();
	void *block;

	connection_of(&conn, the_libpq());
	call_enter_pipeline(&conn);
	block = exhaust();
	traced_clear();
	call_send_prepared(&conn, "first");	/* the connection's own */
	call_send_prepared(&conn, "lost");
	call_sync(&conn);
	arena_give(block, sizeof(struct command));
	call_send_prepared(&conn, "passed");
	call_sync(&conn);
	SCRIPT(&conn, SELECTED(1), NULL, FAILED("11111"), NULL, SYNCED, FAILED("22222"), NULL);
	call_get_results(&conn);
	call_send_prepared(&conn, "passed too");
	call_sync(&conn);
	SCRIPT(&conn, SYNCED, FAILED("33333"), NULL, SYNCED);
	call_get_results(&conn);
	call_send_prepared(&conn, "second");
	call_sync(&conn);
	SCRIPT(&conn, SELECTED(2), NULL, SYNCED);
	call_get_results(&conn);
	return traced_lost_passed() == 3 ? 0 : (int)traced_lost_passed() + 10;
}

static void results_of_a_lost_command_are_not_taken_for_anothers(void **state)
{
	pid_t child;
	int status;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	child = fork();
	if (child == 0)
		_exit(lose_in_a_pipeline());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_traced("EXECUTE shop | UNSET | command=execute rows=1\n"
		      "EXECUTE shop | UNSET | command=execute rows=2\n");
	assert_int_equal(traced_open_calls(), 0);
}

/* ---- long pipelines ---- */

/* Linear: a scan of the queue for each execute would be 200 million steps. */
static void a_long_pipeline_is_followed_to_its_end(void **state)
{
	enum { COMMANDS = 20000 };
	PIPELINE(conn);

	(void)state;
	call_send_prepare(&conn, "s", "SELECT a");
	for (int i = 0; i < COMMANDS; i++)
		call_send_prepared(&conn, "s");
	call_sync(&conn);
	assert_int_equal(traced_lost_passed(), 0);
	SCRIPT(&conn, DONE("PREPARE", ""), NULL);
	call_get_results(&conn);
	for (int i = 0; i < COMMANDS; i++) {
		SCRIPT(&conn, SELECTED(1), NULL);
		call_get_results(&conn);
		if (i % 64 == 0)
			traced_count();
	}
	SCRIPT(&conn, SYNCED);
	call_get_results(&conn);
	assert_int_equal(traced_count(), COMMANDS + 1);
	assert_null(connection_find(&conn)->head);
	assert_null(connection_find(&conn)->newest_prepare);
	call_finish(&conn);
}

TESTS(cmocka_unit_test(a_command_ends_at_its_null),
      cmocka_unit_test(what_is_left_behind_is_told_as_such),
      cmocka_unit_test(a_span_ends_at_its_last_result_however_late_the_null_is_read),
      cmocka_unit_test(a_span_ends_when_its_result_was_ready_however_late_it_is_fetched),
      cmocka_unit_test(what_is_ready_during_a_copy_is_not_its_end),
      cmocka_unit_test(an_incomplete_span_ends_when_it_was_left),
      cmocka_unit_test(a_synchronous_copy_stays_open_until_its_data_ended),
      cmocka_unit_test(pqendcopy_ends_the_copy_and_nothing_else),
      cmocka_unit_test(each_command_of_a_pipeline_is_a_span),
      cmocka_unit_test(behind_an_error_a_pipeline_is_aborted_until_its_sync),
      cmocka_unit_test(a_null_before_any_result_belongs_to_nobody),
      cmocka_unit_test(a_sync_answers_for_what_was_lost_from_sight),
      cmocka_unit_test(what_libpq_refuses_in_a_pipeline_leaves_the_queue),
      cmocka_unit_test(a_description_in_a_pipeline_has_its_own_results_and_no_span),
      cmocka_unit_test(a_description_ends_what_was_before_it),
      cmocka_unit_test(a_pipelined_command_has_no_split),
      cmocka_unit_test(a_connection_that_is_met_in_a_pipeline_is_in_a_pipeline),
      cmocka_unit_test(results_of_a_lost_command_are_not_taken_for_anothers),
      cmocka_unit_test(a_long_pipeline_is_followed_to_its_end))
