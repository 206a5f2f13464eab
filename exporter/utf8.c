/* SPDX-License-Identifier: Apache-2.0 */
/* Validation and counting of UTF-8. */
#include "exporter/utf8.h"

#include <stdint.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Length of the plain ASCII that @text begins with. */
static size_t ascii_size(struct slice text)
{
	size_t i = 0;

	for (; i + 8 <= text.size; i += 8) {
		uint64_t word;

		memcpy(&word, text.data + i, 8);
		if (word & HIGH_BITS)
			break;
	}
	while (i < text.size && text.data[i] < 0x80)
		i++;
	return i;
}

static bool continues(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* Bytes of the character at the start of @text, or 0 when it is none. */
static size_t character_size(struct slice text)
{
	uint8_t first = text.data[0];
	uint8_t second = text.size > 1 ? text.data[1] : 0;

	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return text.size >= 2 && continues(text.data + 1, 1) ? 2 : 0;
	if (first >= 0xe0 && first < 0xf0) {
		if (text.size < 3 || !continues(text.data + 1, 2))
			return 0;
		if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0))
			return 0;
		return 3;
	}
	if (first >= 0xf0 && first < 0xf5) {
		if (text.size < 4 || !continues(text.data + 1, 3))
			return 0;
		if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90))
			return 0;
		return 4;
	}
	return 0;
}

bool utf8_valid(struct slice text)
{
	size_t at = ascii_size(text);

	while (at < text.size) {
		size_t size = character_size(slice_of(text.data + at, text.size - at));

		if (!size)
			return false;
		at += size;
		if (at < text.size && text.data[at] < 0x80)
			at += ascii_size(slice_of(text.data + at, text.size - at));
	}
	return true;
}

struct slice utf8_first(struct slice text, size_t characters)
{
	size_t i = 0;

	if (characters >= text.size)
		return text;
	for (; i < text.size; i++) {
		if ((text.data[i] & 0xc0) == 0x80)
			continue;
		if (characters-- == 0)
			break;
	}
	return slice_first(text, i);
}

size_t utf8_repair(struct slice text, uint8_t *to, size_t room)
{
	static const uint8_t replacement[] = { 0xef, 0xbf, 0xbd };
	size_t used = 0;

	while (text.size) {
		size_t size = character_size(text);
		const uint8_t *from = size ? text.data : replacement;
		size_t wanted = size ? size : sizeof(replacement);

		if (wanted > room - used)
			break;
		memcpy(to + used, from, wanted);
		used += wanted;
		text = slice_after(text, size ? size : 1);
	}
	return used;
}
