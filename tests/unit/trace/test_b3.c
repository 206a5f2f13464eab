/* SPDX-License-Identifier: Apache-2.0 */
/* B3, in one line and in fields. */
#include "tests/support/test.h"

#include "trace/b3.h"

#define T "80f198ee56343ba864fe8b2a57d3eff7"
#define HALF "64fe8b2a57d3eff7"
#define P "e457b5a2e4d86bd1"
#define ZERO "0000000000000000"

static const struct {
	const char *text, *written;	/* null: refused */
} lines[] = {
	{ T "-" P "-1-05e3ac9a4f6e3b90", T "-" P "-1" },
	{ T "-" P "-1", T "-" P "-1" },
	{ T "-" P "-0", T "-" P "-0" },
	{ T "-" P "-d", T "-" P "-d" },
	{ T "-" P, T "-" P "-0" },
	{ " " T "-" P "-1\t", T "-" P "-1" },
	{ HALF "-" P "-1", ZERO HALF "-" P "-1" },
	{ ZERO HALF "-" P "-1", ZERO HALF "-" P "-1" },
	{ "", NULL }, { "0", NULL }, { "1", NULL }, { "d", NULL }, { "-", NULL }, { "--", NULL },
	{ T, NULL },
	{ T "-" P "-", T "-" P "-0" },
	{ T "-" P "-2", NULL },
	{ T "-" P "-D", NULL },
	{ T "-" P "-11", NULL },
	{ T "-" P "-true", NULL },
	{ T "-" P "-1-", T "-" P "-1" },
	{ T "-" P "-1-05e3ac9a4f6e3b9", NULL },
	{ T "-" P "-1-05e3ac9a4f6e3b9g", NULL },
	{ T "-" P "-1-05e3ac9a4f6e3b90-", NULL },
	{ T "-" P "--05e3ac9a4f6e3b90", NULL },
	{ ZERO ZERO "-" P "-1", NULL },
	{ ZERO "-" P "-1", NULL },
	{ T "-" ZERO "-1", NULL },
	{ "0" T "-" P "-1", NULL },
	{ "0f198ee56343ba864fe8b2a57d3eff7-" P "-1", NULL },
	{ T "-457b5a2e4d86bd1-1", NULL },
	{ "80F198ee56343ba864fe8b2a57d3eff7-" P "-1", NULL },
	{ T "_" P "-1", NULL },
	{ T "-" P "_1", NULL },
};

static void lines_are_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct slice text = slice_of_string(lines[i].text);
		uint8_t *copy = test_exact_copy(text);
		struct trace_context context = { .flags = 0x55 };
		char written[B3_SIZE + 1];
		bool debug = true;

		if (b3_parse(slice_of(copy, text.size), &context, &debug) != !!lines[i].written)
			fail_msg("\"%s\"", lines[i].text);
		if (lines[i].written) {
			assert_true(context.remote);
			assert_true(context.flags || !debug);
			b3_format(&context, debug, written);
			assert_string_equal(written, lines[i].written);
		} else {
			assert_true(context.flags == 0x55 && debug);
		}
		free(copy);
	}
}

static void lines_are_cut_at_every_byte(void **state)
{
	const char *text = T "-" P "-1-05e3ac9a4f6e3b90";
	size_t whole = strlen(text);

	(void)state;
	for (size_t size = 0; size <= whole; size++) {
		uint8_t *copy = test_exact_copy(slice_of(text, size));
		struct trace_context context;
		bool debug;

		/* Without decision, with one, and with the parent's id but not a part of it. */
		assert_int_equal(b3_parse(slice_of(copy, size), &context, &debug),
				 (size >= 49 && size <= 52) || size == whole);
		free(copy);
	}
}

static const struct {
	const char *trace_id, *span_id, *sampled, *flags;
	const char *written;
} fields[] = {
	{ T, P, "1", NULL, T "-" P "-1" },
	{ T, P, "0", NULL, T "-" P "-0" },
	{ T, P, "true", NULL, T "-" P "-1" },
	{ T, P, "True", "0", T "-" P "-1" },
	{ T, P, "false", NULL, T "-" P "-0" },
	{ T, P, NULL, NULL, T "-" P "-0" },
	{ T, P, "d", NULL, T "-" P "-0" },
	{ T, P, NULL, "1", T "-" P "-d" },
	{ T, P, "0", "1", T "-" P "-d" },
	{ " " T, P " ", " 1 ", NULL, T "-" P "-1" },
	{ HALF, P, "1", NULL, ZERO HALF "-" P "-1" },
	{ NULL, NULL, "1", NULL, NULL },
	{ NULL, NULL, NULL, "1", NULL },
	{ T, NULL, "1", NULL, NULL },
	{ NULL, P, "1", NULL, NULL },
	{ "", "", "", "", NULL },
	{ "-", P, "1", NULL, NULL },
	{ T, ZERO, "1", NULL, NULL },
	{ ZERO, P, "1", NULL, NULL },
	{ T "0", P, "1", NULL, NULL },
	{ T, P "0", "1", NULL, NULL },
};

static void fields_are_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const struct b3_fields one = {
			slice_of_string(fields[i].trace_id), slice_of_string(fields[i].span_id),
			slice_of_string(fields[i].sampled), slice_of_string(fields[i].flags),
		};
		struct trace_context context;
		char written[B3_SIZE + 1];
		bool debug;

		if (b3_parse_fields(&one, &context, &debug) != !!fields[i].written)
			fail_msg("case %zu", i);
		if (!fields[i].written)
			continue;
		b3_format(&context, debug, written);
		assert_string_equal(written, fields[i].written);
	}
}

TESTS(cmocka_unit_test(lines_are_read_by_the_table), cmocka_unit_test(lines_are_cut_at_every_byte),
      cmocka_unit_test(fields_are_read_by_the_table))
