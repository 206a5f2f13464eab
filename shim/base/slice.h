/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed bytes: a pointer and a length, never owned, never terminated. The bytes live as long as
 * whatever the slice was cut from; a function that keeps them copies them.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const uint8_t *data;
	size_t size;
};

#define SLICE(literal) ((struct slice){ (const uint8_t *)(literal), sizeof(literal) - 1 })

static inline struct slice slice_of(const void *data, size_t size)
{
	return (struct slice){ data, size };
}

/* The bytes of a C string; a null pointer gives an empty slice. */
static inline __attribute__((always_inline)) struct slice slice_of_string(const char *string)
{
	return (struct slice){ (const uint8_t *)string, string ? strlen(string) : 0 };
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* ASCII letters become small ones. */
static inline uint8_t byte_lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

/* Whether the two are the same but for the case of ASCII letters. */
static inline bool slice_equal_any_case(struct slice a, struct slice b)
{
	if (a.size != b.size)
		return false;
	for (size_t i = 0; i < a.size; i++)
		if (byte_lower(a.data[i]) != byte_lower(b.data[i]))
			return false;
	return true;
}

/* Whether @text has @word, which is in small letters, in any case. */
static inline bool slice_contains(struct slice text, struct slice word)
{
	for (size_t i = 0; i + word.size <= text.size; i++) {
		size_t same = 0;

		while (same < word.size && byte_lower(text.data[i + same]) == word.data[same])
			same++;
		if (same == word.size)
			return true;
	}
	return false;
}

/* The first @size bytes of @whole, or all of it. */
static inline struct slice slice_first(struct slice whole, size_t size)
{
	return (struct slice){ whole.data, size < whole.size ? size : whole.size };
}

/* What follows the first @size bytes of @whole; empty when there is nothing. */
static inline struct slice slice_after(struct slice whole, size_t size)
{
	if (size >= whole.size)
		return (struct slice){ whole.data ? whole.data + whole.size : NULL, 0 };
	return (struct slice){ whole.data + size, whole.size - size };
}

/* Without the spaces and tabs at both ends. */
static inline struct slice slice_without_blanks(struct slice text)
{
	while (text.size && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = slice_after(text, 1);
	while (text.size && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
		text.size--;
	return text;
}

/*
 * Takes what stands before the next @separator, or all, off @rest. False when @rest is empty; an
 * empty part behind the last separator is none.
 */
static inline bool slice_take_part(struct slice *rest, uint8_t separator, struct slice *ret)
{
	const uint8_t *end;

	if (!rest->size)
		return false;
	end = memchr(rest->data, separator, rest->size);
	*ret = slice_first(*rest, end ? (size_t)(end - rest->data) : rest->size);
	*rest = slice_after(*rest, ret->size + 1);
	return true;
}

/* What fits into 64 bits whatever the digits are. */
#define SLICE_DIGITS_MAX 18

/* Digits and nothing else, at most @digits of them; false: @ret is untouched. */
static inline bool slice_decimal(struct slice text, size_t digits, uint64_t *ret)
{
	uint64_t number = 0;

	if (!text.size || text.size > digits || digits > SLICE_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	*ret = number;
	return true;
}

#endif
