/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sampler's threshold rule; the arithmetic is otel-spec 5.5. No libm: the library needs libc
 * only.
 */
#include "trace/sampler.h"

#define RANDOMNESS_BITS 56
#define RANDOMNESS_DIGITS 14
#define PRECISION 4
#define PRECISION_MAX 12

/* The exponent that frexp() gives: @ratio = f * 2^-result with f in [0.5, 1). */
static int ratio_exponent(double ratio)
{
	int exponent = 0;

	while (ratio < 0.5) {
		ratio *= 2;
		exponent++;
	}
	return exponent;
}

/* Rounds to as many hex digits as tell small ratios apart. */
static uint64_t threshold_of_ratio(double ratio)
{
	const uint64_t one = UINT64_C(1) << RANDOMNESS_BITS;
	int digits = PRECISION + ratio_exponent(ratio) / 4;
	uint64_t threshold = (uint64_t)((1 - ratio) * (double)one + 0.5);
	unsigned shift;

	if (digits > PRECISION_MAX)
		digits = PRECISION_MAX;
	shift = 4u * (unsigned)(RANDOMNESS_DIGITS - digits);
	threshold = ((threshold + (UINT64_C(1) << (shift - 1))) >> shift) << shift;
	return threshold < one ? threshold : one - (UINT64_C(1) << shift);
}

struct sampler sampler_of_ratio(double ratio, bool parent_based)
{
	struct sampler sampler = { SAMPLER_RATIO, parent_based, 0 };

	/* Below 2^-56 it is no probability any more; a NaN is none either. */
	if (!(ratio >= 0x1p-56))
		sampler.root = SAMPLER_ALWAYS_OFF;
	else if (ratio < 1)
		sampler.threshold = threshold_of_ratio(ratio);
	return sampler;
}

struct sampler sampler_of_config(const struct config *config)
{
	struct sampler sampler = { .root = SAMPLER_ALWAYS_ON };

	switch (config->sampler) {
	case CONFIG_ALWAYS_OFF:
	case CONFIG_PARENT_ALWAYS_OFF:
		sampler.root = SAMPLER_ALWAYS_OFF;
		break;
	case CONFIG_RATIO:
	case CONFIG_PARENT_RATIO:
		sampler = sampler_of_ratio(config->sampler_ratio, false);
		break;
	default:
		break;
	}
	sampler.parent_based = config->sampler >= CONFIG_PARENT_ALWAYS_ON;
	return sampler;
}

static uint64_t trace_randomness(const uint8_t trace_id[16])
{
	uint64_t value = 0;

	for (int i = 9; i < 16; i++)
		value = value << 8 | trace_id[i];
	return value;
}

bool sampler_decides(const struct sampler *sampler, const struct trace_context *parent,
		     const uint8_t trace_id[16])
{
	if (sampler->parent_based && parent && trace_context_valid(parent))
		return (parent->flags & TRACE_FLAG_SAMPLED) != 0;
	if (sampler->root == SAMPLER_RATIO)
		return trace_randomness(trace_id) >= sampler->threshold;
	return sampler->root == SAMPLER_ALWAYS_ON;
}
