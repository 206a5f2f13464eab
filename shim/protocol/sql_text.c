/* SPDX-License-Identifier: Apache-2.0 */
/* Capped, hashed, valid SQL text. */
#include "protocol/sql_text.h"

#include "base/cold.h"

static const struct slice replacement = { (const uint8_t *)"\xef\xbf\xbd", 3 };

/*
 * What the first byte of a character says: its length (0: it is none), and bounds of the second
 * byte.
 */
static size_t lead_decode(uint8_t lead, uint8_t *low, uint8_t *high)
{
	*low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	*high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2)
		return 0;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	return lead < 0xf5 ? 4 : 0;
}

/* Bytes of the character or invalid sequence at the start of @piece, which is not empty. */
static size_t character_size(struct slice piece, bool *valid)
{
	uint8_t low, high;
	size_t size = lead_decode(piece.data[0], &low, &high);
	size_t i = 1;

	for (; i < size && i < piece.size; i++) {
		if (piece.data[i] < low || piece.data[i] > high)
			break;
		low = 0x80;
		high = 0xbf;
	}
	*valid = i == size;
	return i;
}

/*
 * The valid bytes at the start of @piece, up to its end or to an invalid sequence of @invalid
 * bytes.
 */
static size_t valid_size(struct slice piece, size_t *invalid)
{
	size_t size = 0;

	*invalid = 0;
	while (size < piece.size) {
		bool valid;
		size_t step = character_size(slice_after(piece, size), &valid);

		if (!valid) {
			*invalid = step;
			break;
		}
		size += step;
	}
	return size;
}

/* Whether @source is valid UTF-8; of ASCII, sixteen bytes at a time. */
static bool source_is_valid(struct slice source)
{
	size_t at = 0;

	while (source.size - at >= SQL_BLOCK) {
		unsigned int high = sql_block_high(source.data + at);
		bool valid;

		if (!high) {
			at += SQL_BLOCK;
			continue;
		}
		at += (size_t)__builtin_ctz(high);
		at += character_size(slice_after(source, at), &valid);
		if (!valid)
			return false;
	}
	while (at < source.size && source.size < SQL_BLOCK && source.data[at] < 0x80)
		at++;
	if (at == source.size)
		return true;
	if (source.size >= SQL_BLOCK &&
	    !(sql_block_high(source.data + source.size - SQL_BLOCK) >>
	      (SQL_BLOCK - (source.size - at))))
		return true;

	size_t invalid;

	valid_size(slice_after(source, at), &invalid);
	return invalid == 0;
}

/* The first byte that does not fit starts the running hash with all that came before. */
static void text_put(struct sql_text *text, struct slice piece)
{
	if (text->overflowed) {
		XXH64_update(&text->hash, piece.data, piece.size);
		return;
	}

	size_t room = text->capacity - text->size;
	size_t fits = piece.size < room ? piece.size : room;

	if (fits)
		memcpy(text->data + text->size, piece.data, fits);
	text->size += fits;
	if (fits == piece.size)
		return;
	text->overflowed = true;
	XXH64_reset(&text->hash, 0);
	if (text->size)
		XXH64_update(&text->hash, text->data, text->size);
	XXH64_update(&text->hash, piece.data + fits, piece.size - fits);
}

void sql_text_begin(struct sql_text *text, uint8_t *data, size_t capacity, struct slice source)
{
	text->data = data;
	text->capacity = capacity;
	text->size = 0;
	text->valid = source_is_valid(source);
	text->overflowed = false;
}

COLD void sql_text_append_checked(struct sql_text *text, struct slice piece)
{
	if (piece.size == 0)
		return;
	if (text->valid) {
		text_put(text, piece);
		return;
	}
	while (piece.size) {
		size_t invalid;
		size_t valid = valid_size(piece, &invalid);

		text_put(text, slice_first(piece, valid));
		if (invalid)
			text_put(text, replacement);
		piece = slice_after(piece, valid + invalid);
	}
}

uint64_t sql_text_finish(struct sql_text *text)
{
	if (!text->overflowed)
		return text->data ? XXH64(text->data, text->size, 0) : XXH64("", 0, 0);

	size_t size = text->size;
	size_t character = size;

	while (character > 0 && size - character < 3 && (text->data[character - 1] & 0xc0) == 0x80)
		character--;
	if (character > 0) {
		uint8_t low, high;

		character--;
		if (character + lead_decode(text->data[character], &low, &high) > size)
			text->size = character;
	}
	return XXH64_digest(&text->hash);
}

bool sql_text_copy(uint8_t *data, size_t room, struct slice piece, size_t *size)
{
	size_t used = 0;

	while (piece.size) {
		size_t invalid;
		size_t valid = valid_size(piece, &invalid);

		if (room - used < valid + (invalid ? replacement.size : 0))
			return false;
		memcpy(data + used, piece.data, valid);
		used += valid;
		if (invalid) {
			memcpy(data + used, replacement.data, replacement.size);
			used += replacement.size;
		}
		piece = slice_after(piece, valid + invalid);
	}
	*size = used;
	return true;
}
