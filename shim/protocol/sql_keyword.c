/* SPDX-License-Identifier: Apache-2.0 */
/* SQL words by a perfect hash: two words in one slot are a warning of the compiler. */
#include "protocol/sql_keyword.h"

enum { WORD_MIN = 2, WORD_MAX = 12 };

const struct sql_keyword sql_keywords[SQL_KEYWORD_COUNT] = {
#define SQL_KEYWORD(id, text, a, b, y, z, opens, part, more) \
	[SQL_KEYWORD_##id] = { .word = text,                 \
			       .size = sizeof(text) - 1,     \
			       .start = SQL_START_##opens,   \
			       .object = SQL_OBJECT_##part,  \
			       .flags = SQL_FLAG_##more },
#include "protocol/sql_keyword.def"
#undef SQL_KEYWORD
};

const uint8_t sql_keyword_slots[SQL_KEYWORD_SLOTS] = {
#define SQL_KEYWORD(id, text, a, b, y, z, ...) \
	[SQL_KEYWORD_SLOT(a, b, y, z, sizeof(text) - 1)] = SQL_KEYWORD_##id,
#include "protocol/sql_keyword.def"
#undef SQL_KEYWORD
};

_Static_assert(SQL_KEYWORD_COUNT < 256, "a slot is one byte");

/* Lower case for letters; other bytes of a word never become a letter by it. */
static inline uint8_t fold(uint8_t byte)
{
	return byte | 0x20;
}

enum sql_keyword_id sql_keyword_find(struct slice word)
{
	if (word.size < WORD_MIN || word.size > WORD_MAX)
		return SQL_KEYWORD_NONE;

	const uint8_t *tail = word.data + word.size - 2;
	uint8_t id = sql_keyword_slots[SQL_KEYWORD_SLOT(fold(word.data[0]), fold(word.data[1]),
							fold(tail[0]), fold(tail[1]), word.size)];
	const struct sql_keyword *keyword = &sql_keywords[id];

	if (keyword->size != word.size)
		return SQL_KEYWORD_NONE;
	for (size_t i = 0; i < word.size; i++)
		if (fold(word.data[i]) != (uint8_t)keyword->word[i])
			return SQL_KEYWORD_NONE;
	return id;
}
