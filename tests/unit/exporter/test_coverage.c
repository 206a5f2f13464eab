/* SPDX-License-Identifier: Apache-2.0 */
/* The union of intervals, against a bitmap. */
#include "tests/support/test.h"

#include "base/random.h"
#include "exporter/coverage.h"

static uint64_t covered(const uint64_t (*interval)[2], size_t count)
{
	struct coverage coverage = { 0 };

	for (size_t i = 0; i < count; i++)
		coverage_add(&coverage, interval[i][0], interval[i][1]);
	return coverage.covered_ns;
}

static void apart_they_add_up(void **state)
{
	const uint64_t interval[][2] = { { 10, 20 }, { 30, 35 }, { 40, 41 } };

	(void)state;
	assert_int_equal(covered(interval, 3), 16);
}

static void what_overlaps_counts_once(void **state)
{
	const uint64_t interval[][2] = { { 10, 20 }, { 15, 30 }, { 30, 31 }, { 5, 40 } };

	(void)state;
	assert_int_equal(covered(interval, 2), 20);
	assert_int_equal(covered(interval, 3), 21);
	assert_int_equal(covered(interval, 4), 35);
}

static void order_does_not_matter(void **state)
{
	const uint64_t interval[][2] = { { 30, 35 }, { 10, 20 }, { 22, 24 }, { 18, 23 }, { 1, 2 } };

	(void)state;
	assert_int_equal(covered(interval, 5), 20);
}

static void an_empty_interval_is_nothing(void **state)
{
	const uint64_t interval[][2] = { { 10, 10 }, { 20, 10 } };

	(void)state;
	assert_int_equal(covered(interval, 2), 0);
}

/* Four threads, calls in the order of their ends, with pauses: as the consumer sees them. */
static void calls_of_threads_agree_with_a_bitmap(void **state)
{
	enum { TIME = 100000 };
	static bool busy[TIME];
	struct coverage coverage = { 0 };
	uint64_t random[4], now[4] = { 0 }, expected = 0;

	(void)state;
	random_seed(random, 11);
	for (;;) {
		size_t thread = 0;
		uint64_t start, end;

		for (size_t i = 1; i < 4; i++)
			if (now[i] < now[thread])
				thread = i;
		start = now[thread] + random_step(random) % 200;
		end = start + random_step(random) % 50;
		if (end >= TIME)
			break;
		now[thread] = end;
		coverage_add(&coverage, start, end);
		for (uint64_t i = start; i < end; i++)
			busy[i] = true;
	}
	for (size_t i = 0; i < TIME; i++)
		expected += busy[i];
	assert_true(expected > TIME / 10);
	assert_int_equal(coverage.covered_ns, expected);
}

static void many_pieces_stay_bounded(void **state)
{
	struct coverage coverage = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		coverage_add(&coverage, 10 * i, 10 * i + 5);
	assert_int_equal(coverage.covered_ns, 5000);
	assert_int_equal(coverage.pieces, COVERAGE_PIECES);
	/* Behind all that is remembered: counted, not merged. */
	coverage_add(&coverage, 0, 5);
	assert_int_equal(coverage.covered_ns, 5005);
}

TESTS(cmocka_unit_test(apart_they_add_up), cmocka_unit_test(what_overlaps_counts_once),
      cmocka_unit_test(order_does_not_matter), cmocka_unit_test(an_empty_interval_is_nothing),
      cmocka_unit_test(calls_of_threads_agree_with_a_bitmap),
      cmocka_unit_test(many_pieces_stay_bounded))
