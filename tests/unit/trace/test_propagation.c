/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts through carriers, in every format, there and back. */
#include "tests/support/test.h"

#include "base/config.h"
#include "trace/propagation.h"

#define T "0af7651916cd43dd8448eb211c80319c"
#define P "b7ad6b7169203331"
#define TRACEPARENT "00-" T "-" P "-01"
#define ALL ((1u << PROPAGATORS) - 1)
#define W3C (PROPAGATOR_BIT(TRACECONTEXT) | PROPAGATOR_BIT(BAGGAGE))

/* ---- a carrier of headers: "name: value" lines, ended by null ---- */

static struct slice header_get(const void *data, const char *name, size_t index)
{
	size_t size = strlen(name);

	for (const char *const *line = data; *line; line++)
		if (strncasecmp(*line, name, size) == 0 && (*line)[size] == ':' && index-- == 0)
			return slice_of_string(*line + size + 1);
	return (struct slice){ 0 };
}

static struct propagation_text extracted_text;

static struct propagated extracted(unsigned propagators, const char *const *lines)
{
	const struct carrier carrier = { .get = header_get, .data = lines };
	struct propagated ret;

	memset(&ret, 0x55, sizeof(ret));
	memset(&extracted_text, 0x55, sizeof(extracted_text));
	propagation_extract(propagators, &carrier, &extracted_text, &ret);
	return ret;
}

#define EXTRACTED(propagators, ...) \
	extracted((propagators), (const char *const[]){ __VA_ARGS__, NULL })

/* What is injected, as lines of text. */
static const char *injected(unsigned propagators, const struct propagated *from)
{
	static char lines[4096];
	struct propagation_field fields[PROPAGATION_FIELDS_MAX];
	struct propagation_lines room;
	size_t count = propagation_inject(propagators, from, &room, fields);
	size_t size = 0;

	lines[0] = '\0';
	for (size_t i = 0; i < count; i++)
		size += (size_t)snprintf(lines + size, sizeof(lines) - size, "%s: %.*s\n",
					 fields[i].name, (int)fields[i].value.size,
					 (const char *)fields[i].value.data);
	return lines;
}

/* ---- extract ---- */

static void a_context_is_read_with_its_state_and_baggage(void **state)
{
	struct propagated from = EXTRACTED(W3C, "TraceParent: " TRACEPARENT,
					   "tracestate: a=1 ,b=2", "Tracestate: c=3",
					   "baggage: k = v ; p", "BAGGAGE: l=w");

	(void)state;
	assert_true(trace_context_valid(&from.context));
	assert_int_equal(from.context.flags, TRACE_FLAG_SAMPLED);
	assert_true(from.context.remote);
	assert_false(from.debug);
	assert_slice_equal(from.tracestate, SLICE("a=1,b=2,c=3"));
	assert_slice_equal(from.baggage, SLICE("k=v;p,l=w"));
	assert_string_equal(injected(W3C, &from), "traceparent: " TRACEPARENT "\n"
						  "tracestate: a=1,b=2,c=3\n"
						  "baggage: k=v;p,l=w\n");
}

static void a_doubtful_traceparent_is_none_and_has_no_state(void **state)
{
	static const char *const doubtful[][4] = {
		{ "traceparent: " TRACEPARENT, "traceparent: " TRACEPARENT, "tracestate: a=1" },
		{ "traceparent: ", "tracestate: a=1" },
		{ "traceparent: 00-" T "-" P "-1", "tracestate: a=1" },
		{ "traceparent: ff-" T "-" P "-01", "tracestate: a=1" },
		{ "tracestate: a=1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(doubtful) / sizeof(*doubtful); i++) {
		struct propagated from = extracted(ALL, doubtful[i]);

		assert_false(trace_context_valid(&from.context));
		assert_int_equal(from.tracestate.size, 0);
		assert_string_equal(injected(ALL, &from), "");
	}
}

static void a_malformed_state_goes_and_its_context_stays(void **state)
{
	struct propagated from = EXTRACTED(W3C, "traceparent: " TRACEPARENT, "tracestate: a=1",
					   "tracestate: B=2");

	(void)state;
	assert_true(trace_context_valid(&from.context));
	assert_int_equal(from.tracestate.size, 0);
	from = EXTRACTED(W3C, "traceparent: " TRACEPARENT, "tracestate:");
	assert_string_equal(injected(W3C, &from), "traceparent: " TRACEPARENT "\n");
}

static void baggage_goes_by_itself(void **state)
{
	struct propagated from = EXTRACTED(W3C, "baggage: k=v");

	(void)state;
	assert_string_equal(injected(W3C, &from), "baggage: k=v\n");
	assert_string_equal(injected(PROPAGATOR_BIT(TRACECONTEXT), &from), "");
	from = EXTRACTED(PROPAGATOR_BIT(TRACECONTEXT), "baggage: k=v");
	assert_int_equal(from.baggage.size, 0);
}

/* ---- formats ---- */

static const struct {
	unsigned propagators;
	const char *line[4];
	const char *parent;	/* as a traceparent; null: none */
	bool debug;
} formats[] = {
	{ PROPAGATOR_BIT(B3), { "b3:" T "-" P "-1" }, "00-" T "-" P "-01", false },
	{ PROPAGATOR_BIT(B3MULTI), { "B3:" T "-" P "-d" }, "00-" T "-" P "-01", true },
	{ PROPAGATOR_BIT(B3), { "X-B3-TraceId: " T, "X-B3-SpanId: " P, "X-B3-Sampled: 0" },
	  "00-" T "-" P "-00", false },
	{ PROPAGATOR_BIT(B3MULTI), { "X-B3-TraceId: " T, "X-B3-SpanId: " P, "X-B3-Flags: 1" },
	  "00-" T "-" P "-01", true },
	/* One line comes before several, when it is a context. */
	{ PROPAGATOR_BIT(B3MULTI), { "b3:" T "-" P "-1", "X-B3-TraceId: 1" T, "X-B3-SpanId:1" },
	  "00-" T "-" P "-01", false },
	{ PROPAGATOR_BIT(B3), { "b3: 1", "X-B3-TraceId: " T, "X-B3-SpanId: " P },
	  "00-" T "-" P "-00", false },
	{ PROPAGATOR_BIT(B3), { "b3: 0" }, NULL, false },
	{ PROPAGATOR_BIT(JAEGER), { "Uber-Trace-Id: " T ":" P ":0:3" }, "00-" T "-" P "-01", true },
	{ PROPAGATOR_BIT(XRAY),
	  { "X-Amzn-Trace-Id: Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=" P ";Sampled=1" },
	  "00-" T "-" P "-01", false },
	{ PROPAGATOR_BIT(OTTRACE),
	  { "ot-tracer-traceid:" T, "ot-tracer-spanid:" P, "ot-tracer-sampled:true" },
	  "00-" T "-" P "-01", false },
	/* Of several the first of the table, when it is a context. */
	{ ALL, { "b3:" T "-" P "-d", "traceparent: " TRACEPARENT }, TRACEPARENT, false },
	{ ALL, { "uber-trace-id: 1:2:0:0", "b3:" T "-" P "-1" }, TRACEPARENT, false },
	{ ALL, { "traceparent: x", "b3: x", "uber-trace-id: " T ":" P ":0:1" }, TRACEPARENT,
	  false },
	/* What is not in the set is not looked at. */
	{ ALL & ~PROPAGATOR_BIT(JAEGER), { "uber-trace-id: " T ":" P ":0:1" }, NULL, false },
	{ W3C, { "b3:" T "-" P "-1" }, NULL, false },
	{ 0, { "traceparent: " TRACEPARENT, "baggage: k=v" }, NULL, false },
};

static void each_format_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct propagated from = extracted(formats[i].propagators, formats[i].line);
		char parent[TRACEPARENT_SIZE + 1];

		if (trace_context_valid(&from.context) != !!formats[i].parent ||
		    from.debug != formats[i].debug)
			fail_msg("%s", formats[i].line[0]);
		assert_int_equal(from.baggage.size, 0);
		if (!formats[i].parent)
			continue;
		traceparent_format(&from.context, parent);
		assert_string_equal(parent, formats[i].parent);
	}
}

static void each_format_is_written(void **state)
{
	struct propagated from = EXTRACTED(W3C, "traceparent: " TRACEPARENT, "tracestate: a=1",
					   "baggage: k=v");

	(void)state;
	assert_string_equal(injected(ALL, &from),
			    "traceparent: " TRACEPARENT "\n"
			    "tracestate: a=1\n"
			    "b3: " T "-" P "-1\n"
			    "x-b3-traceid: " T "\nx-b3-spanid: " P "\nx-b3-sampled: 1\n"
			    "uber-trace-id: " T ":" P ":0:1\n"
			    "x-amzn-trace-id: Root=1-0af76519-16cd43dd8448eb211c80319c;"
			    "Parent=" P ";Sampled=1\n"
			    "ot-tracer-traceid: 8448eb211c80319c\not-tracer-spanid: " P "\n"
			    "ot-tracer-sampled: true\n"
			    "baggage: k=v\n"
			    "jaeger-baggage: k=v\n");
	from.context.flags = 0;
	from.baggage.size = 0;
	assert_string_equal(injected(ALL & ~W3C, &from),
			    "b3: " T "-" P "-0\n"
			    "x-b3-traceid: " T "\nx-b3-spanid: " P "\nx-b3-sampled: 0\n"
			    "uber-trace-id: " T ":" P ":0:0\n"
			    "x-amzn-trace-id: Root=1-0af76519-16cd43dd8448eb211c80319c;"
			    "Parent=" P ";Sampled=0\n"
			    "ot-tracer-traceid: 8448eb211c80319c\not-tracer-spanid: " P "\n"
			    "ot-tracer-sampled: false\n");
	from.debug = true;
	assert_string_equal(injected(PROPAGATOR_BIT(B3) | PROPAGATOR_BIT(B3MULTI) |
				     PROPAGATOR_BIT(JAEGER), &from),
			    "b3: " T "-" P "-d\n"
			    "x-b3-traceid: " T "\nx-b3-spanid: " P "\nx-b3-flags: 1\n"
			    "uber-trace-id: " T ":" P ":0:3\n");
	assert_string_equal(injected(0, &from), "");
}

static void a_trace_of_which_nothing_is_left_is_not_written(void **state)
{
	struct propagated from = EXTRACTED(W3C, "traceparent: 00-0af7651916cd43dd0000000000000000-"
						P "-01");

	(void)state;
	assert_true(trace_context_valid(&from.context));
	assert_string_equal(injected(PROPAGATOR_BIT(OTTRACE), &from), "");
}

static void jaegers_own_baggage_is_baggage(void **state)
{
	struct propagated from = EXTRACTED(PROPAGATOR_BIT(JAEGER), "jaeger-baggage: k=v, l=w",
					   "baggage: m=x");

	(void)state;
	assert_slice_equal(from.baggage, SLICE("k=v,l=w"));
	assert_string_equal(injected(PROPAGATOR_BIT(JAEGER), &from), "jaeger-baggage: k=v,l=w\n");
	from = EXTRACTED(ALL, "jaeger-baggage: k=v", "baggage: m=x");
	assert_slice_equal(from.baggage, SLICE("m=x"));
}

/* ---- limits ---- */

static struct slice endless_get(const void *data, const char *name, size_t index)
{
	const char *endless = data;

	if (strcmp(name, endless) == 0)
		return slice_of_string(index % 2 ? "" : strcmp(name, "baggage") ? "" : "k=v");
	if (strcmp(name, "traceparent") == 0 && index == 0)
		return slice_of_string(TRACEPARENT);
	return (struct slice){ 0 };
}

static void a_field_that_comes_without_end_is_given_up(void **state)
{
	struct carrier carrier = { .get = endless_get, .data = "tracestate" };
	struct propagated from;

	(void)state;
	propagation_extract(W3C, &carrier, &extracted_text, &from);
	assert_true(trace_context_valid(&from.context));
	assert_int_equal(from.tracestate.size, 0);
	carrier.data = "baggage";
	propagation_extract(W3C, &carrier, &extracted_text, &from);
	assert_int_equal(from.baggage.size, PROPAGATION_LINES_MAX / 2 * 4 - 1);
	carrier.data = "traceparent";
	propagation_extract(W3C, &carrier, &extracted_text, &from);
	assert_false(trace_context_valid(&from.context));
}

/* A line of so many members "k00=v...", each of @size bytes. */
static const char *line_of(const char *name, int members, int size)
{
	static char line[16384];
	int at = snprintf(line, sizeof(line), "%s:", name);

	for (int i = 0; i < members; i++) {
		at += snprintf(line + at, sizeof(line) - (size_t)at, "%sk%02d=", i ? "," : "", i);
		memset(line + at, 'v', (size_t)size - 4);
		at += size - 4;
	}
	line[at] = '\0';
	return line;
}

static void what_is_too_long_is_cut_between_members(void **state)
{
	struct propagated from;

	(void)state;
	from = EXTRACTED(W3C, "traceparent: " TRACEPARENT, line_of("tracestate", 32, 100));
	assert_int_equal(from.tracestate.size, 10 * 101 - 1);
	assert_memory_equal(from.tracestate.data + 909, "k09=v", 5);
	from = EXTRACTED(W3C, "traceparent: " TRACEPARENT, line_of("tracestate", 33, 5));
	assert_int_equal(from.tracestate.size, 0);
	assert_true(trace_context_valid(&from.context));
	from = EXTRACTED(W3C, line_of("baggage", 65, 10));
	assert_int_equal(from.baggage.size, 64 * 11 - 1);
	from = EXTRACTED(W3C, line_of("baggage", 64, 127));
	assert_int_equal(from.baggage.size, BAGGAGE_SIZE_MAX - 1);
	from = EXTRACTED(W3C, line_of("baggage", 64, 200));
	assert_int_equal(from.baggage.size, 40 * 201 - 1);
}

static void a_set_is_in_the_order_of_the_setting(void **state)
{
	static const char names[] =
#define PROPAGATOR(identifier, name) name "|"
#include "trace/propagator.def"
#undef PROPAGATOR
		"none";
	size_t count, found = 0;
	const struct config_row *row = config_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(row[i].name, "OTEL_PROPAGATORS") != 0)
			continue;
		assert_string_equal(row[i].choices, names);
		found++;
	}
	assert_int_equal(found, 1);
}

/* ---- names ---- */

static void names_are_compared_without_case(void **state)
{
	(void)state;
	assert_int_equal(propagation_names(ALL, SLICE("TraceParent")),
			 PROPAGATOR_BIT(TRACECONTEXT));
	assert_int_equal(propagation_names(ALL, SLICE("tracestate")),
			 PROPAGATOR_BIT(TRACECONTEXT));
	assert_int_equal(propagation_names(ALL, SLICE("baggage")), PROPAGATOR_BIT(BAGGAGE));
	assert_int_equal(propagation_names(ALL, SLICE("X-B3-TraceId")),
			 PROPAGATOR_BIT(B3) | PROPAGATOR_BIT(B3MULTI));
	assert_int_equal(propagation_names(PROPAGATOR_BIT(B3MULTI), SLICE("b3")),
			 PROPAGATOR_BIT(B3MULTI));
	assert_int_equal(propagation_names(W3C, SLICE("b3")), 0);
	assert_int_equal(propagation_names(ALL, SLICE("traceparen")), 0);
	assert_int_equal(propagation_names(ALL, SLICE("")), 0);
}

static void variables_have_normal_names(void **state)
{
	static const struct { const char *field, *variable; } names[] = {
		{ "traceparent", "TRACEPARENT" }, { "x-b3-traceid", "X_B3_TRACEID" },
		{ "uber-trace-id", "UBER_TRACE_ID" }, { "ot-tracer-spanid", "OT_TRACER_SPANID" },
		{ "", "_" }, { "3d", "_3D" }, { "a.b c", "A_B_C" }, { "Z", "Z" },
		{ "a-name-of-24-characters-", "" },
	};
	char variable[PROPAGATION_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(propagation_environment_name(names[i].field, variable),
				 strlen(names[i].variable));
		assert_string_equal(variable, names[i].variable);
	}
	assert_int_equal(propagation_names_variable(ALL, SLICE("X_AMZN_TRACE_ID")),
			 PROPAGATOR_BIT(XRAY));
	assert_int_equal(propagation_names_variable(ALL, SLICE("traceparent")), 0);
	assert_int_equal(propagation_names_variable(ALL, SLICE("X-AMZN-TRACE-ID")), 0);
}

static void an_environment_is_a_carrier(void **state)
{
	char *const environment[] = {
		(char *)"traceparent=00-" T "-" P "-00", (char *)"TRACEPARENT", (char *)"T",
		(char *)"TRACEPARENTS=x", (char *)"TRACEPARENT=" TRACEPARENT,
		(char *)"TRACEPARENT=x", (char *)"BAGGAGE=k=v", NULL,
	};
	const struct carrier carrier = { .get = propagation_variable, .data = environment };
	struct propagated from;

	(void)state;
	propagation_extract(W3C, &carrier, &extracted_text, &from);
	assert_string_equal(injected(W3C, &from),
			    "traceparent: " TRACEPARENT "\nbaggage: k=v\n");
	assert_null(propagation_variable(NULL, "traceparent", 0).data);
}

static void the_fields_of_a_set_are_told(void **state)
{
	(void)state;
	assert_string_equal(propagation_field_name(W3C, 0), "traceparent");
	assert_string_equal(propagation_field_name(W3C, 2), "baggage");
	assert_null(propagation_field_name(W3C, 3));
	assert_null(propagation_field_name(0, 0));
}

TESTS(cmocka_unit_test(a_context_is_read_with_its_state_and_baggage),
      cmocka_unit_test(a_doubtful_traceparent_is_none_and_has_no_state),
      cmocka_unit_test(a_malformed_state_goes_and_its_context_stays),
      cmocka_unit_test(baggage_goes_by_itself),
      cmocka_unit_test(each_format_is_read), cmocka_unit_test(each_format_is_written),
      cmocka_unit_test(a_trace_of_which_nothing_is_left_is_not_written),
      cmocka_unit_test(jaegers_own_baggage_is_baggage),
      cmocka_unit_test(a_field_that_comes_without_end_is_given_up),
      cmocka_unit_test(what_is_too_long_is_cut_between_members),
      cmocka_unit_test(a_set_is_in_the_order_of_the_setting),
      cmocka_unit_test(names_are_compared_without_case),
      cmocka_unit_test(variables_have_normal_names),
      cmocka_unit_test(an_environment_is_a_carrier),
      cmocka_unit_test(the_fields_of_a_set_are_told))
