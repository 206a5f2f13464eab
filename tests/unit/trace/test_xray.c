/* SPDX-License-Identifier: Apache-2.0 */
/* The trace header of AWS X-Ray. */
#include "tests/support/test.h"

#include "trace/xray.h"

#define ROOT "Root=1-8a3c60f7-d188f8fa79d48a391a778fa6"
#define PARENT "Parent=53995c3f42cd8ad8"
#define ZERO "00000000"

static const struct {
	const char *text, *sampled;	/* null: refused */
} lines[] = {
	{ ROOT ";" PARENT ";Sampled=1", "1" },
	{ ROOT ";" PARENT ";Sampled=0", "0" },
	{ ROOT ";" PARENT ";Sampled=?", "0" },
	{ ROOT ";" PARENT ";Sampled=", "0" },
	{ ROOT ";" PARENT, "0" },
	{ PARENT ";Sampled=1;" ROOT, "1" },
	{ "Sampled=1;" ROOT ";" PARENT ";", "1" },
	{ " " ROOT " ; " PARENT " ;\tSampled = 1 ", "1" },
	{ ROOT ";Self=1-67891233-abcdef012345678912345678;" PARENT ";Lineage=a:1|b:2;x;Sampled=1",
	  "1" },
	{ ";;" ROOT ";" PARENT ";;Sampled=1", "1" },
	{ "", NULL },
	{ ROOT, NULL },
	{ PARENT ";Sampled=1", NULL },
	{ "root=1-8a3c60f7-d188f8fa79d48a391a778fa6;" PARENT, NULL },
	{ "Root=2-8a3c60f7-d188f8fa79d48a391a778fa6;" PARENT, NULL },
	{ "Root=1_8a3c60f7-d188f8fa79d48a391a778fa6;" PARENT, NULL },
	{ "Root=1-8a3c60f7_d188f8fa79d48a391a778fa6;" PARENT, NULL },
	{ "Root=1-8a3c60f7-d188f8fa79d48a391a778fa;" PARENT, NULL },
	{ ROOT "0;" PARENT, NULL },
	{ "Root=1-8a3c60fg-d188f8fa79d48a391a778fa6;" PARENT, NULL },
	{ "Root=1-8a3c60f7-d188f8fa79d48a391a778fAA;" PARENT, NULL },
	{ "Root=1-" ZERO "-" ZERO ZERO ZERO ";" PARENT, NULL },
	{ ROOT ";Parent=53995c3f42cd8ad", NULL },
	{ ROOT ";Parent=53995c3f42cd8ad80", NULL },
	{ ROOT ";Parent=53995c3f42cd8adz", NULL },
	{ ROOT ";Parent=" ZERO ZERO, NULL },
	{ ROOT ";Parent", NULL },
};

static void lines_are_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct slice text = slice_of_string(lines[i].text);
		uint8_t *copy = test_exact_copy(text);
		struct trace_context context = { .flags = 0x55 };
		char written[XRAY_SIZE + 1], expected[XRAY_SIZE + 1];

		if (xray_parse(slice_of(copy, text.size), &context) != !!lines[i].sampled)
			fail_msg("\"%s\"", lines[i].text);
		free(copy);
		if (!lines[i].sampled) {
			assert_int_equal(context.flags, 0x55);
			continue;
		}
		assert_true(context.remote);
		xray_format(&context, written);
		snprintf(expected, sizeof(expected), ROOT ";" PARENT ";Sampled=%s",
			 lines[i].sampled);
		assert_string_equal(written, expected);
	}
}

static void lines_are_cut_at_every_byte(void **state)
{
	const char *text = ROOT ";" PARENT ";Sampled=1";
	size_t whole = strlen(text), least = strlen(ROOT ";" PARENT);

	(void)state;
	for (size_t size = 0; size <= whole; size++) {
		uint8_t *copy = test_exact_copy(slice_of(text, size));
		struct trace_context context;
		bool taken = xray_parse(slice_of(copy, size), &context);

		assert_int_equal(taken, size >= least);
		if (taken)
			assert_int_equal(context.flags, size == whole);
		free(copy);
	}
}

TESTS(cmocka_unit_test(lines_are_read_by_the_table), cmocka_unit_test(lines_are_cut_at_every_byte))
