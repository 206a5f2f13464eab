/* SPDX-License-Identifier: Apache-2.0 */
/* Thresholds and decisions, by the vectors of the consistent probability sampling specification. */
#include "tests/support/test.h"

#include "trace/sampler.h"

struct ratio_case {
	double ratio;
	uint64_t threshold;
};

static void ratios_become_the_specified_thresholds(void **state)
{
	static const struct ratio_case cases[] = {
		{ 1, 0 },
		{ 0.999999, 0 },
		{ 0.999, 0x00420000000000 },
		{ 0.9, 0x199a0000000000 },
		{ 0.75, 0x40000000000000 },
		{ 0.5, 0x80000000000000 },
		{ 1.0 / 3, 0xaaab0000000000 },
		{ 0.25, 0xc0000000000000 },
		{ 0.1, 0xe6660000000000 },
		{ 0.05, 0xf3333000000000 },
		{ 0.01, 0xfd70a000000000 },
		{ 0.001, 0xffbe7700000000 },
		{ 0.0001, 0xfff97240000000 },
		{ 1e-5, 0xffff583a000000 },
		{ 1e-6, 0xffffef39000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sampler sampler = sampler_of_ratio(cases[i].ratio, false);

		assert_int_equal(sampler.root, SAMPLER_RATIO);
		if (sampler.threshold != cases[i].threshold)
			fail_msg("%g: %014llx, expected %014llx", cases[i].ratio,
				 (unsigned long long)sampler.threshold,
				 (unsigned long long)cases[i].threshold);
	}
}

static void tiny_ratios_stay_probabilities_and_zero_is_off(void **state)
{
	(void)state;
	assert_int_equal(sampler_of_ratio(0, false).root, SAMPLER_ALWAYS_OFF);
	assert_int_equal(sampler_of_ratio(0x1p-57, false).root, SAMPLER_ALWAYS_OFF);
	assert_int_equal(sampler_of_ratio(0x1p-56, true).root, SAMPLER_RATIO);
	assert_true(sampler_of_ratio(0x1p-56, true).threshold < UINT64_C(1) << 56);
	assert_true(sampler_of_ratio(0x1p-56, true).parent_based);
}

static void trace_of(const char *hex, uint8_t ret[16])
{
	struct trace_context context;
	char text[TRACEPARENT_SIZE + 1];

	snprintf(text, sizeof(text), "00-%s-0000000000000001-00", hex);
	assert_true(traceparent_parse(slice_of(text, TRACEPARENT_SIZE), &context));
	memcpy(ret, context.trace_id, sizeof(context.trace_id));
}

struct decision_case {
	const char *trace;
	double ratio;
	bool sampled;
};

static void the_low_56_bits_decide(void **state)
{
	static const struct decision_case cases[] = {
		{ "0af7651916cd43dd8448eb211c80319c", 1.0, true },
		{ "0af7651916cd43dd8448eb211c80319c", 0.5, false },
		{ "4bf92f3577b34da6a3ce929d0e0e4736", 0.5, true },
		{ "4bf92f3577b34da6a3ce929d0e0e4736", 0.25, true },
		{ "4bf92f3577b34da6a3ce929d0e0e4736", 0.1, false },
		{ "000000000000000000c0000000000000", 0.25, true },
		{ "ffffffffffffffffffbfffffffffffff", 0.25, false },
		{ "000000000000000000ffffffffffffff", 0.0001, true },
		{ "ffffffffffffffffff00000000000000", 0.75, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sampler sampler = sampler_of_ratio(cases[i].ratio, false);
		uint8_t trace_id[16];

		trace_of(cases[i].trace, trace_id);
		if (sampler_decides(&sampler, NULL, trace_id) != cases[i].sampled)
			fail_msg("%s at %g", cases[i].trace, cases[i].ratio);
	}
}

static void a_valid_parent_decides_for_parent_based_samplers_only(void **state)
{
	static const enum sampler_root roots[] = { SAMPLER_ALWAYS_ON, SAMPLER_ALWAYS_OFF };
	struct trace_context parent = { .trace_id = { 1 }, .span_id = { 1 } };
	static const uint8_t trace_id[16] = { 1 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sampler sampler = { roots[i], true, 0 };
		bool own = roots[i] == SAMPLER_ALWAYS_ON;

		parent.flags = TRACE_FLAG_SAMPLED | TRACE_FLAG_RANDOM;
		assert_true(sampler_decides(&sampler, &parent, trace_id));
		parent.flags = TRACE_FLAG_RANDOM;
		assert_false(sampler_decides(&sampler, &parent, trace_id));
		assert_int_equal(sampler_decides(&sampler, NULL, trace_id), own);

		struct trace_context invalid = { .trace_id = { 1 }, .flags = !own };

		assert_int_equal(sampler_decides(&sampler, &invalid, trace_id), own);
		sampler.parent_based = false;
		parent.flags = !own;
		assert_int_equal(sampler_decides(&sampler, &parent, trace_id), own);
	}
}

static void the_configured_one_is_made(void **state)
{
	static const struct {
		int sampler;
		double ratio;
		enum sampler_root root;
		bool parent_based;
	} rows[] = {
		{ CONFIG_ALWAYS_ON, 0.25, SAMPLER_ALWAYS_ON, false },
		{ CONFIG_ALWAYS_OFF, 0.25, SAMPLER_ALWAYS_OFF, false },
		{ CONFIG_RATIO, 0.25, SAMPLER_RATIO, false },
		{ CONFIG_RATIO, 0, SAMPLER_ALWAYS_OFF, false },
		{ CONFIG_PARENT_ALWAYS_ON, 0.25, SAMPLER_ALWAYS_ON, true },
		{ CONFIG_PARENT_ALWAYS_OFF, 0.25, SAMPLER_ALWAYS_OFF, true },
		{ CONFIG_PARENT_RATIO, 0.25, SAMPLER_RATIO, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct config config;
		struct sampler sampler;

		config.sampler = rows[i].sampler;
		config.sampler_ratio = rows[i].ratio;
		sampler = sampler_of_config(&config);
		assert_int_equal(sampler.root, rows[i].root);
		assert_int_equal(sampler.parent_based, rows[i].parent_based);
	}
}

TESTS(cmocka_unit_test(ratios_become_the_specified_thresholds),
      cmocka_unit_test(tiny_ratios_stay_probabilities_and_zero_is_off),
      cmocka_unit_test(the_low_56_bits_decide),
      cmocka_unit_test(a_valid_parent_decides_for_parent_based_samplers_only),
      cmocka_unit_test(the_configured_one_is_made))
