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
	uint64_t packed; /* the last word, as sql_keyword_find_packed() wants it, or 0 */
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
};

extern const uint8_t sql_bytes[256];

static inline struct sql_lexer sql_lexer_of(struct slice statement,
					    bool standard_conforming_strings)
{
	return (struct sql_lexer){
		.start = statement.data,
		.at = statement.data,
		.end = statement.data + statement.size,
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

/* The same for the word from lexer->start to @at, when a quote or an ampersand follows it. */
enum sql_token_kind sql_token_prefixed(struct sql_lexer *lexer, const uint8_t *at);

/* Each byte of a 64-bit word set to @byte. */
#define SQL_EACH(byte) (0x0101010101010101u * (byte))

/*
 * Eight bytes at once: of the letters and underscores at @at, how many there are before another
 * byte comes, and those in lower case, packed. The sums do not carry from byte to byte since no
 * byte is above 0x7f; a byte that was passes for a letter, which it is in SQL.
 */
static inline size_t sql_word_pack(const uint8_t *at, uint64_t *packed)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));

	uint64_t low = bytes & SQL_EACH(0x7f);
	uint64_t lower = low | SQL_EACH(0x20);
	uint64_t from_a = lower + SQL_EACH(0x80 - 'a');
	uint64_t behind_z = lower + SQL_EACH(0x80 - 'z' - 1);
	uint64_t no_underscore = (low ^ SQL_EACH('_')) + SQL_EACH(0x7f);
	uint64_t others = (~from_a | behind_z) & no_underscore & SQL_EACH(0x80);

	if (others == 0)
		return sizeof(bytes);

	int bits = __builtin_ctzll(others) - 7;

	*packed = (bytes | SQL_EACH(0x20)) & (((uint64_t)1 << bits) - 1);
	return (size_t)bits / 8;
}

/* Behind the word at @at, whose first byte is a letter. */
static inline const uint8_t *sql_word_read(struct sql_lexer *lexer, const uint8_t *at)
{
	const uint8_t *end = lexer->end;

	lexer->packed = 0;
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && (size_t)(end - at) >= sizeof(uint64_t)) {
		uint64_t packed = 0;
		size_t size = sql_word_pack(at, &packed);

		at += size;
		if (size < sizeof(uint64_t) && !(sql_bytes[*at] & SQL_BYTE_IN_WORD)) {
			lexer->packed = size > 1 ? packed : 0;
			return at;
		}
	}
	while (at < end && sql_bytes[*at] & SQL_BYTE_IN_WORD)
		at++;
	return at;
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
		do
			at++;
		while (at < end && sql_bytes[*at] & SQL_BYTE_IN_WORD);
		if (at < end && (*at == '\'' || *at == '&'))
			break;
		lexer->at = at;
	}
}

/*
 * Reads the next token. In the header because words and marks are nearly all of SQL, and this is
 * the inner loop of every traced query.
 */
static inline __attribute__((always_inline)) enum sql_token_kind
sql_token_next(struct sql_lexer *lexer)
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
			at = sql_word_read(lexer, at);
			if (at < end && (*at == '\'' || *at == '&'))
				return sql_token_prefixed(lexer, at);
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
