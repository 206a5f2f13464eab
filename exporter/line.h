/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of text for people, put together piece by piece: columns are counted (a character is
 * one), texts from outside are made harmless (control characters, line breaks, broken UTF-8),
 * colours take no column.
 *
 * Pure, no allocation, no stdio. A line that is full takes no more; nothing fails. One owner.
 */
#ifndef EXPORTER_LINE_H
#define EXPORTER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "exporter/number.h"

#define LINE_SIZE 2048

/* "999us", "12.3ms", "4.37s" with a blank before the unit, and a terminating zero. */
#define DURATION_SIZE 32

enum line_style { LINE_PLAIN, LINE_BOLD, LINE_DIM, LINE_YELLOW, LINE_RED };

struct line {
	bool color, utf8;
	size_t used;
	unsigned columns;	/* seen by the reader so far */
	char bytes[LINE_SIZE];
};

void line_begin(struct line *line, bool color, bool utf8);

/* Our own words, ASCII. */
void line_put(struct line *line, const char *words);
void line_put_number(struct line *line, uint64_t number);

/*
 * "7 queries", "1 query": @one and @many with the blank that separates them from the number left
 * out.
 */
void line_put_count(struct line *line, uint64_t number, const char *one, const char *many);

/*
 * A text from outside in at most @width columns: any run of white space is one blank, what cannot
 * be shown is "?"; what is longer ends in an ellipsis ("..." without UTF-8).
 */
void line_put_text(struct line *line, struct slice text, unsigned width);

/* Blanks up to @column, at least @least of them. */
void line_pad(struct line *line, unsigned column, unsigned least);

/* @words so that they end @width columns further on; longer ones just go on. */
void line_put_right(struct line *line, const char *words, unsigned width);

/* Begins or, with LINE_PLAIN, ends a style; nothing without colour. */
void line_style(struct line *line, enum line_style style);

/* Adds the line feed; the bytes are at line->bytes. */
struct slice line_end(struct line *line);

/* Three significant digits in us, ms or s; @blank: one between number and unit. */
void duration_format(uint64_t duration_ns, bool blank, char ret[DURATION_SIZE]);

#endif
