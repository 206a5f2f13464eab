/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The db.query.summary of a statement, from its tokens: commands and their targets as written, in
 * order ("INSERT shipping_details SELECT orders"), by the semantic conventions for databases
 * ("Generating a summary of the query text"). Pure; one summary, one thread.
 *
 * Only words of the keyword list and identifiers in the place of a target are ever copied: no
 * literal, no alias, no column. An unknown command gives an empty summary. Names that programs make
 * up as they go (cursors, savepoints) are left out, since the summary is the span's name. FROM is a
 * clause only directly inside a SELECT, DELETE or UPDATE: trim(both FROM x), extract(year FROM d)
 * and IS DISTINCT FROM x have no target.
 */
#ifndef PROTOCOL_SQL_SUMMARY_H
#define PROTOCOL_SQL_SUMMARY_H

#include "base/slice.h"
#include "protocol/sql_keyword.h"

/* The conventions' limit; counted in bytes here, so that it holds in any counting. */
#define SQL_SUMMARY_MAX 255

/* What the next name would be. */
enum sql_expectation {
	SQL_EXPECT_NOTHING,
	SQL_EXPECT_TARGET, /* after FROM, JOIN, INTO ...; a keyword is a name here too */
	SQL_EXPECT_NAME, /* the name of an object, perhaps after noise words */
	SQL_EXPECT_TABLE, /* the same, perhaps after the word TABLE */
	SQL_EXPECT_OBJECT, /* the kind of an object */
	SQL_EXPECT_GRANTED, /* the object behind ON, perhaps after its kind */
};

/*
 * Of each level of parentheses one bit in each of the three words, the innermost lowest. Levels
 * beyond 64 are forgotten from the outside: their targets may be missing, nothing false appears.
 */
struct sql_summary {
	uint8_t *data; /* the caller's */
	size_t capacity;
	size_t size;
	size_t part_start; /* where the last target begins, its space included */
	uint64_t queries; /* a command with a FROM clause is open */
	uint64_t lists; /* a list of targets is open: a comma continues it */
	uint64_t withs; /* WITH is open: a closing parenthesis may precede its statement */
	unsigned int depth;
	unsigned int expected_at; /* the depth at which the expectation holds */
	uint8_t expectation; /* enum sql_expectation */
	uint8_t command; /* enum sql_start of the statement's first command */
	bool using; /* the USING of DELETE or MERGE has not come yet */
	bool full;
	/* These four are set together by most tokens, in one store where they are neighbours. */
	uint8_t previous; /* enum sql_keyword_id of the token before; or a mark */
	bool opens; /* a statement may begin here */
	bool named; /* the token before was copied as a target: a dot continues it */
	bool dotted; /* ... and the dot has come */
	bool valid; /* the caller's word that all names are valid UTF-8: they are only copied */
};

/* Starts an empty summary in @data; at most SQL_SUMMARY_MAX bytes are used. */
void sql_summary_begin(struct sql_summary *summary, uint8_t *data, size_t capacity);

/* For sql_summary_word() alone: a keyword, or an identifier that may be a target. */
void sql_summary_word_read(struct sql_summary *summary, struct slice word,
			   enum sql_keyword_id keyword);

/*
 * True when an identifier that comes next is no part of the summary, and what hangs on it neither.
 */
static inline bool sql_summary_skips(const struct sql_summary *summary)
{
	return !summary->dotted && summary->expectation == SQL_EXPECT_NOTHING;
}

/* The next token is a word: @keyword is what sql_keyword_find() says of it. */
static inline void sql_summary_word(struct sql_summary *summary, struct slice word,
				    enum sql_keyword_id keyword)
{
	if (keyword != SQL_KEYWORD_NONE || !sql_summary_skips(summary)) {
		sql_summary_word_read(summary, word, keyword);
		return;
	}
	summary->opens = false;
	summary->named = false;
	summary->dotted = false;
	summary->previous = SQL_KEYWORD_NONE;
}

/* The next token is a quoted identifier. */
void sql_summary_quoted(struct sql_summary *summary, struct slice identifier);

/* The next token is one of . , ; ( ) [ ] */
void sql_summary_mark(struct sql_summary *summary, uint8_t mark);

/* The next token is a literal or a parameter: never part of a summary. */
void sql_summary_value(struct sql_summary *summary);

#endif
