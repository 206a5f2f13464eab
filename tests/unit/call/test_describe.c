/* SPDX-License-Identifier: Apache-2.0 */
/* Names, identity, and the limits of a record. */
#include "tests/support/test.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/thread.h"
#include "call/connection.h"
#include "call/describe.h"
#include "call/option.h"
#include "call/parent.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

static void a_span_says_who_where_and_when(void **state)
{
	struct pg_conn conn = scripted_conn();
	uint64_t before_ns, after_ns;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1));
	before_ns = clock_now_ns();
	call_exec(&conn, "SELECT 1");
	after_ns = clock_now_ns();
	assert_int_equal(traced_count(), 1);
	assert_int_equal(traced_last()->process_id, arena_process_id());
	assert_int_equal(traced_last()->pid, getpid());
	assert_int_equal(traced_last()->thread_id, gettid());
	assert_int_equal(traced_last()->caller, (uintptr_t)program_address());
	assert_int_not_equal(traced_last()->module, 0);
	assert_int_equal(traced_last()->kind, SPAN_CLIENT);
	assert_int_equal(traced_last()->scope, SCOPE_LIBPQ);
	assert_true(traced_last()->start_ns >= before_ns);
	assert_true(traced_last()->start_ns + traced_last()->duration_ns <= after_ns);
	call_finish(&conn);
}

static void a_span_that_is_not_sampled_is_recorded_all_the_same(void **state)
{
	static const struct sampler off = { SAMPLER_ALWAYS_OFF, true, 0 };
	static const struct sampler on = { SAMPLER_ALWAYS_ON, true, 0 };
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, SELECTED(1), SELECTED(1));
	parent_configure(NULL, &off);
	call_exec(&conn, "SELECT 1");
	assert_int_equal(traced_count(), 1);
	assert_int_equal(traced_last()->marks & SPAN_SAMPLED, 0);
	assert_int_equal(traced_last()->trace_flags & TRACE_FLAG_SAMPLED, 0);
	parent_configure(NULL, &on);
	call_exec(&conn, "SELECT 1");
	assert_int_equal(traced_count(), 2);
	assert_int_equal(traced_last()->marks & SPAN_SAMPLED, SPAN_SAMPLED);
	call_finish(&conn);
}

static void the_largest_text_and_name_make_a_record(void **state)
{
	static char query[4 * RECORD_TEXT_MAX], long_name[4096];
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	memset(long_name, 'h', sizeof(long_name) - 1);
	conn.host = conn.database = long_name;
	strcpy(query, "SELECT a FROM t");
	for (size_t i = 0; i < 40; i++)
		snprintf(query + strlen(query), 64, " JOIN a_long_table_name_%zu ON x = %zu", i, i);
	snprintf(query + strlen(query), 64, " WHERE ");
	memset(query + strlen(query), 'x', sizeof(query) - strlen(query) - 1);
	SCRIPT(&conn, FAILED("42601"), DONE("PREPARE", ""), FAILED("22012"));
	call_exec(&conn, query);
	assert_int_equal(traced_count(), 1);
	assert_int_equal(strlen(traced_attribute(ATTRIBUTE_DB_QUERY_TEXT)), RECORD_TEXT_MAX);
	call_prepare(&conn, "s", query);
	assert_int_equal(traced_count(), 2);
	assert_memory_equal(traced_attribute(ATTRIBUTE_SPAN_NAME), "PREPARE SELECT t", 16);
	call_exec_prepared(&conn, "s");
	assert_int_equal(traced_count(), 3);
	assert_int_equal(traced_lost_full(), 0);
	call_finish(&conn);
}

static struct area_call *only_open_call(void)
{
	struct area_header *area = traced_area();
	struct area_call *calls = (void *)((uint8_t *)area + area->calls_offset);

	assert_int_equal(traced_open_calls(), 1);
	for (uint32_t i = 0; i < area->calls; i++)
		if (atomic_load(&calls[i].state) == AREA_CALL_OPEN)
			return &calls[i];
	return NULL;
}

static void a_call_under_way_shows_its_name_text_and_start(void **state)
{
	struct pg_conn conn = scripted_conn();
	uint64_t before_ns = clock_now_ns();
	struct area_call *call;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	call_send(&conn, "SELECT pg_sleep(60) FROM t");
	call = only_open_call();
	assert_slice_equal(slice_of(call->text, call->name_size), SLICE("SELECT t"));
	assert_slice_equal(slice_of(call->text + call->name_size, call->text_size),
			   SLICE("SELECT pg_sleep(?) FROM t"));
	assert_true(call->span.start_ns >= before_ns && call->span.start_ns <= clock_now_ns());
	assert_int_equal(call->span.caller, (uintptr_t)program_address());
	call_finish(&conn);
	assert_int_equal(traced_open_calls(), 0);
}

static struct pg_conn *in_call;

static void look_at_open_call(struct pg_conn *conn)
{
	struct area_call *call = only_open_call();

	in_call = conn;
	assert_slice_equal(slice_of(call->text, call->name_size), SLICE("PREPARE SELECT t"));
	assert_true(call->span.start_ns && call->span.start_ns <= clock_now_ns());
}

static void a_synchronous_call_is_open_while_libpq_works(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	SCRIPT(&conn, DONE("PREPARE", ""));
	conn.inside = look_at_open_call;
	call_prepare(&conn, "s", "SELECT a FROM t");
	conn.inside = NULL;
	assert_ptr_equal(in_call, &conn);
	assert_int_equal(traced_open_calls(), 0);
	call_finish(&conn);
}

static void more_open_calls_than_places_are_told_when_they_end(void **state)
{
	enum { CONNS = AREA_CALLS + 100 };
	struct pg_conn *conns = calloc(CONNS, sizeof(*conns));

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	assert_non_null(conns);
	for (size_t i = 0; i < CONNS; i++) {
		conns[i] = scripted_conn();
		SCRIPT(&conns[i], SELECTED(1), NULL);
		call_send(&conns[i], "SELECT 1");
	}
	assert_int_equal(traced_open_calls(), AREA_CALLS);
	for (size_t i = 0; i < CONNS; i++) {
		SCRIPT(&conns[i], SELECTED(1), NULL);
		call_get_results(&conns[i]);
		call_finish(&conns[i]);
		traced_count();
	}
	assert_int_equal(traced_count() + traced_lost_passed(), CONNS);
	assert_int_equal(traced_open_calls(), 0);
	free(conns);
}

/* What most calls leave behind, of a connection that the table knows. */
static struct command *usual_command(struct connection *connection)
{
	const struct statement_facts facts = {
		.name = SLICE("s"),
		.text = SLICE("SELECT a FROM t"),
		.summary = SLICE("SELECT t"),
	};
	const struct statement *statement = statement_enter(&connection->statements, &facts);
	struct command *command = connection_command(connection);

	assert_non_null(statement);
	assert_non_null(command);
	command->kind = COMMAND_EXECUTE;
	command->known = (struct command_known){ .rows = true, .split = true };
	command->results = 1;
	command->rows = 3;
	command->first_byte_ns = 1001;
	command->fetch_ns = 2002;
	describe_begin(command, connection, program_address());
	command->span.statement = statement->description;
	command->span.start_ns = 1000000;
	command->end_ns = 1004000;
	return command;
}

static struct connection *known_connection(struct pg_conn *conn)
{
	struct connection *connection = connection_of(conn, libpq_of_caller(program_address()));

	assert_non_null(connection);
	connection_learn(connection);
	return connection;
}

/* What was published last in the lane of this thread, @size bytes of it. */
static const uint8_t *last_bytes(uint64_t head, size_t size)
{
	const struct area_header *area = traced_area();

	return (const uint8_t *)area + area->data_offset +
	       thread_current()->lane * (size_t)area->lane_size + head % area->lane_size - size;
}

static uint64_t lane_head(void)
{
	return atomic_load(&traced_area()->lane[thread_current()->lane].head);
}

static void the_usual_record_is_that_of_any_command(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct connection *connection;
	struct command *command;
	uint64_t before, usual, any;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	connection = known_connection(&conn);
	command = usual_command(connection);
	assert_true(describe_is_usual(command, connection));
	describe_end(command, connection, command->end_ns);
	before = lane_head();
	describe_usual(command, connection);
	usual = lane_head();
	describe_end(command, connection, command->end_ns);
	any = lane_head();
	assert_true(usual - before > sizeof(struct span_record) + 64);
	assert_int_equal(any - usual, usual - before);
	assert_memory_equal(last_bytes(usual, usual - before), last_bytes(any, any - usual),
			    usual - before);
	assert_int_equal(traced_count(), 3);
	assert_int_equal(traced_last()->duration_ns, 4000);
	connection_release(connection, command);
	call_finish(&conn);
}

static void make_unusual(struct command *command, struct connection *connection, int how)
{
	static struct extra *const some = (struct extra *)64;

	switch (how) {
	case 0: command->known.rows = false; break;
	case 1: command->results = 0; break;
	case 2: command->known.affected = true; break;
	case 3: command->known.incomplete = true; break;
	case 4: command->error = "_OTHER"; break;
	case 5: command->sqlstate[0] = '2'; break;
	case 6: command->results = 2; break;
	case 7: command->tag[0] = 'R'; break;
	case 8: command->span.statement = 0; break;
	case 9: command->extra = some; break;
	case 10: connection->transaction_told = true; break;
	default: call_options.returned_rows = true; break;
	}
}

static void one_more_fact_makes_a_command_unusual(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct connection *connection;

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	connection = known_connection(&conn);
	for (int how = 0; how < 12; how++) {
		struct command *command = usual_command(connection);

		make_unusual(command, connection, how);
		assert_false(describe_is_usual(command, connection));
		command->extra = NULL;
		connection->transaction_told = false;
		connection_release(connection, command);
	}
	call_options.returned_rows = false;
	call_finish(&conn);
}

TESTS(cmocka_unit_test(a_span_says_who_where_and_when),
      cmocka_unit_test(a_span_that_is_not_sampled_is_recorded_all_the_same),
      cmocka_unit_test(the_largest_text_and_name_make_a_record),
      cmocka_unit_test(a_call_under_way_shows_its_name_text_and_start),
      cmocka_unit_test(a_synchronous_call_is_open_while_libpq_works),
      cmocka_unit_test(more_open_calls_than_places_are_told_when_they_end),
      cmocka_unit_test(the_usual_record_is_that_of_any_command),
      cmocka_unit_test(one_more_fact_makes_a_command_unusual))
