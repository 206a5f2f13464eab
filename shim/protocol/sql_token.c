/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL lexer: a table says what a byte may begin, one function for each kind of token. */
#include "protocol/sql_token.h"

const uint8_t sql_bytes[256] = {
	['\t'] = SQL_BYTE_GAP | SQL_BYTE_SPACE,
	['\n'] = SQL_BYTE_GAP | SQL_BYTE_SPACE,
	['\v'] = SQL_BYTE_GAP | SQL_BYTE_SPACE,
	['\f'] = SQL_BYTE_GAP | SQL_BYTE_SPACE,
	['\r'] = SQL_BYTE_GAP | SQL_BYTE_SPACE,
	[' '] = SQL_BYTE_GAP | SQL_BYTE_SPACE,
	['\''] = SQL_BYTE_QUOTE | SQL_BYTE_AFTER_PREFIX,
	['&'] = SQL_BYTE_GAP | SQL_BYTE_AFTER_PREFIX,
	['"'] = SQL_BYTE_DOUBLE_QUOTE,
	['$'] = SQL_BYTE_DOLLAR | SQL_BYTE_IN_WORD,
	['+'] = SQL_BYTE_SIGN,
	['-'] = SQL_BYTE_SIGN,
	['/'] = SQL_BYTE_SLASH,
	['.'] = SQL_BYTE_DOT,
	[':'] = SQL_BYTE_COLON,
	['?'] = SQL_BYTE_QUESTION,
	[','] = SQL_BYTE_MARK,
	[';'] = SQL_BYTE_MARK,
	['('] = SQL_BYTE_MARK,
	[')'] = SQL_BYTE_MARK,
	['['] = SQL_BYTE_MARK,
	[']'] = SQL_BYTE_MARK,
	['_'] = SQL_BYTE_LETTER | SQL_BYTE_IN_WORD,
	['0' ... '9'] = SQL_BYTE_DIGIT | SQL_BYTE_IN_WORD,
	['A' ... 'Z'] = SQL_BYTE_LETTER | SQL_BYTE_IN_WORD,
	['a' ... 'z'] = SQL_BYTE_LETTER | SQL_BYTE_IN_WORD,
	[0x80 ... 0xff] = SQL_BYTE_LETTER | SQL_BYTE_IN_WORD,
};

static inline unsigned int begins(uint8_t byte)
{
	return sql_bytes[byte] & SQL_BYTE_BEGINS;
}

/* The byte @ahead bytes further, 0 behind the end. */
static inline uint8_t peek(const struct sql_lexer *lexer, const uint8_t *at, size_t ahead)
{
	return (size_t)(lexer->end - at) > ahead ? at[ahead] : 0;
}

static inline const uint8_t *find(const struct sql_lexer *lexer, const uint8_t *at, uint8_t byte)
{
	if (at <= lexer->last_block) {
		unsigned int found = sql_block_equal(at, byte);

		if (found)
			return at + __builtin_ctz(found);
		at += SQL_BLOCK;
	}
	return memchr(at, byte, (size_t)(lexer->end - at));
}

/* Behind the `--` comment that starts at @at; its newline is not part of it. */
static const uint8_t *line_comment_end(const struct sql_lexer *lexer, const uint8_t *at)
{
	while (at < lexer->end && *at != '\n' && *at != '\r')
		at++;
	return at;
}

/* Behind the comment whose slash is at @at, or NULL. Comments nest. */
static const uint8_t *block_comment_end(const struct sql_lexer *lexer, const uint8_t *at)
{
	size_t depth = 0;

	while (lexer->end - at >= 2) {
		if (at[0] == '/' && at[1] == '*') {
			depth++;
			at += 2;
		} else if (at[0] == '*' && at[1] == '/') {
			at += 2;
			if (--depth == 0)
				return at;
		} else {
			at++;
		}
	}
	return NULL;
}

/* Behind the quote that ends the part of a literal whose first byte is at @at, or NULL. */
static const uint8_t *quoted_end(const struct sql_lexer *lexer, const uint8_t *at, uint8_t quote)
{
	while ((at = find(lexer, at, quote)) != NULL) {
		at++;
		if (peek(lexer, at, 0) != quote)
			return at;
		at++;
	}
	return NULL;
}

/* The same for a string in which a backslash takes the next byte with it. */
static const uint8_t *escaped_end(const struct sql_lexer *lexer, const uint8_t *at)
{
	while (at < lexer->end) {
		uint8_t byte = *at++;

		if (byte == '\\') {
			if (at == lexer->end)
				return NULL;
			at++;
		} else if (byte == '\'') {
			if (peek(lexer, at, 0) != '\'')
				return at;
			at++;
		}
	}
	return NULL;
}

/*
 * The quote that continues a string which ended at @at, or NULL: only white space with a newline,
 * and `--` comments, may lie between (scan.l, quotecontinue). The continuation keeps the escape
 * rule of the first part: read as a plain string, E'a'\n'\'...' would give its tail away.
 */
static const uint8_t *string_continuation(const struct sql_lexer *lexer, const uint8_t *at)
{
	bool newline = false;

	for (; at < lexer->end; at++) {
		if (*at == '\'')
			return newline ? at : NULL;
		if (*at == '-' && peek(lexer, at, 1) == '-') {
			at = line_comment_end(lexer, at);
			if (at == lexer->end)
				return NULL;
		}
		if (!(sql_bytes[*at] & SQL_BYTE_SPACE))
			return NULL;
		newline |= *at == '\n' || *at == '\r';
	}
	return NULL;
}

/* What may hide a quote inside a string. */
enum quoting { DOUBLED, BACKSLASH, NOTHING };

static const uint8_t *string_part_end(const struct sql_lexer *lexer, const uint8_t *at,
				      enum quoting quoting)
{
	if (quoting == DOUBLED)
		return quoted_end(lexer, at, '\'');
	if (quoting == BACKSLASH)
		return escaped_end(lexer, at);
	at = find(lexer, at, '\'');
	return at ? at + 1 : NULL;
}

static inline enum quoting plain_quoting(const struct sql_lexer *lexer)
{
	return lexer->standard_conforming_strings ? DOUBLED : BACKSLASH;
}

/* Behind the string whose opening quote is at @at, continuations included, or NULL. */
static const uint8_t *string_end(const struct sql_lexer *lexer, const uint8_t *at,
				 enum quoting quoting)
{
	const uint8_t *end;

	do {
		end = string_part_end(lexer, at + 1, quoting);
		if (!end)
			return NULL;
		at = string_continuation(lexer, end);
	} while (at);
	return end;
}

/*
 * Behind the number at @at. Takes more than the grammar does: letters and further dots that hang on
 * a number (12ab34, 1.2.3) are an error to the server, and may be a secret somebody forgot to
 * quote.
 */
static const uint8_t *long_number_end(const struct sql_lexer *lexer, const uint8_t *at)
{
	uint8_t radix = peek(lexer, at, 1) | 0x20;
	bool decimal = *at != '0' || (radix != 'x' && radix != 'o' && radix != 'b');

	for (; at < lexer->end; at++) {
		if (*at == '.') {
			if (peek(lexer, at, 1) == '.')
				break;
		} else if (*at == '$' || !(sql_bytes[*at] & SQL_BYTE_IN_WORD)) {
			break;
		} else if (decimal && (*at | 0x20) == 'e' &&
			   begins(peek(lexer, at, 1)) == SQL_BYTE_SIGN &&
			   begins(peek(lexer, at, 2)) == SQL_BYTE_DIGIT) {
			at++;
		}
	}
	return at;
}

/* The same. Most numbers are a few digits with nothing behind them that could go on. */
static inline const uint8_t *number_end(const struct sql_lexer *lexer, const uint8_t *at)
{
	size_t size = sql_run_size(lexer, at);
	uint8_t next = peek(lexer, at, size);

	if (size == 0 || size == SQL_BLOCK || next == '.' || begins(next) == SQL_BYTE_SIGN)
		return long_number_end(lexer, at);
	return at + size;
}

/*
 * Behind the dollar quote at @at, NULL without an end (that of its tag included), @at itself when
 * none begins there.
 */
static const uint8_t *dollar_quote_end(const struct sql_lexer *lexer, const uint8_t *at)
{
	const uint8_t *tag = at + 1;

	while (tag < lexer->end && *tag != '$' && sql_bytes[*tag] & SQL_BYTE_IN_WORD)
		tag++;
	if (tag == lexer->end)
		return NULL;
	if (*tag != '$')
		return at;

	size_t size = (size_t)(tag - at); /* without the second dollar */
	const uint8_t *close = tag + 1;

	while ((close = find(lexer, close, '$')) != NULL) {
		if ((size_t)(lexer->end - close) <= size)
			return NULL;
		if (memcmp(close, at, size) == 0 && close[size] == '$')
			return close + size + 1;
		close++;
	}
	return NULL;
}

static enum sql_token_kind token_of(struct sql_lexer *lexer, enum sql_token_kind kind,
				    const uint8_t *start, const uint8_t *end)
{
	if (!end) {
		kind = SQL_TOKEN_BROKEN;
		end = lexer->end;
	}
	lexer->start = start;
	lexer->at = end;
	return kind;
}

enum sql_token_kind sql_token_word(struct sql_lexer *lexer, const uint8_t *at)
{
	while (at < lexer->end && sql_bytes[*at] & SQL_BYTE_IN_WORD)
		at++;

	const uint8_t *start = lexer->start;
	uint8_t prefix = at - start == 1 ? *start | 0x20 : 0;
	uint8_t next = peek(lexer, at, 0);

	if (next == '\'' && prefix == 'e')
		return token_of(lexer, SQL_TOKEN_LITERAL, start, string_end(lexer, at, BACKSLASH));
	if (next == '\'' && prefix == 'n')
		return token_of(lexer, SQL_TOKEN_LITERAL, start,
				string_end(lexer, at, plain_quoting(lexer)));
	if (next == '\'' && (prefix == 'b' || prefix == 'x'))
		return token_of(lexer, SQL_TOKEN_LITERAL, start, string_end(lexer, at, NOTHING));
	if (prefix == 'u' && next == '&' && peek(lexer, at, 1) == '\'')
		return token_of(lexer, SQL_TOKEN_LITERAL, start,
				string_end(lexer, at + 1, DOUBLED));
	if (prefix == 'u' && next == '&' && peek(lexer, at, 1) == '"')
		return token_of(lexer, SQL_TOKEN_QUOTED, start, quoted_end(lexer, at + 2, '"'));
	return token_of(lexer, SQL_TOKEN_WORD, start, at);
}

static enum sql_token_kind dollar_token(struct sql_lexer *lexer, const uint8_t *at)
{
	if (begins(peek(lexer, at, 1)) == SQL_BYTE_DIGIT) {
		const uint8_t *end = at + 1;

		while (end < lexer->end && begins(*end) == SQL_BYTE_DIGIT)
			end++;
		return token_of(lexer, SQL_TOKEN_PARAMETER, at, end);
	}

	const uint8_t *end = dollar_quote_end(lexer, at);

	if (end == at)
		return token_of(lexer, SQL_TOKEN_PARAMETER, at, at + 1);
	return token_of(lexer, SQL_TOKEN_LITERAL, at, end);
}

static enum sql_token_kind sign_token(struct sql_lexer *lexer, const uint8_t *at)
{
	uint8_t next = peek(lexer, at, 1);

	if (*at == '-' && next == '-')
		return token_of(lexer, SQL_TOKEN_COMMENT, at, line_comment_end(lexer, at));
	if (next == '.')
		next = peek(lexer, at, 2);
	if (begins(next) == SQL_BYTE_DIGIT)
		return token_of(lexer, SQL_TOKEN_LITERAL, at, number_end(lexer, at + 1));
	return SQL_TOKEN_END;
}

static enum sql_token_kind colon_token(struct sql_lexer *lexer, const uint8_t *at)
{
	if (begins(peek(lexer, at, 1)) != SQL_BYTE_LETTER)
		return SQL_TOKEN_END;
	return token_of(lexer, SQL_TOKEN_PARAMETER, at, sql_word_end(lexer, at + 1));
}

/* The token whose first byte is at @at, SQL_TOKEN_END when that byte is an operator only. */
static enum sql_token_kind token_at(struct sql_lexer *lexer, const uint8_t *at)
{
	switch (begins(*at)) {
	case SQL_BYTE_DIGIT:
		return token_of(lexer, SQL_TOKEN_LITERAL, at, number_end(lexer, at));
	case SQL_BYTE_QUOTE:
		return token_of(lexer, SQL_TOKEN_LITERAL, at,
				string_end(lexer, at, plain_quoting(lexer)));
	case SQL_BYTE_DOUBLE_QUOTE:
		return token_of(lexer, SQL_TOKEN_QUOTED, at, quoted_end(lexer, at + 1, '"'));
	case SQL_BYTE_DOLLAR:
		return dollar_token(lexer, at);
	case SQL_BYTE_SIGN:
		return sign_token(lexer, at);
	case SQL_BYTE_SLASH:
		if (peek(lexer, at, 1) != '*')
			return SQL_TOKEN_END;
		return token_of(lexer, SQL_TOKEN_COMMENT, at, block_comment_end(lexer, at));
	case SQL_BYTE_DOT:
		if (begins(peek(lexer, at, 1)) == SQL_BYTE_DIGIT)
			return token_of(lexer, SQL_TOKEN_LITERAL, at, number_end(lexer, at));
		return token_of(lexer, SQL_TOKEN_MARK, at, at + 1);
	case SQL_BYTE_QUESTION:
		return token_of(lexer, SQL_TOKEN_PARAMETER, at, at + 1);
	default:
		return colon_token(lexer, at);
	}
}

enum sql_token_kind sql_token_rare(struct sql_lexer *lexer, const uint8_t *at)
{
	enum sql_token_kind kind = token_at(lexer, at);

	if (kind == SQL_TOKEN_END)
		lexer->at = at + (*at == ':' && peek(lexer, at, 1) == ':' ? 2 : 1);
	return kind;
}
