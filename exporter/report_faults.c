/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong in a run. */
#include "exporter/report_page.h"

#include "exporter/sqlstate.h"

#define REFUSALS_LISTED 8	/* servers that refused connections */

/* One kind of error over all queries. */
struct error_kind {
	const struct summary_error *first;
	uint64_t calls;
};

static void kind_count(struct error_kind *kind, size_t *count, const struct summary_error *error)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (strcmp(kind[i].first->type, error->type) == 0)
			break;
	if (i == REPORT_ERRORS)
		return;
	if (i == *count)
		kind[(*count)++] = (struct error_kind){ .first = error };
	kind[i].calls += error->calls;
}

/* In the order of the queries' errors: what fails most comes first. */
static size_t error_kinds(const struct summary *summary, struct error_kind kind[REPORT_ERRORS])
{
	const struct summary_query *query[64];
	size_t kinds = 0, count = summary_queries(summary, SUMMARY_BY_ERRORS, query, 64);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < SUMMARY_ERRORS && query[i]->error[k].calls > 0; k++)
			kind_count(kind, &kinds, &query[i]->error[k]);
	return kinds;
}

static void write_error(struct page *page, const struct summary_error *error, uint64_t calls)
{
	struct line *line = &page->line;
	struct slice name = sqlstate_name(slice_of_string(error->type));

	page_mark(page, "Error  ");
	line_put_number(line, calls);
	line_put(line, " x ");
	line_put_text(line, slice_of_string(error->type), 32);
	if (name.size > 0)
		line_put(line, " ");
	line_put_text(line, name, 60);
}

static void write_errors(struct page *page)
{
	struct error_kind kind[REPORT_ERRORS];
	size_t count = error_kinds(page->summary, kind);

	for (size_t i = 0; i < count; i++) {
		write_error(page, kind[i].first, kind[i].calls);
		if (kind[i].first->caller.module.size > 0) {
			line_put(&page->line, "  ");
			page_put_caller(page, &kind[i].first->caller, page_left(page));
		}
		page_end(page);
	}
}

static void write_connect_errors(struct page *page)
{
	const struct summary_connection *server[REFUSALS_LISTED];
	size_t count = summary_connections(page->summary, server, REFUSALS_LISTED);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < SUMMARY_ERRORS && server[i]->error[k].calls > 0; k++) {
			write_error(page, &server[i]->error[k], server[i]->error[k].calls);
			line_put(&page->line, "  connecting to ");
			line_put_text(&page->line, server[i]->server, page_left(page));
			page_end(page);
		}
}

static void write_incomplete(struct page *page)
{
	const struct summary_incomplete *call[SUMMARY_INCOMPLETE];
	size_t count = summary_incomplete(page->summary, call, SUMMARY_INCOMPLETE);
	struct line *line = &page->line;

	for (size_t i = 0; i < count; i++) {
		page_mark(page, "Running when killed  ");
		page_put_duration(line, call[i]->duration_ns);
		line_put(line, "  pid ");
		line_put_number(line, call[i]->pid);
		line_put(line, "  ");
		line_put_text(line, call[i]->text, page_left(page));
		page_end(page);
	}
	if (page->totals->incomplete > count) {
		page_mark(page, "Running when killed  ");
		line_put_number(line, page->totals->incomplete - count);
		line_put(line, " more calls");
		page_end(page);
	}
}

static void write_running(struct page *page)
{
	struct line *line = &page->line;

	if (page->run->running_count == 0)
		return;
	page_mark(page, "Still running ");
	for (size_t i = 0; i < page->run->running_count && page_left(page) > 42; i++) {
		line_put(line, i > 0 ? ", " : " ");
		line_put_number(line, page->run->running[i].pid);
		line_put(line, " ");
		line_put_text(line, page->run->running[i].command, 15);
	}
	line_put(line, "; --follow waits");
	page_end(page);
}

static void write_losses(struct page *page)
{
	const struct report_run *run = page->run;
	struct line *line = &page->line;

	if (run->area_full > 0) {
		page_mark(page, "Lost   ");
		line_put_count(line, run->area_full, "call", "calls");
		line_put(line, ": area full, not counted above (OTELSHIM_BUFFER)");
		page_end(page);
	}
	if (run->queue_full > 0) {
		page_mark(page, "Lost   ");
		line_put_count(line, run->queue_full, "call", "calls");
		line_put(line, ": queue full, not sent (OTEL_BSP_MAX_QUEUE_SIZE)");
		page_end(page);
	}
}

static void write_missed(struct page *page)
{
	if (!page->run->wall_at_most)
		return;
	page_mark(page, "Missed the end: otelshim itself was stopped when the command ended");
	page_end(page);
}

void report_faults(struct page *page)
{
	write_errors(page);
	report_request_errors(page);
	write_connect_errors(page);
	write_incomplete(page);
	write_running(page);
	write_missed(page);
	write_losses(page);
}
