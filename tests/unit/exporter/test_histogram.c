/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds against long double arithmetic, quantiles against sorted values. */
#include "tests/support/test.h"

#include <math.h>

#include "base/random.h"
#include "exporter/histogram.h"

static void a_bucket_holds_its_upper_bound_and_not_its_lower(void **state)
{
	(void)state;
	for (int32_t power = 8; power < 63; power++) {
		uint64_t value = UINT64_C(1) << power;

		for (int32_t scale = HISTOGRAM_SCALE; scale >= -4; scale--) {
			int32_t exact = scale >= 0 ? power << scale : power >> -scale;

			if (scale < 0 && exact << -scale != power)
				continue;
			assert_int_equal(histogram_index(value, scale), exact - 1);
			assert_int_equal(histogram_index(value + 1, scale), exact);
		}
	}
}

static void every_index_agrees_with_the_logarithm(void **state)
{
	uint64_t random[4];

	(void)state;
	random_seed(random, 7);
	for (int i = 0; i < 100000; i++) {
		uint64_t value = random_step(random) >> (random_step(random) % 63);
		int32_t scale = (int32_t)(random_step(random) % (HISTOGRAM_SCALE + 1));
		long double exact = log2l((long double)value) * (long double)(1 << scale);

		if (value < 2 || fabsl(exact - roundl(exact)) < 1e-9L)
			continue;
		assert_int_equal(histogram_index(value, scale), (int32_t)ceill(exact) - 1);
	}
}

static void bounds_are_powers_of_the_base(void **state)
{
	(void)state;
	for (int32_t index = 0; index < 50 << HISTOGRAM_SCALE; index++) {
		long double exact = exp2l((long double)index / (1 << HISTOGRAM_SCALE));
		uint64_t bound = histogram_bound(index, HISTOGRAM_SCALE);

		assert_true((long double)bound <= exact && exact < (long double)bound + 1.01L);
	}
	assert_int_equal(histogram_bound(-1, 0), 0);
	assert_true(histogram_bound(64, 0) == UINT64_MAX);
}

static uint64_t total(const struct summary_histogram *histogram)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SUMMARY_BUCKETS; i++)
		sum += histogram->bucket[i];
	return sum;
}

static void nothing_is_lost_when_the_range_grows(void **state)
{
	struct summary_histogram histogram = { 0 };

	(void)state;
	histogram_add(&histogram, 1000000);
	assert_int_equal(histogram.scale, HISTOGRAM_SCALE);
	for (unsigned power = 0; power < 64; power++) {
		histogram_add(&histogram, UINT64_C(1) << power);
		assert_int_equal(total(&histogram), power + 2);
	}
	histogram_add(&histogram, UINT64_MAX);
	histogram_add(&histogram, 0);
	assert_int_equal(total(&histogram), 67);
	assert_int_equal(histogram.count, 67);
	assert_true(histogram.scale >= 0 && histogram.scale <= 1);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void quantiles_of_a_700_fold_range_are_exact_to_three_percent(void **state)
{
	enum { COUNT = 5000 };
	static uint64_t value[COUNT];
	struct summary_histogram histogram = { 0 };
	uint64_t random[4];

	(void)state;
	random_seed(random, 3);
	for (size_t i = 0; i < COUNT; i++) {
		value[i] = (uint64_t)(1000.0 * exp2((double)(random_step(random) % 9450) / 1000.0));
		histogram_add(&histogram, value[i]);
	}
	qsort(value, COUNT, sizeof(value[0]), by_value);
	for (uint32_t permille = 1; permille <= 1000; permille++) {
		size_t rank = (COUNT * permille + 999) / 1000;
		double exact = (double)value[rank - 1];
		double found = (double)histogram_quantile(&histogram, permille);

		assert_true(fabs(found - exact) / exact < 0.03);
	}
}

static void a_full_bucket_stays_full(void **state)
{
	struct summary_histogram histogram = { 0 };

	(void)state;
	histogram_add(&histogram, 5000);
	for (size_t i = 0; i < SUMMARY_BUCKETS; i++)
		if (histogram.bucket[i])
			histogram.bucket[i] = UINT32_MAX;
	histogram_add(&histogram, 5000);
	assert_int_equal(total(&histogram), UINT32_MAX);
}

static void an_empty_histogram_has_no_quantile(void **state)
{
	struct summary_histogram histogram = { 0 };

	(void)state;
	assert_int_equal(histogram_quantile(&histogram, 950), 0);
}

TESTS(cmocka_unit_test(a_bucket_holds_its_upper_bound_and_not_its_lower),
      cmocka_unit_test(every_index_agrees_with_the_logarithm),
      cmocka_unit_test(bounds_are_powers_of_the_base),
      cmocka_unit_test(nothing_is_lost_when_the_range_grows),
      cmocka_unit_test(quantiles_of_a_700_fold_range_are_exact_to_three_percent),
      cmocka_unit_test(a_full_bucket_stays_full),
      cmocka_unit_test(an_empty_histogram_has_no_quantile))
