/* SPDX-License-Identifier: Apache-2.0 */
/* Values as they are written and what they mean, each text in a block of its exact size. */
#include "tests/support/test.h"

#include <locale.h>

#include "base/config_parse.h"

#define REFUSED INT64_MIN

/* A text and the number that it stands for, or REFUSED. */
struct number_case {
	const char *text;
	int64_t expected;
};

static struct slice exact(const char *text)
{
	struct slice slice = slice_of_string(text);

	return slice_of(test_exact_copy(slice), slice.size);
}

static void release(struct slice text)
{
	free((void *)(uintptr_t)text.data);
}

static int64_t read_integer(struct slice text)
{
	int64_t value = 77;

	if (config_parse_integer(text, &value))
		return value;
	assert_int_equal(value, 77);
	return REFUSED;
}

static int64_t read_duration(struct slice text)
{
	uint64_t value = 77;

	if (config_parse_duration(text, &value))
		return (int64_t)value;
	assert_int_equal(value, 77);
	return REFUSED;
}

static int64_t read_size(struct slice text)
{
	uint64_t value = 77;

	if (config_parse_size(text, &value))
		return (int64_t)value;
	assert_int_equal(value, 77);
	return REFUSED;
}

static int64_t read_boolean(struct slice text)
{
	bool value = true;

	if (config_parse_boolean(text, &value))
		return value;
	assert_true(value);
	return REFUSED;
}

static int64_t read_level(struct slice text)
{
	int value = 77;

	if (config_parse_choice(text, "none|error|http/json", &value))
		return value;
	assert_int_equal(value, 77);
	return REFUSED;
}

static int64_t read_numbers(struct slice text)
{
	uint32_t value = 77;

	if (config_parse_numbers(text, &value))
		return value;
	assert_int_equal(value, 77);
	return REFUSED;
}

static void expect_numbers(const struct number_case *cases, size_t count,
			   int64_t (*read_value)(struct slice))
{
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		struct slice text = exact(cases[i].text);
		int64_t actual = read_value(text);

		release(text);
		if (actual != cases[i].expected)
			fail_msg("\"%s\" gives %ld, expected %ld", cases[i].text, (long)actual,
				 (long)cases[i].expected);
	}
}

#define EXPECT(read_value, ...)                                                                    \
	do {                                                                                       \
		static const struct number_case cases[] = { __VA_ARGS__ };                         \
                                                                                                   \
		expect_numbers(cases, sizeof(cases) / sizeof(cases[0]), read_value);               \
	} while (0)

static void integers_are_digits_and_a_minus(void **state)
{
	(void)state;
	EXPECT(read_integer, { "0", 0 }, { "2048", 2048 }, { "-5", -5 }, { " \t12\r\n", 12 },
	       { "007", 7 }, { "2147483647", 2147483647 }, { "2147483648", 2147483648 },
	       { "9223372036854775807", INT64_MAX }, { "-9223372036854775807", -INT64_MAX },
	       { "9223372036854775808", REFUSED }, { "99999999999999999999999", REFUSED },
	       { "", REFUSED }, { " ", REFUSED }, { "-", REFUSED }, { "--1", REFUSED },
	       { "+5", REFUSED }, { "- 5", REFUSED }, { "5 5", REFUSED }, { "0x10", REFUSED },
	       { "1e3", REFUSED }, { "5000ms", REFUSED }, { "1.0", REFUSED }, { "abc", REFUSED },
	       { "\xd9\xa3", REFUSED });
}

static void durations_have_units_or_are_milliseconds(void **state)
{
	(void)state;
	EXPECT(read_duration, { "0", 0 }, { "100", 100000000 }, { "100ms", 100000000 },
	       { "250us", 250000 }, { "1s", 1000000000 }, { "7ns", 7 }, { "2m", 120000000000 },
	       { "1h", 3600000000000 }, { " 5MS ", 5000000 },
	       { "9223372036s", 9223372036000000000 },
	       { "9223372037s", REFUSED }, { "9223372036854775807ns", INT64_MAX }, { "", REFUSED },
	       { "-1", REFUSED }, { "ms", REFUSED }, { "1.5s", REFUSED }, { "1 s", REFUSED },
	       { "1d", REFUSED }, { "1mss", REFUSED }, { "forever", REFUSED });
}

static void sizes_are_bytes_or_have_a_letter(void **state)
{
	(void)state;
	EXPECT(read_size, { "0", 0 }, { "65536", 65536 }, { "64K", 65536 }, { "4m", 4194304 },
	       { "1G", 1073741824 }, { " 2k ", 2048 }, { "8589934591G", 9223372035781033984 },
	       { "8589934592G", REFUSED }, { "", REFUSED }, { "K", REFUSED }, { "-1K", REFUSED },
	       { "1KB", REFUSED }, { "1T", REFUSED }, { "1.5M", REFUSED });
}

static void only_true_is_true(void **state)
{
	(void)state;
	EXPECT(read_boolean, { "true", 1 }, { "TRUE", 1 }, { "tRuE", 1 }, { " true ", 1 },
	       { "false", 0 }, { "False", 0 }, { "1", REFUSED }, { "0", REFUSED },
	       { "yes", REFUSED }, { "on", REFUSED }, { "t", REFUSED }, { "tru", REFUSED },
	       { "truee", REFUSED }, { "", REFUSED });
}

static void choices_are_whole_words_in_any_case(void **state)
{
	(void)state;
	EXPECT(read_level, { "none", 0 }, { "ERROR", 1 }, { " http/json ", 2 }, { "HTTP/Json", 2 },
	       { "", REFUSED }, { "|", REFUSED }, { "none|error", REFUSED }, { "err", REFUSED },
	       { "errors", REFUSED }, { "http", REFUSED });
}

/* A text and its ratio; below 0: refused. */
struct ratio_case {
	const char *text;
	double expected;
};

static const struct ratio_case ratios[] = {
	{ "0", 0.0 }, { "1", 1.0 }, { "0.5", 0.5 }, { ".5", 0.5 }, { "1.", 1.0 }, { "1.000", 1.0 },
	{ "0.1", 0.1 }, { "0.3", 0.3 }, { "0.7", 0.7 }, { "0.001", 0.001 },
	{ "0.123456789", 0.123456789 },
	{ "1e-3", 0.001 }, { "5E-1", 0.5 }, { "+0.25", 0.25 }, { "0.01e2", 1.0 }, { "10e-1", 1.0 },
	{ " 0.5\n", 0.5 }, { "0e400", 0.0 }, { "00000.5", 0.5 },
	{ "0.0000000000000000000001e22", 1.0 },
	{ "1e-999999999", 0.0 }, { "1000000000000000000000e-21", 1.0 },
	{ "0.33333333333333333333333333", 0.333333333333333333 },
	{ "1.0000001", -1 }, { "1.5", -1 }, { "2", -1 }, { "10", -1 }, { "1e1", -1 }, { "-1", -1 },
	{ "-0.1", -1 }, { "1e400", -1 }, { "1e99999999999999999999", -1 }, { "0,5", -1 },
	{ "nan", -1 },
	{ "inf", -1 }, { "abc", -1 }, { "", -1 }, { ".", -1 }, { "e5", -1 }, { "1e", -1 },
	{ "1e+", -1 }, { "0x1p-1", -1 }, { "0.5.5", -1 }, { "0.5x", -1 }, { "1 0", -1 },
	{ "+-1", -1 },
	{ "99999999999999999999999999999999", -1 },
};

static void ratios_are_decimal_numbers_from_0_to_1(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		struct slice text = exact(ratios[i].text);
		double actual = -1;

		config_parse_ratio(text, &actual);
		release(text);
		if (actual < ratios[i].expected - 1e-17 || actual > ratios[i].expected + 1e-17)
			fail_msg("\"%s\" gives %.20g, expected %.20g", ratios[i].text, actual,
				 ratios[i].expected);
	}
}

/* Where no locale with a comma is installed, less is proved. */
static void a_locale_with_a_decimal_comma_changes_nothing(void **state)
{
	double ratio = -1;

	(void)state;
	setlocale(LC_ALL, "de_DE.UTF-8");
	assert_true(config_parse_ratio(SLICE("0.25"), &ratio));
	setlocale(LC_ALL, "C");
	assert_true(ratio > 0.2499 && ratio < 0.2501);
	assert_false(config_parse_ratio(SLICE("0,25"), &ratio));
}

static void every_cut_of_every_text_is_read_inside_its_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		for (size_t size = 0; size <= strlen(ratios[i].text); size++) {
			struct slice whole = slice_of_string(ratios[i].text);
			struct slice cut = slice_first(whole, size);
			struct slice text = slice_of(test_exact_copy(cut), size);
			double ratio = 0;

			config_parse_ratio(text, &ratio);
			assert_true(ratio >= 0 && ratio <= 1);
			read_integer(text);
			read_duration(text);
			read_size(text);
			read_boolean(text);
			read_level(text);
			release(text);
		}
	}
}

static void sets_of_numbers_are_bits(void **state)
{
	(void)state;
	EXPECT(read_numbers, { "off", 0 }, { "OFF", 0 }, { "all", 0xffff }, { "0", 1 },
	       { "0,2", 5 }, { " 15 , 0 ", 0x8001 }, { "7,7", 128 }, { "16", REFUSED },
	       { "0,", REFUSED }, { ",0", REFUSED }, { "", REFUSED }, { "-1", REFUSED },
	       { "0 2", REFUSED }, { "all,0", REFUSED }, { "001", REFUSED }, { "true", REFUSED });
}

TESTS(cmocka_unit_test(integers_are_digits_and_a_minus),
      cmocka_unit_test(durations_have_units_or_are_milliseconds),
      cmocka_unit_test(sizes_are_bytes_or_have_a_letter),
      cmocka_unit_test(only_true_is_true),
      cmocka_unit_test(choices_are_whole_words_in_any_case),
      cmocka_unit_test(ratios_are_decimal_numbers_from_0_to_1),
      cmocka_unit_test(a_locale_with_a_decimal_comma_changes_nothing),
      cmocka_unit_test(every_cut_of_every_text_is_read_inside_its_bytes),
      cmocka_unit_test(sets_of_numbers_are_bits))
