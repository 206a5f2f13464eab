/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters and comments of single commands. */
#include "call/extra.h"

#include "base/arena.h"
#include "call/comment.h"
#include "call/option.h"
#include "call/parent.h"
#include "trace/area.h"
#include "trace/context.h"

/* Null when there is no memory, which is counted. */
static struct extra *extra_of(struct command *command)
{
	if (!command->extra)
		command->extra = arena_take(sizeof(*command->extra));
	if (!command->extra)
		area_count_passed();
	return command->extra;
}

void extra_keep_parameters(struct command *command, const struct parameter_list *list,
			   struct slice text)
{
	/* A text as long as what is kept at most may have been cut. */
	bool whole = text.size + 4 <= RECORD_TEXT_MAX;
	struct extra *extra;

	if (!list->count || !parameter_may_be_told(text, whole))
		return;
	extra = extra_of(command);
	if (extra && !extra->parameters.bytes &&
	    !parameter_encode(list, call_options.parameters, &extra->parameters))
		area_count_passed();
}

static size_t write_comment(const struct command *command, struct slice query,
			    bool standard_strings, struct extra *extra)
{
	struct trace_context context = { .flags = command->span.trace_flags };
	char parent[TRACEPARENT_SIZE + 1];
	struct comment_source source = {
		.query = query,
		.traceparent = slice_of(parent, TRACEPARENT_SIZE),
		.tracestate = parent_of_call(SPAN_CLIENT)->from.tracestate,
		.standard_strings = standard_strings,
	};

	memcpy(context.trace_id, command->span.trace_id, sizeof(context.trace_id));
	memcpy(context.span_id, command->span.span_id, sizeof(context.span_id));
	traceparent_format(&context, parent);
	return comment_append(&source, (uint8_t *)extra->comment, extra->comment_room);
}

const char *extra_comment(struct command *command, const struct connection *connection,
			  const char *query, bool standard_strings)
{
	struct slice text = slice_of_string(query);
	struct extra *extra;

	if (!query || connection->replication || text.size > COMMENT_QUERY_MAX)
		return query;
	extra = extra_of(command);
	if (!extra)
		return query;
	extra->comment_room = text.size + COMMENT_ROOM;
	extra->comment = arena_take(extra->comment_room);
	if (!extra->comment) {
		area_count_passed();
		return query;
	}
	if (write_comment(command, text, standard_strings, extra))
		return extra->comment;
	extra_sent(command);
	return query;
}

void extra_sent(struct command *command)
{
	struct extra *extra = command->extra;

	if (!extra || !extra->comment)
		return;
	arena_give(extra->comment, extra->comment_room);
	extra->comment = NULL;
}

void extra_clear(struct command *command)
{
	extra_sent(command);
	parameter_clear(&command->extra->parameters);
	arena_give(command->extra, sizeof(*command->extra));
	command->extra = NULL;
}
