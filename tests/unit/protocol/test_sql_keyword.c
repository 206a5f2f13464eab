/* SPDX-License-Identifier: Apache-2.0 */
/* The look-up of SQL words. */
#include "tests/support/test.h"

#include "protocol/sql_keyword.h"

static void every_word_is_found_in_any_case(void **state)
{
	(void)state;
	assert_true(SQL_KEYWORD_COUNT > 100);
	for (unsigned int id = 1; id < SQL_KEYWORD_COUNT; id++) {
		uint8_t upper[16];
		struct slice word = slice_of(sql_keywords[id].word, sql_keywords[id].size);

		assert_in_range(word.size, SQL_KEYWORD_MIN, SQL_KEYWORD_MAX);
		assert_int_equal(sql_keyword_find(word), id);
		for (size_t i = 0; i < word.size; i++)
			upper[i] = (uint8_t)(word.data[i] - 32);
		assert_int_equal(sql_keyword_find(slice_of(upper, word.size)), id);
	}
}

static void a_word_with_one_byte_changed_is_not_found(void **state)
{
	(void)state;
	for (unsigned int id = 1; id < SQL_KEYWORD_COUNT; id++) {
		size_t size = sql_keywords[id].size;

		for (size_t i = 0; i < size; i++) {
			uint8_t word[16];

			memcpy(word, sql_keywords[id].word, size);
			word[i] = '_';
			assert_int_equal(sql_keyword_find(slice_of(word, size)), SQL_KEYWORD_NONE);
		}
	}
}

static void identifiers_are_not_found(void **state)
{
	static const char *const words[] = {
		"",	 "a",	    "id",	   "fro",	    "fromm",	"pgbench_accounts",
		"selec", "selects", "materialize", "concurrentlyy", "\xc3\xa9", "f\xd2om"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct slice word = slice_of_string(words[i]);
		uint8_t *copy = test_exact_copy(word);

		assert_int_equal(sql_keyword_find(slice_of(copy, word.size)), SQL_KEYWORD_NONE);
		free(copy);
	}
}

TESTS(cmocka_unit_test(every_word_is_found_in_any_case),
      cmocka_unit_test(a_word_with_one_byte_changed_is_not_found),
      cmocka_unit_test(identifiers_are_not_found))
