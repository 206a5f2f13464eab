/* SPDX-License-Identifier: Apache-2.0 */
/* The rules by which a call gets its parent, in their order. */
#include "call/parent.h"

#include <string.h>

#include "base/random.h"

/* Written once at load, before any call; read-only afterwards, also in forked children. */
static struct trace_context inherited;
static struct sampler head_sampler = { .root = SAMPLER_ALWAYS_ON, .parent_based = true };

void parent_configure(const struct trace_context *context, const struct sampler *sampler)
{
	if (context)
		inherited = *context;
	if (sampler)
		head_sampler = *sampler;
}

struct parent parent_of_call(enum span_kind kind)
{
	struct parent parent = { .source = PARENT_NONE };

	if (kind != SPAN_SERVER && trace_context_valid(&inherited)) {
		parent.source = PARENT_INHERITED;
		parent.context = inherited;
	}
	return parent;
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
	if (!sampler_decides(&head_sampler, context, span->trace_id))
		return;
	span->trace_flags |= TRACE_FLAG_SAMPLED;
	span->marks |= SPAN_SAMPLED;
}
