/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text. */
#include "exporter/json.h"

static bool room_for(struct json_writer *writer, size_t size)
{
	if (!writer->overrun && size <= (size_t)(writer->limit - writer->position))
		return true;
	writer->overrun = true;
	return false;
}

static bool plain(uint8_t byte)
{
	return byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f;
}

#define BYTES(byte) ((uint64_t)(byte) * UINT64_C(0x0101010101010101))

/* Non-zero when a byte of @word is 0; may also be when one is 0x80 or more. */
static uint64_t has_zero(uint64_t word)
{
	return (word - BYTES(1)) & BYTES(0x80);
}

/* How many bytes from @at on need no escape. A byte above 0x7f is looked at by itself. */
static size_t plain_size(struct slice text, size_t at)
{
	size_t i = at;

	for (; i + 8 <= text.size; i += 8) {
		uint64_t word;

		memcpy(&word, text.data + i, 8);
		if (((word | has_zero(word ^ BYTES('"')) | has_zero(word ^ BYTES('\\')) |
		      has_zero(word ^ BYTES(0x7f)) | (word - BYTES(0x20))) & BYTES(0x80)) != 0)
			break;
	}
	while (i < text.size && plain(text.data[i]))
		i++;
	return i - at;
}

static void escape(struct json_writer *writer, uint8_t byte)
{
	static const char digit[16] = "0123456789abcdef";
	uint8_t text[6] = { '\\', 'u', '0', '0', (uint8_t)digit[byte >> 4],
			    (uint8_t)digit[byte & 15] };
	size_t size = 2;

	switch (byte) {
	case '"':
	case '\\':
		text[1] = byte;
		break;
	case '\n':
		text[1] = 'n';
		break;
	case '\r':
		text[1] = 'r';
		break;
	case '\t':
		text[1] = 't';
		break;
	default:
		size = 6;
	}
	json_put_raw(writer, slice_of(text, size));
}

void json_put_string(struct json_writer *writer, struct slice text)
{
	size_t at = 0;

	JSON_RAW(writer, "\"");
	while (at < text.size) {
		size_t size = plain_size(text, at);

		json_put_raw(writer, slice_of(text.data + at, size));
		at += size;
		if (at < text.size)
			escape(writer, text.data[at++]);
	}
	JSON_RAW(writer, "\"");
}

void json_put_unsigned(struct json_writer *writer, uint64_t number)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (uint8_t)('0' + number % 10);
	while (number /= 10);
	json_put_raw(writer, slice_of(digits + at, sizeof(digits) - at));
}

void json_put_integer(struct json_writer *writer, int64_t number)
{
	if (number < 0)
		JSON_RAW(writer, "-");
	json_put_unsigned(writer, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void json_put_hex(struct json_writer *writer, struct slice bytes)
{
	static const char digit[16] = "0123456789abcdef";

	if (!room_for(writer, 2 * bytes.size + 2))
		return;
	*writer->position++ = '"';
	for (size_t i = 0; i < bytes.size; i++) {
		*writer->position++ = (uint8_t)digit[bytes.data[i] >> 4];
		*writer->position++ = (uint8_t)digit[bytes.data[i] & 15];
	}
	*writer->position++ = '"';
}

void json_put_base64(struct json_writer *writer, struct slice bytes)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	JSON_RAW(writer, "\"");
	for (size_t i = 0; i < bytes.size; i += 3) {
		size_t left = bytes.size - i;
		uint32_t word = (uint32_t)bytes.data[i] << 16 |
				(left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0) |
				(left > 2 ? bytes.data[i + 2] : 0);
		uint8_t text[4] = {
			(uint8_t)digit[word >> 18], (uint8_t)digit[word >> 12 & 63],
			left > 1 ? (uint8_t)digit[word >> 6 & 63] : '=',
			left > 2 ? (uint8_t)digit[word & 63] : '=',
		};

		json_put_raw(writer, slice_of(text, sizeof(text)));
	}
	JSON_RAW(writer, "\"");
}
