/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting and comparing borrowed bytes. */
#include "tests/support/test.h"

#include "base/slice.h"

static void a_null_string_is_an_empty_slice(void **state)
{
	(void)state;
	assert_int_equal(slice_of_string(NULL).size, 0);
	assert_int_equal(slice_of_string("").size, 0);
	assert_slice_equal(slice_of_string("abc"), SLICE("abc"));
}

static void a_literal_has_no_terminator(void **state)
{
	(void)state;
	assert_int_equal(SLICE("abc").size, 3);
	assert_int_equal(SLICE("").size, 0);
	assert_int_equal(SLICE("a\0b").size, 3);
}

static void slices_are_equal_by_their_bytes(void **state)
{
	char copy[] = "abc";

	(void)state;
	assert_true(slice_equal(SLICE("abc"), slice_of(copy, 3)));
	assert_false(slice_equal(SLICE("abc"), SLICE("abd")));
	assert_false(slice_equal(SLICE("abc"), SLICE("ab")));
	assert_true(slice_equal(slice_of(NULL, 0), SLICE("")));
}

static void the_first_bytes_end_at_the_whole(void **state)
{
	(void)state;
	assert_slice_equal(slice_first(SLICE("abc"), 0), SLICE(""));
	assert_slice_equal(slice_first(SLICE("abc"), 2), SLICE("ab"));
	assert_slice_equal(slice_first(SLICE("abc"), 4), SLICE("abc"));
}

static void what_follows_is_empty_beyond_the_end(void **state)
{
	(void)state;
	assert_slice_equal(slice_after(SLICE("abc"), 0), SLICE("abc"));
	assert_slice_equal(slice_after(SLICE("abc"), 2), SLICE("c"));
	assert_slice_equal(slice_after(SLICE("abc"), 3), SLICE(""));
	assert_slice_equal(slice_after(SLICE("abc"), 99), SLICE(""));
	assert_null(slice_after(slice_of(NULL, 0), 1).data);
}

static void a_decimal_is_digits_and_nothing_else(void **state)
{
	uint64_t number = 7;

	(void)state;
	assert_false(slice_decimal(SLICE(""), 9, &number));
	assert_false(slice_decimal(SLICE("1 "), 9, &number));
	assert_false(slice_decimal(SLICE("-1"), 9, &number));
	assert_false(slice_decimal(SLICE("1234"), 3, &number));
	assert_false(slice_decimal(SLICE("1"), SLICE_DIGITS_MAX + 1, &number));
	assert_int_equal(number, 7);
	assert_true(slice_decimal(SLICE("007"), 3, &number));
	assert_int_equal(number, 7);
	assert_true(slice_decimal(SLICE("999999999999999999"), SLICE_DIGITS_MAX, &number));
	assert_int_equal(number, UINT64_C(999999999999999999));
}

static void a_word_is_found_in_any_case(void **state)
{
	(void)state;
	assert_true(slice_contains(SLICE("SET Search_Path = a"), SLICE("search_path")));
	assert_true(slice_contains(SLICE("end"), SLICE("end")));
	assert_true(slice_contains(SLICE("eend"), SLICE("end")));
	assert_false(slice_contains(SLICE("en"), SLICE("end")));
	assert_false(slice_contains(SLICE(""), SLICE("end")));
	assert_false(slice_contains(SLICE("search path"), SLICE("search_path")));
}

TESTS(cmocka_unit_test(a_word_is_found_in_any_case),
      cmocka_unit_test(a_decimal_is_digits_and_nothing_else),
      cmocka_unit_test(a_null_string_is_an_empty_slice),
      cmocka_unit_test(a_literal_has_no_terminator),
      cmocka_unit_test(slices_are_equal_by_their_bytes),
      cmocka_unit_test(the_first_bytes_end_at_the_whole),
      cmocka_unit_test(what_follows_is_empty_beyond_the_end))
