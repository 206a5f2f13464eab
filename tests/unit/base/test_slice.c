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

TESTS(cmocka_unit_test(a_null_string_is_an_empty_slice),
      cmocka_unit_test(a_literal_has_no_terminator),
      cmocka_unit_test(slices_are_equal_by_their_bytes),
      cmocka_unit_test(the_first_bytes_end_at_the_whole),
      cmocka_unit_test(what_follows_is_empty_beyond_the_end))
