/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a failure. */
#include "tests/support/test.h"

#include "exporter/failure.h"

static void a_status_stands_with_its_reason(void **state)
{
	struct failure failure;

	(void)state;
	failure_set_status(&failure, 503, slice_of(NULL, 0));
	assert_string_equal(failure.text, "HTTP 503");
	failure_set_status(&failure, 400, SLICE("bad"));
	assert_string_equal(failure.text, "HTTP 400: bad");
	failure_set_status(&failure, -1, slice_of(NULL, 0));
	assert_string_equal(failure.text, "HTTP 0");
}

static void a_limit_is_told_in_seconds(void **state)
{
	struct failure failure;

	(void)state;
	failure_set_timeout(&failure, UINT64_C(10000000000));
	assert_string_equal(failure.text, "no answer within 10 s");
	failure_set_timeout(&failure, 999999999);
	assert_string_equal(failure.text, "no answer in time");
	failure_set_timeout(&failure, UINT64_MAX);
	assert_string_equal(failure.text, "no answer within 18446744073 s");
}

static void strange_words_are_harmless_and_cut(void **state)
{
	struct failure failure;
	char words[300];

	(void)state;
	failure_set(&failure, SLICE("it says: "), SLICE("\033[2J\xc3\xa4\n"));
	assert_string_equal(failure.text, "it says: ?[2J???");
	memset(words, 'w', sizeof(words));
	failure_set(&failure, SLICE("it says: "), slice_of(words, sizeof(words)));
	assert_int_equal(strlen(failure.text), 9 + FAILURE_WHY);
	failure_set(&failure, slice_of(words, sizeof(words)), SLICE("more"));
	assert_int_equal(strlen(failure.text), FAILURE_SIZE - 1);
}

TESTS(cmocka_unit_test(a_status_stands_with_its_reason),
      cmocka_unit_test(a_limit_is_told_in_seconds),
      cmocka_unit_test(strange_words_are_harmless_and_cut))
