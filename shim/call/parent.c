/* SPDX-License-Identifier: Apache-2.0 */
/* The rules by which a call gets its parent, in their order. */
#include "call/parent.h"

#include <string.h>

#include "base/cold.h"
#include "base/random.h"

/* Written once at load, before any call; read-only afterwards, also in forked children. */
static struct parent inherited = { .source = PARENT_NONE };
static struct sampler head_sampler = { .root = SAMPLER_ALWAYS_ON, .parent_based = true };
static struct propagation_text inherited_text COLD_TABLE;

/*
 * What is current on a thread, beside struct thread's word for it. A copy, not a pointer into the
 * stack: that may be gone, with a coroutine that was never finished.
 */
struct current_state {
	struct parent parent;
	uintptr_t outermost;	/* the first that was entered of those around it */
};

static _Thread_local struct current_state current_state
	__attribute__((tls_model("initial-exec")));

void parent_configure(const struct propagated *from, const struct sampler *sampler)
{
	if (from) {
		bool valid = trace_context_valid(&from->context);

		inherited.source = valid ? PARENT_INHERITED : PARENT_NONE;
		inherited.from = *from;
	}
	if (sampler)
		head_sampler = *sampler;
}

void parent_inherit(unsigned propagators, char *const *environment)
{
	const struct carrier carrier = { .get = propagation_variable, .data = environment };
	struct propagated from;

	propagation_extract(propagators, &carrier, &inherited_text, &from);
	parent_configure(&from, NULL);
}

const struct propagated *parent_inherited(void)
{
	return &inherited.from;
}

/* ---- the current span ---- */

void parent_enter(struct thread *thread, struct current *frame, const struct propagated *span)
{
	uintptr_t here = (uintptr_t)frame;

	frame->outer = current_state.parent;
	frame->outer_entered = thread->current;
	frame->outermost = current_state.outermost;
	if (!thread->current || here >= current_state.outermost)
		current_state.outermost = here;
	current_state.parent = (struct parent){ .source = PARENT_CURRENT, .from = *span };
	thread->current = here;
}

/* What was entered further inside and left by longjmp() goes as well; another thread's does not. */
void parent_leave(struct thread *thread, const struct current *frame)
{
	if (!thread->current || thread->current > (uintptr_t)frame)
		return;
	current_state.parent = frame->outer;
	current_state.outermost = frame->outermost;
	thread->current = frame->outer_entered;
}

void parent_arrive(struct thread *thread, const struct current *frame)
{
	if (!thread->current || thread->current > (uintptr_t)frame)
		return;
	/* Of what is around it the copies were in the part of the stack that is lost. */
	current_state.parent = (struct parent){ .source = PARENT_UNKNOWN };
	thread->current = (uintptr_t)frame < current_state.outermost ? current_state.outermost : 0;
}

/*
 * Something was entered: is the stack still inside of it? What was entered around it was kept in a
 * frame that is overwritten when the stack is not: then its parent is not known.
 */
static COLD const struct parent *parent_inside(const struct thread *thread)
{
	static const struct parent unknown = { .source = PARENT_UNKNOWN };
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	if (here < thread->current)
		return &current_state.parent;
	return here < current_state.outermost ? &unknown : &inherited;
}

const struct propagated *parent_current(const struct thread *thread)
{
	const struct parent *parent;

	if (!thread->current)
		return NULL;
	parent = parent_inside(thread);
	return parent->source == PARENT_CURRENT ? &parent->from : NULL;
}

const struct parent *parent_of_call(enum span_kind kind)
{
	static const struct parent none = { .source = PARENT_NONE };
	const struct thread *thread = thread_peek();

	if (kind == SPAN_SERVER)
		return &none;
	if (__builtin_expect(thread->current != 0, 0))
		return parent_inside(thread);
	return &inherited;
}

void parent_propagation(const struct parent *parent, const struct span_record *span,
			struct propagated *ret)
{
	*ret = parent->from;
	memcpy(ret->context.trace_id, span->trace_id, sizeof(ret->context.trace_id));
	memcpy(ret->context.span_id, span->span_id, sizeof(ret->context.span_id));
	ret->context.flags = span->trace_flags;
	ret->context.remote = false;
}

/* ---- new spans ---- */

static bool is_sampled(const struct trace_context *context, const struct span_record *span)
{
	/* The same as the sampler's own answer, which checks first what was checked at load. */
	if (head_sampler.parent_based && context)
		return (context->flags & TRACE_FLAG_SAMPLED) != 0;
	return sampler_decides(&head_sampler, NULL, span->trace_id);
}

/* Null: none, or not known. */
static const struct trace_context *context_of(const struct parent *parent)
{
	bool known = parent->source == PARENT_CURRENT || parent->source == PARENT_INHERITED;

	return known ? &parent->from.context : NULL;
}

void parent_begin_span(const struct parent *parent, struct thread *thread,
		       struct span_record *span)
{
	const struct trace_context *context = context_of(parent);
	uint64_t id[2] = { random_of(thread), 0 };
	uint8_t flags = TRACE_FLAG_RANDOM, marks = 0;

	memcpy(span->span_id, id, sizeof(span->span_id));
	if (context) {
		memcpy(span->trace_id, context->trace_id, sizeof(span->trace_id));
		memcpy(span->parent_id, context->span_id, sizeof(span->parent_id));
		flags = context->flags & TRACE_FLAG_RANDOM;
		marks = context->remote ? SPAN_PARENT_REMOTE : 0;
	} else {
		id[0] = random_of(thread);
		id[1] = random_of(thread);
		memcpy(span->trace_id, id, sizeof(span->trace_id));
		memset(span->parent_id, 0, sizeof(span->parent_id));
	}
	if (is_sampled(context, span)) {
		flags |= TRACE_FLAG_SAMPLED;
		marks |= SPAN_SAMPLED;
	}
	span->trace_flags = flags;
	span->marks = marks;
}

void parent_begin_again(const struct parent *parent, struct thread *thread,
			struct span_record *span)
{
	const struct trace_context *context = context_of(parent);
	uint64_t id;

	if (!context || memcmp(span->parent_id, context->span_id, sizeof(span->parent_id)) != 0) {
		parent_begin_span(parent, thread, span);
		return;
	}
	id = random_of(thread);
	memcpy(span->span_id, &id, sizeof(span->span_id));
}
