/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of OpenTracing's basic tracers. */
#include "trace/ottrace.h"

static bool is_yes(struct slice text)
{
	return slice_equal(text, SLICE("1")) || slice_equal_any_case(text, SLICE("true"));
}

bool ottrace_parse(struct slice trace_id, struct slice span_id, struct slice sampled,
		   struct trace_context *ret)
{
	struct trace_context context = { .remote = true };

	if (!hex_parse_padded(slice_without_blanks(trace_id), context.trace_id,
			      sizeof(context.trace_id)) ||
	    !hex_parse_padded(slice_without_blanks(span_id), context.span_id,
			      sizeof(context.span_id)) ||
	    !trace_context_valid(&context))
		return false;
	if (is_yes(slice_without_blanks(sampled)))
		context.flags = TRACE_FLAG_SAMPLED;
	*ret = context;
	return true;
}
