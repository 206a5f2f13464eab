/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of a connection: when one is learned, replaced, refused. */
#include "tests/support/test.h"

#include "call/shape.h"

static struct shape_table table;
static uint8_t text[2048], summary[256];

static struct sql_output describe(const char *query)
{
	struct sql_output out = {
		.text = text,
		.text_capacity = sizeof(text),
		.summary = summary,
		.summary_capacity = sizeof(summary),
	};

	shape_describe(&table, slice_of_string(query), true, &out);
	return out;
}

static size_t shapes_known(void)
{
	size_t count = 0;

	for (size_t i = 0; i < SHAPES; i++)
		count += table.slot[i].shape != NULL;
	return count;
}

static void a_shape_is_learned_when_a_statement_comes_twice(void **state)
{
	struct sql_output out;

	(void)state;
	describe("SELECT a FROM t WHERE b = 1");
	assert_int_equal(shapes_known(), 0);
	describe("SELECT a FROM t WHERE b = 2");
	assert_int_equal(shapes_known(), 1);
	out = describe("SELECT a FROM t WHERE b = 3");
	assert_slice_equal(slice_of(text, out.text_size), SLICE("SELECT a FROM t WHERE b = ?"));
	assert_slice_equal(slice_of(summary, out.summary_size), SLICE("SELECT t"));
	shape_clear(&table);
	assert_int_equal(shapes_known(), 0);
}

static void another_statement_takes_the_place(void **state)
{
	struct sql_output out;

	(void)state;
	for (int i = 0; i < 3; i++)
		describe("SELECT a FROM t WHERE b = 1");
	for (int i = 0; i < 3; i++)
		out = describe("SELECT a FROM t WHERE c = 1");
	assert_int_equal(shapes_known(), 1);
	assert_slice_equal(slice_of(text, out.text_size), SLICE("SELECT a FROM t WHERE c = ?"));
	shape_clear(&table);
}

static void what_has_no_shape_is_told_all_the_same(void **state)
{
	struct sql_output out;

	(void)state;
	for (int i = 0; i < 3; i++)
		out = describe("SELECT a FROM t WHERE b = 'open");
	assert_int_equal(shapes_known(), 0);
	assert_slice_equal(slice_of(text, out.text_size), SLICE("SELECT a FROM t WHERE b = ?"));
	for (int i = 0; i < 3; i++)
		out = describe("BEGIN");
	assert_int_equal(shapes_known(), 0);
	assert_slice_equal(slice_of(text, out.text_size), SLICE("BEGIN"));
	shape_clear(&table);
}

TESTS(cmocka_unit_test(a_shape_is_learned_when_a_statement_comes_twice),
      cmocka_unit_test(another_statement_takes_the_place),
      cmocka_unit_test(what_has_no_shape_is_told_all_the_same))
