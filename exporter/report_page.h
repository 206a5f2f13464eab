/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of a report share: the page they write on, a line at a time, and words that more
 * than one of them uses. The parts are report_waited.c, report_queries.c, report_requests.c and
 * report_faults.c; report.c puts them in their order.
 *
 * Inside of the report only. Ownership: borrows everything. Threads: one. Nothing fails.
 */
#ifndef EXPORTER_REPORT_PAGE_H
#define EXPORTER_REPORT_PAGE_H

#include "exporter/line.h"
#include "exporter/report.h"

#define PAGE_INDENT_WIDE 53u	/* column of QUERY with RUN and P95, and without them */
#define PAGE_INDENT_NARROW 40u

struct page {
	const struct summary *summary;
	const struct summary_totals *totals;
	const struct report_run *run;
	const struct report_style *style;
	report_emit *emit;
	void *context;
	unsigned width, indent;
	unsigned wrap;		/* column at which words that do not fit go on; 0: the usual one */
	struct line line;
};

/* Begins a line, and hands it on. */
void page_begin(struct page *page);
void page_end(struct page *page);

/* Begins a line of what went wrong: "! " and @words. */
void page_mark(struct page *page, const char *words);

/* Columns that the line has left. */
unsigned page_left(const struct page *page);

void page_put_duration(struct line *line, uint64_t duration_ns);

/* Whole percent, rounded; 0 for a run of no length. */
uint64_t page_percent(uint64_t part_ns, uint64_t whole_ns);

/* "load_customer  shopd", and without a name "shopd+0x11d0", in at most @width columns. */
void page_put_caller(struct page *page, const struct summary_caller *caller, unsigned width);

/* "3.41 s, 78% of the run"; overlapping calls are more than the time that anyone waited. */
void page_put_waited(struct page *page, uint64_t total_ns, uint64_t covered_ns);

/* One part of a time behind the others, on the next line when it does not fit in this one. */
void page_put_part(struct page *page, const char **before, const char *name, uint64_t duration_ns);

/* "(measured for 4000 of 4002)" */
void page_put_measured(struct page *page, uint64_t some, uint64_t all);

/*
 * Columns of a table: what an entry begins with (total, share of the run, calls), a duration marked
 * when it is slow, a number.
 */
void page_put_total(struct page *page, const struct summary_query *query);
void page_put_cell(struct page *page, uint64_t duration_ns, unsigned width);
void page_put_count(struct page *page, uint64_t number, unsigned width);

/* Lines below an entry: who called it, and its errors. */
void page_callers(struct page *page, const struct summary_query *query);

/* The last line of a table, when @calls are not in it. */
void page_rest(struct page *page, uint64_t calls, const char *words);

/* How long the program waited and on what; in short form, with the slowest query behind it. */
void report_waited(struct page *page);
void report_waited_short(struct page *page);

/* The table of queries and their callers. */
void report_queries(struct page *page);

/* The same four of requests: what was waited for, in short form, the table, the errors. */
void report_requests_waited(struct page *page);
void report_requests_short(struct page *page);
void report_requests(struct page *page);
void report_request_errors(struct page *page);

/* Errors, unfinished calls, processes that live on, losses; nothing when all went well. */
void report_faults(struct page *page);

#endif
