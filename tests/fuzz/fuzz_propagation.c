/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of formats, one byte, and a header as lines "name:value": what is read is legal text of a
 * header when it is written again, and every format reads back what it wrote.
 */
#include <stdlib.h>
#include <string.h>

#include "trace/propagation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was injected, as a carrier. */
struct injected {
	struct propagation_lines room;
	struct propagation_field fields[PROPAGATION_FIELDS_MAX];
	size_t count;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static struct slice block_get(const void *data, const char *name, size_t index)
{
	struct slice block = *(const struct slice *)data, line, field;

	while (slice_take_part(&block, '\n', &line))
		if (slice_take_part(&line, ':', &field) &&
		    slice_equal_any_case(field, slice_of_string(name)) && index-- == 0)
			return line.data ? line : SLICE("");
	return (struct slice){ 0 };
}

static struct slice injected_get(const void *data, const char *name, size_t index)
{
	const struct injected *injected = data;

	for (size_t i = 0; i < injected->count; i++)
		if (strcmp(injected->fields[i].name, name) == 0 && index-- == 0)
			return injected->fields[i].value;
	return (struct slice){ 0 };
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

static void check_text(struct slice value, size_t most)
{
	expect(value.size > 0 && value.size <= most);
	expect(!is_blank(value.data[0]) && !is_blank(value.data[value.size - 1]));
	for (size_t i = 0; i < value.size; i++)
		expect(value.data[i] >= ' ' && value.data[i] <= '~');
}

static void check_fields(unsigned propagators, const struct injected *injected)
{
	char variable[PROPAGATION_NAME_MAX];

	expect(injected->count <= PROPAGATION_FIELDS_MAX);
	for (size_t i = 0; i < injected->count; i++) {
		const char *name = injected->fields[i].name;
		size_t length = propagation_environment_name(name, variable);

		check_text(injected->fields[i].value, BAGGAGE_SIZE_MAX);
		expect(propagation_names(propagators, slice_of_string(name)) != 0);
		expect(length == strlen(name));
		expect(propagation_names_variable(propagators, slice_of(variable, length)) != 0);
		for (size_t other = 0; other < i; other++)
			expect(strcmp(name, injected->fields[other].name) != 0);
	}
}

static void inject(unsigned propagators, const struct propagated *from, struct injected *ret)
{
	ret->count = propagation_inject(propagators, from, &ret->room, ret->fields);
	check_fields(propagators, ret);
}

/* Of what this one format can carry. */
static void check_same(unsigned format, const struct propagated *from,
		       const struct propagated *again)
{
	const uint8_t known = TRACE_FLAG_SAMPLED |
			      (format == PROPAGATOR_BIT(TRACECONTEXT) ? TRACE_FLAG_RANDOM : 0);
	const unsigned with_debug =
		PROPAGATOR_BIT(B3) | PROPAGATOR_BIT(B3MULTI) | PROPAGATOR_BIT(JAEGER);
	size_t cut = format == PROPAGATOR_BIT(OTTRACE) ? 8 : 0;

	expect(memcmp(from->context.trace_id + cut, again->context.trace_id + cut, 16 - cut) == 0);
	expect(memcmp(from->context.span_id, again->context.span_id, 8) == 0);
	expect((from->context.flags & known) == again->context.flags);
	expect(again->debug == (format & with_debug ? from->debug : false));
	if (format == PROPAGATOR_BIT(TRACECONTEXT))
		expect(slice_equal(from->tracestate, again->tracestate));
}

static void check_format(unsigned format, const struct propagated *from)
{
	static struct propagation_text text;
	struct propagated again;
	struct injected injected;
	const struct carrier carrier = { .get = injected_get, .data = &injected };

	inject(format, from, &injected);
	propagation_extract(format, &carrier, &text, &again);
	if (format == PROPAGATOR_BIT(BAGGAGE)) {
		expect(slice_equal(from->baggage, again.baggage));
		return;
	}
	/* Half of the trace's id may be nothing. */
	expect(trace_context_valid(&again.context) == (injected.count > 0));
	expect(injected.count > 0 || format == PROPAGATOR_BIT(OTTRACE));
	if (injected.count)
		check_same(format, from, &again);
	if (format == PROPAGATOR_BIT(JAEGER))
		expect(slice_equal(from->baggage, again.baggage));
}

static void check_extracted(const struct propagated *from)
{
	const struct propagated none = { .baggage = from->baggage };

	if (from->baggage.size)
		check_text(from->baggage, BAGGAGE_SIZE_MAX);
	if (from->tracestate.size)
		check_text(from->tracestate, TRACESTATE_SIZE_MAX);
	if (trace_context_valid(&from->context))
		expect(from->context.remote);
	else
		expect(memcmp(&none.context, &from->context, sizeof(none.context)) == 0 &&
		       !from->debug && !from->tracestate.size);
	expect(!from->debug || from->context.flags & TRACE_FLAG_SAMPLED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct propagation_text text;
	const struct slice block = slice_after(slice_of(data, size), 1);
	const struct carrier carrier = { .get = block_get, .data = &block };
	struct propagated from;
	struct injected injected;

	if (!size)
		return 0;
	propagation_extract(data[0], &carrier, &text, &from);
	check_extracted(&from);
	inject((1u << PROPAGATORS) - 1, &from, &injected);
	for (unsigned i = 0; i < PROPAGATORS; i++)
		if (trace_context_valid(&from.context) || 1u << i == PROPAGATOR_BIT(BAGGAGE))
			check_format(1u << i, &from);
	return 0;
}
