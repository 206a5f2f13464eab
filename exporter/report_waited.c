/* SPDX-License-Identifier: Apache-2.0 */
/* The time of a run with its database, and what it was spent on. */
#include "exporter/report_page.h"

/* Words that belong together; what does not fit in the line begins the next. */
static void put_words(struct page *page, const char *before, const char *words)
{
	if (strlen(before) + strlen(words) + 1 > page_left(page)) {
		/* The sign without its blank. */
		line_put_text(&page->line, slice_of(before, *before != ' '), 1);
		page_end(page);
		page_begin(page);
		line_pad(&page->line, page->wrap, page->wrap ? 0 : 2);
		before = "";
	}
	line_put(&page->line, before);
	line_put(&page->line, words);
}

void page_put_part(struct page *page, const char **before, const char *name,
		   uint64_t duration_ns)
{
	char words[64];
	size_t size = strlen(name);

	memcpy(words, name, size);
	words[size] = ' ';
	duration_format(duration_ns, true, words + size + 1);
	put_words(page, *before, words);
	*before = ", ";
}

void page_put_measured(struct page *page, uint64_t some, uint64_t all)
{
	char words[64] = "(measured for ";
	size_t used = strlen(words);

	used += number_format(some, words + used);
	memcpy(words + used, " of ", 4);
	used += 4;
	used += number_format(all, words + used);
	memcpy(words + used, ")", 2);
	put_words(page, " ", words);
}

/*
 * ": first byte 4.16 s, fetching 101 ms, libpq 40.1 ms". Connecting and unfinished calls have no
 * split, and stand beside it when they are worth a percent.
 */
static void put_split(struct page *page)
{
	const struct summary_totals *totals = page->totals;
	const char *before = ": ";

	if (totals->connect_ns * 100 >= totals->database_ns && totals->connect_ns > 0)
		page_put_part(page, &before, "connecting", totals->connect_ns);
	if (totals->incomplete_ns > 0)
		page_put_part(page, &before, "unfinished calls", totals->incomplete_ns);
	if (totals->split_calls == 0)
		return;
	page_put_part(page, &before, "first byte", totals->first_byte_ns);
	page_put_part(page, &before, "fetching", totals->fetch_ns);
	page_put_part(page, &before, "libpq",
		      totals->split_total_ns - totals->first_byte_ns - totals->fetch_ns);
	if (totals->split_calls < totals->queries)
		page_put_measured(page, totals->split_calls, totals->queries);
}

void page_put_waited(struct page *page, uint64_t total_ns, uint64_t covered_ns)
{
	bool overlap = total_ns - covered_ns > covered_ns / 100;
	uint64_t share = page_percent(covered_ns, page->run->wall_ns);
	struct line *line = &page->line;

	line_style(line, LINE_BOLD);
	page_put_duration(line, total_ns);
	line_style(line, LINE_PLAIN);
	line_put(line, overlap ? " in parallel calls, " : ", ");
	if (overlap) {
		page_put_duration(line, covered_ns);
		line_put(line, " (");
	}
	if (share == 0)
		line_put(line, "under 1");
	else
		line_put_number(line, share);
	line_put(line, overlap ? "%) of the run" : "% of the run");
}

static void put_waited(struct page *page)
{
	line_put(&page->line, "Waited on the database ");
	page_put_waited(page, page->totals->database_ns, page->totals->covered_ns);
}

void report_waited(struct page *page)
{
	page_begin(page);
	put_waited(page);
	put_split(page);
	page_end(page);
}

/* The second line of the short form: "..., 4% of the run. Slowest: 1.1 ms  SELECT ?" */
void report_waited_short(struct page *page)
{
	const struct summary_query *slowest;

	page_begin(page);
	put_waited(page);
	line_put(&page->line, ".");
	if (summary_queries(page->summary, SUMMARY_BY_MAX, &slowest, 1) == 1) {
		line_put(&page->line, " Slowest: ");
		page_put_duration(&page->line, slowest->max_ns);
		line_put(&page->line, "  ");
		line_put_text(&page->line, slowest->text, page_left(page));
	}
	page_end(page);
}
