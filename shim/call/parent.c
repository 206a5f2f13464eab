/* SPDX-License-Identifier: Apache-2.0 */
/* The rules by which a call gets its parent, in their order. */
#include "call/parent.h"

#include <string.h>

#include "base/random.h"

/* Written once at load, before any call; read-only afterwards, also in forked children. */
static struct parent inherited = { .source = PARENT_NONE };
static struct sampler head_sampler = { .root = SAMPLER_ALWAYS_ON, .parent_based = true };

void parent_configure(const struct trace_context *context, const struct sampler *sampler)
{
	if (context && trace_context_valid(context))
		inherited = (struct parent){ .source = PARENT_INHERITED, .context = *context };
	if (sampler)
		head_sampler = *sampler;
}

const struct parent *parent_of_call(enum span_kind kind)
{
	static const struct parent none = { .source = PARENT_NONE };

	return kind == SPAN_SERVER ? &none : &inherited;
}

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

	return known ? &parent->context : NULL;
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
