/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is the parent of a call? Facts only: the span that is current on this thread, else the
 * context that the process inherited (TRACEPARENT), which stands for CLIENT and INTERNAL spans
 * outside any request and never for a SERVER span; else none, and where a parent exists but cannot
 * be known, the mark "unknown". One place, because each later source (requests on a waiting thread,
 * the language runtime's own record) is one more rule in the same order.
 *
 * Ownership: contexts are copied; the texts of a tracestate or baggage are borrowed, and must stay
 * readable for good (static, or in the arena).
 * Threads: any; touches thread-local and load-time state only. No failure.
 */
#ifndef CALL_PARENT_H
#define CALL_PARENT_H

#include <stdbool.h>

#include "base/thread.h"
#include "trace/propagation.h"
#include "trace/record.h"
#include "trace/sampler.h"

enum parent_source { PARENT_NONE, PARENT_CURRENT, PARENT_INHERITED, PARENT_UNKNOWN };

struct parent {
	enum parent_source source;
	/* Its context is valid for CURRENT and INHERITED; baggage there may be without one */
	struct propagated from;
};

/* On the caller's stack while its real call runs; what was current before is kept in it. */
struct current {
	struct parent outer;
	uintptr_t outer_entered, outermost;
};

/*
 * Makes @span the parent of what this thread calls from here on, until it leaves: calls of the
 * program's callbacks inside the real call. @frame must lie in the stack frame of the function that
 * makes the real call. @thread: thread_peek().
 *
 * A callback that leaves the real call by longjmp() never comes to parent_leave(): what stands at
 * or below the present end of the stack is not current any more, and is not looked at. On another
 * stack (coroutines, sigaltstack()) that is decided by the address alone.
 */
void parent_enter(struct thread *thread, struct current *frame, const struct propagated *span);
void parent_leave(struct thread *thread, const struct current *frame);

/*
 * Before the parent is asked for, where a call may enter @frame: what was entered at or below it
 * has been left by longjmp(), since that part of the stack is in use anew.
 */
void parent_arrive(struct thread *thread, const struct current *frame);

/*
 * The span that is current, valid until this thread enters or leaves; null: none, or not known.
 * Only reads, so that a child of vfork() may ask.
 */
const struct propagated *parent_current(const struct thread *thread);

/* What the process was started in; without a context, and with or without baggage, where none. */
const struct propagated *parent_inherited(void);

/* What @span, begun below @parent, hands on: itself, with the parent's tracestate and baggage. */
void parent_propagation(const struct parent *parent, const struct span_record *span,
			struct propagated *ret);

/* Taken at submit time, on the submitting thread, and valid there until it makes another call. */
const struct parent *parent_of_call(enum span_kind kind);

/*
 * What the process was started in and the sampler of its spans, both copied; null: as it was. Set
 * once, at load.
 */
void parent_configure(const struct propagated *inherited, const struct sampler *sampler);

/* Reads what the process was started in from its environment; its text is copied. Once, at load. */
void parent_inherit(unsigned propagators, char *const *environment);

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
