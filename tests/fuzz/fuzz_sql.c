/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an SQL statement. The first byte chooses mode, setting and capacities, the rest is
 * the statement. What must hold: nothing is written behind a capacity, text and summary are valid
 * UTF-8, the key is the same whatever the capacity and the mode, and no literal is left in
 * sanitised text.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/sql.h"
#include "protocol/sql_summary.h"
#include "protocol/sql_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Bytes of the character at @data, 0 when it is none; written from RFC 3629's grammar. */
static size_t character_size(const uint8_t *data, size_t size)
{
	uint32_t first = data[0];
	size_t wanted = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : 4;
	uint32_t code = wanted == 1 ? first : first & (0x7f >> wanted);
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if (size < wanted || (wanted == 4 && first >> 3 != 30))
		return 0;
	for (size_t i = 1; i < wanted; i++) {
		if (data[i] >> 6 != 2)
			return 0;
		code = code << 6 | (data[i] & 0x3f);
	}
	if (code < least[wanted] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return wanted;
}

static void require_utf8(const uint8_t *data, size_t size)
{
	while (size) {
		size_t step = character_size(data, size);

		require(step > 0);
		data += step;
		size -= step;
	}
}

/* Buffers of exact size, so that ASan sees a byte too many. */
static struct sql_output describe(struct slice statement, enum sql_mode mode, bool standard,
				  size_t text, size_t summary)
{
	struct sql_output out = {
		.text = malloc(text ? text : 1),
		.text_capacity = text,
		.summary = malloc(summary ? summary : 1),
		.summary_capacity = summary,
	};

	require(out.text && out.summary);
	sql_describe(statement, mode, standard, &out);
	require(out.text_size <= text);
	require(out.summary_size <= summary && out.summary_size <= SQL_SUMMARY_MAX);
	require_utf8(out.text, out.text_size);
	require_utf8(out.summary, out.summary_size);
	return out;
}

static void output_free(struct sql_output *out)
{
	free(out->text);
	free(out->summary);
}

static bool holds(struct slice statement, bool standard, enum sql_token_kind kind)
{
	struct sql_lexer lexer = sql_lexer_of(statement, standard);
	enum sql_token_kind next;

	do
		next = sql_token_next(&lexer);
	while (next != SQL_TOKEN_END && next != kind);
	return next == kind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;

	struct slice statement = slice_of(data + 1, size - 1);
	bool standard = data[0] & 1;
	enum sql_mode mode = data[0] & 2 ? SQL_VERBATIM : SQL_SANITISE;
	size_t room = 3 * size + 3;
	struct sql_output whole = describe(statement, mode, standard, room, 255);
	struct sql_output again = describe(statement, SQL_SANITISE, standard, room, 255);
	struct sql_output capped = describe(statement, mode, standard, (size_t)(data[0] >> 2) * 2,
					    (size_t)(data[0] >> 2));

	require(!whole.truncated && !again.truncated);
	require(whole.hash == again.hash && whole.hash == capped.hash);
	require(whole.summary_size == again.summary_size &&
		memcmp(whole.summary, again.summary, whole.summary_size) == 0);
	require(capped.text_size <= whole.text_size &&
		memcmp(capped.text, whole.text, capped.text_size) == 0);
	require(capped.summary_size <= whole.summary_size &&
		memcmp(capped.summary, whole.summary, capped.summary_size) == 0);
	require(capped.truncated == (whole.text_size > capped.text_capacity));
	/* What a deleted comment held apart may look like something else than it was. */
	require(holds(statement, standard, SQL_TOKEN_COMMENT) ||
		!holds(slice_of(again.text, again.text_size), true, SQL_TOKEN_LITERAL));
	output_free(&whole);
	output_free(&again);
	output_free(&capped);
	return 0;
}
