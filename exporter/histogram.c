/* SPDX-License-Identifier: Apache-2.0 */
/* Exponential histogram over integers: exact bucket bounds from a table of 64 roots of two. */
#include "exporter/histogram.h"

#include <stddef.h>

#define STEPS (1u << HISTOGRAM_SCALE)

/* 2^63 * 2^(i / 64), rounded down. */
static const uint64_t root[STEPS] = {
	0x8000000000000000, 0x8164d1f3bc030773, 0x82cd8698ac2ba1d7, 0x843a28c3acde4046,
	0x85aac367cc487b14, 0x871f61969e8d1010, 0x88980e8092da8527, 0x8a14d575496efd9a,
	0x8b95c1e3ea8bd6e6, 0x8d1adf5b7e5ba9e5, 0x8ea4398b45cd53c0, 0x9031dc431466b1dc,
	0x91c3d373ab11c336, 0x935a2b2f13e6e92b, 0x94f4efa8fef70961, 0x96942d3720185a00,
	0x9837f0518db8a96f, 0x99e0459320b7fa64, 0x9b8d39b9d54e5538, 0x9d3ed9a72cffb750,
	0x9ef5326091a111ad, 0xa0b0510fb9714fc2, 0xa27043030c496818, 0xa43515ae09e6809e,
	0xa5fed6a9b15138ea, 0xa7cd93b4e9653569, 0xa9a15ab4ea7c0ef8, 0xab7a39b5a93ed337,
	0xad583eea42a14ac6, 0xaf3b78ad690a4374, 0xb123f581d2ac258f, 0xb311c412a9112489,
	0xb504f333f9de6484, 0xb6fd91e328d17791, 0xb8fbaf4762fb9ee9, 0xbaff5ab2133e45fb,
	0xbd08a39f580c36be, 0xbf1799b67a731082, 0xc12c4cca66709456, 0xc346ccda24976407,
	0xc5672a115506dadd, 0xc78d74c8abb9b15c, 0xc9b9bd866e2f27a2, 0xcbec14fef2727c5c,
	0xce248c151f8480e3, 0xd06333daef2b2594, 0xd2a81d91f12ae45a, 0xd4f35aabcfedfa1f,
	0xd744fccad69d6af4, 0xd99d15c278afd7b5, 0xdbfbb797daf23755, 0xde60f4825e0e9123,
	0xe0ccdeec2a94e111, 0xe33f8972be8a5a51, 0xe5b906e77c8348a8, 0xe8396a503c4bdc68,
	0xeac0c6e7dd24392e, 0xed4f301ed9942b84, 0xefe4b99bdcdaf5cb, 0xf281773c59ffb139,
	0xf5257d152486cc2c, 0xf7d0df730ad13bb8, 0xfa83b2db722a033a, 0xfd3e0c0cf486c174,
};

/* How many roots lie below @mantissa: a value on a bound belongs to the bucket that ends there. */
static uint32_t roots_below(uint64_t mantissa)
{
	uint32_t low = 0, high = STEPS;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (root[middle] < mantissa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t histogram_index(uint64_t value, int32_t scale)
{
	int32_t exponent = 63 - __builtin_clzll(value);
	int32_t below = (int32_t)roots_below(value << (63 - exponent));
	int32_t finest = exponent * (int32_t)STEPS + below - 1;

	return finest >> (HISTOGRAM_SCALE - scale);
}

uint64_t histogram_bound(int32_t index, int32_t scale)
{
	int64_t finest = (int64_t)index * (1 << (HISTOGRAM_SCALE - scale));

	if (finest < 0)
		return 0;
	if (finest >= 64 * (int64_t)STEPS)
		return UINT64_MAX;
	return root[finest % (int64_t)STEPS] >> (63 - finest / (int64_t)STEPS);
}

struct span_of_buckets {
	int32_t low, high;
};

static struct span_of_buckets occupied(const struct summary_histogram *histogram)
{
	int32_t low = 0, high = SUMMARY_BUCKETS - 1;

	while (low < high && histogram->bucket[low] == 0)
		low++;
	while (high > low && histogram->bucket[high] == 0)
		high--;
	return (struct span_of_buckets){ histogram->offset + low, histogram->offset + high };
}

static uint32_t saturating_sum(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Moves all counts to a histogram that begins at @offset and is coarser by @shift scales. */
static void rebase(struct summary_histogram *histogram, int32_t offset, int32_t shift)
{
	uint32_t moved[SUMMARY_BUCKETS] = { 0 };

	for (int32_t i = 0; i < SUMMARY_BUCKETS; i++) {
		int32_t target = ((histogram->offset + i) >> shift) - offset;

		if (histogram->bucket[i] != 0)
			moved[target] = saturating_sum(moved[target], histogram->bucket[i]);
	}
	for (size_t i = 0; i < SUMMARY_BUCKETS; i++)
		histogram->bucket[i] = moved[i];
	histogram->offset = offset;
	histogram->scale -= shift;
}

/* Makes room for bucket @index of the present scale, in the middle of what is left over. */
static void make_room(struct summary_histogram *histogram, int32_t index)
{
	struct span_of_buckets used = occupied(histogram);
	int32_t shift = 0, width;

	if (index < used.low)
		used.low = index;
	if (index > used.high)
		used.high = index;
	while ((used.high >> shift) - (used.low >> shift) >= SUMMARY_BUCKETS)
		shift++;
	width = (used.high >> shift) - (used.low >> shift) + 1;
	rebase(histogram, (used.low >> shift) - (SUMMARY_BUCKETS - width) / 2, shift);
}

void histogram_add(struct summary_histogram *histogram, uint64_t value_ns)
{
	uint64_t value = value_ns ? value_ns : 1;
	int32_t index;

	if (histogram->count == 0) {
		histogram->scale = HISTOGRAM_SCALE;
		histogram->offset = histogram_index(value, HISTOGRAM_SCALE) - SUMMARY_BUCKETS / 2;
	}
	index = histogram_index(value, histogram->scale);
	if (index < histogram->offset || index >= histogram->offset + SUMMARY_BUCKETS) {
		make_room(histogram, index);
		index = histogram_index(value, histogram->scale);
	}
	index -= histogram->offset;
	histogram->bucket[index] = saturating_sum(histogram->bucket[index], 1);
	histogram->count++;
}

uint64_t histogram_quantile(const struct summary_histogram *histogram, uint32_t permille)
{
	uint64_t rank, seen = 0;
	int32_t index;

	if (histogram->count == 0)
		return 0;
	/* Nearest rank: the smallest value that at least this share of all values do not exceed. */
	rank = (uint64_t)(((unsigned __int128)histogram->count * permille + 999) / 1000);
	for (index = 0; index < SUMMARY_BUCKETS - 1; index++) {
		seen += histogram->bucket[index];
		if (seen >= rank && seen > 0)
			break;
	}
	index += histogram->offset;
	return histogram_bound(index, histogram->scale) / 2 +
	       histogram_bound(index + 1, histogram->scale) / 2;
}
