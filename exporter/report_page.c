/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a report, and what several of its parts say. */
#include "exporter/report_page.h"

#include "exporter/small_file.h"

void page_begin(struct page *page)
{
	line_begin(&page->line, page->style->color, page->style->utf8);
}

void page_end(struct page *page)
{
	page->emit(page->context, line_end(&page->line));
}

void page_mark(struct page *page, const char *words)
{
	page_begin(page);
	line_style(&page->line, LINE_RED);
	line_put(&page->line, "!");
	line_style(&page->line, LINE_PLAIN);
	line_put(&page->line, " ");
	line_put(&page->line, words);
}

unsigned page_left(const struct page *page)
{
	return page->line.columns < page->width ? page->width - page->line.columns : 0;
}

void page_put_duration(struct line *line, uint64_t duration_ns)
{
	char text[DURATION_SIZE];

	duration_format(duration_ns, true, text);
	line_put(line, text);
}

uint64_t page_percent(uint64_t part_ns, uint64_t whole_ns)
{
	if (whole_ns == 0)
		return 0;
	return (uint64_t)(((unsigned __int128)part_ns * 100 + whole_ns / 2) / whole_ns);
}

void page_put_caller(struct page *page, const struct summary_caller *caller, unsigned width)
{
	struct slice function = slice_of(NULL, 0);
	struct line *line = &page->line;
	unsigned start = line->columns, taken;

	if (page->style->function)
		function = page->style->function(page->style->context, caller);
	line_put_text(line, function, width);
	taken = line->columns - start + 2;
	if (function.size > 0 && taken < width) {
		line_put(line, "  ");
		line_put_text(line, text_base_name(caller->module), width - taken);
	} else if (function.size == 0) {
		char digits[16] = { 0 };
		size_t i = sizeof(digits) - 1;

		for (uint64_t rest = caller->offset; i > 0 && (rest > 0 || !digits[i]); rest >>= 4)
			digits[--i] = "0123456789abcdef"[rest & 15];
		taken = (unsigned)strlen(digits + i) + 3;
		line_put_text(line, text_base_name(caller->module),
			      width > taken ? width - taken : 1);
		line_put(line, "+0x");
		line_put(line, digits + i);
	}
}
