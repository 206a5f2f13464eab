/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing SQL text that is capped and hashed at once: what does not fit is still part of the hash.
 * The text is valid UTF-8 whatever comes in: each maximal invalid sequence becomes U+FFFD (Unicode
 * 15, section 3.9, "substitution of maximal subparts"). Pure; one writer, one thread.
 */
#ifndef PROTOCOL_SQL_TEXT_H
#define PROTOCOL_SQL_TEXT_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/slice.h"
#include "protocol/sql_block.h"

struct sql_text {
	uint8_t *data; /* the caller's */
	size_t capacity;
	size_t size; /* while overflowed: capacity */
	bool valid; /* all that will be appended is valid UTF-8 */
	bool overflowed; /* more was written than fits; only then is @hash in use */
	XXH64_state_t hash;
};

/* Starts an empty text in @data, which pieces of @source will be appended to. */
void sql_text_begin(struct sql_text *text, uint8_t *data, size_t capacity, struct slice source);

/* For sql_text_append() alone: the same for pieces that do not fit or are not valid. */
void sql_text_append_checked(struct sql_text *text, struct slice piece);

/* Copies bytes that are few most of the time; no call, and no byte of either side is left out. */
static inline void sql_text_move(uint8_t *to, const uint8_t *from, size_t size)
{
	size_t i = 0;

	if (size < 4) {
		for (; i < size; i++)
			to[i] = from[i];
	} else if (size < 8) {
		memcpy(to, from, 4);
		memcpy(to + size - 4, from + size - 4, 4);
	} else if (size < 16) {
		memcpy(to, from, 8);
		memcpy(to + size - 8, from + size - 8, 8);
	} else {
		for (; i + 16 < size; i += 16)
			memcpy(to + i, from + i, 16);
		memcpy(to + size - 16, from + size - 16, 16);
	}
}

/* Appends @piece, of the source or of ASCII. A character must not be spread over two pieces. */
SQL_INLINE void sql_text_append(struct sql_text *text, struct slice piece)
{
	if (__builtin_expect(!text->valid || piece.size > text->capacity - text->size, 0)) {
		sql_text_append_checked(text, piece);
		return;
	}
	sql_text_move(text->data + text->size, piece.data, piece.size);
	text->size += piece.size;
}

/*
 * Cuts the text so that it does not end inside a character, and gives XXH64 (seed 0) of all
 * that was appended, as it is or would be in the text.
 */
uint64_t sql_text_finish(struct sql_text *text);

/*
 * Copies the whole of @piece, made valid UTF-8, to the @room bytes at @data. False, and anything in
 * those bytes, when it does not fit; @size, the bytes used, is set on success only.
 */
bool sql_text_copy(uint8_t *data, size_t room, struct slice piece, size_t *size);

#endif
