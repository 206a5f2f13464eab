/* SPDX-License-Identifier: Apache-2.0 */
/* Statements told by the shape of an earlier one: never other than without it. */
#include "tests/support/test.h"

#include "protocol/sql_shape.h"

enum { ROOM = 1024 };

struct told {
	struct sql_output out;
	uint8_t text[ROOM], summary[256];
};

static void told_begin(struct told *told)
{
	told->out = (struct sql_output){
		.text = told->text,
		.text_capacity = sizeof(told->text),
		.summary = told->summary,
		.summary_capacity = sizeof(told->summary),
	};
}

static bool learn(struct sql_shape *shape, const char *statement, bool standard)
{
	struct slice bytes = slice_of_string(statement);
	struct told told;

	told_begin(&told);
	sql_describe(bytes, SQL_SANITISE, standard, &told.out);
	return sql_shape_learn(shape, bytes, standard, &told.out);
}

/* On an exact-size copy. When the shape fits, what it tells is what sql_describe() tells. */
static bool fits(const struct sql_shape *shape, struct slice bytes, bool standard)
{
	uint8_t *copy = malloc(bytes.size ? bytes.size : 1);
	struct told by_shape, plain;
	bool same;

	memcpy(copy, bytes.data, bytes.size);
	told_begin(&by_shape);
	told_begin(&plain);
	same = sql_shape_describe(shape, slice_of(copy, bytes.size), standard, &by_shape.out);
	if (same) {
		sql_describe(bytes, SQL_SANITISE, standard, &plain.out);
		assert_slice_equal(slice_of(by_shape.text, by_shape.out.text_size),
				   slice_of(plain.text, plain.out.text_size));
		assert_slice_equal(slice_of(by_shape.summary, by_shape.out.summary_size),
				   slice_of(plain.summary, plain.out.summary_size));
		assert_true(by_shape.out.hash == plain.out.hash);
		assert_false(plain.out.truncated);
	}
	free(copy);
	return same;
}

static const struct {
	const char *learned, *other;
	bool fits;
} table[] = {
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 4711", true },
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 0x1f", true },
	{ "SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = 'it''s'", true },
	{ "SELECT a FROM t WHERE b = '' AND c = -2", "SELECT a FROM t WHERE b = '1' AND c = -3.5",
	  true },
	{ "SELECT a FROM t WHERE b IN (1, 2)", "SELECT a FROM t WHERE b IN (3, 4)", true },
	{ "INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO t VALUES (3, 'c'), (4, 'd')",
	  true },
	{ "SELECT a FROM t WHERE b = $$x$$", "SELECT a FROM t WHERE b = $q$y$q$", true },
	{ "SELECT a FROM t /* 1 */ WHERE b = 1", "SELECT a FROM t /* 1 */ WHERE b = 2", true },
	{ "SELECT * FROM accounts", "SELECT * FROM accounts", true },
	{ "SELECT * FROM accounts", "SELECT * FROM accountx", false },
	{ "SELECT * FROM accounts", "SELECT * FROM accounts2", false },
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = -1", false },
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 'x'", false },
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = c", false },
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 1 OR c", false },
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM u WHERE b = 1", false },
	{ "SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = 'x", false },
	{ "SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = 'x' 'y'", false },
	{ "SELECT a FROM t WHERE b = 'x' ", "SELECT a FROM t WHERE b = 'x'\n'y' ", true },
	{ "SELECT a FROM t WHERE b = -1", "SELECT a FROM t WHERE b = --1", false },
	{ "SELECT a FROM t WHERE e-1 > 2", "SELECT a FROM t WHERE e'1' > 2", false },
	{ "SELECT a FROM t WHERE b = E'x'", "SELECT a FROM t WHERE b = E 'x'", false },
	{ "SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = ", false },
};

static void a_shape_fits_what_differs_in_literals_alone(void **state)
{
	struct sql_shape shape;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_true(learn(&shape, table[i].learned, true));
		assert_true(fits(&shape, slice_of_string(table[i].learned), true));
		assert_int_equal(fits(&shape, slice_of_string(table[i].other), true),
				 table[i].fits);
	}
}

/* Also where the cut leaves a literal open, or makes a shorter one. */
static void a_statement_cut_anywhere_is_told_as_without_shapes(void **state)
{
	struct sql_shape shape;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct slice other = slice_of_string(table[i].other);

		assert_true(learn(&shape, table[i].learned, true));
		for (size_t size = 0; size < other.size; size++)
			fits(&shape, slice_first(other, size), true);
	}
}

static void the_meaning_of_a_backslash_is_part_of_a_shape(void **state)
{
	struct slice text = SLICE("SELECT a FROM t WHERE b = 'x'");
	struct sql_shape shape;

	(void)state;
	assert_true(learn(&shape, "SELECT a FROM t WHERE b = 'y'", false));
	assert_true(fits(&shape, text, false));
	assert_false(fits(&shape, text, true));
	assert_true(fits(&shape, SLICE("SELECT a FROM t WHERE b = 'x\\''"), false));
}

static void what_is_broken_long_or_short_has_no_shape(void **state)
{
	char text[2 * SQL_SHAPE_BYTES] = "SELECT a FROM t WHERE b IN (1";
	struct sql_shape shape;

	(void)state;
	assert_false(learn(&shape, "SELECT a FROM t WHERE b = 'open", true));
	assert_false(learn(&shape, "SELECT 1", true));
	for (int i = 0; i < SQL_SHAPE_LITERALS; i++)
		memcpy(text + strlen(text), ",1", sizeof(",1"));
	assert_false(learn(&shape, text, true));
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(learn(&shape, text, true));
}

static void a_buffer_too_small_is_left_alone(void **state)
{
	struct slice text = SLICE("SELECT a FROM t WHERE b = 1");
	struct sql_shape shape;
	struct told told;

	(void)state;
	assert_true(learn(&shape, "SELECT a FROM t WHERE b = 1", true));
	told_begin(&told);
	told.out.text_capacity = text.size - 1;
	assert_false(sql_shape_describe(&shape, text, true, &told.out));
	told_begin(&told);
	told.out.summary_capacity = SLICE("SELECT t").size - 1;
	assert_false(sql_shape_describe(&shape, text, true, &told.out));
	assert_int_equal(told.out.summary_size, 0);
}

TESTS(cmocka_unit_test(a_shape_fits_what_differs_in_literals_alone),
      cmocka_unit_test(a_statement_cut_anywhere_is_told_as_without_shapes),
      cmocka_unit_test(the_meaning_of_a_backslash_is_part_of_a_shape),
      cmocka_unit_test(what_is_broken_long_or_short_has_no_shape),
      cmocka_unit_test(a_buffer_too_small_is_left_alone))
