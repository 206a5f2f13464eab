/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of OpenTracing's basic tracers. */
#include "tests/support/test.h"

#include "trace/ottrace.h"

#define T "80f198ee56343ba864fe8b2a57d3eff7"
#define P "e457b5a2e4d86bd1"
#define ZERO "0000000000000000"

static const struct {
	const char *trace_id, *span_id, *sampled;
	const char *written;	/* as a traceparent; null: refused */
} fields[] = {
	{ T, P, "true", "00-" T "-" P "-01" },
	{ T, P, "1", "00-" T "-" P "-01" },
	{ T, P, "TRUE", "00-" T "-" P "-01" },
	{ T, P, "false", "00-" T "-" P "-00" },
	{ T, P, "0", "00-" T "-" P "-00" },
	{ T, P, "yes", "00-" T "-" P "-00" },
	{ T, P, NULL, "00-" T "-" P "-00" },
	{ "64fe8b2a57d3eff7", P, " true ", "00-" ZERO "64fe8b2a57d3eff7-" P "-01" },
	{ " a ", "b", "true", "00-" ZERO "000000000000000a-000000000000000b-01" },
	{ NULL, P, "true", NULL },
	{ T, NULL, "true", NULL },
	{ "", "", "true", NULL },
	{ "0", P, "true", NULL },
	{ T, ZERO, "true", NULL },
	{ "0" T, P, "true", NULL },
	{ T, "0" P, "true", NULL },
	{ "0x1", P, "true", NULL },
	{ T, "B", "true", NULL },
};

static void fields_are_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct trace_context context = { .flags = 0x55 };
		char written[TRACEPARENT_SIZE + 1];

		if (ottrace_parse(slice_of_string(fields[i].trace_id),
				  slice_of_string(fields[i].span_id),
				  slice_of_string(fields[i].sampled), &context) !=
		    !!fields[i].written)
			fail_msg("case %zu", i);
		if (!fields[i].written) {
			assert_int_equal(context.flags, 0x55);
			continue;
		}
		assert_true(context.remote);
		traceparent_format(&context, written);
		assert_string_equal(written, fields[i].written);
	}
}

/* A shorter number is another number: only nothing is refused. */
static void ids_are_cut_at_every_byte(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 16; size++) {
		uint8_t *trace_id = test_exact_copy(slice_of(T, 2 * size));
		uint8_t *span_id = test_exact_copy(slice_of(P, size));
		struct trace_context context;

		assert_int_equal(ottrace_parse(slice_of(trace_id, 2 * size),
					       slice_of(span_id, size), SLICE("1"), &context),
				 size > 0);
		free(trace_id);
		free(span_id);
	}
}

TESTS(cmocka_unit_test(fields_are_read_by_the_table), cmocka_unit_test(ids_are_cut_at_every_byte))
