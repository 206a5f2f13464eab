/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base-2 exponential histogram of durations, in the shape of OTLP: bucket i of scale s counts
 * values in (2^(i / 2^s), 2^((i + 1) / 2^s)]. It begins as fine as HISTOGRAM_SCALE and halves its
 * resolution whenever the values do not fit in SUMMARY_BUCKETS buckets; so its error follows from
 * the range that it saw.
 *
 * Pure: no memory of its own, no clock, no floating point, no libm. One owner, one thread. Nothing
 * fails; a bucket that is full stays full.
 */
#ifndef EXPORTER_HISTOGRAM_H
#define EXPORTER_HISTOGRAM_H

#include <stdint.h>

#include "exporter/summary.h"

/* 64 buckets for each doubling: half a percent. */
#define HISTOGRAM_SCALE 6

/* Counts @value_ns; 0 counts as 1. A zeroed structure is an empty histogram. */
void histogram_add(struct summary_histogram *histogram, uint64_t value_ns);

/* The bucket of @value, at least 1, at @scale, at most HISTOGRAM_SCALE. */
int32_t histogram_index(uint64_t value, int32_t scale);

/* The value (rounded down) where bucket @index of @scale begins; its end is that of @index + 1. */
uint64_t histogram_bound(int32_t index, int32_t scale);

/*
 * The value below which @permille of 1000 counted values lie: the middle of the bucket in which the
 * value of that rank stands. 0 for an empty histogram.
 */
uint64_t histogram_quantile(const struct summary_histogram *histogram, uint32_t permille);

#endif
