/* SPDX-License-Identifier: Apache-2.0 */
/* Capping, hashing and repairing of text. */
#include "tests/support/test.h"

#include "protocol/sql_text.h"

#define FFFD "\xef\xbf\xbd"

static const struct {
	const char *input;
	const char *output;
} repairs[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9" },
	{ "\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\x80", FFFD },
	{ "a\xff"
	  "b",
	  "a" FFFD "b" },
	{ "\xc3", FFFD },
	{ "\xc3(", FFFD "(" },
	{ "\xc0\xaf", FFFD FFFD }, /* overlong */
	{ "\xe0\x80\xaf", FFFD FFFD FFFD }, /* overlong */
	{ "\xed\xa0\x80", FFFD FFFD FFFD }, /* surrogate */
	{ "\xf0\x9f\x98", FFFD }, /* one maximal part */
	{ "\xf0\x9f\x98"
	  "a",
	  FFFD "a" },
	{ "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD },
	{ "\xf5\x80", FFFD FFFD },
	{ "long enough for words \xe9 of eight", "long enough for words " FFFD " of eight" },
};

static void invalid_sequences_are_replaced(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(repairs) / sizeof(*repairs); i++) {
		struct slice input = slice_of_string(repairs[i].input);
		struct slice expected = slice_of_string(repairs[i].output);
		uint8_t *copy = test_exact_copy(input);
		uint8_t data[64];
		struct sql_text text;
		size_t size;

		sql_text_begin(&text, data, sizeof(data), slice_of(copy, input.size));
		sql_text_append(&text, slice_of(copy, input.size));
		assert_int_equal(sql_text_finish(&text), XXH64(expected.data, expected.size, 0));
		assert_false(text.overflowed);
		assert_slice_equal(slice_of(text.data, text.size), expected);

		assert_true(sql_text_copy(data, sizeof(data), slice_of(copy, input.size), &size));
		assert_slice_equal(slice_of(data, size), expected);
		if (expected.size)
			assert_false(sql_text_copy(data, expected.size - 1,
						   slice_of(copy, input.size), &size));
		free(copy);
	}
}

static void the_hash_is_of_what_did_not_fit_too(void **state)
{
	static const char whole[] =
		"a\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 and enough to fill a stripe "
		"of the hash, and then some more";
	const struct slice input = SLICE(whole);

	(void)state;
	for (size_t capacity = 0; capacity < input.size + 2; capacity++) {
		uint8_t *data = malloc(capacity + 1);
		struct sql_text text;

		sql_text_begin(&text, data, capacity, input);
		sql_text_append(&text, slice_first(input, 1));
		sql_text_append(&text, slice_after(input, 1));
		assert_int_equal(sql_text_finish(&text), XXH64(whole, input.size, 0));
		assert_int_equal(text.overflowed, capacity < input.size);
		assert_true(text.size <= capacity);
		assert_slice_equal(slice_of(data, text.size), slice_first(input, text.size));
		/* At most three bytes are given up, and never a part of a character is left. */
		assert_true(text.size + 3 >= capacity || text.size == input.size);
		assert_true(text.size == input.size || (whole[text.size] & 0xc0) != 0x80);
		free(data);
	}
}

TESTS(cmocka_unit_test(invalid_sequences_are_replaced),
      cmocka_unit_test(the_hash_is_of_what_did_not_fit_too))
