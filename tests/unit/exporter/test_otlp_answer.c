/* SPDX-License-Identifier: Apache-2.0 */
/* What collectors answer, whole and broken. */
#include "tests/support/test.h"

#include <stdlib.h>

#include "exporter/otlp_answer.h"

static uint8_t memory[4096];

static struct bump room(void)
{
	struct bump bump;

	bump_begin(&bump, memory, sizeof(memory));
	return bump;
}

static const struct {
	enum otlp_encoding encoding;
	struct slice body;
	bool read;
	uint64_t rejected;
	struct slice message;
} answers[] = {
	{ OTLP_PROTOBUF, SLICE(""), true, 0, SLICE("") },
	{ OTLP_PROTOBUF, SLICE("\x0a\x00"), true, 0, SLICE("") },
	{ OTLP_PROTOBUF, SLICE("\x0a\x0b\x08\x02\x12\x07too old"), true, 2, SLICE("too old") },
	{ OTLP_PROTOBUF, SLICE("\x0a\x09\x12\x07too old"), true, 0, SLICE("too old") },
	/* Fewer than none. */
	{ OTLP_PROTOBUF, SLICE("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), true, 0,
	  SLICE("") },
	{ OTLP_PROTOBUF, SLICE("<html>no protobuf</html>"), false, 0, SLICE("") },
	{ OTLP_JSON, SLICE(""), true, 0, SLICE("") },
	{ OTLP_JSON, SLICE(" \n"), true, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{}"), true, 0, SLICE("") },
	{ OTLP_JSON, SLICE(" { \"partialSuccess\" : { } } \n"), true, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{\"partialSuccess\":null}"), true, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{\"partialSuccess\":{\"rejectedSpans\":\"3\","
			   "\"errorMessage\":\"too old\"}}"), true, 3, SLICE("too old") },
	{ OTLP_JSON, SLICE("{\"partialSuccess\":{\"errorMessage\":\"a \\\"b\\\" {,}\\n\\u00e4\","
			   "\"rejectedSpans\":3}}"), true, 3, SLICE("a \"b\" {,} ?00e4") },
	{ OTLP_JSON, SLICE("{\"partial_success\":{\"rejected_spans\":4,"
			   "\"error_message\":\"x\"}}"), true, 4, SLICE("x") },
	{ OTLP_JSON, SLICE("{\"other\":[{\"partialSuccess\":1},\"}\"],"
			   "\"partialSuccess\":{\"rejectedSpans\":5}}"), true, 5, SLICE("") },
	{ OTLP_JSON, SLICE("{\"partialSuccess\":{\"rejectedSpans\":-5}}"), true, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{\"partialSuccess\":{\"rejectedSpans\":true,"
			   "\"errorMessage\":7}}"), true, 0, SLICE("") },
	{ OTLP_JSON, SLICE("<html>no JSON</html>"), false, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{\"partialSuccess\":[]}"), false, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{\"partialSuccess\":{\"rejectedSpans\":5}"), false, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{partialSuccess:{}}"), false, 0, SLICE("") },
	{ OTLP_JSON, SLICE("{\"a\":1]}"), false, 0, SLICE("") },
	{ OTLP_JSON, SLICE("\"text\""), false, 0, SLICE("") },
};

static void answers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct otlp_answer answer = { .rejected = 42, .message = SLICE("untouched") };
		struct bump bump = room();

		if (otlp_answer_read(answers[i].encoding, answers[i].body, &bump, &answer) !=
		    answers[i].read)
			fail_msg("case %zu", i);
		assert_int_equal(answer.rejected, answers[i].read ? answers[i].rejected : 42);
		if (answers[i].read)
			assert_slice_equal(answer.message, answers[i].message);
	}
}

static void an_answer_cut_anywhere_is_no_answer_or_a_whole_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		for (size_t size = 1; size < answers[i].body.size; size++) {
			struct otlp_answer answer = { 0 };
			struct bump bump = room();
			uint8_t *copy = malloc(size);
			bool read;

			assert_non_null(copy);
			memcpy(copy, answers[i].body.data, size);
			read = otlp_answer_read(answers[i].encoding, slice_of(copy, size), &bump,
						&answer);
			if (read && answers[i].encoding == OTLP_JSON)
				assert_int_equal(answer.rejected, answers[i].rejected);
			otlp_failure_read(answers[i].encoding, slice_of(copy, size), &bump);
			free(copy);
		}
}

static void the_reason_of_a_refusal_is_read(void **state)
{
	struct bump bump = room();

	(void)state;
	assert_slice_equal(otlp_failure_read(OTLP_PROTOBUF, SLICE("\x08\x03\x12\x03" "bad"), &bump),
			   SLICE("bad"));
	assert_int_equal(otlp_failure_read(OTLP_PROTOBUF, SLICE("bad request"), &bump).size, 0);
	assert_slice_equal(otlp_failure_read(OTLP_JSON,
					     SLICE("{\"code\":3,\"message\":\"bad, \\\\ really\"}"),
					     &bump), SLICE("bad, \\ really"));
	assert_int_equal(otlp_failure_read(OTLP_JSON, SLICE("bad request"), &bump).size, 0);
	assert_int_equal(otlp_failure_read(OTLP_JSON, SLICE("{\"message\":7}"), &bump).size, 0);
}

static void what_finds_no_memory_has_no_text(void **state)
{
	struct otlp_answer answer;
	struct bump none;

	(void)state;
	bump_begin(&none, memory, 0);
	assert_true(otlp_answer_read(OTLP_JSON, SLICE("{\"partialSuccess\":{\"rejectedSpans\":5,"
						      "\"errorMessage\":\"x\"}}"), &none,
				     &answer));
	assert_int_equal(answer.rejected, 5);
	assert_int_equal(answer.message.size, 0);
}

TESTS(cmocka_unit_test(answers_are_read),
      cmocka_unit_test(an_answer_cut_anywhere_is_no_answer_or_a_whole_one),
      cmocka_unit_test(the_reason_of_a_refusal_is_read),
      cmocka_unit_test(what_finds_no_memory_has_no_text))
