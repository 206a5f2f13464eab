/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `X-Amzn-Trace-Id` of AWS X-Ray (otel-spec 7.6): `Root=1-{8}-{24};Parent={16};Sampled={0|1}`,
 * in any order, among fields of others. The root's parts are the 32 digits of a trace id.
 *
 * Threads: pure functions. Failure: false, and the output is untouched.
 */
#ifndef TRACE_XRAY_H
#define TRACE_XRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "trace/context.h"

/* "Root=1-" 8 "-" 24 ";Parent=" 16 ";Sampled=" 1 */
#define XRAY_SIZE 74

bool xray_parse(struct slice text, struct trace_context *ret);

/* Writes XRAY_SIZE characters and a terminating zero. */
void xray_format(const struct trace_context *context, char ret[XRAY_SIZE + 1]);

#endif
