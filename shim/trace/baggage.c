/* SPDX-License-Identifier: Apache-2.0 */
/* Members of baggage, checked and written without blanks. */
#include "trace/baggage.h"

#include <string.h>

/* One bit for each character that may stand there, from 0 to 127. */
struct characters {
	uint64_t bits[2];
};

/* The token of RFC 7230: letters, digits and !#$%&'*+-.^_`|~ */
static const struct characters of_key = { { 0x03ff6cfa00000000, 0x57ffffffc7fffffe } };
/* The baggage-octet: what is visible but for quote, comma, semicolon and backslash. */
static const struct characters of_value = { { 0xf7ffeffa00000000, 0x7fffffffefffffff } };

static bool text_is_of(struct slice text, const struct characters *characters)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] > 127 ||
		    !(characters->bits[text.data[i] >> 6] >> (text.data[i] & 63) & 1))
			return false;
	return true;
}

/* `key` or `key=value`, without the blanks around both. */
struct pair {
	struct slice key, value;
	bool has_value;
};

static bool pair_parse(struct slice text, struct pair *ret)
{
	struct pair pair = { 0 };

	pair.has_value = text.size && memchr(text.data, '=', text.size);
	if (slice_take_part(&text, '=', &pair.key))
		pair.key = slice_without_blanks(pair.key);
	pair.value = slice_without_blanks(text);
	*ret = pair;
	return pair.key.size && text_is_of(pair.key, &of_key) &&
	       text_is_of(pair.value, &of_value);
}

/* At the end; a piece for which there is no room leaves the size beyond the maximum. */
static void put(struct baggage *baggage, struct slice piece)
{
	if (baggage->size <= BAGGAGE_SIZE_MAX && piece.size <= BAGGAGE_SIZE_MAX - baggage->size) {
		if (piece.size)
			memcpy(baggage->text + baggage->size, piece.data, piece.size);
		baggage->size += piece.size;
	} else {
		baggage->size = BAGGAGE_SIZE_MAX + 1;
	}
}

static void put_pair(struct baggage *baggage, const struct pair *pair)
{
	put(baggage, pair->key);
	if (!pair->has_value)
		return;
	put(baggage, SLICE("="));
	put(baggage, pair->value);
}

/* False when it is malformed or too long; then nothing that it wrote counts. */
static bool put_member(struct baggage *baggage, struct slice member)
{
	struct slice part;
	struct pair pair;

	if (!slice_take_part(&member, ';', &part) || !pair_parse(part, &pair) || !pair.has_value)
		return false;
	if (baggage->size)
		put(baggage, SLICE(","));
	put_pair(baggage, &pair);
	while (slice_take_part(&member, ';', &part)) {
		if (!slice_without_blanks(part).size)
			continue;
		if (!pair_parse(part, &pair))
			return false;
		put(baggage, SLICE(";"));
		put_pair(baggage, &pair);
	}
	return baggage->size <= BAGGAGE_SIZE_MAX;
}

void baggage_add(struct baggage *baggage, struct slice line)
{
	struct slice member;

	while (slice_take_part(&line, ',', &member)) {
		size_t before = baggage->size;

		if (!slice_without_blanks(member).size)
			continue;
		if (baggage->members < BAGGAGE_MEMBERS_MAX && put_member(baggage, member)) {
			baggage->members++;
		} else {
			baggage->size = before;
			baggage->left_out++;
		}
	}
}
