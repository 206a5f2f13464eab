/* SPDX-License-Identifier: Apache-2.0 */
/* Which answers are tried again, and when: otel-spec 3.2 and 3.3. */
#include "tests/support/test.h"

#include "exporter/retry.h"

#define SECOND UINT64_C(1000000000)

static void only_four_answers_are_tried_again(void **state)
{
	(void)state;
	for (int status = 100; status < 600; status++)
		assert_int_equal(retry_wanted(status),
				 status == 429 || status == 502 || status == 503 || status == 504);
}

static void waits_grow_to_a_ceiling_and_differ(void **state)
{
	(void)state;
	static const uint64_t middle_ms[] = { 1000, 1500, 2250, 3375, 5000, 5000, 5000 };

	for (unsigned i = 0; i < sizeof(middle_ms) / sizeof(middle_ms[0]); i++) {
		uint64_t middle = middle_ms[i] * 1000000;
		uint64_t least = retry_delay_ns(i + 1, 0);
		uint64_t most = 0;

		for (uint64_t random = 1; random; random <<= 1) {
			uint64_t delay = retry_delay_ns(i + 1, random);

			assert_true(delay >= middle - middle / 5 && delay <= middle + middle / 5);
			most = delay > most ? delay : most;
		}
		assert_int_equal(least, middle - middle / 5);
		assert_true(most > middle);
	}
}

static void retry_after_is_seconds_or_a_date(void **state)
{
	(void)state;
	/* Sun, 06 Nov 1994 08:49:37 GMT */
	const uint64_t then = UINT64_C(784111777) * SECOND;
	static const struct {
		const char *text;
		uint64_t before_s, delay_s;
	} cases[] = {
		{ "0", 0, 0 },
		{ " 120 ", 0, 120 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 10, 10 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 3600, 3600 },
		{ "Sun Nov  6 08:49:37 1994", 1, 1 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 0, 0 },
	};
	uint64_t delay;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(retry_after_read(slice_of_string(cases[i].text),
					     then - cases[i].before_s * SECOND, &delay));
		assert_int_equal(delay, cases[i].delay_s * SECOND);
	}
	assert_true(retry_after_read(SLICE("Sun, 06 Nov 1994 08:49:37 GMT"), then + 5 * SECOND,
				     &delay));
	assert_int_equal(delay, 0);
	assert_true(retry_after_read(SLICE("Tue, 29 Feb 2000 00:00:00 GMT"), 0, &delay));
	assert_int_equal(delay, UINT64_C(951782400) * SECOND);
	assert_true(retry_after_read(SLICE("Thu, 01 Jan 1970 00:00:01 GMT"), 0, &delay));
	assert_int_equal(delay, SECOND);
}

static void anything_else_is_no_retry_after(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"-1",
		"1.5",
		"soon",
		"99999999999",
		"Sun, 06 Nov",
		"Sun, 06 Foo 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 25:49:37 GMT",
		"Sun, 06 Nov 1994 08-49-37 GMT",
		"Sun, 06 Nov 1900 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-9",
	};
	uint64_t delay = 42;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(retry_after_read(slice_of_string(texts[i]), SECOND, &delay));
	assert_int_equal(delay, 42);
}

static void a_date_cut_anywhere_is_read_within_its_bytes(void **state)
{
	(void)state;
	static const char *const texts[] = { "Sun, 06 Nov 1994 08:49:37 GMT",
					     "Sunday, 06-Nov-94 08:49:37 GMT",
					     "Sun Nov  6 08:49:37 1994" };

	for (size_t i = 0; i < 3; i++) {
		for (size_t size = 0; size < strlen(texts[i]); size++) {
			uint8_t *copy = test_exact_copy(slice_of(texts[i], size));
			uint64_t delay;

			retry_after_read(slice_of(copy, size), 0, &delay);
			free(copy);
		}
	}
}

TESTS(cmocka_unit_test(only_four_answers_are_tried_again),
      cmocka_unit_test(waits_grow_to_a_ceiling_and_differ),
      cmocka_unit_test(retry_after_is_seconds_or_a_date),
      cmocka_unit_test(anything_else_is_no_retry_after),
      cmocka_unit_test(a_date_cut_anywhere_is_read_within_its_bytes))
