/* SPDX-License-Identifier: Apache-2.0 */
/* Bound values as attributes, and statements whose values are nobody's business. */
#include "tests/support/test.h"

#include "base/arena.h"
#include "call/parameter.h"
#include "trace/record.h"

static char shown[16384];

/* "0=a 2=b", the attributes of a block in their order. */
static const char *show(const struct parameter_block *block)
{
	struct attribute_cursor cursor = { block->bytes,
					   block->bytes ? block->bytes + block->size : NULL };
	struct attribute_value value;
	size_t used = 0;

	shown[0] = '\0';
	assert_true(!block->bytes || attributes_check(slice_of(block->bytes, block->size),
						      block->count));
	while (block->bytes && attribute_next(&cursor, &value)) {
		int added = snprintf(shown + used, sizeof(shown) - used, "%s%s=%.*s",
				     used ? " " : "", strrchr(attribute_name(value.key), '.') + 1,
				     (int)value.string.size, (const char *)value.string.data);

		assert_true(added > 0 && (size_t)added < sizeof(shown) - used);
		used += (size_t)added;
	}
	return shown;
}

static void check_but(const struct parameter_list *list, uint32_t keys, const char *expected,
		      int left_out)
{
	struct parameter_block block;

	assert_true(parameter_encode(list, keys, &block));
	assert_string_equal(show(&block), expected);
	assert_int_equal(block.left_out, left_out);
	parameter_clear(&block);
	assert_null(block.bytes);
}

static void check(const struct parameter_list *list, uint32_t keys, const char *expected)
{
	check_but(list, keys, expected, 0);
}

static void values_in_text_format_are_told_as_they_are(void **state)
{
	const char *values[] = { "jdoe", NULL, "", "it's; -- x" };
	const struct parameter_list list = { .count = 4, .values = values };

	(void)state;
	check(&list, PARAMETERS_ALL, "0=jdoe 2= 3=it's; -- x");
	check(&list, 1u << 0, "0=jdoe");
	check(&list, 1u << 3 | 1u << 2, "2= 3=it's; -- x");
	check(&list, 0, "");
	check(&(struct parameter_list){ .count = 0, .values = values }, PARAMETERS_ALL, "");
	check(&(struct parameter_list){ .count = 2, .values = NULL }, PARAMETERS_ALL, "");
}

static void binary_values_are_told_where_their_type_is(void **state)
{
	const char *values[] = { "\0\0\1\0", "\xff\xfe", "\1", "\x80\0\0\0\0\0\0\0", "bytes",
				 "plain", "\0\0\1", "\xff\xff\xff\xff", "x" };
	const unsigned int types[] = { 23, 21, 16, 20, 17, 25, 23, 26, 25 };
	const int lengths[] = { 4, 2, 1, 8, 5, 5, 3, 4, -1 };
	const int formats[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct parameter_list list = {
		.count = 9, .types = types, .values = values, .lengths = lengths,
		.formats = formats,
	};

	(void)state;
	check_but(&list, PARAMETERS_ALL,
		  "0=256 1=-2 2=t 3=-9223372036854775808 5=plain 7=4294967295", 3);
	check_but(&list, 1u << 0 | 1u << 4, "0=256", 1);
	list.types = NULL;
	check_but(&list, PARAMETERS_ALL, "", 9);
	list.types = types;
	list.lengths = NULL;
	check_but(&list, PARAMETERS_ALL, "", 9);
}

static void a_long_value_is_cut_between_characters(void **state)
{
	char text[PARAMETER_VALUE_MAX + 2];
	const char *values[] = { text };
	const struct parameter_list list = { .count = 1, .values = values };
	struct parameter_block block;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + PARAMETER_VALUE_MAX - 1, "\xc3\xa4", 3);
	assert_true(parameter_encode(&list, PARAMETERS_ALL, &block));
	assert_int_equal(strlen(show(&block)), 2 + PARAMETER_VALUE_MAX - 1);
	parameter_clear(&block);
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
	const char *values[] = { "a\xff" "b" };
	const struct parameter_list list = { .count = 1, .values = values };

	(void)state;
	check(&list, PARAMETERS_ALL, "0=a\xef\xbf\xbd" "b");
}

static void what_is_past_a_ceiling_is_counted(void **state)
{
	const char *many[PARAMETERS_MAX + 5], *large[5];
	char text[PARAMETER_VALUE_MAX + 1];
	struct parameter_list list = { .count = PARAMETERS_MAX + 5, .values = many };
	struct parameter_block block;

	(void)state;
	for (size_t i = 0; i < PARAMETERS_MAX + 5; i++)
		many[i] = "x";
	assert_true(parameter_encode(&list, PARAMETERS_ALL, &block));
	assert_int_equal(block.count, PARAMETERS_MAX);
	assert_int_equal(block.left_out, 5);
	parameter_clear(&block);
	assert_true(parameter_encode(&list, 3, &block));
	assert_int_equal(block.count, 2);
	assert_int_equal(block.left_out, 0);
	parameter_clear(&block);
	memset(text, 'b', sizeof(text));
	text[PARAMETER_VALUE_MAX] = '\0';
	for (size_t i = 0; i < 5; i++)
		large[i] = i == 4 ? "small" : text;
	list = (struct parameter_list){ .count = 5, .values = large };
	assert_true(parameter_encode(&list, PARAMETERS_ALL, &block));
	assert_int_equal(block.left_out, 1);
	assert_non_null(strstr(show(&block), "4=small"));
	parameter_clear(&block);
}

static void secrets_are_not_told(void **state)
{
	static const struct {
		const char *text;
		bool told;
	} statements[] = {
		{ "SELECT a FROM t WHERE b = $1", true },
		{ "ALTER ROLE x PASSWORD $1", false },
		{ "create user x with encrypted password $1", false },
		{ "UPDATE users SET Passwd = $1 WHERE id = $2", false },
		{ "SELECT crypt($1, gen_salt('bf'))", false },
		{ "INSERT INTO session(token) VALUES ($1)", false },
		{ "SELECT pass FROM t WHERE a = $1", true },
		{ "SELECT 1 WHERE secre = $1", true },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		struct slice text = slice_of_string(statements[i].text);
		uint8_t *copy = test_exact_copy(text);

		assert_int_equal(parameter_may_be_told(slice_of(copy, text.size), true),
				 statements[i].told);
		assert_false(parameter_may_be_told(slice_of(copy, text.size), false));
		free(copy);
	}
}

TESTS(cmocka_unit_test(values_in_text_format_are_told_as_they_are),
      cmocka_unit_test(binary_values_are_told_where_their_type_is),
      cmocka_unit_test(a_long_value_is_cut_between_characters),
      cmocka_unit_test(bytes_that_are_no_text_are_replaced),
      cmocka_unit_test(what_is_past_a_ceiling_is_counted),
      cmocka_unit_test(secrets_are_not_told))
