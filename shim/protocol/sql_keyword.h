/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recognition of the SQL words listed in sql_keyword.def, whatever their case. Pure; any thread.
 */
#ifndef PROTOCOL_SQL_KEYWORD_H
#define PROTOCOL_SQL_KEYWORD_H

#include "base/slice.h"
#include "protocol/sql_block.h"

/* What a word opens where a statement may begin. */
enum sql_start {
	SQL_START_NONE,
	SQL_START_PLAIN, /* the word is the whole summary: BEGIN, SET, FETCH */
	SQL_START_NAME, /* one name follows: CALL p */
	SQL_START_NAMES, /* a list of names follows: VACUUM a, b */
	SQL_START_TABLES, /* the same, perhaps after the word TABLE: TRUNCATE TABLE a, b */
	SQL_START_OBJECT, /* a kind of object, then its name: ALTER TABLE t */
	SQL_START_OBJECTS, /* a kind of object, then names: DROP TABLE a, b */
	SQL_START_CREATE, /* as OBJECT, and a statement may follow AS */
	SQL_START_GRANT, /* the name follows ON */
	SQL_START_INTO, /* the name follows INTO, a source follows USING */
	SQL_START_DELETE, /* FROM and USING are lists of targets */
	SQL_START_UPDATE,
	SQL_START_WITH,
	SQL_START_EXPLAIN, /* options, then a statement */
	SQL_START_SELECT,
	SQL_START_COPY, /* a name, or a statement in parentheses */
	SQL_START_PREPARE, /* a name, then a statement after AS */
};

/* What a word is between CREATE, ALTER, DROP ... and the object's name. */
enum sql_object {
	SQL_OBJECT_NONE,
	SQL_OBJECT_NAMED, /* the kind of object: TABLE */
	SQL_OBJECT_PREFIX, /* the first word of the kind: MATERIALIZED VIEW */
	SQL_OBJECT_BARE, /* a kind that is not followed by a plain name: CAST */
	SQL_OBJECT_MODIFIER, /* does not name the kind: OR REPLACE, UNIQUE, TEMP */
};

enum sql_keyword_flags {
	SQL_FLAG_NONE,
	SQL_FLAG_NOISE, /* may stand before a name and is none: IF NOT EXISTS, ONLY */
	SQL_FLAG_ENDS, /* ends a list of FROM: WHERE, GROUP, UNION */
};

enum sql_keyword_id {
	SQL_KEYWORD_NONE,
#define SQL_KEYWORD(id, ...) SQL_KEYWORD_##id,
#include "protocol/sql_keyword.def"
#undef SQL_KEYWORD
	SQL_KEYWORD_COUNT
};

struct sql_keyword {
	char word[12]; /* lower case, filled up with zeros, not terminated */
	uint8_t size;
	uint8_t start; /* enum sql_start */
	uint8_t object; /* enum sql_object */
	uint8_t flags; /* enum sql_keyword_flags */
};

enum { SQL_KEYWORD_SLOTS = 1024 };

enum { SQL_KEYWORD_MIN = 2, SQL_KEYWORD_MAX = 12 };

/*
 * The slot of a word: by its first six bytes in lower case, packed, and its size. The multiplier
 * was searched for so that no two words of the list share a slot; the compiler tells when they do
 * (-Woverride-init), and then a new one is needed: about one of ten thousand odd numbers will do.
 */
#define SQL_KEYWORD_SLOT(packed, size)                                     \
	((((uint64_t)(packed) << 16) + (size)) * 0x564ac3c02663e3ffu / \
	 (UINT64_MAX / SQL_KEYWORD_SLOTS + 1))

extern const uint8_t sql_keyword_slots[SQL_KEYWORD_SLOTS];

/* Indexed by enum sql_keyword_id; entry 0 is empty. */
extern const struct sql_keyword sql_keywords[SQL_KEYWORD_COUNT];

/* The keyword that @word is, SQL_KEYWORD_NONE when it is none. Takes constant time. */
enum sql_keyword_id sql_keyword_find(struct slice word);

/* Each byte of a 64-bit word set to @byte. */
#define SQL_EACH(byte) (0x0101010101010101u * (byte))

/* The eight bytes at @at, the first one lowest. */
static inline uint64_t sql_pack(const void *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? bytes : __builtin_bswap64(bytes);
}

/* By the size of a word, which of eight packed bytes are its own. */
extern const uint64_t sql_keyword_masks[SQL_KEYWORD_MAX + 1];

/*
 * The same for a word whose first eight bytes are already packed; what is behind a shorter one does
 * not matter. Inline: nearly every word of every traced statement is looked up.
 */
SQL_INLINE enum sql_keyword_id sql_keyword_find_packed(uint64_t packed, struct slice word)
{
	if (word.size - SQL_KEYWORD_MIN > SQL_KEYWORD_MAX - SQL_KEYWORD_MIN)
		return SQL_KEYWORD_NONE;
	packed = (packed | SQL_EACH(0x20)) & sql_keyword_masks[word.size];

	uint8_t id = sql_keyword_slots[SQL_KEYWORD_SLOT(packed, word.size)];
	const struct sql_keyword *keyword = &sql_keywords[id];

	if (sql_pack(keyword->word) != packed)
		return SQL_KEYWORD_NONE;
	if (word.size < sizeof(packed))
		return id;
	if (keyword->size != word.size)
		return SQL_KEYWORD_NONE;

	size_t rest = word.size - sizeof(packed);

	return sql_pack(keyword->word + rest) == (sql_pack(word.data + rest) | SQL_EACH(0x20)) ?
		       id :
		       SQL_KEYWORD_NONE;
}

#endif
