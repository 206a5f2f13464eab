/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the tokens of a statement: text and key on one side, the summary on the other. */
#include "protocol/sql.h"

#include "base/cold.h"
#include "protocol/sql_keyword.h"
#include "protocol/sql_secret.h"
#include "protocol/sql_summary.h"
#include "protocol/sql_text.h"
#include "protocol/sql_token.h"

/* A word behind a dot is a name, whatever it says. */
enum { PREVIOUS_DOT = 255 };

_Static_assert((int)SQL_KEYWORD_COUNT < (int)PREVIOUS_DOT, "the dot has a number of its own");

/* The pass. Input from @kept up to the token at hand is wanted as it is and not yet copied. */
struct describer {
	struct sql_lexer lexer;
	const uint8_t *kept;
	bool row; /* in a row of VALUES that is plain so far */
	uint8_t previous; /* enum sql_keyword_id of the token before, or PREVIOUS_DOT */
	struct sql_text text;
	struct sql_summary summary;
};

static void keep_until(struct describer *describer, const uint8_t *end)
{
	sql_text_append(&describer->text,
			slice_of(describer->kept, (size_t)(end - describer->kept)));
}

/* Puts @instead for the input from @start to @end. */
static void replace(struct describer *describer, const uint8_t *start, const uint8_t *end,
		    struct slice instead)
{
	keep_until(describer, start);
	sql_text_append(&describer->text, instead);
	describer->kept = end;
}

static bool word_is_literal(enum sql_keyword_id id)
{
	return id == SQL_KEYWORD_TRUE || id == SQL_KEYWORD_FALSE;
}

static enum sql_token_kind next_but_comments(struct sql_lexer *lexer)
{
	enum sql_token_kind kind;

	do
		kind = sql_token_next(lexer);
	while (kind == SQL_TOKEN_COMMENT);
	return kind;
}

static bool next_is(struct sql_lexer *lexer, uint8_t mark)
{
	return next_but_comments(lexer) == SQL_TOKEN_MARK && *lexer->start == mark;
}

/* What is plain in a row of VALUES beside literals and parameters. */
static bool word_is_plain(enum sql_keyword_id id)
{
	return word_is_literal(id) || id == SQL_KEYWORD_NULL || id == SQL_KEYWORD_DEFAULT;
}

/* Whether the last token can stand in a list that is cut; @row: in a row of VALUES. */
static bool token_is_plain(const struct sql_lexer *lexer, enum sql_token_kind kind, bool row)
{
	if (kind == SQL_TOKEN_LITERAL || kind == SQL_TOKEN_PARAMETER)
		return true;
	if (kind != SQL_TOKEN_WORD)
		return false;

	enum sql_keyword_id id = sql_token_keyword(lexer);

	return row ? word_is_plain(id) : word_is_literal(id);
}

/*
 * Reads a list of plain elements up to its closing parenthesis; false when it holds anything else.
 * @first is its first element if that is a parameter, else `?`.
 */
static bool list_read(struct sql_lexer *lexer, bool row, struct slice *first)
{
	enum sql_token_kind kind = next_but_comments(lexer);

	*first = kind == SQL_TOKEN_PARAMETER ? sql_token_slice(lexer) : SLICE("?");
	while (token_is_plain(lexer, kind, row)) {
		if (next_but_comments(lexer) != SQL_TOKEN_MARK)
			return false;
		if (*lexer->start == ')')
			return true;
		if (*lexer->start != ',')
			return false;
		kind = next_but_comments(lexer);
	}
	return false;
}

/* The lexer is behind the `(` of IN: goes on behind the list if that is plain. */
static void cut_list(struct describer *describer)
{
	struct sql_lexer ahead = describer->lexer;
	struct slice first;

	if (!list_read(&ahead, false, &first))
		return;
	replace(describer, describer->lexer.at, ahead.at, first);
	sql_text_append(&describer->text, SLICE(")"));
	describer->lexer = ahead;
	sql_summary_mark(&describer->summary, ')');
}

/* The lexer is behind a plain row of VALUES: goes on behind all plain rows that follow. */
static void cut_rows(struct describer *describer)
{
	const uint8_t *start = describer->lexer.at;
	struct sql_lexer ahead = describer->lexer;
	struct slice first;

	while (next_is(&ahead, ',') && next_is(&ahead, '(') && list_read(&ahead, true, &first))
		describer->lexer = ahead;
	if (describer->lexer.at != start)
		replace(describer, start, describer->lexer.at, SLICE(""));
}

/* Whether `*` comes next, all columns: then the dot before it has no name behind it. */
static bool star_follows(const struct sql_lexer *lexer)
{
	const uint8_t *at = lexer->at;

	while (at < lexer->end && sql_bytes[*at] & SQL_BYTE_SPACE)
		at++;
	return at < lexer->end && *at == '*';
}

static void describe_mark(struct describer *describer)
{
	uint8_t mark = *describer->lexer.start;
	uint8_t previous = describer->previous;

	if (mark == '.' && star_follows(&describer->lexer)) {
		describer->previous = SQL_KEYWORD_NONE;
		describer->row = false;
		sql_summary_value(&describer->summary);
		return;
	}
	describer->previous = mark == '.' ? PREVIOUS_DOT : SQL_KEYWORD_NONE;
	sql_summary_mark(&describer->summary, mark);
	if (mark == '(') {
		describer->row = previous == SQL_KEYWORD_VALUES;
		if (previous == SQL_KEYWORD_IN)
			cut_list(describer);
	} else if (mark != ',') {
		if (mark == ')' && describer->row)
			cut_rows(describer);
		describer->row = false;
	}
}

static inline void describe_word(struct describer *describer)
{
	struct slice word = sql_token_slice(&describer->lexer);
	enum sql_keyword_id id = SQL_KEYWORD_NONE;

	if (describer->previous != PREVIOUS_DOT)
		id = sql_token_keyword(&describer->lexer);
	describer->previous = (uint8_t)id;
	if (id == SQL_KEYWORD_NONE) {
		if (sql_summary_skips(&describer->summary))
			sql_token_skip_qualified(&describer->lexer);
		describer->row = false;
	} else if (word_is_literal(id)) {
		replace(describer, describer->lexer.start, describer->lexer.at, SLICE("?"));
		sql_summary_value(&describer->summary);
		return;
	} else {
		describer->row = describer->row && word_is_plain(id);
	}
	sql_summary_word(&describer->summary, word, id);
}

static inline void describe_token(struct describer *describer, enum sql_token_kind kind)
{
	const uint8_t *start = describer->lexer.start, *end = describer->lexer.at;

	if (kind == SQL_TOKEN_COMMENT) {
		replace(describer, start, end, SLICE(""));
		return;
	}
	describer->previous = SQL_KEYWORD_NONE;
	if (kind == SQL_TOKEN_QUOTED) {
		describer->row = false;
		sql_summary_quoted(&describer->summary, sql_token_slice(&describer->lexer));
		return;
	}
	if (kind != SQL_TOKEN_PARAMETER)
		replace(describer, start, end, SLICE("?"));
	sql_summary_value(&describer->summary);
}

/* Summary, key, and the sanitised text. True when that text is the input byte for byte. */
static HOT bool describe(struct slice statement, bool standard_conforming_strings,
		     struct sql_output *out)
{
	struct describer describer;
	enum sql_token_kind kind;

	describer.lexer = sql_lexer_of(statement, standard_conforming_strings);
	describer.kept = statement.data;
	describer.row = false;
	describer.previous = SQL_KEYWORD_NONE;
	sql_text_begin(&describer.text, out->text, out->text_capacity, statement);
	sql_summary_begin(&describer.summary, out->summary, out->summary_capacity);
	describer.summary.valid = describer.text.valid;
	while ((kind = sql_token_next(&describer.lexer)) != SQL_TOKEN_END) {
		if (kind == SQL_TOKEN_WORD)
			describe_word(&describer);
		else if (kind == SQL_TOKEN_MARK)
			describe_mark(&describer);
		else
			describe_token(&describer, kind);
	}

	bool whole = describer.kept == statement.data;

	keep_until(&describer, statement.data + statement.size);
	out->hash = sql_text_finish(&describer.text);
	out->text_size = describer.text.size;
	out->truncated = describer.text.overflowed;
	out->summary_size = describer.summary.size;
	return whole;
}

static void copy_verbatim(struct slice statement, struct sql_output *out)
{
	struct sql_text text;

	sql_text_begin(&text, out->text, out->text_capacity, statement);
	sql_text_append(&text, statement);
	sql_text_finish(&text);
	out->text_size = text.size;
	out->truncated = text.overflowed;
}

void sql_describe(struct slice statement, enum sql_mode mode, bool standard_conforming_strings,
		  struct sql_output *out)
{
	if (!statement.data)
		statement = SLICE("");

	struct slice read = slice_first(statement, SQL_READ_MAX);
	bool whole = describe(read, standard_conforming_strings, out);

	if (mode == SQL_VERBATIM && !whole && !sql_names_secret(read))
		copy_verbatim(read, out);
	if (statement.size > SQL_READ_MAX) {
		uint64_t size = statement.size;

		out->hash ^= XXH64(&size, sizeof(size), 0);
		out->truncated = true;
	}
}
