/* SPDX-License-Identifier: Apache-2.0 */
/* A line of a report: columns, units, harmless text. */
#include "exporter/line.h"

#include <string.h>

void line_begin(struct line *line, bool color, bool utf8)
{
	line->color = color;
	line->utf8 = utf8;
	line->used = 0;
	line->columns = 0;
}

/* Always leaves room for the end of a style and the line feed. */
static bool append(struct line *line, const void *bytes, size_t size)
{
	if (size > LINE_SIZE - 8 - line->used)
		return false;
	memcpy(line->bytes + line->used, bytes, size);
	line->used += size;
	return true;
}

void line_put(struct line *line, const char *words)
{
	size_t size = strlen(words);

	if (append(line, words, size))
		line->columns += (unsigned)size;
}

void line_put_number(struct line *line, uint64_t number)
{
	char digits[21];

	number_format(number, digits);
	line_put(line, digits);
}

void line_put_count(struct line *line, uint64_t number, const char *one, const char *many)
{
	line_put_number(line, number);
	line_put(line, " ");
	line_put(line, number == 1 ? one : many);
}

void line_pad(struct line *line, unsigned column, unsigned least)
{
	while (least-- > 0)
		line_put(line, " ");
	while (line->columns < column && append(line, " ", 1))
		line->columns++;
}

void line_put_right(struct line *line, const char *words, unsigned width)
{
	size_t size = strlen(words);

	if (size < width)
		line_pad(line, line->columns + width - (unsigned)size, 0);
	line_put(line, words);
}

void line_style(struct line *line, enum line_style style)
{
	static const char *const sequence[] = {
		[LINE_PLAIN] = "\033[0m",   [LINE_BOLD] = "\033[1m", [LINE_DIM] = "\033[2m",
		[LINE_YELLOW] = "\033[33m", [LINE_RED] = "\033[31m",
	};
	const char *bytes = sequence[style];

	if (line->color)
		append(line, bytes, strlen(bytes));
}

struct slice line_end(struct line *line)
{
	while (line->used > 0 && line->bytes[line->used - 1] == ' ')
		line->used--;
	line->bytes[line->used++] = '\n';
	return slice_of(line->bytes, line->used);
}

/* ---- texts from outside ---- */

/*
 * Bytes of the well-formed UTF-8 character that @text begins with; 0: there is none (Unicode 3-7).
 */
static size_t character_size(struct slice text)
{
	uint8_t first = text.data[0], low = 0x80, high = 0xbf;
	size_t size;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (text.size < size)
		return 0;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (text.data[1] < low || text.data[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++)
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/*
 * What a reader sees at the beginning of a text: bytes to take, and what to show instead of them.
 */
struct glyph {
	size_t taken;
	struct slice shown;
};

static struct glyph glyph_of(struct slice text, bool utf8)
{
	size_t size = character_size(text);

	if (is_blank(text.data[0])) {
		for (size = 1; size < text.size && is_blank(text.data[size]);)
			size++;
		return (struct glyph){ size, SLICE(" ") };
	}
	/* C1 controls (U+0080 to U+009F) drive terminals as well as C0 does. */
	if (size == 0 || text.data[0] < ' ' || text.data[0] == 0x7f ||
	    (size == 2 && text.data[0] == 0xc2 && text.data[1] < 0xa0))
		return (struct glyph){ size ? size : 1, SLICE("?") };
	if (size > 1 && !utf8)
		return (struct glyph){ size, SLICE("?") };
	return (struct glyph){ size, slice_first(text, size) };
}

/* Whether all of @text fits in @width columns, without looking further than that. */
static bool text_fits(struct slice text, bool utf8, unsigned width)
{
	for (; text.size > 0 && width > 0; width--)
		text = slice_after(text, glyph_of(text, utf8).taken);
	return text.size == 0;
}

void line_put_text(struct line *line, struct slice text, unsigned width)
{
	unsigned dots = line->utf8 ? 1 : 3;
	bool fits = text_fits(text, line->utf8, width);
	unsigned columns = fits ? width : width > dots ? width - dots : 0;

	for (; text.size > 0 && columns > 0; columns--) {
		struct glyph glyph = glyph_of(text, line->utf8);

		if (!append(line, glyph.shown.data, glyph.shown.size))
			return;
		line->columns++;
		text = slice_after(text, glyph.taken);
	}
	if (fits)
		return;
	if (append(line, line->utf8 ? "\xe2\x80\xa6" : "...", 3))
		line->columns += dots;
}

/* ---- units ---- */

void duration_format(uint64_t duration_ns, bool blank, char ret[DURATION_SIZE])
{
	static const struct {
		uint64_t unit_ns;
		unsigned decimals, factor;
		const char *name;
	} form[] = {
		{ 1000, 2, 100, "us" },
		{ 1000, 1, 10, "us" },
		{ 1000, 0, 1, "us" },
		{ 1000000, 2, 100, "ms" },
		{ 1000000, 1, 10, "ms" },
		{ 1000000, 0, 1, "ms" },
		{ 1000000000, 2, 100, "s" },
		{ 1000000000, 1, 10, "s" },
		{ 1000000000, 0, 1, "s" },
	};
	const size_t last = sizeof(form) / sizeof(form[0]) - 1;
	uint64_t most_ns = UINT64_MAX / 100 - 1000000000;
	uint64_t value, ns = duration_ns < most_ns ? duration_ns : most_ns;
	size_t i = 0, used;

	/* The finest form whose rounded digits are three: 999.6 us is 1.00 ms. */
	for (;; i++) {
		value = (ns * form[i].factor + form[i].unit_ns / 2) / form[i].unit_ns;
		if (value < 1000 || i == last)
			break;
	}
	used = number_format(value / form[i].factor, ret);
	if (form[i].decimals > 0 && value > 0) {
		char digits[21];
		size_t count = number_format(form[i].factor + value % form[i].factor, digits);

		digits[0] = '.';
		memcpy(ret + used, digits, count);
		used += count;
	}
	if (blank)
		ret[used++] = ' ';
	memcpy(ret + used, form[i].name, strlen(form[i].name) + 1);
}
