/* SPDX-License-Identifier: Apache-2.0 */
/* The table: one row for each query, below it who called it. */
#include "exporter/report_page.h"

#define ERRORS_AFTER 24u	/* errors of a query stand that far right of its caller */
#define ERRORS_COLUMNS 16u	/* less room than that: a line of their own */
#define CALLS_COLUMNS 10u	/* kept free for the calls of one of several callers */

void page_put_cell(struct page *page, uint64_t duration_ns, unsigned width)
{
	enum line_style style = LINE_PLAIN;
	char text[DURATION_SIZE];

	duration_format(duration_ns, false, text);
	if (duration_ns >= 10 * page->style->slow_ns)
		style = LINE_RED;
	else if (duration_ns >= page->style->slow_ns)
		style = LINE_YELLOW;
	if (style != LINE_PLAIN)
		line_style(&page->line, style);
	line_put_right(&page->line, text, width);
	if (style != LINE_PLAIN)
		line_style(&page->line, LINE_PLAIN);
}

void page_put_count(struct page *page, uint64_t number, unsigned width)
{
	char text[21];

	number_format(number, text);
	line_put_right(&page->line, text, width);
}

static void write_column_heads(struct page *page)
{
	bool wide = page->indent == PAGE_INDENT_WIDE;

	page_begin(page);
	line_put(&page->line, wide ? "  TOTAL  RUN  CALLS    MEAN     P95     MAX    ROWS  "
				     : "  TOTAL  CALLS    MEAN     MAX    ROWS  ");
	line_put(&page->line, "QUERY / CALLER");
	page_end(page);
}

/* "2 x 23505, 1 x 40P01", as many as fit; all of them are listed again below the table. */
static void put_errors(struct page *page, const struct summary_query *query)
{
	struct line *line = &page->line;

	for (size_t i = 0; i < SUMMARY_ERRORS && query->error[i].calls > 0; i++) {
		struct slice type = slice_of_string(query->error[i].type);
		bool last = i + 1 == SUMMARY_ERRORS || query->error[i + 1].calls == 0;
		char calls[21];
		size_t size = number_format(query->error[i].calls, calls) + 3 + type.size;

		if (size + (i > 0 ? 2 : 0) + (last ? 0 : 5) > page_left(page)) {
			line_put(line, i > 0 ? ", ..." : "...");
			return;
		}
		line_put(line, i > 0 ? ", " : "");
		line_put(line, calls);
		line_put(line, " x ");
		line_put_text(line, type, 32);
	}
}

/* The callers of @query with the most calls first; returns how many of them have a known place. */
static size_t callers_of(const struct summary_query *query,
			 const struct summary_caller *ret[SUMMARY_CALLERS])
{
	size_t count = 0;

	for (size_t i = 0; i < SUMMARY_CALLERS && query->caller[i].calls > 0; i++) {
		size_t place = count;

		if (query->caller[i].module.size == 0)
			continue;
		for (; place > 0 && ret[place - 1]->calls < query->caller[i].calls; place--)
			ret[place] = ret[place - 1];
		ret[place] = &query->caller[i];
		count++;
	}
	return count;
}

static void write_caller(struct page *page, const struct summary_query *query,
			 const struct summary_caller *caller, bool first)
{
	bool one_of_several = caller && caller->calls < query->calls;
	unsigned kept_free = one_of_several ? CALLS_COLUMNS : 0;
	struct line *line = &page->line;

	page_begin(page);
	line_pad(line, page->indent, 0);
	line_style(line, LINE_DIM);
	if (caller)
		page_put_caller(page, caller, page_left(page) - kept_free);
	if (one_of_several) {
		line_put(line, "  ");
		line_put_number(line, caller->calls);
		line_put(line, "x");
	}
	line_style(line, LINE_PLAIN);
	if (first && query->errors > 0) {
		unsigned place = line->columns + 2 > page->indent + ERRORS_AFTER ?
					 line->columns + 2 :
					 page->indent + ERRORS_AFTER;

		if (caller && place + ERRORS_COLUMNS > page->width) {
			page_end(page);
			page_begin(page);
			line_pad(line, page->indent, 0);
		} else if (caller) {
			line_pad(line, page->indent + ERRORS_AFTER, 2);
		}
		put_errors(page, query);
	}
	page_end(page);
}

void page_callers(struct page *page, const struct summary_query *query)
{
	const struct summary_caller *caller[SUMMARY_CALLERS];
	size_t count = callers_of(query, caller);

	if (count == 0 && query->errors > 0)
		write_caller(page, query, NULL, true);
	for (size_t i = 0; i < count && i < REPORT_CALLERS; i++)
		write_caller(page, query, caller[i], i == 0);
}

void page_put_total(struct page *page, const struct summary_query *query)
{
	struct line *line = &page->line;
	char text[DURATION_SIZE];

	duration_format(query->total_ns, true, text);
	line_style(line, LINE_BOLD);
	line_put_right(line, text, 7);
	line_style(line, LINE_PLAIN);
	if (page->indent == PAGE_INDENT_WIDE) {
		page_put_count(page, page_percent(query->total_ns, page->run->wall_ns), 4);
		line_put(line, "%");
	}
	page_put_count(page, query->calls, 7);
}

static void write_query(struct page *page, const struct summary_query *query)
{
	bool wide = page->indent == PAGE_INDENT_WIDE;
	struct line *line = &page->line;

	page_begin(page);
	page_put_total(page, query);
	page_put_cell(page, query->total_ns / query->calls, 8);
	if (wide)
		page_put_cell(page, summary_quantile_ns(query, 0.95), 8);
	page_put_cell(page, query->max_ns, 8);
	page_put_count(page, (query->rows + query->calls / 2) / query->calls, 8);
	line_put(line, "  ");
	line_put_text(line, query->text, page_left(page));
	page_end(page);
	page_callers(page, query);
}

void page_rest(struct page *page, uint64_t calls, const char *words)
{
	struct line *line = &page->line;

	if (calls == 0)
		return;
	page_begin(page);
	line_pad(line, page->indent, 0);
	line_style(line, LINE_DIM);
	line_put(line, "and ");
	line_put_number(line, calls);
	line_put(line, words);
	line_style(line, LINE_PLAIN);
	page_end(page);
}

void report_queries(struct page *page)
{
	const struct summary_query *query[REPORT_TOP_MAX];
	size_t top = page->style->top < REPORT_TOP_MAX ? page->style->top : REPORT_TOP_MAX;
	size_t count = summary_queries(page->summary, page->style->order, query, top);
	uint64_t shown_calls = 0;

	if (count == 0)
		return;
	page->emit(page->context, SLICE("\n"));
	write_column_heads(page);
	for (size_t i = 0; i < count; i++) {
		write_query(page, query[i]);
		shown_calls += query[i]->calls;
	}
	page_rest(page, page->totals->queries - shown_calls, " calls of other queries");
}
