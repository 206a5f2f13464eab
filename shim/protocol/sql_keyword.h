/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recognition of the SQL words listed in sql_keyword.def, whatever their case. Pure; any thread.
 */
#ifndef PROTOCOL_SQL_KEYWORD_H
#define PROTOCOL_SQL_KEYWORD_H

#include "base/slice.h"

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
	union {
		char word[13]; /* lower case, filled up with zeros */
		uint64_t packed; /* its first eight bytes */
	};
	uint8_t size;
	uint8_t start; /* enum sql_start */
	uint8_t object; /* enum sql_object */
	uint8_t flags; /* enum sql_keyword_flags */
};

enum { SQL_KEYWORD_SLOTS = 1024 };

/*
 * The slot of a word: its first two bytes and its last two in lower case, and its size. The weights
 * were searched for so that no two words of the list share a slot; the compiler tells when they do
 * (-Woverride-init), and then new weights are needed: any of 1 to 63 will do.
 */
#define SQL_KEYWORD_SLOT(first, second, before_last, last, size)                                  \
	(((unsigned int)(first)*25 + (unsigned int)(second)*43 + (unsigned int)(before_last)*22 + \
	  (unsigned int)(last)*3 + (unsigned int)(size)) %                                        \
	 SQL_KEYWORD_SLOTS)

extern const uint8_t sql_keyword_slots[SQL_KEYWORD_SLOTS];

/* Indexed by enum sql_keyword_id; entry 0 is empty. */
extern const struct sql_keyword sql_keywords[SQL_KEYWORD_COUNT];

/* The keyword that @word is, SQL_KEYWORD_NONE when it is none. Takes constant time. */
enum sql_keyword_id sql_keyword_find(struct slice word);

/*
 * The same for a word of two to seven bytes that is already in lower case and packed: as the first
 * eight bytes of struct sql_keyword. Most words of a statement are looked up like this.
 */
static inline enum sql_keyword_id sql_keyword_find_packed(uint64_t word, size_t size)
{
	uint64_t tail = word >> (8 * (size - 2));
	uint8_t id = sql_keyword_slots[SQL_KEYWORD_SLOT(word & 0xff, word >> 8 & 0xff, tail & 0xff,
							tail >> 8, size)];

	return sql_keywords[id].packed == word ? id : SQL_KEYWORD_NONE;
}

#endif
