/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text. */
#include "tests/support/test.h"

#include "exporter/json.h"

static struct slice string_of(struct slice text)
{
	static uint8_t memory[4096];
	struct json_writer writer;

	json_begin(&writer, memory, sizeof(memory));
	json_put_string(&writer, text);
	assert_false(writer.overrun);
	return slice_of(memory, json_size(&writer));
}

static void strings_are_quoted_and_escaped(void **state)
{
	(void)state;
	assert_slice_equal(string_of(SLICE("")), SLICE("\"\""));
	assert_slice_equal(string_of(SLICE("plain text of some length")),
			   SLICE("\"plain text of some length\""));
	assert_slice_equal(string_of(SLICE("a\"b\\c\nd\re\tf")),
			   SLICE("\"a\\\"b\\\\c\\nd\\re\\tf\""));
	assert_slice_equal(string_of(SLICE("\0\x01\x1f\x7f")),
			   SLICE("\"\\u0000\\u0001\\u001f\\u007f\""));
	assert_slice_equal(string_of(SLICE("12345678\xc3\xa9" "9")),
			   SLICE("\"12345678\xc3\xa9" "9\""));
}

/* Eight bytes are looked at together: a byte must be seen at each place, beside each neighbour. */
static void every_byte_is_seen_at_every_place(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 0x80; byte++) {
		bool escaped = byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f;

		for (size_t place = 0; place < 16; place++) {
			uint8_t text[16];

			for (unsigned other = 0; other < 2; other++) {
				memset(text, other ? 0xc3 : '!', sizeof(text));
				text[place] = (uint8_t)byte;
				assert_int_equal(string_of(slice_of(text, 16)).size > 18, escaped);
			}
		}
	}
}

static void numbers_have_their_digits(void **state)
{
	(void)state;
	uint8_t memory[128];
	struct json_writer writer;

	json_begin(&writer, memory, sizeof(memory));
	json_put_integer(&writer, INT64_MIN);
	JSON_RAW(&writer, " ");
	json_put_integer(&writer, 0);
	JSON_RAW(&writer, " ");
	json_put_unsigned(&writer, UINT64_MAX);
	assert_slice_equal(slice_of(memory, json_size(&writer)),
			   SLICE("-9223372036854775808 0 18446744073709551615"));
}

static void bytes_are_hex_or_base64(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *base64;
	} cases[] = { { "", "\"\"" },		  { "f", "\"Zg==\"" },	  { "fo", "\"Zm8=\"" },
		      { "foo", "\"Zm9v\"" },	  { "foob", "\"Zm9vYg==\"" },
		      { "\xff\xfe\xfd", "\"//79\"" } };
	uint8_t memory[64];
	struct json_writer writer;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_begin(&writer, memory, sizeof(memory));
		json_put_base64(&writer, slice_of_string(cases[i].bytes));
		assert_slice_equal(slice_of(memory, json_size(&writer)),
				   slice_of_string(cases[i].base64));
	}
	json_begin(&writer, memory, sizeof(memory));
	json_put_hex(&writer, SLICE("\x00\x9a\xff"));
	assert_slice_equal(slice_of(memory, json_size(&writer)), SLICE("\"009aff\""));
}

static void nothing_is_written_beyond_the_room(void **state)
{
	(void)state;
	for (size_t room = 0; room < 24; room++) {
		uint8_t *memory = malloc(room + 1);
		struct json_writer writer;

		memory[room] = 0xaa;
		json_begin(&writer, memory, room);
		json_put_string(&writer, SLICE("a\nb"));
		json_put_hex(&writer, SLICE("\x12\x34"));
		json_put_base64(&writer, SLICE("12"));
		json_put_integer(&writer, -42);
		assert_true(json_size(&writer) <= room);
		assert_int_equal(writer.overrun, room < 6 + 6 + 6 + 3);
		assert_int_equal(memory[room], 0xaa);
		free(memory);
	}
}

TESTS(cmocka_unit_test(strings_are_quoted_and_escaped),
      cmocka_unit_test(every_byte_is_seen_at_every_place),
      cmocka_unit_test(numbers_have_their_digits), cmocka_unit_test(bytes_are_hex_or_base64),
      cmocka_unit_test(nothing_is_written_beyond_the_room))
