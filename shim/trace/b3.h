/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two forms of B3 (otel-spec 7.4): one line, or a field for each part. Without a decision of
 * the sender ("defer") a context is not sampled. No span id of a parent is sent.
 *
 * Threads: pure functions. Failure: false, and the outputs are untouched.
 */
#ifndef TRACE_B3_H
#define TRACE_B3_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "trace/context.h"

/* 32 "-" 16 "-" 1 */
#define B3_SIZE 51

/* The fields of the long form; empty: absent. */
struct b3_fields {
	struct slice trace_id, span_id, sampled, flags;
};

/* `{trace}-{span}[-{0|1|d}[-{parent}]]`; a decision alone is no context. */
bool b3_parse(struct slice text, struct trace_context *ret, bool *ret_debug);

/* The same from the long form. */
bool b3_parse_fields(const struct b3_fields *fields, struct trace_context *ret, bool *ret_debug);

/* Writes B3_SIZE characters and a terminating zero. */
void b3_format(const struct trace_context *context, bool debug, char ret[B3_SIZE + 1]);

#endif
