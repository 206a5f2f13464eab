/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans as an OTLP ExportTraceServiceRequest in protobuf: grouped by process and scope, the
 * messages packed by protobuf-c. Spans are encoded once, as they come, into one stretch of memory;
 * only at the end is it known how long each group is, and they are copied behind their heads.
 *
 * Ownership: all memory is the maker's. Threads: one. Failure: a span that does not fit is not
 * taken; what was taken before can be ended and sent.
 */
#ifndef EXPORTER_OTLP_PROTOBUF_H
#define EXPORTER_OTLP_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "exporter/attributes.h"
#include "exporter/bump.h"
#include "exporter/resource.h"
#include "exporter/span.h"

#define OTLP_SPANS_SIZE ((size_t)4 << 20)	/* encoded spans of one request */
#define OTLP_HEADS_SIZE ((size_t)1 << 20)	/* encoded resources of one request */
#define OTLP_GROUPS 64				/* process and scope */

struct otlp_protobuf;

/* Takes its memory from @bump, for requests of up to @spans spans; null when there is no room. */
struct otlp_protobuf *otlp_protobuf_make(struct bump *bump, struct attribute_limits limits,
					 size_t spans);

void otlp_protobuf_begin(struct otlp_protobuf *encoder);

/* False when the request is full: end it, and begin another. */
bool otlp_protobuf_span(struct otlp_protobuf *encoder, const struct resource *resource,
			const struct span *span);

/* The request's bytes, valid until the next begin. */
struct slice otlp_protobuf_end(struct otlp_protobuf *encoder);

#endif
