/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as a statement that gets a comment: what comes out begins with the statement, ends with the
 * comment, has no second one, and means the same to our own lexer.
 */
#include <stdlib.h>
#include <string.h>

#include "call/comment.h"
#include "protocol/sql.h"

#define PARENT "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t first[COMMENT_QUERY_MAX + COMMENT_ROOM];
static uint8_t second[COMMENT_QUERY_MAX + 2 * COMMENT_ROOM];

/* The sanitised text, without white space and semicolons at its end. */
static struct slice sanitise(struct slice statement, bool standard, uint8_t *room, size_t size)
{
	uint8_t summary[256];
	struct sql_output output = {
		.text = room, .text_capacity = size,
		.summary = summary, .summary_capacity = sizeof(summary),
	};

	sql_describe(statement, SQL_SANITISE, standard, &output);
	while (output.text_size && strchr(" \t\n\v\f\r;", room[output.text_size - 1]))
		output.text_size--;
	return slice_of(room, output.text_size);
}

static void check(struct slice query, struct slice whole, bool standard)
{
	static uint8_t before[4 * COMMENT_QUERY_MAX], after[4 * COMMENT_QUERY_MAX];
	const struct comment_source again = {
		.query = whole, .traceparent = SLICE(PARENT), .standard_strings = standard,
	};

	if (!slice_equal(sanitise(query, standard, before, sizeof(before)),
			 sanitise(whole, standard, after, sizeof(after))))
		abort();
	if (!memmem(whole.data, whole.size, "/*traceparent='" PARENT, 70))
		abort();
	if (comment_append(&again, second, sizeof(second)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool standard = !size || data[0] & 1;
	struct slice query = slice_after(slice_of(data, size), 1);
	const struct comment_source source = {
		.query = query,
		.traceparent = SLICE(PARENT),
		.tracestate = slice_first(query, 32),
		.standard_strings = standard,
	};
	size_t used = comment_append(&source, first, sizeof(first));

	if (used)
		check(query, slice_of(first, used), standard);
	return 0;
}
