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

void parent_begin_span(const struct parent *parent, struct span_record *span)
{
	bool known = parent->source == PARENT_CURRENT || parent->source == PARENT_INHERITED;
	const struct trace_context *context = known ? &parent->context : NULL;

	if (context) {
		memcpy(span->trace_id, context->trace_id, sizeof(span->trace_id));
		memcpy(span->parent_id, context->span_id, sizeof(span->parent_id));
		span->trace_flags = context->flags & TRACE_FLAG_RANDOM;
		if (context->remote)
			span->marks |= SPAN_PARENT_REMOTE;
	} else {
		random_fill(span->trace_id, sizeof(span->trace_id));
		span->trace_flags = TRACE_FLAG_RANDOM;
	}
	random_fill(span->span_id, sizeof(span->span_id));
	if (!(head_sampler.parent_based && context ?
		      (context->flags & TRACE_FLAG_SAMPLED) != 0 :
		      sampler_decides(&head_sampler, NULL, span->trace_id)))
		return;
	span->trace_flags |= TRACE_FLAG_SAMPLED;
	span->marks |= SPAN_SAMPLED;
}
