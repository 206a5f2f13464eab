/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `uber-trace-id` of Jaeger (otel-spec 7.5): `{trace}:{span}:{parent}:{flags}`, ids of any
 * length up to ours, colons perhaps written as %3A. The parent's id is ignored and sent as 0.
 *
 * Threads: pure functions. Failure: false, and the outputs are untouched.
 */
#ifndef TRACE_JAEGER_H
#define TRACE_JAEGER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "trace/context.h"

/* 32 ":" 16 ":0:" 1 */
#define JAEGER_SIZE 53

bool jaeger_parse(struct slice text, struct trace_context *ret, bool *ret_debug);

/* Writes JAEGER_SIZE characters and a terminating zero. */
void jaeger_format(const struct trace_context *context, bool debug, char ret[JAEGER_SIZE + 1]);

#endif
