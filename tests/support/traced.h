/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One area and one reader for a test program, and what came out of them as pictures: a line for
 * each span, in the order of their ends,
 *
 *	SELECT t | UNSET | command=simple text=SELECT * FROM t rows=3
 *
 * with the attributes in the order of the record, each by the last part of its name. What is the
 * same for all calls of a connection, ids and times are not in the line; traced_last() has them.
 * "split" stands for the two parts of the time split, "transaction" for the two times of a
 * transaction. Include tests/support/test.h first.
 */
#ifndef TESTS_SUPPORT_TRACED_H
#define TESTS_SUPPORT_TRACED_H

#include "trace/area.h"
#include "trace/reader.h"

#define TRACED_LINES 65536

/* The area of this program, made at the first use with the smallest lanes. */
struct area_header *traced_area(void);

/* Forgets what came out so far, lost counters included. */
void traced_clear(void);

/* Drains the area; the number of spans since traced_clear(). */
size_t traced_count(void);

/* Drains the area; the pictures since traced_clear(), cut at TRACED_LINES bytes. */
const char *traced_lines(void);

/* The last span that came out, with all its attributes; drains nothing. */
const struct span_record *traced_last(void);

/* An attribute of the last span as text, "" when it has none. */
const char *traced_attribute(enum attribute_key key);

/* Calls that are open in the area now. */
size_t traced_open_calls(void);

/* What the area counted since traced_clear(). */
uint64_t traced_lost_full(void);
uint64_t traced_lost_passed(void);

#define assert_traced(expected)                                    \
	do {                                                       \
		assert_string_equal(traced_lines(), (expected));   \
		traced_clear();                                    \
	} while (0)

#endif
