/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and the comment that they get, or do not get. */
#include "tests/support/test.h"

#include "call/comment.h"

#define PARENT "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
#define COMMENT " /*traceparent='" PARENT "'*/"

static const struct {
	const char *query, *expected;	/* null: stays as it is */
} statements[] = {
	{ "SELECT 1", "SELECT 1" COMMENT },
	{ "SELECT 1;", "SELECT 1" COMMENT ";" },
	{ "SELECT 1 ;\n", "SELECT 1 " COMMENT ";" },
	{ "SELECT 1  \t\n", "SELECT 1" COMMENT },
	{ "SELECT 1;;", "SELECT 1;" COMMENT ";" },
	{ "SELECT 1; SELECT 2", "SELECT 1; SELECT 2" COMMENT },
	{ "COPY t FROM STDIN", "COPY t FROM STDIN" COMMENT },
	{ "BEGIN", "BEGIN" COMMENT },
	{ "SELECT $1", "SELECT $1" COMMENT },
	{ "SELECT '/* no comment */', '--'", "SELECT '/* no comment */', '--'" COMMENT },
	{ "SELECT $$--$$", "SELECT $$--$$" COMMENT },
	{ "SELECT \"--\"", "SELECT \"--\"" COMMENT },
	{ "SELECT 5%2", "SELECT 5%2" COMMENT },
	{ "SELECT prepare FROM t", "SELECT prepare FROM t" COMMENT },
	{ "", NULL },
	{ "  \n", NULL },
	{ ";", NULL },
	{ " ; ;", NULL },
	{ "-- nothing", NULL },
	{ "/* nothing */", NULL },
	{ "SELECT 1 -- tail", NULL },
	{ "SELECT 1 --", NULL },
	{ "SELECT 1 /* c */", NULL },
	{ "SELECT /* c */ 1", NULL },
	{ "/*traceparent='x'*/ SELECT 1", NULL },
	{ "SELECT 'open", NULL },
	{ "SELECT \"open", NULL },
	{ "SELECT $a$ open $$", NULL },
	{ "SELECT E'open\\'", NULL },
	{ "SELECT 1 /* open", NULL },
	{ "PREPARE s AS SELECT 1", NULL },
	{ "prepare s AS SELECT 1", NULL },
	{ "SELECT 1; PREPARE s AS SELECT 1", NULL },
	{ "IDENTIFY_SYSTEM", NULL },
	{ "identify_system;", NULL },
	{ "START_REPLICATION SLOT a LOGICAL 0/0", NULL },
	{ "BASE_BACKUP", NULL },
	{ "TIMELINE_HISTORY 1", NULL },
	{ "CREATE_REPLICATION_SLOT a PHYSICAL", NULL },
	{ "READ_REPLICATION_SLOT a", NULL },
};

static size_t append(const char *query, const char *state, bool standard, uint8_t *room,
		     size_t size)
{
	struct slice text = slice_of_string(query);
	uint8_t *copy = test_exact_copy(text);
	const struct comment_source source = {
		.query = slice_of(copy, text.size),
		.traceparent = SLICE(PARENT),
		.tracestate = slice_of_string(state),
		.standard_strings = standard,
	};
	size_t used = comment_append(&source, room, size);

	free(copy);
	return used;
}

static void a_statement_gets_its_comment_or_stays_as_it_is(void **state)
{
	uint8_t room[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		size_t size = append(statements[i].query, NULL, true, room, sizeof(room));

		if (!size != !statements[i].expected)
			print_error("%s:\n", statements[i].query);
		assert_slice_equal(slice_of(room, size), slice_of_string(statements[i].expected));
		if (size)
			assert_int_equal(room[size], 0);
	}
}

static void a_backslash_ends_a_literal_as_the_server_has_it(void **state)
{
	uint8_t room[4096];

	(void)state;
	assert_true(append("SELECT '\\'", NULL, true, room, sizeof(room)) > 0);
	assert_int_equal(append("SELECT '\\'", NULL, false, room, sizeof(room)), 0);
	assert_int_equal(append("SELECT '\\' -- '", NULL, true, room, sizeof(room)), 0);
	assert_true(append("SELECT '\\' -- '", NULL, false, room, sizeof(room)) > 0);
}

static void the_state_is_encoded_behind_the_parent(void **state)
{
	uint8_t room[4096];
	size_t size = append("SELECT 1", "a=b,c@d='*/ x~-._/", true, room, sizeof(room));

	(void)state;
	assert_slice_equal(slice_of(room, size),
			   SLICE("SELECT 1 /*traceparent='" PARENT
				 "',tracestate='a%3Db%2Cc%40d%3D%27%2A%2F%20x~-._%2F'*/"));
}

static void what_is_too_long_is_left_out(void **state)
{
	static uint8_t room[COMMENT_QUERY_MAX + COMMENT_ROOM];
	static char query[COMMENT_QUERY_MAX + 2];
	char long_state[COMMENT_STATE_MAX + 2];
	size_t size;

	(void)state;
	memset(long_state, '=', sizeof(long_state) - 1);
	long_state[COMMENT_STATE_MAX + 1] = '\0';
	size = append("SELECT 1", long_state, true, room, sizeof(room));
	assert_slice_equal(slice_of(room, size), SLICE("SELECT 1" COMMENT));
	memset(query, 'a', sizeof(query) - 1);
	assert_int_equal(append(query, NULL, true, room, sizeof(room)), 0);
	query[COMMENT_QUERY_MAX] = '\0';
	long_state[COMMENT_STATE_MAX] = '\0';
	size = append(query, long_state, true, room, sizeof(room));
	assert_true(size > COMMENT_QUERY_MAX + 3 * COMMENT_STATE_MAX);
	assert_true(size < sizeof(room));
	assert_int_equal(append(query, NULL, true, room, sizeof(room) - 1), 0);
}

static void nothing_is_added_without_a_parent(void **state)
{
	uint8_t room[4096];
	const struct comment_source source = {
		.query = SLICE("SELECT 1"),
		.tracestate = SLICE("a=b"),
		.standard_strings = true,
	};

	(void)state;
	assert_int_equal(comment_append(&source, room, sizeof(room)), 0);
}

static void no_cut_is_read_past_its_end(void **state)
{
	uint8_t room[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		size_t size = strlen(statements[i].query);

		for (size_t cut = 0; cut < size; cut++) {
			char *query = strndup(statements[i].query, cut);
			size_t used = append(query, NULL, true, room, sizeof(room));

			assert_true(used == 0 || used >= sizeof(COMMENT) - 1);
			assert_int_equal(append((char *)room, NULL, true, room + 2048, 2048) &&
						 used, 0);
			free(query);
		}
	}
}

TESTS(cmocka_unit_test(a_statement_gets_its_comment_or_stays_as_it_is),
      cmocka_unit_test(a_backslash_ends_a_literal_as_the_server_has_it),
      cmocka_unit_test(the_state_is_encoded_behind_the_parent),
      cmocka_unit_test(what_is_too_long_is_left_out),
      cmocka_unit_test(nothing_is_added_without_a_parent),
      cmocka_unit_test(no_cut_is_read_past_its_end))
