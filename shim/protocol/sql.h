/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be told of an SQL statement: its text without literals, its summary, its key. PostgreSQL
 * dialect. Pure: no allocation, no libc state, linear time, nothing read outside the statement; any
 * thread. Takes any bytes: broken, truncated or hostile SQL gives less, never a literal.
 *
 * Text (semantic conventions for databases, "Sanitization of db.query.text"):
 * - each string, number, bit string, TRUE and FALSE is `?`, with its prefix (E, N, B, X, U&) and
 *   its sign: `a-1` is `a?`. NULL, parameters ($1, ?, :name) and "identifiers" are kept;
 * - comments are deleted without a replacement, all other bytes between the literals are kept;
 * - a list of literals and parameters behind IN is cut to its first element, `IN (?)`, and of the
 *   rows of VALUES that hold nothing else (NULL and DEFAULT aside) the first is kept;
 * - from a literal, comment or quoted identifier without an end, all is one `?`.
 *
 * Key: XXH64 of the whole sanitised text, whether or not it fits the buffer. Statements that differ
 * in literals, in the length of IN lists or in the number of rows have one key; statements that
 * differ in white space or in the case of a letter have two. Only the first SQL_READ_MAX bytes of a
 * statement are read; the key of a longer one takes its length in as well.
 *
 * Text and summary are valid UTF-8: an invalid sequence is U+FFFD. Neither is terminated.
 */
#ifndef PROTOCOL_SQL_H
#define PROTOCOL_SQL_H

#include "base/cold.h"
#include "base/slice.h"

/* Bytes of a statement that are read at most. */
#define SQL_READ_MAX ((size_t)1 << 20)

enum sql_mode {
	SQL_SANITISE,
	/*
	 * For parameterised statements: the text is kept as it is, but of those that name a secret
	 * (sql_secret.h); summary and key are the same.
	 */
	SQL_VERBATIM,
};

/* All buffers are the caller's; they are written up to their capacities, and may not overlap. */
struct sql_output {
	uint8_t *text;
	size_t text_capacity;
	size_t text_size; /* capped between two characters */
	uint8_t *summary;
	size_t summary_capacity;
	size_t summary_size; /* at most 255, cut between two commands or targets; 0: none known */
	uint64_t hash; /* the key */
	bool truncated; /* the text is not all of the statement */
};

/*
 * Describes @statement into the buffers of @out, whose capacities are inputs and whose sizes, hash
 * and truncated are outputs. Cannot fail. @standard_conforming_strings is the server's setting of
 * that name (reported to libpq); off, a backslash escapes in plain '...' too. The text buffer is
 * used as scratch: bytes behind text_size may have been written.
 */
APART void sql_describe(struct slice statement, enum sql_mode mode,
			bool standard_conforming_strings, struct sql_output *out);

#endif
