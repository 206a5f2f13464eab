/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SQL lexer, PostgreSQL dialect (src/backend/parser/scan.l, releases 9.6 to 17): cuts a
 * statement into the tokens that the sanitiser and the summary care for. Pure; any thread; linear
 * time; never reads outside the statement. Survives any bytes: what cannot be lexed is skipped, and
 * a literal, comment or quoted identifier without an end is one BROKEN token up to the end of the
 * input, so that nothing of it is ever taken for SQL.
 *
 * White space and operators are not returned: they are the gaps between two tokens.
 *
 * The bytes are taken for UTF-8 or another encoding whose multi-byte characters hold no byte below
 * 0x80. In the client-only encodings that do hold such bytes (SJIS, BIG5, GBK ...) a backslash may
 * be half of a character; that matters to E'...' alone.
 */
#ifndef PROTOCOL_SQL_TOKEN_H
#define PROTOCOL_SQL_TOKEN_H

#include "base/slice.h"
#include "protocol/sql_block.h"
#include "protocol/sql_keyword.h"

enum sql_token_kind {
	SQL_TOKEN_END, /* no more input; empty */
	SQL_TOKEN_WORD, /* keyword or plain identifier */
	SQL_TOKEN_QUOTED, /* "identifier" or U&"identifier", with its quotes */
	SQL_TOKEN_LITERAL, /* string of any form with its prefix, number with its sign */
	SQL_TOKEN_PARAMETER, /* $1 ? :name */
	SQL_TOKEN_MARK, /* one of . , ; ( ) [ ] */
	SQL_TOKEN_COMMENT,
	SQL_TOKEN_BROKEN, /* not terminated: reaches to the end of the input */
};

/* Where reading goes on, and the last token. A copy is a second reader, for looking ahead. */
struct sql_lexer {
	const uint8_t *start; /* of the last token, which ends at @at */
	const uint8_t *at;
	const uint8_t *end;
	const uint8_t *last_block; /* the last SQL_BLOCK bytes; NULL: there are fewer */
	bool standard_conforming_strings; /* off: a backslash escapes in plain '...' too */
};

/* What a byte begins, and what it may continue. */
enum {
	SQL_BYTE_GAP, /* white space, operators, anything without a meaning here */
	SQL_BYTE_LETTER,
	SQL_BYTE_MARK,
	SQL_BYTE_DIGIT,
	SQL_BYTE_QUOTE,
	SQL_BYTE_DOUBLE_QUOTE,
	SQL_BYTE_DOLLAR,
	SQL_BYTE_SIGN,
	SQL_BYTE_SLASH,
	SQL_BYTE_DOT,
	SQL_BYTE_COLON,
	SQL_BYTE_QUESTION,
	SQL_BYTE_BEGINS = 0x0f,
	SQL_BYTE_IN_WORD = 0x10,
	SQL_BYTE_SPACE = 0x20,
	SQL_BYTE_AFTER_PREFIX = 0x40, /* behind a word, makes it the prefix of a string */
	SQL_BYTE_GOES_ON = SQL_BYTE_IN_WORD | SQL_BYTE_AFTER_PREFIX,
};

extern const uint8_t sql_bytes[256];

static inline struct sql_lexer sql_lexer_of(struct slice statement,
					    bool standard_conforming_strings)
{
	return (struct sql_lexer){
		.start = statement.data,
		.at = statement.data,
		.end = statement.data + statement.size,
		.last_block = statement.size < SQL_BLOCK ?
				      NULL :
				      statement.data + statement.size - SQL_BLOCK,
		.standard_conforming_strings = standard_conforming_strings,
	};
}

/* The bytes of the last token. */
static inline struct slice sql_token_slice(const struct sql_lexer *lexer)
{
	return slice_of(lexer->start, (size_t)(lexer->at - lexer->start));
}

/*
 * For sql_token_next() alone: the token that begins at @at with anything but a mark or a letter.
 * SQL_TOKEN_END, and the lexer set behind it, when it is an operator.
 */
enum sql_token_kind sql_token_rare(struct sql_lexer *lexer, const uint8_t *at);

/* The same for a word that begins at lexer->start and reaches to @at or beyond, or is a prefix. */
enum sql_token_kind sql_token_word(struct sql_lexer *lexer, const uint8_t *at);

/*
 * How many letters, digits, underscores and bytes above 0x7f there are from @at on, SQL_BLOCK at
 * most; 0 in a statement that is too short for blocks. The last block is read from its start.
 */
SQL_INLINE size_t sql_run_size(const struct sql_lexer *lexer, const uint8_t *at)
{
	const uint8_t *last = lexer->last_block;
	unsigned int run;

	if (__builtin_expect(at <= last, 1))
		run = sql_block_words(at);
	else if (last)
		run = sql_block_words(last) >> (at - last);
	else
		return 0;
	return (size_t)__builtin_ctz(~run);
}

/* Behind the bytes from @at on that may be part of a word. */
SQL_INLINE const uint8_t *sql_word_end(const struct sql_lexer *lexer, const uint8_t *at)
{
	at += sql_run_size(lexer, at);
	while (__builtin_expect(at < lexer->end && sql_bytes[*at] & SQL_BYTE_IN_WORD, 0))
		at++;
	return at;
}

/* What the last token, a word, is to sql_keyword_find(). */
SQL_INLINE enum sql_keyword_id sql_token_keyword(const struct sql_lexer *lexer)
{
	struct slice word = sql_token_slice(lexer);
	uint64_t packed;

	if (__builtin_expect(word.data <= lexer->last_block, 1) ||
	    lexer->end - word.data >= (ptrdiff_t)sizeof(packed))
		packed = sql_pack(word.data);
	else if (lexer->last_block)
		packed = sql_pack(lexer->end - sizeof(packed)) >>
			 (64 - 8 * (lexer->end - word.data));
	else
		return sql_keyword_find(word);
	return sql_keyword_find_packed(packed, word);
}

/*
 * The last token is a word and an identifier: makes it reach over the names that dots join to it.
 * Ends before a name that may be the prefix of a string.
 */
static inline void sql_token_skip_qualified(struct sql_lexer *lexer)
{
	const uint8_t *at = lexer->at, *end = lexer->end;

	while (end - at > 1 && *at == '.' &&
	       (sql_bytes[at[1]] & SQL_BYTE_BEGINS) == SQL_BYTE_LETTER) {
		at = sql_word_end(lexer, at + 1);
		if (at < end && sql_bytes[*at] & SQL_BYTE_AFTER_PREFIX)
			break;
		lexer->at = at;
	}
}

/*
 * Reads the next token. In the header because words and marks are nearly all of SQL, and this is
 * the inner loop of every traced query.
 */
SQL_INLINE enum sql_token_kind sql_token_next(struct sql_lexer *lexer)
{
	const uint8_t *at = lexer->at, *end = lexer->end;

	while (at < end) {
		unsigned int begins = sql_bytes[*at] & SQL_BYTE_BEGINS;

		if (begins == SQL_BYTE_GAP) {
			at++;
			continue;
		}
		lexer->start = at;
		if (begins == SQL_BYTE_LETTER) {
			at += sql_run_size(lexer, at);
			if (__builtin_expect(at < end && sql_bytes[*at] & SQL_BYTE_GOES_ON, 0))
				return sql_token_word(lexer, at);
			lexer->at = at;
			return SQL_TOKEN_WORD;
		}
		if (begins == SQL_BYTE_MARK) {
			lexer->at = at + 1;
			return SQL_TOKEN_MARK;
		}

		enum sql_token_kind kind = sql_token_rare(lexer, at);

		if (kind != SQL_TOKEN_END)
			return kind;
		at = lexer->at;
	}
	lexer->start = end;
	lexer->at = end;
	return SQL_TOKEN_END;
}

#endif
