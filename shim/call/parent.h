/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is the parent of a call? Facts only: the span that is current on this thread, else the
 * context that the process inherited (TRACEPARENT), which stands for CLIENT and INTERNAL spans
 * outside any request and never for a SERVER span; else none, and where a parent exists but cannot
 * be known, the mark "unknown". One place, because each later source (requests on a waiting thread,
 * the language runtime's own record) is one more rule in the same order.
 *
 * Threads: any; reads thread-local and load-time state only. No failure.
 */
#ifndef CALL_PARENT_H
#define CALL_PARENT_H

#include <stdbool.h>

#include "base/thread.h"
#include "trace/context.h"
#include "trace/record.h"
#include "trace/sampler.h"

enum parent_source { PARENT_NONE, PARENT_CURRENT, PARENT_INHERITED, PARENT_UNKNOWN };

struct parent {
	enum parent_source source;
	struct trace_context context;	/* valid for CURRENT and INHERITED */
};

/* Taken at submit time, on the submitting thread, and valid there until it makes another call. */
const struct parent *parent_of_call(enum span_kind kind);

/*
 * The context that the process was started in (null: none) and the sampler of its spans; both are
 * copied. Set once, at load.
 */
void parent_configure(const struct trace_context *inherited, const struct sampler *sampler);

/*
 * A new span id below @parent and, without one, a new trace id; flags by the sampler. Fills ids,
 * trace_flags and marks of @span. @thread: thread_current().
 */
void parent_begin_span(const struct parent *parent, struct thread *thread,
		       struct span_record *span);

/*
 * The same for a @span that was begun in this process before: below the same parent only its own id
 * is another one.
 */
void parent_begin_again(const struct parent *parent, struct thread *thread,
			struct span_record *span);

#endif
