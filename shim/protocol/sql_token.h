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
 * 0x80. In the client-only encodings that do hold such bytes (SJIS, BIG5, GBK ...) a backslash may be
 * half of a character; that matters to E'...' alone.
 */
#ifndef PROTOCOL_SQL_TOKEN_H
#define PROTOCOL_SQL_TOKEN_H

#include "base/slice.h"

enum sql_token_kind {
	SQL_TOKEN_END,		/* no more input; empty */
	SQL_TOKEN_WORD,		/* keyword or plain identifier */
	SQL_TOKEN_QUOTED,	/* "identifier" or U&"identifier", with its quotes */
	SQL_TOKEN_LITERAL,	/* string of any form with its prefix, number with its sign */
	SQL_TOKEN_PARAMETER,	/* $1 ? :name */
	SQL_TOKEN_MARK,		/* one of . , ; ( ) [ ] */
	SQL_TOKEN_COMMENT,
	SQL_TOKEN_BROKEN,	/* not terminated: reaches to the end of the input */
};

struct sql_token {
	const uint8_t *start;
	const uint8_t *end;
	enum sql_token_kind kind;
};

/* Where reading goes on. A copy is a second reader, for looking ahead. */
struct sql_lexer {
	const uint8_t *at;
	const uint8_t *end;
	bool standard_conforming_strings;	/* off: a backslash escapes in plain '...' too */
};

struct sql_lexer sql_lexer_of(struct slice statement, bool standard_conforming_strings);

struct sql_token sql_token_next(struct sql_lexer *lexer);

static inline struct slice sql_token_slice(struct sql_token token)
{
	return slice_of(token.start, (size_t)(token.end - token.start));
}

#endif
