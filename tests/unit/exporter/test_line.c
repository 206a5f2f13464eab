/* SPDX-License-Identifier: Apache-2.0 */
/* Units, cutting, and texts that would drive a terminal. */
#include "tests/support/test.h"

#include "exporter/line.h"

static void durations_have_three_digits_and_a_unit(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0us" },
		{ 4, "0us" },
		{ 850, "0.85us" },
		{ 1000, "1.00us" },
		{ 9994, "9.99us" },
		{ 9996, "10.0us" },
		{ 852400, "852us" },
		{ 999499, "999us" },
		{ 999500, "1.00ms" },
		{ 3810000, "3.81ms" },
		{ 36400000, "36.4ms" },
		{ 104000000, "104ms" },
		{ 999499999, "999ms" },
		{ 999500000, "1.00s" },
		{ 3410000000, "3.41s" },
		{ 61200000000, "61.2s" },
		{ 3600000000000, "3600s" },
		{ UINT64_MAX, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[DURATION_SIZE];

		duration_format(cases[i].ns, false, text);
		if (cases[i].text)
			assert_string_equal(text, cases[i].text);
	}
}

static void a_blank_stands_before_the_unit_where_asked_for(void **state)
{
	char text[DURATION_SIZE];

	(void)state;
	duration_format(3410000000, true, text);
	assert_string_equal(text, "3.41 s");
}

static void texts_are_cut_and_made_harmless(void **state)
{
	static const struct {
		const char *text;
		unsigned width;
		bool utf8;
		const char *shown;
	} cases[] = {
		{ "SELECT 1", 8, false, "SELECT 1\n" },
		{ "SELECT 1", 7, false, "SELE...\n" },
		{ "SELECT 1", 7, true, "SELECT…\n" },
		{ "SELECT\n\t  1", 20, false, "SELECT 1\n" },
		{ "a\033[31mb", 20, true, "a?[31mb\n" },
		{ "a\xc2\x9b""31mb", 20, true, "a?31mb\n" },
		{ "a\x7f\x01", 20, true, "a??\n" },
		{ "größe", 20, true, "größe\n" },
		{ "größe", 20, false, "gr??e\n" },
		{ "größen", 5, true, "größ…\n" },
		{ "\xff\xfe x", 20, true, "?? x\n" },
		{ "\xc3", 20, true, "?\n" },
		{ "\xed\xa0\x80", 20, true, "???\n" },
		{ "\xf0\x9f\x90\x98!", 20, true, "\xf0\x9f\x90\x98!\n" },
		{ "abc", 0, true, "…\n" },
		{ "", 5, false, "\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice text = slice_of_string(cases[i].text);
		uint8_t *copy = test_exact_copy(text);
		struct line line;

		line_begin(&line, false, cases[i].utf8);
		line_put_text(&line, slice_of(copy, text.size), cases[i].width);
		assert_slice_equal(line_end(&line), slice_of_string(cases[i].shown));
		free(copy);
	}
}

static void a_text_cut_at_every_byte_stays_inside(void **state)
{
	const struct slice text = SLICE("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x98\n \t\xed\xa0\x80z");

	(void)state;
	for (size_t size = 0; size <= text.size; size++)
		for (unsigned width = 0; width < 12; width++) {
			uint8_t *copy = test_exact_copy(slice_first(text, size));
			struct line line;

			line_begin(&line, false, true);
			line_put_text(&line, slice_of(copy, size), width);
			assert_true(line.columns <= (width ? width : 1));
			free(copy);
		}
}

static void numbers_end_at_their_column(void **state)
{
	struct line line;

	(void)state;
	line_begin(&line, false, false);
	line_put_right(&line, "4000", 7);
	line_put_right(&line, "123456789", 8);
	line_pad(&line, 20, 2);
	line_put_count(&line, 1, "query", "queries");
	line_put(&line, " ");
	line_put_count(&line, 0, "query", "queries");
	assert_slice_equal(line_end(&line), SLICE("   4000123456789    1 query 0 queries\n"));
}

static void colours_take_no_column_and_can_be_left_out(void **state)
{
	struct line line;

	(void)state;
	line_begin(&line, true, false);
	line_style(&line, LINE_RED);
	line_put(&line, "!");
	line_style(&line, LINE_PLAIN);
	assert_int_equal(line.columns, 1);
	assert_slice_equal(line_end(&line), SLICE("\033[31m!\033[0m\n"));
	line_begin(&line, false, false);
	line_style(&line, LINE_RED);
	line_put(&line, "!");
	assert_slice_equal(line_end(&line), SLICE("!\n"));
}

static void a_full_line_takes_no_more(void **state)
{
	struct line line;

	(void)state;
	line_begin(&line, true, true);
	for (int i = 0; i < 3000; i++)
		line_put(&line, "xyz");
	line_style(&line, LINE_PLAIN);
	assert_true(line_end(&line).size <= LINE_SIZE);
}

TESTS(cmocka_unit_test(durations_have_three_digits_and_a_unit),
      cmocka_unit_test(a_blank_stands_before_the_unit_where_asked_for),
      cmocka_unit_test(texts_are_cut_and_made_harmless),
      cmocka_unit_test(a_text_cut_at_every_byte_stays_inside),
      cmocka_unit_test(numbers_end_at_their_column),
      cmocka_unit_test(colours_take_no_column_and_can_be_left_out),
      cmocka_unit_test(a_full_line_takes_no_more))
