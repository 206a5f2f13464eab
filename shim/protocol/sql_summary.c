/* SPDX-License-Identifier: Apache-2.0 */
/* The summary of a statement: a small machine that is fed with tokens. */
#include "protocol/sql_summary.h"
#include "protocol/sql_text.h"

/* Beside keyword ids in `previous`. */
enum { PREVIOUS_OTHER = SQL_KEYWORD_NONE, PREVIOUS_OPEN = 254, PREVIOUS_CLOSE = 255 };

_Static_assert((int)SQL_KEYWORD_COUNT < (int)PREVIOUS_OPEN, "marks have numbers of their own");

static void expect(struct sql_summary *summary, enum sql_expectation what)
{
	summary->expectation = (uint8_t)what;
	summary->expected_at = summary->depth;
}

/* Drops what was begun at part_start, and all that would come: the limit is a boundary of parts. */
static void summary_fill_up(struct sql_summary *summary)
{
	summary->size = summary->part_start;
	summary->full = true;
}

/* Appends @separator and @piece to the part that begins at part_start. */
static void summary_append(struct sql_summary *summary, uint8_t separator, struct slice piece)
{
	size_t size;

	if (summary->full)
		return;
	if (summary->size > 0) {
		if (summary->size == summary->capacity) {
			summary_fill_up(summary);
			return;
		}
		summary->data[summary->size++] = separator;
	}
	if (summary->valid && piece.size <= summary->capacity - summary->size) {
		sql_text_move(summary->data + summary->size, piece.data, piece.size);
		summary->size += piece.size;
		return;
	}
	if (!summary->capacity ||
	    !sql_text_copy(summary->data + summary->size, summary->capacity - summary->size, piece,
			   &size)) {
		summary_fill_up(summary);
		return;
	}
	summary->size += size;
}

static void summary_append_part(struct sql_summary *summary, struct slice piece)
{
	if (!summary->full)
		summary->part_start = summary->size;
	summary_append(summary, ' ', piece);
}

static void summary_append_target(struct sql_summary *summary, struct slice name)
{
	summary_append_part(summary, name);
	summary->named = true;
	expect(summary, SQL_EXPECT_NOTHING);
}

static bool in_query(const struct sql_summary *summary)
{
	return summary->queries & 1;
}

static bool in_list(const struct sql_summary *summary)
{
	return summary->lists & 1;
}

static void close_list(struct sql_summary *summary)
{
	summary->lists &= ~(uint64_t)1;
}

/* DROP, TRUNCATE, VACUUM ...: names go on behind a comma outside of all parentheses. */
static bool command_takes_names(const struct sql_summary *summary)
{
	return summary->depth == 0 &&
	       (summary->command == SQL_START_OBJECTS || summary->command == SQL_START_TABLES ||
		summary->command == SQL_START_NAMES);
}

static const uint8_t expectation_of_start[] = {
	[SQL_START_NAME] = SQL_EXPECT_NAME,	 [SQL_START_NAMES] = SQL_EXPECT_NAME,
	[SQL_START_TABLES] = SQL_EXPECT_TABLE,	 [SQL_START_OBJECT] = SQL_EXPECT_OBJECT,
	[SQL_START_OBJECTS] = SQL_EXPECT_OBJECT, [SQL_START_CREATE] = SQL_EXPECT_OBJECT,
	[SQL_START_UPDATE] = SQL_EXPECT_TARGET,	 [SQL_START_COPY] = SQL_EXPECT_NAME,
	[SQL_START_PREPARE] = SQL_EXPECT_NAME,
};

/* A command begins: its word, and what may follow. */
static void summary_command(struct sql_summary *summary, struct slice word, uint8_t start)
{
	summary_append_part(summary, word);
	expect(summary, start < sizeof(expectation_of_start) ? expectation_of_start[start] :
							       SQL_EXPECT_NOTHING);
	close_list(summary);
	if (start == SQL_START_SELECT || start == SQL_START_DELETE || start == SQL_START_UPDATE)
		summary->queries |= 1;
	if (start == SQL_START_WITH)
		summary->withs |= 1;
	else
		summary->withs &= ~(uint64_t)1;
	summary->opens = start == SQL_START_EXPLAIN;
	summary->using = start == SQL_START_DELETE || start == SQL_START_INTO;
	if (summary->command == SQL_START_NONE || summary->command == SQL_START_WITH ||
	    summary->command == SQL_START_EXPLAIN)
		summary->command = start;
}

/*
 * SELECT is a reserved word and opens a query almost everywhere. In a DDL command it may also be
 * the name of a privilege or an event (CREATE POLICY p FOR SELECT), in GRANT it is nothing else.
 */
static bool select_opens(const struct sql_summary *summary)
{
	switch (summary->command) {
	case SQL_START_GRANT:
		return false;
	case SQL_START_CREATE:
	case SQL_START_OBJECT:
	case SQL_START_OBJECTS:
		return summary->previous == SQL_KEYWORD_AS ||
		       summary->previous == SQL_KEYWORD_ALL ||
		       summary->previous == SQL_KEYWORD_UNION ||
		       summary->previous == SQL_KEYWORD_INTERSECT ||
		       summary->previous == SQL_KEYWORD_EXCEPT ||
		       summary->previous == PREVIOUS_OPEN || summary->previous == PREVIOUS_CLOSE;
	default:
		return true;
	}
}

/* The kind of object of a DDL command. True when the word was part of it. */
static void summary_object(struct sql_summary *summary, struct slice word,
			   const struct sql_keyword *keyword)
{
	switch (keyword->object) {
	case SQL_OBJECT_NAMED:
		summary_append_part(summary, word);
		expect(summary, SQL_EXPECT_NAME);
		break;
	case SQL_OBJECT_PREFIX:
		summary_append_part(summary, word);
		break;
	case SQL_OBJECT_BARE:
		summary_append_part(summary, word);
		expect(summary, SQL_EXPECT_NOTHING);
		break;
	case SQL_OBJECT_MODIFIER:
		break;
	default:
		expect(summary, SQL_EXPECT_NOTHING);
	}
}

/* The name of an object; keywords that cannot be one end the wait for it. */
static void summary_name(struct sql_summary *summary, struct slice word, enum sql_keyword_id id)
{
	if (sql_keywords[id].flags == SQL_FLAG_NOISE)
		return;
	if (id == SQL_KEYWORD_TABLE && summary->expectation == SQL_EXPECT_TABLE) {
		summary_append_part(summary, word);
		expect(summary, SQL_EXPECT_NAME);
	} else if (id == SQL_KEYWORD_MAPPING && summary->previous == SQL_KEYWORD_USER) {
		summary_append_part(summary, word);
		expect(summary, SQL_EXPECT_NOTHING);
	} else if (id == SQL_KEYWORD_ON || id == SQL_KEYWORD_IS || id == SQL_KEYWORD_FOR ||
		   id == SQL_KEYWORD_ALL) {
		expect(summary, SQL_EXPECT_NOTHING);
	} else {
		summary_append_target(summary, word);
	}
}

/* The table behind FROM, JOIN, INTO, UPDATE ... */
static void summary_target(struct sql_summary *summary, struct slice word, enum sql_keyword_id id)
{
	bool select_into =
		summary->previous == SQL_KEYWORD_INTO && summary->command == SQL_START_SELECT;

	if (sql_keywords[id].flags == SQL_FLAG_NOISE)
		return;
	if (id == SQL_KEYWORD_VALUES || (id == SQL_KEYWORD_SET && !in_list(summary))) {
		expect(summary, SQL_EXPECT_NOTHING);
		close_list(summary);
	} else if (!select_into || sql_keywords[id].object != SQL_OBJECT_MODIFIER) {
		summary_append_target(summary, word);
	}
}

/* True when @word was looked for. */
static bool summary_expected(struct sql_summary *summary, struct slice word, enum sql_keyword_id id)
{
	if (summary->expectation == SQL_EXPECT_NOTHING || summary->expected_at != summary->depth)
		return false;

	switch (summary->expectation) {
	case SQL_EXPECT_TARGET:
		summary_target(summary, word, id);
		return true;
	case SQL_EXPECT_NAME:
	case SQL_EXPECT_TABLE:
		summary_name(summary, word, id);
		return true;
	case SQL_EXPECT_OBJECT:
		summary_object(summary, word, &sql_keywords[id]);
		return true;
	default:
		if (id == SQL_KEYWORD_ALL)
			expect(summary, SQL_EXPECT_NOTHING);
		else if (sql_keywords[id].object == SQL_OBJECT_NONE)
			summary_append_target(summary, word);
		return true;
	}
}

static void expect_list(struct sql_summary *summary)
{
	summary->lists |= 1;
	expect(summary, SQL_EXPECT_TARGET);
}

/* A keyword in the middle of a command. */
static void summary_clause(struct sql_summary *summary, enum sql_keyword_id id)
{
	switch (id) {
	case SQL_KEYWORD_FROM:
		if (in_query(summary) && summary->previous != SQL_KEYWORD_DISTINCT)
			expect_list(summary);
		break;
	case SQL_KEYWORD_JOIN:
		if (in_query(summary) || in_list(summary))
			expect_list(summary);
		break;
	case SQL_KEYWORD_INTO:
		if (summary->using || in_query(summary))
			expect(summary, SQL_EXPECT_TARGET);
		break;
	case SQL_KEYWORD_USING:
		if (summary->using)
			expect_list(summary);
		summary->using = false;
		break;
	case SQL_KEYWORD_ON:
		if (summary->command == SQL_START_GRANT)
			expect(summary, SQL_EXPECT_GRANTED);
		break;
	case SQL_KEYWORD_AS:
		summary->opens = summary->depth == 0 && (summary->command == SQL_START_CREATE ||
							 summary->command == SQL_START_PREPARE);
		break;
	default:
		if (sql_keywords[id].flags == SQL_FLAG_ENDS)
			close_list(summary);
	}
}

/* EXPLAIN: its options are skipped until a statement begins. */
static bool explain_option(const struct sql_summary *summary, enum sql_keyword_id id)
{
	return summary->command == SQL_START_EXPLAIN && sql_keywords[id].flags == SQL_FLAG_NOISE;
}

void sql_summary_begin(struct sql_summary *summary, uint8_t *data, size_t capacity)
{
	*summary = (struct sql_summary){
		.data = data,
		.capacity = capacity < SQL_SUMMARY_MAX ? capacity : SQL_SUMMARY_MAX,
		.opens = true,
	};
}

static void summary_continue(struct sql_summary *summary, struct slice part)
{
	summary_append(summary, '.', part);
	summary->dotted = false;
	summary->named = true;
}

void sql_summary_word_read(struct sql_summary *summary, struct slice word,
			   enum sql_keyword_id keyword)
{
	bool opens = summary->opens;

	if (summary->dotted) {
		summary_continue(summary, word);
		summary->previous = PREVIOUS_OTHER;
		return;
	}

	uint8_t start = sql_keywords[keyword].start;

	summary->named = false;
	if (opens && explain_option(summary, keyword))
		return;
	summary->opens = false;
	if (keyword == SQL_KEYWORD_SELECT ? select_opens(summary) : opens && start)
		summary_command(summary, word, start);
	else if (!summary_expected(summary, word, keyword) && keyword != SQL_KEYWORD_NONE)
		summary_clause(summary, keyword);
	summary->previous = (uint8_t)keyword;
}

void sql_summary_quoted(struct sql_summary *summary, struct slice identifier)
{
	if (summary->dotted)
		summary_continue(summary, identifier);
	else if (summary->expected_at == summary->depth &&
		 summary->expectation != SQL_EXPECT_NOTHING &&
		 summary->expectation != SQL_EXPECT_OBJECT)
		summary_append_target(summary, identifier);
	else
		summary->named = false;
	summary->opens = false;
	summary->previous = PREVIOUS_OTHER;
}

static void summary_open(struct sql_summary *summary)
{
	bool inherits = summary->expectation == SQL_EXPECT_TARGET && in_list(summary) &&
			summary->expected_at == summary->depth;
	bool opens = summary->opens && summary->command != SQL_START_EXPLAIN;

	if (summary->command == SQL_START_COPY && summary->expectation == SQL_EXPECT_NAME)
		opens = true;
	if (summary->withs & 1 &&
	    (summary->previous == SQL_KEYWORD_AS || summary->previous == SQL_KEYWORD_MATERIALIZED))
		opens = true;
	summary->depth++;
	summary->queries <<= 1;
	summary->withs <<= 1;
	summary->lists = summary->lists << 1 | inherits;
	if (inherits)
		expect(summary, SQL_EXPECT_TARGET);
	summary->opens = opens;
	summary->previous = PREVIOUS_OPEN;
}

static void summary_close(struct sql_summary *summary)
{
	if (summary->depth > 0) {
		summary->depth--;
		summary->queries >>= 1;
		summary->withs >>= 1;
		summary->lists >>= 1;
	}
	if (summary->depth < summary->expected_at)
		expect(summary, SQL_EXPECT_NOTHING);
	summary->opens = summary->withs & 1 ||
			 (summary->command == SQL_START_EXPLAIN && summary->depth == 0);
	summary->previous = PREVIOUS_CLOSE;
}

static void summary_comma(struct sql_summary *summary, bool named)
{
	if (in_list(summary))
		expect(summary, SQL_EXPECT_TARGET);
	else if (named && summary->command == SQL_START_GRANT)
		expect(summary, SQL_EXPECT_GRANTED);
	else if (command_takes_names(summary) && summary->expectation == SQL_EXPECT_NOTHING)
		expect(summary, SQL_EXPECT_NAME);
}

/* Behind a semicolon all begins anew, but for what was written. */
static void summary_next_statement(struct sql_summary *summary)
{
	struct sql_summary next = {
		.data = summary->data,
		.capacity = summary->capacity,
		.size = summary->size,
		.full = summary->full,
		.valid = summary->valid,
		.opens = true,
	};

	*summary = next;
}

void sql_summary_mark(struct sql_summary *summary, uint8_t mark)
{
	bool named = summary->named;

	summary->opens = mark == '(' && summary->opens;
	summary->named = false;
	summary->dotted = mark == '.' && named;
	switch (mark) {
	case '(':
	case '[':
		summary_open(summary);
		break;
	case ')':
	case ']':
		summary_close(summary);
		break;
	case ';':
		summary_next_statement(summary);
		break;
	case ',':
		summary_comma(summary, named);
		/* fall through */
	default:
		summary->previous = PREVIOUS_OTHER;
	}
}

void sql_summary_value(struct sql_summary *summary)
{
	if (summary->expected_at == summary->depth)
		expect(summary, SQL_EXPECT_NOTHING);
	summary->opens = false;
	summary->named = false;
	summary->dotted = false;
	summary->previous = PREVIOUS_OTHER;
}
