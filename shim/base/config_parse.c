/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of single values: booleans, numbers, durations, sizes, ratios, choices and sets. */
#include "base/config_parse.h"

/* Far beyond what a double holds; keeps sums of exponents small. */
#define RATIO_EXPONENT_MAX 400

static bool config_is_space(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool config_is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static uint8_t config_lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

struct slice config_trim(struct slice text)
{
	while (text.size > 0 && config_is_space(text.data[0]))
		text = slice_after(text, 1);
	while (text.size > 0 && config_is_space(text.data[text.size - 1]))
		text.size--;
	return text;
}

bool config_equal(struct slice text, struct slice word)
{
	if (text.size != word.size)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (config_lower(text.data[i]) != config_lower(word.data[i]))
			return false;
	return true;
}

bool config_parse_boolean(struct slice text, bool *ret)
{
	text = config_trim(text);
	if (config_equal(text, SLICE("true")))
		*ret = true;
	else if (config_equal(text, SLICE("false")))
		*ret = false;
	else
		return false;
	return true;
}

/* Takes the digits at the start of @text; false when there are none or they pass INT64_MAX. */
static bool config_take_digits(struct slice *text, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < text->size && config_is_digit(text->data[i]); i++) {
		uint64_t digit = (uint64_t)(text->data[i] - '0');

		if (value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (i == 0)
		return false;
	*text = slice_after(*text, i);
	*ret = value;
	return true;
}

static bool config_take_byte(struct slice *text, uint8_t byte)
{
	if (text->size == 0 || text->data[0] != byte)
		return false;
	*text = slice_after(*text, 1);
	return true;
}

bool config_parse_integer(struct slice text, int64_t *ret)
{
	uint64_t value;
	bool negative;

	text = config_trim(text);
	negative = config_take_byte(&text, '-');
	if (!config_take_digits(&text, &value) || text.size != 0)
		return false;
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

/* A word after a number and what it multiplies by. */
struct config_unit {
	struct slice name;
	uint64_t factor;
};

static bool config_parse_with_unit(struct slice text, const struct config_unit *units, size_t count,
				   uint64_t *ret)
{
	uint64_t value;

	text = config_trim(text);
	if (!config_take_digits(&text, &value))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!config_equal(text, units[i].name))
			continue;
		if (value > (uint64_t)INT64_MAX / units[i].factor)
			return false;
		*ret = value * units[i].factor;
		return true;
	}
	return false;
}

bool config_parse_duration(struct slice text, uint64_t *ret_ns)
{
	static const struct config_unit units[] = {
		{ { NULL, 0 }, 1000000 },
		{ { (const uint8_t *)"ns", 2 }, 1 },
		{ { (const uint8_t *)"us", 2 }, 1000 },
		{ { (const uint8_t *)"ms", 2 }, 1000000 },
		{ { (const uint8_t *)"s", 1 }, 1000000000 },
		{ { (const uint8_t *)"m", 1 }, (uint64_t)60 * 1000000000 },
		{ { (const uint8_t *)"h", 1 }, (uint64_t)3600 * 1000000000 },
	};

	return config_parse_with_unit(text, units, sizeof(units) / sizeof(units[0]), ret_ns);
}

bool config_parse_size(struct slice text, uint64_t *ret)
{
	static const struct config_unit units[] = {
		{ { NULL, 0 }, 1 },
		{ { (const uint8_t *)"K", 1 }, (uint64_t)1 << 10 },
		{ { (const uint8_t *)"M", 1 }, (uint64_t)1 << 20 },
		{ { (const uint8_t *)"G", 1 }, (uint64_t)1 << 30 },
	};

	return config_parse_with_unit(text, units, sizeof(units) / sizeof(units[0]), ret);
}

/* A number as digits times a power of ten. */
struct config_decimal {
	uint64_t digits;
	int exponent;
	bool seen;	/* a digit, be it zero */
};

/* Takes digits; those after the point, @fraction, lower the exponent. Too many are cut off. */
static void config_take_decimal(struct slice *text, bool fraction, struct config_decimal *decimal)
{
	const uint64_t most = 100000000000000000u;	/* one digit more still fits */
	size_t i;

	for (i = 0; i < text->size && config_is_digit(text->data[i]); i++) {
		if (decimal->digits < most) {
			decimal->digits = decimal->digits * 10 + (uint64_t)(text->data[i] - '0');
			decimal->exponent -= fraction;
		} else {
			decimal->exponent += !fraction;
		}
		decimal->seen = true;
	}
	*text = slice_after(*text, i);
}

static bool config_take_exponent(struct slice *text, int *exponent)
{
	uint64_t value;
	bool negative;

	if (!config_take_byte(text, 'e') && !config_take_byte(text, 'E'))
		return true;
	negative = config_take_byte(text, '-');
	if (!negative)
		config_take_byte(text, '+');
	if (!config_take_digits(text, &value))
		return false;
	if (value > RATIO_EXPONENT_MAX)
		value = RATIO_EXPONENT_MAX;
	*exponent += negative ? -(int)value : (int)value;
	return true;
}

/* One rounding for numbers that are written like 0.1: both sides of the division are exact. */
static double config_scale(struct config_decimal decimal)
{
	double power = 1.0;

	/* At least ten, however much more. */
	if (decimal.exponent > 0 && decimal.digits > 0)
		return 10.0;
	for (; decimal.exponent < 0 && power < 1e300; decimal.exponent++)
		power *= 10.0;
	return (double)decimal.digits / power;
}

bool config_parse_ratio(struct slice text, double *ret)
{
	struct config_decimal decimal = { 0 };
	double value;

	text = config_trim(text);
	if (!config_take_byte(&text, '+') && config_take_byte(&text, '-'))
		return false;
	config_take_decimal(&text, false, &decimal);
	if (config_take_byte(&text, '.'))
		config_take_decimal(&text, true, &decimal);
	if (!decimal.seen || !config_take_exponent(&text, &decimal.exponent) || text.size != 0)
		return false;
	value = config_scale(decimal);
	if (value > 1.0)
		return false;
	*ret = value;
	return true;
}

bool config_parse_choice(struct slice text, const char *choices, int *ret)
{
	struct slice rest = slice_of_string(choices);
	int place = 0;

	text = config_trim(text);
	while (rest.size > 0) {
		const uint8_t *bar = memchr(rest.data, '|', rest.size);
		size_t size = bar ? (size_t)(bar - rest.data) : rest.size;

		if (config_equal(text, slice_first(rest, size))) {
			*ret = place;
			return true;
		}
		rest = slice_after(rest, size + 1);
		place++;
	}
	return false;
}

bool config_parse_numbers(struct slice text, uint32_t *ret)
{
	uint32_t bits = 0;

	text = config_trim(text);
	if (config_equal(text, SLICE("off")) || config_equal(text, SLICE("all"))) {
		*ret = config_equal(text, SLICE("all")) ? 0xffff : 0;
		return true;
	}
	for (;;) {
		const uint8_t *comma = text.size ? memchr(text.data, ',', text.size) : NULL;
		size_t size = comma ? (size_t)(comma - text.data) : text.size;
		uint64_t number;

		if (!slice_decimal(config_trim(slice_first(text, size)), 2, &number) || number > 15)
			return false;
		bits |= UINT32_C(1) << number;
		if (!comma) {
			*ret = bits;
			return true;
		}
		text = slice_after(text, size + 1);
	}
}
