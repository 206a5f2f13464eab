/* SPDX-License-Identifier: Apache-2.0 */
/* SQL words by a perfect hash: two words in one slot are a warning of the compiler. */
#include "protocol/sql_keyword.h"

const struct sql_keyword sql_keywords[SQL_KEYWORD_COUNT] = {
#define SQL_KEYWORD(id, text, a, b, c, d, e, f, opens, part, more) \
	[SQL_KEYWORD_##id] = { .word = text,                       \
			       .size = sizeof(text) - 1,           \
			       .start = SQL_START_##opens,         \
			       .object = SQL_OBJECT_##part,        \
			       .flags = SQL_FLAG_##more },
#include "protocol/sql_keyword.def"
#undef SQL_KEYWORD
};

#define FIRST_SIX(a, b, c, d, e, f)                                                         \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | \
	 (uint64_t)(e) << 32 | (uint64_t)(f) << 40)

const uint8_t sql_keyword_slots[SQL_KEYWORD_SLOTS] = {
#define SQL_KEYWORD(id, text, a, b, c, d, e, f, ...) \
	[SQL_KEYWORD_SLOT(FIRST_SIX(a, b, c, d, e, f), sizeof(text) - 1)] = SQL_KEYWORD_##id,
#include "protocol/sql_keyword.def"
#undef SQL_KEYWORD
};

const uint64_t sql_keyword_masks[SQL_KEYWORD_MAX + 1] = {
	[2] = 0xffff,
	[3] = 0xffffff,
	[4] = 0xffffffff,
	[5] = 0xffffffffff,
	[6] = 0xffffffffffff,
	[7] = 0xffffffffffffff,
	[8 ... SQL_KEYWORD_MAX] = UINT64_MAX,
};

_Static_assert(SQL_KEYWORD_COUNT < 256, "a slot is one byte");

enum sql_keyword_id sql_keyword_find(struct slice word)
{
	uint64_t packed = 0;

	for (size_t i = 0; i < word.size && i < sizeof(packed); i++)
		packed |= (uint64_t)word.data[i] << (8 * i);
	return sql_keyword_find_packed(packed, word);
}
