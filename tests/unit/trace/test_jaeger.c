/* SPDX-License-Identifier: Apache-2.0 */
/* The uber-trace-id of Jaeger. */
#include "tests/support/test.h"

#include "trace/jaeger.h"

#define T "80f198ee56343ba864fe8b2a57d3eff7"
#define P "e457b5a2e4d86bd1"
#define ZERO "0000000000000000"

static const struct {
	const char *text, *written;	/* null: refused */
} lines[] = {
	{ T ":" P ":0:1", T ":" P ":0:1" },
	{ T ":" P ":0:0", T ":" P ":0:0" },
	{ T ":" P ":0:3", T ":" P ":0:3" },
	{ T ":" P ":0:2", T ":" P ":0:0" },
	{ T ":" P ":0:9", T ":" P ":0:1" },
	{ T ":" P ":0:01", T ":" P ":0:1" },
	{ T ":" P ":0:ff", T ":" P ":0:3" },
	{ T ":" P "::1", T ":" P ":0:1" },
	{ T ":" P ":05e3ac9a4f6e3b90:1", T ":" P ":0:1" },
	{ " " T ":" P ":0:1\t", T ":" P ":0:1" },
	{ T "%3A" P "%3a0%3A1", T ":" P ":0:1" },
	{ "1:2:0:1", ZERO "0000000000000001:0000000000000002:0:1" },
	{ "abc:d:e:1", ZERO "0000000000000abc:000000000000000d:0:1" },
	{ "0" T ":" P ":0:1", NULL },
	{ T ":0" P ":0:1", NULL },
	{ T ":" P ":0:100", NULL },
	{ T ":" P ":0:", NULL },
	{ T ":" P ":0:g", NULL },
	{ T ":" P ":0", NULL },
	{ T ":" P ":0:1:", NULL },
	{ T ":" P ":0:1:1", NULL },
	{ T ":" P "%3A0%3A1", NULL },
	{ T "%3A" P "%3A0%3A1%3A", NULL },
	{ "0:" P ":0:1", NULL },
	{ T ":0:0:1", NULL },
	{ ":" P ":0:1", NULL },
	{ T "::0:1", NULL },
	{ "80F198ee56343ba864fe8b2a57d3eff7:" P ":0:1", NULL },
	{ "", NULL }, { ":", NULL }, { ":::", NULL }, { "%3A%3A%3A", NULL }, { "%", NULL },
};

static void lines_are_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct slice text = slice_of_string(lines[i].text);
		uint8_t *copy = test_exact_copy(text);
		struct trace_context context = { .flags = 0x55 };
		char written[JAEGER_SIZE + 1];
		bool debug = true;

		if (jaeger_parse(slice_of(copy, text.size), &context, &debug) !=
		    !!lines[i].written)
			fail_msg("\"%s\"", lines[i].text);
		if (lines[i].written) {
			assert_true(context.remote);
			jaeger_format(&context, debug, written);
			assert_string_equal(written, lines[i].written);
		} else {
			assert_true(context.flags == 0x55 && debug);
		}
		free(copy);
	}
}

static void lines_are_cut_at_every_byte(void **state)
{
	static const char *const texts[] = { T ":" P ":0:1", T "%3A" P "%3A0%3A1" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t whole = strlen(texts[i]);

		for (size_t size = 0; size <= whole; size++) {
			uint8_t *copy = test_exact_copy(slice_of(texts[i], size));
			struct trace_context context;
			bool debug;

			assert_int_equal(jaeger_parse(slice_of(copy, size), &context, &debug),
					 size == whole);
			free(copy);
		}
	}
}

TESTS(cmocka_unit_test(lines_are_read_by_the_table), cmocka_unit_test(lines_are_cut_at_every_byte))
