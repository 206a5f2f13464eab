/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a traceparent: what is accepted comes back the same from its own text. */
#include <stdlib.h>
#include <string.h>

#include "trace/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_context context, again;
	char text[TRACEPARENT_SIZE + 1];

	if (!traceparent_parse(slice_of(data, size), &context))
		return 0;
	traceparent_format(&context, text);
	if (!trace_context_valid(&context) ||
	    !traceparent_parse(slice_of(text, TRACEPARENT_SIZE), &again) ||
	    memcmp(context.trace_id, again.trace_id, sizeof(again.trace_id)) != 0 ||
	    memcmp(context.span_id, again.span_id, sizeof(again.span_id)) != 0 ||
	    context.flags != again.flags)
		abort();
	return 0;
}
