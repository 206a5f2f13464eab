/* SPDX-License-Identifier: Apache-2.0 */
/* The schema that a search_path begins with, and what a connection's options say of it. */
#include "tests/support/test.h"

#include "call/schema.h"

#define LONG "a123456789b123456789c123456789d123456789e123456789f123456789g1"

static const struct {
	const char *text, *schema;	/* "": not known */
} paths[] = {
	{ "app", "app" },
	{ "app, public", "app" },
	{ "  app  ,public", "app" },
	{ "app,", "app" },
	{ "APP", "app" },
	{ "\"App\"", "App" },
	{ "\"App Two\", public", "App Two" },
	{ "\"a\"\"b\"", "a\"b" },
	{ "\"a,b\",c", "a,b" },
	{ "\"$user\", public", "" },
	{ "$user, public", "" },
	{ "$USER", "" },
	{ "\"$User\"", "$User" },
	{ "", "" },
	{ "\"\"", "" },
	{ "\"\", app", "" },
	{ ", app", "" },
	{ "   ", "" },
	{ "\"app", "" },
	{ "pg_catalog, app", "pg_catalog" },
	{ "sch\xc3\xa4" "ma, b", "sch\xc3\xa4" "ma" },
	{ LONG "3", LONG "3" },
	{ LONG "34, b", LONG "3" },
	{ "\"" LONG "345\"", LONG "3" },
	{ LONG "\xc3\xa4", LONG },
	{ "\"" LONG "\xc3\xa4" "b\"", LONG },
};

static const struct {
	const char *text, *schema;
} options[] = {
	{ "-c search_path=app", "app" },
	{ "-csearch_path=app", "app" },
	{ "--search_path=app", "app" },
	{ "--search-path=app", "app" },
	{ "-c Search-Path=app,public", "app" },
	{ "  -c  search_path=app  -c geqo=off", "app" },
	{ "-c geqo=off -c search_path=app", "app" },
	{ "-c search_path=app,\\ public", "app" },
	{ "-c search_path=\"App\\ Two\"", "App Two" },
	{ "-c search_path=a\\\\b", "a\\b" },
	{ "-c search_path=\\\"a", "" },
	{ "-c search_path=one -c search_path=two", "two" },
	{ "-c search_path=one --search_path=", "" },
	{ "-c search_path=$user,public", "" },
	{ "-c search_path", "" },
	{ "-c", "" },
	{ "-c search_paths=app", "" },
	{ "-c search_pat=app", "" },
	{ "-c work_mem=1MB", "" },
	{ "-e -c search_path=app", "app" },
	{ "-ec search_path=app", "app" },
	{ "-S 1024 -c search_path=app", "app" },
	{ "-S -c search_path=app", "" },
	{ "-S1024 --search_path=app", "app" },
	{ "-- -c search_path=app", "" },
	{ "search_path=app", "" },
	{ "-", "" },
	{ "", "" },
	{ "\\", "" },
	{ "-c search_path=app\\", "app" },
	{ "-c\tsearch_path=app\n", "app" },
};

static void check(struct schema schema, const char *expected, const char *what)
{
	if (!slice_equal(slice_of(schema.name, schema.size), slice_of_string(expected)))
		print_error("%s:\n", what);
	assert_slice_equal(slice_of(schema.name, schema.size), slice_of_string(expected));
}

static void a_path_begins_with_its_first_schema(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct slice text = slice_of_string(paths[i].text);
		uint8_t *copy = test_exact_copy(text);

		check(schema_of_path(slice_of(copy, text.size)), paths[i].schema, paths[i].text);
		free(copy);
	}
}

static void options_are_read_as_the_server_reads_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		struct slice text = slice_of_string(options[i].text);
		uint8_t *copy = test_exact_copy(text);

		check(schema_of_options(slice_of(copy, text.size)), options[i].schema,
		      options[i].text);
		free(copy);
	}
}

static void no_cut_is_read_past_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		struct slice text = slice_of_string(options[i].text);

		for (size_t cut = 0; cut < text.size; cut++) {
			uint8_t *copy = test_exact_copy(slice_first(text, cut));

			assert_true(schema_of_options(slice_of(copy, cut)).size <= SCHEMA_NAME_MAX);
			assert_true(schema_of_path(slice_of(copy, cut)).size <= SCHEMA_NAME_MAX);
			free(copy);
		}
	}
}

static void a_long_word_hides_no_later_one(void **state)
{
	char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "-c geqo=", 8);
	memcpy(text + 700, " -c search_path=app", sizeof(" -c search_path=app"));
	check(schema_of_options(slice_of_string(text)), "app", "behind a long word");
	memset(text, ' ', sizeof(text));
	memcpy(text, "-c search_path=app,", 19);
	memset(text + 19, 'x', 500);
	check(schema_of_options(slice_of(text, sizeof(text))), "app", "a long path");
}

static void statements_that_may_set_the_path_are_known(void **state)
{
	static const struct {
		const char *text;
		bool may;
	} statements[] = {
		{ "SET search_path = a", true },
		{ "set local SEARCH_PATH to a", true },
		{ "SELECT pg_catalog.set_config(?, ?, false)", true },
		{ "DISCARD ALL", true },
		{ "reset all", true },
		{ "SELECT a FROM t", false },
		{ "SET work_mem = ?", false },
		{ "search_pat", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		assert_int_equal(schema_may_change(slice_of_string(statements[i].text)),
				 statements[i].may);
}

TESTS(cmocka_unit_test(a_path_begins_with_its_first_schema),
      cmocka_unit_test(options_are_read_as_the_server_reads_them),
      cmocka_unit_test(no_cut_is_read_past_its_end),
      cmocka_unit_test(a_long_word_hides_no_later_one),
      cmocka_unit_test(statements_that_may_set_the_path_are_known))
