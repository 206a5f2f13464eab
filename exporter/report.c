/* SPDX-License-Identifier: Apache-2.0 */
/* The summary as text: its head, and its parts in their order. */
#include "exporter/report.h"

#include "exporter/report_page.h"

#define SERVERS_LISTED 8

static void put_connections(struct line *line, uint64_t count, uint64_t total_ns)
{
	line_put_count(line, count, "connection", "connections");
	line_put(line, " (");
	page_put_duration(line, total_ns);
	line_put(line, ")");
}

static void put_server(struct page *page)
{
	const struct summary_connection *server[SUMMARY_CONNECTIONS];
	size_t count = summary_connections(page->summary, server, SUMMARY_CONNECTIONS);

	if (count == 1)
		line_put_text(&page->line, server[0]->server, 40);
	else if (count > 1)
		line_put_count(&page->line, count, "server", "servers");
	if (count > 0)
		line_put(&page->line, "  ");
}

static bool has_requests(const struct summary_totals *totals)
{
	return totals->requests + totals->http_incomplete > 0;
}

/* A program that called neither is told that it made no query. */
static bool has_queries(const struct summary_totals *totals)
{
	return totals->queries + totals->connections + totals->incomplete >
		       totals->http_incomplete ||
	       !has_requests(totals);
}

static void put_database(struct page *page)
{
	const struct summary_totals *totals = page->totals;
	struct line *line = &page->line;

	put_server(page);
	if (totals->connections > 0) {
		put_connections(line, totals->connections, totals->connect_ns);
		line_put(line, "  ");
	}
	line_put_count(line, totals->queries, "query", "queries");
	line_put(line, "  ");
}

/* "db1:5432/shop  1 connection (3.7 ms)  4024 queries  12 requests  2 errors" */
static void put_counts(struct page *page)
{
	const struct summary_totals *totals = page->totals;
	struct line *line = &page->line;

	if (has_queries(totals))
		put_database(page);
	if (has_requests(totals)) {
		line_put_count(line, totals->requests, "request", "requests");
		line_put(line, "  ");
	}
	line_put_count(line, totals->errors + totals->connect_errors + totals->request_errors,
		       "error", "errors");
}

static void write_head(struct page *page)
{
	const struct report_run *run = page->run;
	struct line *line = &page->line;
	unsigned needed;

	page_begin(page);
	put_counts(page);
	needed = line->columns;
	page_begin(page);
	line_put(line, "otelshim  ");
	line_style(line, LINE_BOLD);
	line_put_text(line, run->command, 30);
	line_style(line, LINE_PLAIN);
	line_put(line, run->wall_at_most ? "  at most " : "  ");
	page_put_duration(line, run->wall_ns);
	if (run->ended.size > 0)
		line_put(line, "  ");
	line_put_text(line, run->ended, 40);
	if (line->columns + 2 + needed > page->width) {
		page_end(page);
		page_begin(page);
		line_put(line, "          ");
	} else if (line->columns + 5 + needed > page->width) {
		line_put(line, "  ");
	} else {
		line_put(line, "     ");
	}
	put_counts(page);
	page_end(page);
}

/* Several servers: one line each, below the head. */
static void write_servers(struct page *page)
{
	const struct summary_connection *server[SUMMARY_CONNECTIONS];
	size_t count = summary_connections(page->summary, server, SUMMARY_CONNECTIONS);

	for (size_t i = 0; i < count && i < SERVERS_LISTED && count > 1; i++) {
		page_begin(page);
		line_put(&page->line, "  ");
		line_put_text(&page->line, server[i]->server, 40);
		line_pad(&page->line, 44, 2);
		put_connections(&page->line, server[i]->count, server[i]->total_ns);
		page_end(page);
	}
	if (count > SERVERS_LISTED) {
		page_begin(page);
		line_put(&page->line, "  and ");
		line_put_count(&page->line, count - SERVERS_LISTED, "other", "others");
		page_end(page);
	}
}

static bool anything_wrong(const struct summary_totals *totals, const struct report_run *run)
{
	return totals->errors + totals->connect_errors + totals->request_errors +
	       totals->incomplete + run->area_full + run->queue_full + run->running_count +
	       run->wall_at_most > 0;
}

bool report_interesting(const struct summary *summary, const struct report_run *run,
			uint64_t slow_ns)
{
	const struct summary_totals *totals = summary_totals(summary);

	return anything_wrong(totals, run) || totals->database_ns + totals->http_ns >= slow_ns;
}

static unsigned width_of(unsigned width)
{
	if (width > REPORT_WIDTH)
		return REPORT_WIDTH;
	return width < REPORT_WIDTH_MIN ? REPORT_WIDTH_MIN : width;
}

static void write_short(struct page *page)
{
	if (has_queries(page->totals))
		report_waited_short(page);
	if (has_requests(page->totals))
		report_requests_short(page);
}

static void write_long(struct page *page)
{
	write_servers(page);
	if (has_queries(page->totals))
		report_waited(page);
	if (has_requests(page->totals))
		report_requests_waited(page);
	report_queries(page);
	report_requests(page);
}

void report_write(const struct summary *summary, const struct report_run *run,
		  const struct report_style *style, report_emit *emit, void *context)
{
	struct page page = {
		.summary = summary,
		.totals = summary_totals(summary),
		.run = run,
		.style = style,
		.emit = emit,
		.context = context,
		.width = width_of(style->width),
	};

	page.indent = page.width == REPORT_WIDTH ? PAGE_INDENT_WIDE : PAGE_INDENT_NARROW;
	write_head(&page);
	if (!style->full && !report_interesting(summary, run, style->slow_ns)) {
		write_short(&page);
		return;
	}
	write_long(&page);
	if (!anything_wrong(page.totals, run))
		return;
	emit(context, SLICE("\n"));
	report_faults(&page);
}
