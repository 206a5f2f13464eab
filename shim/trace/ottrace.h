/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of OpenTracing's basic tracers (otel-spec 7.7): `ot-tracer-traceid`, of which the low
 * 64 bits are sent, `ot-tracer-spanid` and `ot-tracer-sampled`.
 *
 * Threads: pure functions. Failure: false, and the output is untouched.
 */
#ifndef TRACE_OTTRACE_H
#define TRACE_OTTRACE_H

#include <stdbool.h>

#include "base/slice.h"
#include "trace/context.h"

/* Short ids are taken as if there were zeros in front. What is not sampled or not said is not. */
bool ottrace_parse(struct slice trace_id, struct slice span_id, struct slice sampled,
		   struct trace_context *ret);

#endif
