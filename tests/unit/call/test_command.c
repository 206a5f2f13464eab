/* SPDX-License-Identifier: Apache-2.0 */
/* What one result says of its command, and what is kept of a command's text. */
#include "tests/support/test.h"

#include "base/arena.h"
#include "call/command.h"
#include "tests/support/program.h"
#include "trace/record.h"

static struct command described(const struct command_source *source)
{
	struct command command = { .next = NULL };

	assert_true(command_describe(&command, source));
	return command;
}

static void a_text_is_kept_sanitised_with_its_summary(void **state)
{
	struct command command = described(&(struct command_source){
		.query = "SELECT a FROM t WHERE b = 'secret'", .standard_strings = true });

	(void)state;
	assert_slice_equal(command_text(&command), SLICE("SELECT a FROM t WHERE b = ?"));
	assert_slice_equal(command_summary(&command), SLICE("SELECT t"));
	assert_int_equal(command_name(&command).size, 0);
	assert_true(command.hash != 0);
	command_clear(&command);
	assert_int_equal(command_text(&command).size, 0);
	command_clear(&command);
}

static void a_parameterised_text_is_kept_as_it_is(void **state)
{
	struct command command = described(&(struct command_source){
		.query = "SELECT 'x', $1", .name = "s", .parameterised = true,
		.standard_strings = true });

	(void)state;
	assert_slice_equal(command_text(&command), SLICE("SELECT 'x', $1"));
	assert_slice_equal(command_name(&command), SLICE("s"));
	command_clear(&command);
}

static void no_query_has_no_text(void **state)
{
	struct command command = described(&(struct command_source){ .name = "s" });

	(void)state;
	assert_int_equal(command_text(&command).size, 0);
	assert_int_equal(command_summary(&command).size, 0);
	assert_slice_equal(command_name(&command), SLICE("s"));
	command_clear(&command);
}

/* Each size has its own room: the summary is moved behind the text, the name behind both. */
static void texts_of_any_size_fit_and_are_cut_at_their_ceiling(void **state)
{
	static char query[3 * RECORD_TEXT_MAX], name[UINT16_MAX + 10];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	for (size_t size = 0; size < sizeof(query); size += 1 + size / 8) {
		struct command command;

		memset(query, 0, sizeof(query));
		memset(query, '\xff', size);
		memcpy(query, "SELECT t FROM u ", size < 16 ? size : 16);
		command = described(&(struct command_source){
			.query = query, .name = name, .standard_strings = true });
		assert_true(command.text_size <= RECORD_TEXT_MAX);
		assert_true(command.text_size + command.summary_size + command.name_size <=
			    command.bytes_size);
		assert_int_equal(command.name_size, UINT16_MAX);
		assert_memory_equal(command_name(&command).data, name, UINT16_MAX);
		if (size > 16)
			assert_slice_equal(command_summary(&command), SLICE("SELECT u"));
		command_clear(&command);
	}
}

static void describing_takes_no_memory_for_good(void **state)
{
	uint64_t refused = arena_refused();

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct command command = described(&(struct command_source){
			.query = "SELECT a FROM t", .standard_strings = true });

		command_clear(&command);
	}
	assert_int_equal(arena_refused(), refused);
}

/* ---- results ---- */

static void what_an_old_libpq_does_not_tell_is_not_known(void **state)
{
	struct libpq libpq = *libpq_of_caller(program_address());
	struct pg_conn conn = scripted_conn();
	struct command command = { .next = NULL };

	(void)state;
	libpq.PQcmdStatus = NULL;
	libpq.PQcmdTuples = NULL;
	libpq.PQresultErrorField = NULL;
	libpq.PQstatus = NULL;
	command_result(&command, &libpq, &conn, DONE("UPDATE 3", "3"), 5);
	assert_false(command.known.affected);
	assert_false(command_failed(&command));
	assert_int_equal(command.end_ns, 5);
	command_result(&command, &libpq, &conn, FAILED("22012"), 6);
	assert_string_equal(command.error, "_OTHER");
	assert_string_equal(command.sqlstate, "");
	assert_int_equal(command.end_ns, 6);
	assert_int_equal(command.results, 2);
}

static void a_result_that_is_no_end_leaves_the_end_open(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());
	struct pg_conn conn = scripted_conn();
	struct pg_result *const results[] = { ROW, CHUNK(3), OUT, IN, BOTH };

	(void)state;
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
		struct command command = { .next = NULL };

		command_result(&command, libpq, &conn, results[i], 5);
		assert_int_equal(command.end_ns, 0);
		assert_int_equal(command.results, 0);
		assert_false(command_failed(&command));
		assert_int_equal(command.known.rows, i < 2);
		assert_int_equal(command.copy != COPY_NONE, i >= 2);
	}
}

static void an_sqlstate_has_five_characters_or_is_none(void **state)
{
	static const char *const states[] = { "2201", "220120", "", NULL };
	const struct libpq *libpq = libpq_of_caller(program_address());
	struct pg_conn conn = scripted_conn();

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		struct command command = { .next = NULL };

		command_result(&command, libpq, &conn, FAILED(states[i]), 5);
		assert_string_equal(command.sqlstate, "");
		assert_string_equal(command.error, "_OTHER");
	}
}

static void an_error_is_not_hidden_by_what_follows(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());
	struct pg_conn conn = scripted_conn();
	struct command command = { .next = NULL };

	(void)state;
	command_result(&command, libpq, &conn, FAILED("22012"), 5);
	command_result(&command, libpq, &conn, ABORTED, 6);
	command_result(&command, libpq, &conn, SELECTED(1), 7);
	command_result(&command, libpq, &conn, FAILED("57014"), 8);
	command_result(&command, libpq, &conn, NULL, 9);
	assert_string_equal(command.sqlstate, "22012");
	assert_null(command.error);
	assert_true(command_failed(&command));
	assert_int_equal(command.end_ns, 9);
}

static void a_tag_is_cut_and_an_empty_one_changes_nothing(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());
	struct pg_conn conn = scripted_conn();
	struct command command = { .next = NULL };

	(void)state;
	command_result(&command, libpq, &conn, DONE("SOMETHING VERY LONG INDEED, SAYS A FORK", ""),
		       5);
	assert_string_equal(command.tag, "SOMETHING VERY LONG INDEE");
	command_result(&command, libpq, &conn, DONE("", ""), 6);
	assert_string_equal(command.tag, "SOMETHING VERY LONG INDEE");
}

TESTS(cmocka_unit_test(a_text_is_kept_sanitised_with_its_summary),
      cmocka_unit_test(a_parameterised_text_is_kept_as_it_is),
      cmocka_unit_test(no_query_has_no_text),
      cmocka_unit_test(texts_of_any_size_fit_and_are_cut_at_their_ceiling),
      cmocka_unit_test(describing_takes_no_memory_for_good),
      cmocka_unit_test(what_an_old_libpq_does_not_tell_is_not_known),
      cmocka_unit_test(a_result_that_is_no_end_leaves_the_end_open),
      cmocka_unit_test(an_sqlstate_has_five_characters_or_is_none),
      cmocka_unit_test(an_error_is_not_hidden_by_what_follows),
      cmocka_unit_test(a_tag_is_cut_and_an_empty_one_changes_nothing))
