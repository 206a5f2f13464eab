/* SPDX-License-Identifier: Apache-2.0 */
/* The run's own span. */
#include "cli/run_span.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "trace/sampler.h"

void run_span_begin(const struct config *config, const struct propagated *inherited,
		    uint64_t start_ns, struct run_span *ret)
{
	const struct trace_context *parent = &inherited->context;
	struct sampler sampler = sampler_of_config(config);
	struct run_span span = { .on = *inherited, .start_ns = start_ns };
	struct trace_context *context = &span.on.context;

	span.parent_remote = trace_context_valid(parent);
	if (span.parent_remote) {
		memcpy(span.parent_id, parent->span_id, sizeof(span.parent_id));
	} else {
		random_fill(context->trace_id, sizeof(context->trace_id));
		context->flags = TRACE_FLAG_RANDOM;
	}
	random_fill(context->span_id, sizeof(context->span_id));
	span.sampled = sampler_decides(&sampler, span.parent_remote ? parent : NULL,
				       context->trace_id);
	context->flags &= (uint8_t)~TRACE_FLAG_SAMPLED;
	if (span.sampled)
		context->flags |= TRACE_FLAG_SAMPLED;
	context->remote = false;
	*ret = span;
}

static void head_fill(struct span_record *record, const struct run_span *span,
		      const struct run_span_end *end)
{
	const struct child *child = end->child;

	memcpy(record->trace_id, span->on.context.trace_id, sizeof(record->trace_id));
	memcpy(record->span_id, span->on.context.span_id, sizeof(record->span_id));
	memcpy(record->parent_id, span->parent_id, sizeof(record->parent_id));
	record->start_ns = span->start_ns;
	record->duration_ns = end->duration_ns;
	record->pid = (uint32_t)child->pid;
	record->thread_id = (uint32_t)child->pid;
	record->scope = SCOPE_RUN;
	record->kind = SPAN_INTERNAL;
	record->status = child->exit_code == 0 ? STATUS_UNSET : STATUS_ERROR;
	record->trace_flags = span->on.context.flags;
	record->marks = (uint8_t)((span->parent_remote ? SPAN_PARENT_REMOTE : 0) |
				  (span->sampled ? SPAN_SAMPLED : 0));
}

const struct span_record *run_span_record(const struct run_span *span,
					  const struct run_span_end *end,
					  uint8_t memory[RUN_SPAN_ROOM])
{
	const struct child *child = end->child;
	struct record_writer writer;
	struct span_record *record = record_writer_span(&writer, memory, RUN_SPAN_ROOM);
	char type[32];

	if (!record)
		return NULL;
	head_fill(record, span, end);
	record_put_string(&writer, ATTRIBUTE_SPAN_NAME, slice_of_string(end->name));
	record_put_string(&writer, ATTRIBUTE_PROCESS_EXECUTABLE_NAME,
			  slice_of_string(end->executable));
	record_put_integer(&writer, ATTRIBUTE_PROCESS_EXIT_CODE, child->exit_code);
	record_put_integer(&writer, ATTRIBUTE_PROCESS_PID, child->pid);
	if (child->signal)
		child_signal_name(child->signal, type);
	else
		snprintf(type, sizeof(type), "%d", child->exit_code);
	if (child->exit_code != 0)
		record_put_string(&writer, ATTRIBUTE_ERROR_TYPE, slice_of_string(type));
	return record_writer_end(&writer) ? record : NULL;
}
