/* SPDX-License-Identifier: Apache-2.0 */
/* What is text, and where it may be cut. */
#include "tests/support/test.h"

#include "exporter/utf8.h"

static bool valid_on_heap(const char *bytes, size_t size)
{
	uint8_t *copy = test_exact_copy(slice_of(bytes, size));
	bool valid = utf8_valid(slice_of(copy, size));

	free(copy);
	return valid;
}

static void text_of_every_length_is_valid(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"a",
		"plain ascii of more than eight bytes",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		("12345678\xc3\xa9"
		 "12345678\xe2\x82\xac"),
		"\x7f",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_true(valid_on_heap(texts[i], strlen(texts[i])));
}

static void what_is_no_character_is_not(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc2",
		("\xc2"
		 "a"),
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xe2\x82",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"12345678\xff",
		"1234567\xe2\x82",
		"\xf0\x9f\x90",
		("\xe2"
		 "aa"),
		("\xf0\x9f"
		 "aa"),
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(valid_on_heap(texts[i], strlen(texts[i])));
}

static void a_cut_goes_between_characters(void **state)
{
	(void)state;
	struct slice text = SLICE("\xc3\xa9\xc3\xa9"
				  "a\xf0\x9f\x90\x98z");

	assert_int_equal(utf8_first(text, 0).size, 0);
	assert_int_equal(utf8_first(text, 1).size, 2);
	assert_int_equal(utf8_first(text, 3).size, 5);
	assert_int_equal(utf8_first(text, 4).size, 9);
	assert_int_equal(utf8_first(text, 5).size, 10);
	assert_int_equal(utf8_first(text, 5000).size, 10);
}

static void bad_bytes_become_the_replacement_character(void **state)
{
	(void)state;
	uint8_t to[16];

	assert_slice_equal(slice_of(to, utf8_repair(SLICE("a\xff"
							  "b"),
						    to, sizeof(to))),
			   SLICE("a\xef\xbf\xbd"
				 "b"));
	assert_slice_equal(slice_of(to, utf8_repair(SLICE("\xe2\x82"), to, 5)),
			   SLICE("\xef\xbf\xbd"));
	assert_slice_equal(slice_of(to, utf8_repair(SLICE("ab\xc3\xa9"), to, 3)), SLICE("ab"));
}

TESTS(cmocka_unit_test(text_of_every_length_is_valid),
      cmocka_unit_test(what_is_no_character_is_not),
      cmocka_unit_test(a_cut_goes_between_characters),
      cmocka_unit_test(bad_bytes_become_the_replacement_character))
