/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts from and to the fields of a carrier, in the order of propagator.def. */
#include "trace/propagation.h"

#include <string.h>

#include "trace/ottrace.h"

#define B3_ANY (PROPAGATOR_BIT(B3) | PROPAGATOR_BIT(B3MULTI))

enum field {
#define FIELD(identifier, name, propagators) FIELD_##identifier,
#include "trace/propagation_field.def"
#undef FIELD
	FIELDS
};

/* Without pointers, which the loader would write in every process. */
static const struct {
	char name[PROPAGATION_NAME_MAX];
	unsigned propagators;
} field_rows[FIELDS] = {
#define FIELD(identifier, name_, propagators_) { name_, propagators_ },
#include "trace/propagation_field.def"
#undef FIELD
};

/* ---- extract ---- */

static struct slice carrier_get(const struct carrier *carrier, enum field field)
{
	return carrier->get(carrier->data, field_rows[field].name, 0);
}

/* All lines or nothing of them. */
static size_t extract_tracestate(const struct carrier *carrier, struct propagation_text *text)
{
	const char *name = field_rows[FIELD_TRACESTATE].name;

	tracestate_clear(&text->members);
	for (size_t i = 0;; i++) {
		struct slice line = carrier->get(carrier->data, name, i);

		if (!line.data)
			break;
		if (i == PROPAGATION_LINES_MAX || !tracestate_add(&text->members, line))
			return 0;
	}
	return tracestate_format(&text->members, sizeof(text->tracestate), text->tracestate);
}

static bool extract_tracecontext(const struct carrier *carrier, struct propagation_text *text,
				 struct propagated *ret)
{
	const char *name = field_rows[FIELD_TRACEPARENT].name;
	size_t size;

	if (!traceparent_parse(carrier_get(carrier, FIELD_TRACEPARENT), &ret->context) ||
	    carrier->get(carrier->data, name, 1).data) {
		memset(&ret->context, 0, sizeof(ret->context));
		return false;
	}
	size = extract_tracestate(carrier, text);
	if (size)
		ret->tracestate = slice_of(text->tracestate, size);
	return true;
}

static bool extract_b3(const struct carrier *carrier, struct propagated *ret)
{
	const struct b3_fields fields = {
		.trace_id = carrier_get(carrier, FIELD_B3_TRACE),
		.span_id = carrier_get(carrier, FIELD_B3_SPAN),
		.sampled = carrier_get(carrier, FIELD_B3_SAMPLED),
		.flags = carrier_get(carrier, FIELD_B3_FLAGS),
	};

	return b3_parse(carrier_get(carrier, FIELD_B3), &ret->context, &ret->debug) ||
	       b3_parse_fields(&fields, &ret->context, &ret->debug);
}

static bool extract_ottrace(const struct carrier *carrier, struct propagated *ret)
{
	return ottrace_parse(carrier_get(carrier, FIELD_OT_TRACE),
			     carrier_get(carrier, FIELD_OT_SPAN),
			     carrier_get(carrier, FIELD_OT_SAMPLED), &ret->context);
}

static void extract_context(unsigned propagators, const struct carrier *carrier,
			    struct propagation_text *text, struct propagated *ret)
{
	if (propagators & PROPAGATOR_BIT(TRACECONTEXT) && extract_tracecontext(carrier, text, ret))
		return;
	if (propagators & B3_ANY && extract_b3(carrier, ret))
		return;
	if (propagators & PROPAGATOR_BIT(JAEGER) &&
	    jaeger_parse(carrier_get(carrier, FIELD_JAEGER), &ret->context, &ret->debug))
		return;
	if (propagators & PROPAGATOR_BIT(XRAY) &&
	    xray_parse(carrier_get(carrier, FIELD_XRAY), &ret->context))
		return;
	if (propagators & PROPAGATOR_BIT(OTTRACE))
		extract_ottrace(carrier, ret);
}

static void extract_baggage(const struct carrier *carrier, enum field field,
			    struct baggage *baggage)
{
	for (size_t i = 0; i < PROPAGATION_LINES_MAX; i++) {
		struct slice line = carrier->get(carrier->data, field_rows[field].name, i);

		if (!line.data)
			return;
		baggage_add(baggage, line);
	}
}

void propagation_extract(unsigned propagators, const struct carrier *carrier,
			 struct propagation_text *text, struct propagated *ret)
{
	struct baggage baggage;

	memset(ret, 0, sizeof(*ret));
	extract_context(propagators, carrier, text, ret);
	baggage_begin(&baggage, text->baggage);
	if (propagators & PROPAGATOR_BIT(BAGGAGE))
		extract_baggage(carrier, FIELD_BAGGAGE, &baggage);
	/* Who has both has the same in both. */
	if (propagators & PROPAGATOR_BIT(JAEGER) && !baggage.size)
		extract_baggage(carrier, FIELD_JAEGER_BAGGAGE, &baggage);
	if (baggage.size)
		ret->baggage = slice_of(baggage.text, baggage.size);
}

/* ---- inject ---- */

/* What is being written. */
struct injection {
	const struct propagated *from;
	struct propagation_lines *room;
	struct propagation_field *fields;
	size_t count;
};

static void put(struct injection *injection, enum field field, struct slice value)
{
	if (value.size)
		injection->fields[injection->count++] = (struct propagation_field){
			.name = field_rows[field].name,
			.value = value,
		};
}

static struct slice decision_of(const struct propagated *from, struct slice yes, struct slice no)
{
	return from->context.flags & TRACE_FLAG_SAMPLED ? yes : no;
}

static void inject_tracecontext(struct injection *injection)
{
	traceparent_format(&injection->from->context, injection->room->traceparent);
	put(injection, FIELD_TRACEPARENT,
	    slice_of(injection->room->traceparent, TRACEPARENT_SIZE));
	put(injection, FIELD_TRACESTATE, injection->from->tracestate);
}

static void inject_b3(struct injection *injection)
{
	b3_format(&injection->from->context, injection->from->debug, injection->room->b3);
	put(injection, FIELD_B3, slice_of(injection->room->b3, B3_SIZE));
}

static void inject_b3multi(struct injection *injection)
{
	const struct propagation_lines *room = injection->room;

	put(injection, FIELD_B3_TRACE, slice_of(room->trace_id, sizeof(room->trace_id)));
	put(injection, FIELD_B3_SPAN, slice_of(room->span_id, sizeof(room->span_id)));
	if (injection->from->debug)
		put(injection, FIELD_B3_FLAGS, SLICE("1"));
	else
		put(injection, FIELD_B3_SAMPLED,
		    decision_of(injection->from, SLICE("1"), SLICE("0")));
}

static void inject_jaeger(struct injection *injection)
{
	jaeger_format(&injection->from->context, injection->from->debug, injection->room->jaeger);
	put(injection, FIELD_JAEGER, slice_of(injection->room->jaeger, JAEGER_SIZE));
}

static void inject_xray(struct injection *injection)
{
	xray_format(&injection->from->context, injection->room->xray);
	put(injection, FIELD_XRAY, slice_of(injection->room->xray, XRAY_SIZE));
}

/* Of the trace its low half; where that is zero nobody could read it. */
static void inject_ottrace(struct injection *injection)
{
	const struct propagation_lines *room = injection->room;
	uint64_t low;

	memcpy(&low, injection->from->context.trace_id + 8, sizeof(low));
	if (!low)
		return;
	put(injection, FIELD_OT_TRACE, slice_of(room->trace_id + 16, 16));
	put(injection, FIELD_OT_SPAN, slice_of(room->span_id, sizeof(room->span_id)));
	put(injection, FIELD_OT_SAMPLED,
	    decision_of(injection->from, SLICE("true"), SLICE("false")));
}

static void inject_context(unsigned propagators, struct injection *injection)
{
	const struct trace_context *context = &injection->from->context;

	hex_format(context->trace_id, sizeof(context->trace_id), injection->room->trace_id);
	hex_format(context->span_id, sizeof(context->span_id), injection->room->span_id);
	if (propagators & PROPAGATOR_BIT(TRACECONTEXT))
		inject_tracecontext(injection);
	if (propagators & PROPAGATOR_BIT(B3))
		inject_b3(injection);
	if (propagators & PROPAGATOR_BIT(B3MULTI))
		inject_b3multi(injection);
	if (propagators & PROPAGATOR_BIT(JAEGER))
		inject_jaeger(injection);
	if (propagators & PROPAGATOR_BIT(XRAY))
		inject_xray(injection);
	if (propagators & PROPAGATOR_BIT(OTTRACE))
		inject_ottrace(injection);
}

size_t propagation_inject(unsigned propagators, const struct propagated *from,
			  struct propagation_lines *room,
			  struct propagation_field fields[PROPAGATION_FIELDS_MAX])
{
	struct injection injection = { .from = from, .room = room, .fields = fields };

	if (trace_context_valid(&from->context))
		inject_context(propagators, &injection);
	if (propagators & PROPAGATOR_BIT(BAGGAGE))
		put(&injection, FIELD_BAGGAGE, from->baggage);
	if (propagators & PROPAGATOR_BIT(JAEGER))
		put(&injection, FIELD_JAEGER_BAGGAGE, from->baggage);
	return injection.count;
}

/* ---- names ---- */

unsigned propagation_names(unsigned propagators, struct slice name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (slice_equal_any_case(name, slice_of_string(field_rows[i].name)))
			return propagators & field_rows[i].propagators;
	return 0;
}

/* Of a character of a field's name in small letters. */
static char variable_character(char character)
{
	if (character >= 'a' && character <= 'z')
		return (char)(character - 'a' + 'A');
	if ((character >= 'A' && character <= 'Z') || (character >= '0' && character <= '9'))
		return character;
	return '_';
}

/* Whether @variable starts with the @size characters of a field's name as a variable's. */
static bool variable_fits(const char *variable, const char *field, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (variable[i] != variable_character(field[i]))
			return false;
	return true;
}

unsigned propagation_names_variable(unsigned propagators, struct slice name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (name.size == strlen(field_rows[i].name) &&
		    variable_fits((const char *)name.data, field_rows[i].name, name.size))
			return propagators & field_rows[i].propagators;
	return 0;
}

const char *propagation_field_name(unsigned propagators, size_t index)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (field_rows[i].propagators & propagators && index-- == 0)
			return field_rows[i].name;
	return NULL;
}

size_t propagation_environment_name(const char *field, char ret[PROPAGATION_NAME_MAX])
{
	bool led = !*field || (*field >= '0' && *field <= '9');
	size_t size = led;

	ret[0] = '_';
	for (; *field && size < PROPAGATION_NAME_MAX - 1; field++)
		ret[size++] = variable_character(*field);
	if (*field)
		size = 0;
	ret[size] = '\0';
	return size;
}

/* A variable that is there twice counts once, the first, as for getenv(). */
struct slice propagation_variable(const void *environment, const char *name, size_t index)
{
	size_t size = strlen(name);

	for (char *const *entry = environment; entry && *entry && index == 0; entry++)
		if (variable_fits(*entry, name, size) && (*entry)[size] == '=')
			return slice_of_string(*entry + size + 1);
	return (struct slice){ 0 };
}
