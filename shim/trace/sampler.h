/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head sampler of OTEL_TRACES_SAMPLER (otel-spec 5.5): always_on, always_off, traceidratio by
 * the 56-bit threshold rule, and their parent-based forms. It decides what goes to the network;
 * summary and file see every call. Pure.
 */
#ifndef TRACE_SAMPLER_H
#define TRACE_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "trace/context.h"

enum sampler_root { SAMPLER_ALWAYS_ON, SAMPLER_ALWAYS_OFF, SAMPLER_RATIO };

struct sampler {
	enum sampler_root root;
	bool parent_based;
	/* SAMPLER_RATIO: sampled when the low 56 bits of the trace id reach it */
	uint64_t threshold;
};

/* @ratio in [0, 1]; 0 gives SAMPLER_ALWAYS_OFF. Precision 4, as in otel-spec 5.5. */
struct sampler sampler_of_ratio(double ratio, bool parent_based);

/* The one that is configured. */
struct sampler sampler_of_config(const struct config *config);

/* @parent is null or invalid for a root. */
bool sampler_decides(const struct sampler *sampler, const struct trace_context *parent,
		     const uint8_t trace_id[16]);

#endif
