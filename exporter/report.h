/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary as text: where the time of a run went, for a person at a terminal or a log.
 *
 *	otelshim  shopd  4.37 s  exit 7     db1:5432/shop  1 connection (3.7 ms)  4024 queries  ...
 *	Waited on the database 4.30 s, 98% of the run: first byte 4.16 s, fetching 101 ms, ...
 *
 *	  TOTAL  RUN  CALLS    MEAN     P95     MAX    ROWS  QUERY / CALLER
 *	 3.41 s  78%   4000   852us   931us  3.81ms       1  SELECT name, email FROM customers W...
 *	                                                     load_customer  shopd
 *
 * Requests over HTTP have a line and a table of their own, and what has none of them is as if there
 * were no such.
 *
 * TOTAL is the sum of all calls; RUN its share of the run's wall time (above 100% when threads wait
 * at the same time); ROWS the rows of one call, on average. Two lines and no table when nothing
 * took long and nothing went wrong.
 *
 * Pure but for the look-up of names that the caller passes in; no malloc, no stdio. Nothing fails.
 */
#ifndef EXPORTER_REPORT_H
#define EXPORTER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "exporter/summary.h"

#define REPORT_WIDTH 98		/* never wider, and for what is no terminal */
#define REPORT_WIDTH_MIN 76
#define REPORT_TOP 10
#define REPORT_TOP_MAX 100
#define REPORT_CALLERS 3	/* lines for each query */
#define REPORT_ERRORS 8		/* kinds listed under the table */

struct report_process {
	uint32_t pid;
	struct slice command;
};

/* Facts about the run that are not in the summary. */
struct report_run {
	struct slice command;		/* "shopd" */
	struct slice ended;		/* "exit 7", "killed by SIGSEGV"; empty: not over */
	uint64_t wall_ns;
	bool wall_at_most;		/* nobody saw the end of the run: it came earlier */
	uint64_t area_full;		/* losses: spans for which no lane had room */
	uint64_t queue_full;		/* not sent: no room in the queue of the network */
	const struct report_process *running;	/* processes that outlive the run */
	size_t running_count;
};

struct report_style {
	unsigned width;
	bool color, utf8;
	bool full;			/* the table also when nothing is slow */
	size_t top;			/* queries in the table */
	enum summary_order order;
	uint64_t slow_ns;
	/* The name of a caller's function; empty: unknown. Null: no names. */
	struct slice (*function)(void *context, const struct summary_caller *caller);
	void *context;
};

/* Takes one whole line with its line feed. */
typedef void report_emit(void *context, struct slice line);

/* True when the run needs the long form: something slow, wrong, lost, unfinished. */
bool report_interesting(const struct summary *summary, const struct report_run *run,
			uint64_t slow_ns);

void report_write(const struct summary *summary, const struct report_run *run,
		  const struct report_style *style, report_emit *emit, void *context);

#endif
