/* SPDX-License-Identifier: Apache-2.0 */
/* traceparent, by the table of W3C Trace Context level 2. */
#include "tests/support/test.h"

#include "trace/context.h"

#define T "12345678901234567890123456789012"
#define P "1234567890123456"
#define ZERO_T "00000000000000000000000000000000"
#define ZERO_P "0000000000000000"

struct parse_case {
	const char *text;
	int flags; /* -1: refused */
};

static const struct parse_case parse_cases[] = {
	{ "00-" T "-" P "-01", 1 },
	{ "00-" T "-" P "-00", 0 },
	{ "00-" T "-" P "-02", 2 },
	{ "00-" T "-" P "-03", 3 },
	{ "00-" T "-" P "-ff", 3 },
	{ "00-" T "-" P "-08", 0 },
	{ " 00-" T "-" P "-01", 1 },
	{ "\t \t00-" T "-" P "-01 \t", 1 },
	{ "cc-" T "-" P "-01", 1 },
	{ "cc-" T "-" P "-01-what-the-future", 1 },
	{ "fe-" T "-" P "-01-", 1 },
	{ "01-" T "-" P "-01", 1 },
	{ "cc-" T "-" P "-01.what", -1 },
	{ "cc-" T "-" P "-01what", -1 },
	{ "00-" T "-" P "-01.", -1 },
	{ "00-" T "-" P "-01-x", -1 },
	{ "00-" T "-" P "-01-", -1 },
	{ "00-" T "-" P "-001", -1 },
	{ "00-" T "-" P "-1", -1 },
	{ "00-" T "-" P "-.0", -1 },
	{ "00-" T "-" P "-0.", -1 },
	{ "00-" T "-" P "-", -1 },
	{ "00-" T "-" P, -1 },
	{ "ff-" T "-" P "-01", -1 },
	{ "ff-" T "-" P "-01-x", -1 },
	{ ".0-" T "-" P "-01", -1 },
	{ "0.-" T "-" P "-01", -1 },
	{ "000-" T "-" P "-01", -1 },
	{ "0-" T "-" P "-01", -1 },
	{ "CC-" T "-" P "-01", -1 },
	{ "00-" ZERO_T "-" P "-01", -1 },
	{ "00-" T "-" ZERO_P "-01", -1 },
	{ "00-" T "0-" P "-01", -1 },
	{ "00-" T "-" P "0-01", -1 },
	{ "00-1234567890123456789012345678901-" P "-01", -1 },
	{ "00-" T "-123456789012345-01", -1 },
	{ "00-1234567890123456789012345678901A-" P "-01", -1 },
	{ "00-1234567890123456789012345678901g-" P "-01", -1 },
	{ "00-" T "-123456789012345A-01", -1 },
	{ "00-" T "-" P "-0A", -1 },
	{ "00_" T "-" P "-01", -1 },
	{ "00-" T "_" P "-01", -1 },
	{ "00-" T "-" P "_01", -1 },
	{ "00-" T "-" P "-01,00-" T "-" P "-01", -1 },
	{ "", -1 },
	{ " \t ", -1 },
	{ "0", -1 },
	{ "00", -1 },
};

static void traceparent_is_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parse_cases) / sizeof(parse_cases[0]); i++) {
		const struct parse_case *one = &parse_cases[i];
		size_t size = strlen(one->text);
		uint8_t *copy = test_exact_copy(slice_of(one->text, size));
		struct trace_context context = { .flags = 0x55 };

		if (traceparent_parse(slice_of(copy, size), &context) != (one->flags >= 0))
			fail_msg("\"%s\"", one->text);
		assert_int_equal(context.flags, one->flags >= 0 ? one->flags : 0x55);
		assert_int_equal(context.remote, one->flags >= 0);
		assert_int_equal(trace_context_valid(&context), one->flags >= 0);
		free(copy);
	}
}

static void traceparent_cut_at_any_byte_is_refused(void **state)
{
	const char *text = "cc-" T "-" P "-01-what";
	size_t whole = strlen(text);

	(void)state;
	for (size_t size = 0; size <= whole; size++) {
		uint8_t *copy = test_exact_copy(slice_of(text, size));
		struct trace_context context;

		/* Whole at 55, and from the dash on. */
		assert_int_equal(traceparent_parse(slice_of(copy, size), &context),
				 size >= TRACEPARENT_SIZE);
		free(copy);
	}
}

static void ids_are_taken_byte_by_byte(void **state)
{
	static const uint8_t trace_id[16] = { 0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd,
					      0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c };
	static const uint8_t span_id[8] = { 0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31 };
	struct trace_context context;
	char text[TRACEPARENT_SIZE + 1];

	(void)state;
	assert_true(traceparent_parse(
		SLICE("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-05"), &context));
	assert_memory_equal(context.trace_id, trace_id, sizeof(trace_id));
	assert_memory_equal(context.span_id, span_id, sizeof(span_id));
	traceparent_format(&context, text);
	assert_string_equal(text, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
	context.flags = 0xff;
	traceparent_format(&context, text);
	assert_string_equal(text, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03");
}

static void hex_is_lower_case_and_ends_where_it_should(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xf0, 0xab, 0xff };
	char text[11] = "...........";

	(void)state;
	hex_format(bytes, sizeof(bytes), text);
	assert_memory_equal(text, "000ff0abff.", 11);
}

TESTS(cmocka_unit_test(traceparent_is_read_by_the_table),
      cmocka_unit_test(traceparent_cut_at_any_byte_is_refused),
      cmocka_unit_test(ids_are_taken_byte_by_byte),
      cmocka_unit_test(hex_is_lower_case_and_ends_where_it_should))
