/* SPDX-License-Identifier: Apache-2.0 */
/* Statements with the context of their span. */
#include "call/comment.h"

#include <string.h>

#include "protocol/sql_token.h"

/* First words of statements that have no comment: the replication protocol's, and PREPARE. */
static const struct slice refused[] = {
	SLICE("prepare"),
	SLICE("alter_replication_slot"),
	SLICE("base_backup"),
	SLICE("create_replication_slot"),
	SLICE("drop_replication_slot"),
	SLICE("identify_system"),
	SLICE("read_replication_slot"),
	SLICE("start_replication"),
	SLICE("timeline_history"),
	SLICE("upload_manifest"),
};

static bool is_word(struct slice text, struct slice word)
{
	if (text.size != word.size)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];

		if (byte >= 'A' && byte <= 'Z')
			byte |= 0x20;
		if (byte != word.data[i])
			return false;
	}
	return true;
}

static bool is_refused(struct slice word)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (is_word(word, refused[i]))
			return true;
	return false;
}

static bool is_semicolon(const struct sql_lexer *lexer)
{
	return *lexer->start == ';';
}

static bool may_have_comment(struct slice query, bool standard_strings)
{
	struct sql_lexer lexer = sql_lexer_of(query, standard_strings);
	bool begins = true, empty = true;
	enum sql_token_kind kind;

	while ((kind = sql_token_next(&lexer)) != SQL_TOKEN_END) {
		if (kind == SQL_TOKEN_COMMENT || kind == SQL_TOKEN_BROKEN)
			return false;
		if (begins && kind == SQL_TOKEN_WORD && is_refused(sql_token_slice(&lexer)))
			return false;
		begins = is_semicolon(&lexer);
		empty = empty && begins;
	}
	return !empty;
}

/* What the server calls space. */
static struct slice without_space(struct slice text)
{
	const uint8_t *last = text.data + text.size;

	while (last > text.data && (last[-1] == ' ' || (last[-1] >= '\t' && last[-1] <= '\r')))
		last--;
	return slice_first(text, (size_t)(last - text.data));
}

/* ---- writing ---- */

struct output {
	uint8_t *at;
};

static void put(struct output *output, struct slice piece)
{
	memcpy(output->at, piece.data, piece.size);
	output->at += piece.size;
}

/* RFC 3986: all but the unreserved characters. */
static bool is_unreserved(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
	       byte == '~';
}

static void put_encoded(struct output *output, struct slice value)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < value.size; i++) {
		uint8_t byte = value.data[i];

		if (is_unreserved(byte)) {
			*output->at++ = byte;
			continue;
		}
		*output->at++ = '%';
		*output->at++ = (uint8_t)digits[byte >> 4];
		*output->at++ = (uint8_t)digits[byte & 0x0f];
	}
}

size_t comment_append(const struct comment_source *source, uint8_t *text, size_t room)
{
	struct slice query = source->query;
	struct output output = { text };
	bool semicolon;

	if (query.size > COMMENT_QUERY_MAX || room < query.size + COMMENT_ROOM ||
	    !source->traceparent.size || source->traceparent.size > 64 ||
	    !may_have_comment(query, source->standard_strings))
		return 0;
	query = without_space(query);
	semicolon = query.data[query.size - 1] == ';';
	put(&output, slice_first(query, query.size - semicolon));
	put(&output, SLICE(" /*traceparent='"));
	put(&output, source->traceparent);
	if (source->tracestate.size && source->tracestate.size <= COMMENT_STATE_MAX) {
		put(&output, SLICE("',tracestate='"));
		put_encoded(&output, source->tracestate);
	}
	put(&output, SLICE("'*/"));
	if (semicolon)
		put(&output, SLICE(";"));
	*output.at = '\0';
	return (size_t)(output.at - text);
}
