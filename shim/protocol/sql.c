/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the tokens of a statement: text and key on one side, the summary on the other. */
#include "protocol/sql.h"
#include "protocol/sql_keyword.h"
#include "protocol/sql_summary.h"
#include "protocol/sql_text.h"
#include "protocol/sql_token.h"

/* The pass. Input from @kept up to the token at hand is wanted as it is and not yet copied. */
struct describer {
	struct sql_lexer lexer;
	const uint8_t *kept;
	const uint8_t *row_end;		/* behind the row of VALUES that others may follow */
	enum sql_keyword_id previous;	/* the word before, if no other token lies between */
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

static struct sql_token next_but_comments(struct sql_lexer *lexer)
{
	struct sql_token token;

	do
		token = sql_token_next(lexer);
	while (token.kind == SQL_TOKEN_COMMENT);
	return token;
}

static bool token_is(struct sql_token token, uint8_t mark)
{
	return token.kind == SQL_TOKEN_MARK && *token.start == mark;
}

/* Whether @token can stand in a list that is cut; @row: in a row of VALUES, where more words can. */
static bool token_is_element(struct sql_token token, bool row)
{
	if (token.kind == SQL_TOKEN_LITERAL || token.kind == SQL_TOKEN_PARAMETER)
		return true;
	if (token.kind != SQL_TOKEN_WORD)
		return false;

	enum sql_keyword_id id = sql_keyword_find(sql_token_slice(token));

	return word_is_literal(id) ||
	       (row && (id == SQL_KEYWORD_NULL || id == SQL_KEYWORD_DEFAULT));
}

/*
 * Behind the parenthesis that closes the list of plain elements at @lexer, NULL when the list holds
 * anything else. @first is its first element. What is read here is read once more at most, since a
 * list of plain elements has no list inside.
 */
static const uint8_t *list_end(struct sql_lexer lexer, bool row, struct sql_token *first)
{
	struct sql_token token = next_but_comments(&lexer);

	*first = token;
	while (token_is_element(token, row)) {
		token = next_but_comments(&lexer);
		if (token_is(token, ')'))
			return token.end;
		if (!token_is(token, ','))
			return NULL;
		token = next_but_comments(&lexer);
	}
	return NULL;
}

/* The lexer is behind the `(` of IN: goes on behind the list if that is cut. */
static void cut_list(struct describer *describer)
{
	struct sql_token first;
	const uint8_t *end = list_end(describer->lexer, false, &first);

	if (!end)
		return;

	struct slice kept = first.kind == SQL_TOKEN_PARAMETER ? sql_token_slice(first) : SLICE("?");

	replace(describer, describer->lexer.at, end, kept);
	sql_text_append(&describer->text, SLICE(")"));
	describer->lexer.at = end;
	sql_summary_mark(&describer->summary, ')');
}

/* The lexer is behind the first row of VALUES: goes on behind all plain rows that follow. */
static void cut_rows(struct describer *describer)
{
	const uint8_t *start = describer->lexer.at;

	for (;;) {
		struct sql_lexer ahead = describer->lexer;
		struct sql_token first;

		if (!token_is(next_but_comments(&ahead), ',') ||
		    !token_is(next_but_comments(&ahead), '('))
			break;

		const uint8_t *end = list_end(ahead, true, &first);

		if (!end)
			break;
		describer->lexer.at = end;
	}
	if (describer->lexer.at != start)
		replace(describer, start, describer->lexer.at, SLICE(""));
}

static void describe_mark(struct describer *describer, struct sql_token token)
{
	struct sql_token first;

	sql_summary_mark(&describer->summary, *token.start);
	if (*token.start == '(' && describer->previous == SQL_KEYWORD_IN)
		cut_list(describer);
	else if (*token.start == '(' && describer->previous == SQL_KEYWORD_VALUES)
		describer->row_end = list_end(describer->lexer, true, &first);
	else if (*token.start == ')' && token.end == describer->row_end)
		cut_rows(describer);
	describer->previous = SQL_KEYWORD_NONE;
}

static void describe_word(struct describer *describer, struct sql_token token)
{
	struct slice word = sql_token_slice(token);
	enum sql_keyword_id id = sql_keyword_find(word);

	if (word_is_literal(id)) {
		replace(describer, token.start, token.end, SLICE("?"));
		sql_summary_value(&describer->summary);
	} else {
		sql_summary_word(&describer->summary, word, id);
	}
	describer->previous = id;
}

static void describe_token(struct describer *describer, struct sql_token token)
{
	switch (token.kind) {
	case SQL_TOKEN_WORD:
		describe_word(describer, token);
		return;
	case SQL_TOKEN_MARK:
		describe_mark(describer, token);
		return;
	case SQL_TOKEN_COMMENT:
		replace(describer, token.start, token.end, SLICE(""));
		return;
	case SQL_TOKEN_QUOTED:
		sql_summary_quoted(&describer->summary, sql_token_slice(token));
		break;
	case SQL_TOKEN_PARAMETER:
		sql_summary_value(&describer->summary);
		break;
	default:
		replace(describer, token.start, token.end, SLICE("?"));
		sql_summary_value(&describer->summary);
	}
	describer->previous = SQL_KEYWORD_NONE;
}

/* Summary, key, and the sanitised text. True when that text is the input byte for byte. */
static bool describe(struct slice statement, bool standard_conforming_strings,
		     struct sql_output *out)
{
	struct describer describer = {
		.lexer = sql_lexer_of(statement, standard_conforming_strings),
		.kept = statement.data,
	};

	sql_text_begin(&describer.text, out->text, out->text_capacity);
	sql_summary_begin(&describer.summary, out->summary, out->summary_capacity);
	for (;;) {
		struct sql_token token = sql_token_next(&describer.lexer);

		if (token.kind == SQL_TOKEN_END)
			break;
		describe_token(&describer, token);
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

	sql_text_begin(&text, out->text, out->text_capacity);
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

	if (mode == SQL_VERBATIM && !whole)
		copy_verbatim(read, out);
	if (statement.size > SQL_READ_MAX) {
		uint64_t size = statement.size;

		out->hash ^= XXH64(&size, sizeof(size), 0);
		out->truncated = true;
	}
}
