/* SPDX-License-Identifier: Apache-2.0 */
/* Requests over HTTP and other protocols of libcurl: how long, with whom, and what failed. */
#include "exporter/report_page.h"

#define LIST_MAX 64	/* requests that are looked through for errors */

static const char *const phase_names[SUMMARY_REDIRECT] = {
	[SUMMARY_QUEUE] = "queue",		[SUMMARY_NAME_LOOKUP] = "name look-up",
	[SUMMARY_CONNECT] = "connect",		[SUMMARY_TLS] = "TLS",
	[SUMMARY_FIRST_BYTE] = "first byte",	[SUMMARY_TRANSFER] = "transfer",
};

/* ---- where the time went ---- */

/* What is worth a percent of the whole, in order, and what none of them explains. */
static void put_phases(struct page *page, const struct summary_split *split, const char *before)
{
	uint64_t rest_ns = split->total_ns;

	for (size_t i = 0; i < SUMMARY_REDIRECT; i++) {
		if (split->phase_ns[i] * 100 >= split->total_ns && split->phase_ns[i] > 0)
			page_put_part(page, &before, phase_names[i], split->phase_ns[i]);
		rest_ns -= split->phase_ns[i];
	}
	if (rest_ns * 100 >= split->total_ns && rest_ns > 0)
		page_put_part(page, &before, "rest", rest_ns);
}

static void put_waited(struct page *page)
{
	const struct summary_totals *totals = page->totals;

	line_put(&page->line, totals->other_protocols ? "Waited on transfers " :
							"Waited on HTTP ");
	page_put_waited(page, totals->http_ns, totals->http_covered_ns);
}

void report_requests_waited(struct page *page)
{
	const struct summary_totals *totals = page->totals;
	const struct summary_split *split = &totals->http_split;
	const char *before = ": ";

	page_begin(page);
	put_waited(page);
	if (totals->http_incomplete_ns > 0)
		page_put_part(page, &before, "unfinished calls", totals->http_incomplete_ns);
	if (split->calls > 0)
		put_phases(page, split, before);
	if (split->calls > 0 && split->calls < totals->requests)
		page_put_measured(page, split->calls, totals->requests);
	page_end(page);
}

void report_requests_short(struct page *page)
{
	const struct summary_request *slowest;

	page_begin(page);
	put_waited(page);
	line_put(&page->line, ".");
	if (summary_requests(page->summary, SUMMARY_BY_MAX, &slowest, 1) == 1) {
		line_put(&page->line, " Slowest: ");
		page_put_duration(&page->line, slowest->query.max_ns);
		line_put(&page->line, "  ");
		line_put_text(&page->line, slowest->query.text, page_left(page));
	}
	page_end(page);
}

/* ---- the table ---- */

static void write_column_heads(struct page *page)
{
	bool wide = page->indent == PAGE_INDENT_WIDE;

	page_begin(page);
	line_put(&page->line, wide ? "  TOTAL  RUN  CALLS     P50     P99     MAX  ERRORS  "
				     : "  TOTAL  CALLS     P50     MAX  ERRORS  ");
	line_put(&page->line, "REQUEST / CALLER");
	page_end(page);
}

/* One request alone has the split of all, which stands above. */
static void write_phases(struct page *page, const struct summary_request *request)
{
	if (request->split.calls == 0 || request->query.calls == page->totals->requests)
		return;
	page_begin(page);
	line_pad(&page->line, page->indent, 0);
	page->wrap = page->indent;
	put_phases(page, &request->split, "");
	page->wrap = 0;
	page_end(page);
}

static void write_request(struct page *page, const struct summary_request *request)
{
	const struct summary_query *query = &request->query;
	bool wide = page->indent == PAGE_INDENT_WIDE;

	page_begin(page);
	page_put_total(page, query);
	page_put_cell(page, summary_quantile_ns(query, 0.5), 8);
	if (wide)
		page_put_cell(page, summary_quantile_ns(query, 0.99), 8);
	page_put_cell(page, query->max_ns, 8);
	page_put_count(page, query->errors, 8);
	line_put(&page->line, "  ");
	line_put_text(&page->line, query->text, page_left(page));
	page_end(page);
	write_phases(page, request);
	page_callers(page, query);
}

void report_requests(struct page *page)
{
	const struct summary_request *request[REPORT_TOP_MAX];
	size_t top = page->style->top < REPORT_TOP_MAX ? page->style->top : REPORT_TOP_MAX;
	size_t count = summary_requests(page->summary, page->style->order, request, top);
	uint64_t shown_calls = 0;

	if (count == 0)
		return;
	page->emit(page->context, SLICE("\n"));
	write_column_heads(page);
	for (size_t i = 0; i < count; i++) {
		write_request(page, request[i]);
		shown_calls += request[i]->query.calls;
	}
	page_rest(page, page->totals->requests - shown_calls, " calls of other requests");
}

/* ---- errors ---- */

/* What fails most comes first; each request and kind is a line. */
void report_request_errors(struct page *page)
{
	const struct summary_request *request[LIST_MAX];
	size_t count = summary_requests(page->summary, SUMMARY_BY_ERRORS, request, LIST_MAX);
	size_t lines = 0;

	for (size_t i = 0; i < count; i++) {
		const struct summary_query *query = &request[i]->query;

		for (size_t k = 0; k < SUMMARY_ERRORS && query->error[k].calls > 0; k++) {
			if (lines++ == REPORT_ERRORS)
				return;
			page_mark(page, "Error  ");
			line_put_number(&page->line, query->error[k].calls);
			line_put(&page->line, " x ");
			line_put_text(&page->line, slice_of_string(query->error[k].type), 32);
			line_put(&page->line, "  ");
			line_put_text(&page->line, query->text, page_left(page));
			page_end(page);
		}
	}
}
