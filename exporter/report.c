/* SPDX-License-Identifier: Apache-2.0 */
/* The summary as text: head, table of queries, what went wrong. */
#include "exporter/report.h"

#include "exporter/line.h"
#include "exporter/sqlstate.h"

#define INDENT_WIDE 53u		/* column of QUERY with RUN and P95, and without them */
#define INDENT_NARROW 40u
#define QUERY_COLUMNS_MIN 20u
#define ERRORS_AFTER 24u	/* errors of a query stand that far right of its caller */
#define ERRORS_COLUMNS 16u	/* less room than that: a line of their own */
#define CALLS_COLUMNS 10u	/* kept free for the calls of one of several callers */
#define SERVERS_LISTED 8

struct report {
	const struct summary *summary;
	const struct summary_totals *totals;
	const struct report_run *run;
	const struct report_style *style;
	report_emit *emit;
	void *context;
	unsigned width, indent;
	struct line line;
};

static void begin(struct report *report)
{
	line_begin(&report->line, report->style->color, report->style->utf8);
}

static void end(struct report *report)
{
	report->emit(report->context, line_end(&report->line));
}

static void put_duration(struct line *line, uint64_t duration_ns)
{
	char text[DURATION_SIZE];

	duration_format(duration_ns, true, text);
	line_put(line, text);
}

static unsigned columns_left(const struct report *report)
{
	return report->line.columns < report->width ? report->width - report->line.columns : 0;
}

static struct slice base_name(struct slice path)
{
	const uint8_t *slash = path.size > 0 ? memrchr(path.data, '/', path.size) : NULL;

	return slash ? slice_after(path, (size_t)(slash + 1 - path.data)) : path;
}

/* Whole percent, rounded; 0 for a run of no length. */
static uint64_t percent_of(uint64_t part_ns, uint64_t whole_ns)
{
	if (whole_ns == 0)
		return 0;
	return (uint64_t)(((unsigned __int128)part_ns * 100 + whole_ns / 2) / whole_ns);
}

/* ---- head ---- */

static void put_connections(struct line *line, uint64_t count, uint64_t total_ns)
{
	line_put_count(line, count, "connection", "connections");
	line_put(line, " (");
	put_duration(line, total_ns);
	line_put(line, ")");
}

static void put_server(struct report *report)
{
	const struct summary_connection *server[SUMMARY_CONNECTIONS];
	size_t count = summary_connections(report->summary, server, SUMMARY_CONNECTIONS);

	if (count == 1)
		line_put_text(&report->line, server[0]->server, 40);
	else if (count > 1)
		line_put_count(&report->line, count, "server", "servers");
	if (count > 0)
		line_put(&report->line, "  ");
}

/* "db1:5432/shop  1 connection (3.7 ms)  4024 queries  2 errors" */
static void put_counts(struct report *report)
{
	const struct summary_totals *totals = report->totals;
	struct line *line = &report->line;

	put_server(report);
	if (totals->connections > 0) {
		put_connections(line, totals->connections, totals->connect_ns);
		line_put(line, "  ");
	}
	line_put_count(line, totals->queries, "query", "queries");
	line_put(line, "  ");
	line_put_count(line, totals->errors + totals->connect_errors, "error", "errors");
}

static void write_head(struct report *report)
{
	const struct report_run *run = report->run;
	struct line *line = &report->line;
	unsigned needed;

	begin(report);
	put_counts(report);
	needed = line->columns;
	begin(report);
	line_put(line, "otelshim  ");
	line_style(line, LINE_BOLD);
	line_put_text(line, run->command, 30);
	line_style(line, LINE_PLAIN);
	line_put(line, "  ");
	put_duration(line, run->wall_ns);
	if (run->ended.size > 0)
		line_put(line, "  ");
	line_put_text(line, run->ended, 40);
	if (line->columns + 2 + needed > report->width) {
		end(report);
		begin(report);
		line_put(line, "          ");
	} else if (line->columns + 5 + needed > report->width) {
		line_put(line, "  ");
	} else {
		line_put(line, "     ");
	}
	put_counts(report);
	end(report);
}

/* Several servers: one line each, below the head. */
static void write_servers(struct report *report)
{
	const struct summary_connection *server[SUMMARY_CONNECTIONS];
	size_t count = summary_connections(report->summary, server, SUMMARY_CONNECTIONS);

	for (size_t i = 0; i < count && i < SERVERS_LISTED && count > 1; i++) {
		begin(report);
		line_put(&report->line, "  ");
		line_put_text(&report->line, server[i]->server, 40);
		line_pad(&report->line, 44, 2);
		put_connections(&report->line, server[i]->count, server[i]->total_ns);
		end(report);
	}
	if (count > SERVERS_LISTED) {
		begin(report);
		line_put(&report->line, "  and ");
		line_put_count(&report->line, count - SERVERS_LISTED, "other", "others");
		end(report);
	}
}

/* Words that belong together; what does not fit in the line begins the next. */
static void put_words(struct report *report, const char *before, const char *words)
{
	if (strlen(before) + strlen(words) + 1 > columns_left(report)) {
		/* The sign without its blank. */
		line_put_text(&report->line, slice_of(before, *before != ' '), 1);
		end(report);
		begin(report);
		before = "  ";
	}
	line_put(&report->line, before);
	line_put(&report->line, words);
}

static void put_part(struct report *report, const char **before, const char *name,
		     uint64_t duration_ns)
{
	char words[64];
	size_t size = strlen(name);

	memcpy(words, name, size);
	words[size] = ' ';
	duration_format(duration_ns, true, words + size + 1);
	put_words(report, *before, words);
	*before = ", ";
}

/* "(measured for 4000 of 4002)" */
static void put_measured(struct report *report, uint64_t some, uint64_t all)
{
	char words[64] = "(measured for ";
	size_t used = strlen(words);

	used += number_format(some, words + used);
	memcpy(words + used, " of ", 4);
	used += 4;
	used += number_format(all, words + used);
	memcpy(words + used, ")", 2);
	put_words(report, " ", words);
}

/*
 * ": first byte 4.16 s, fetching 101 ms, libpq 40.1 ms". Connecting and unfinished calls have no
 * split, and stand beside it when they are worth a percent.
 */
static void put_split(struct report *report)
{
	const struct summary_totals *totals = report->totals;
	const char *before = ": ";

	if (totals->connect_ns * 100 >= totals->database_ns && totals->connect_ns > 0)
		put_part(report, &before, "connecting", totals->connect_ns);
	if (totals->incomplete_ns > 0)
		put_part(report, &before, "unfinished calls", totals->incomplete_ns);
	if (totals->split_calls == 0)
		return;
	put_part(report, &before, "first byte", totals->first_byte_ns);
	put_part(report, &before, "fetching", totals->fetch_ns);
	put_part(report, &before, "libpq",
		 totals->split_total_ns - totals->first_byte_ns - totals->fetch_ns);
	if (totals->split_calls < totals->queries)
		put_measured(report, totals->split_calls, totals->queries);
}

/* Calls of several threads overlap: their sum is more than the time during which anyone waited. */
static void put_waited(struct report *report)
{
	const struct summary_totals *totals = report->totals;
	bool overlap = totals->database_ns - totals->covered_ns > totals->covered_ns / 100;
	uint64_t share = percent_of(totals->covered_ns, report->run->wall_ns);
	struct line *line = &report->line;

	line_put(line, "Waited on the database ");
	line_style(line, LINE_BOLD);
	put_duration(line, totals->database_ns);
	line_style(line, LINE_PLAIN);
	line_put(line, overlap ? " in parallel calls, " : ", ");
	if (overlap) {
		put_duration(line, totals->covered_ns);
		line_put(line, " (");
	}
	if (share == 0)
		line_put(line, "under 1");
	else
		line_put_number(line, share);
	line_put(line, overlap ? "%) of the run" : "% of the run");
}

static void write_waited(struct report *report)
{
	begin(report);
	put_waited(report);
	put_split(report);
	end(report);
}

/* The second line of the short form: "..., 4% of the run. Slowest: 1.1 ms  SELECT ?" */
static void write_waited_short(struct report *report)
{
	const struct summary_query *slowest;

	begin(report);
	put_waited(report);
	line_put(&report->line, ".");
	if (summary_queries(report->summary, SUMMARY_BY_MAX, &slowest, 1) == 1) {
		line_put(&report->line, " Slowest: ");
		put_duration(&report->line, slowest->max_ns);
		line_put(&report->line, "  ");
		line_put_text(&report->line, slowest->text, columns_left(report));
	}
	end(report);
}

/* ---- table ---- */

static void put_cell(struct report *report, uint64_t duration_ns, unsigned width)
{
	enum line_style style = LINE_PLAIN;
	char text[DURATION_SIZE];

	duration_format(duration_ns, false, text);
	if (duration_ns >= 10 * report->style->slow_ns)
		style = LINE_RED;
	else if (duration_ns >= report->style->slow_ns)
		style = LINE_YELLOW;
	if (style != LINE_PLAIN)
		line_style(&report->line, style);
	line_put_right(&report->line, text, width);
	if (style != LINE_PLAIN)
		line_style(&report->line, LINE_PLAIN);
}

static void put_number_right(struct report *report, uint64_t number, unsigned width)
{
	char text[21];

	number_format(number, text);
	line_put_right(&report->line, text, width);
}

static void write_column_heads(struct report *report)
{
	bool wide = report->indent == INDENT_WIDE;

	begin(report);
	line_put(&report->line, wide ? "  TOTAL  RUN  CALLS    MEAN     P95     MAX    ROWS  "
				     : "  TOTAL  CALLS    MEAN     MAX    ROWS  ");
	line_put(&report->line, "QUERY / CALLER");
	end(report);
}

/* "2 x 23505, 1 x 40P01", as many as fit; all of them are listed again below the table. */
static void put_errors(struct report *report, const struct summary_query *query)
{
	struct line *line = &report->line;

	for (size_t i = 0; i < SUMMARY_ERRORS && query->error[i].calls > 0; i++) {
		struct slice type = slice_of_string(query->error[i].type);
		bool last = i + 1 == SUMMARY_ERRORS || query->error[i + 1].calls == 0;
		char calls[21];
		size_t size = number_format(query->error[i].calls, calls) + 3 + type.size;

		if (size + (i > 0 ? 2 : 0) + (last ? 0 : 5) > columns_left(report)) {
			line_put(line, i > 0 ? ", ..." : "...");
			return;
		}
		line_put(line, i > 0 ? ", " : "");
		line_put(line, calls);
		line_put(line, " x ");
		line_put_text(line, type, 32);
	}
}

/* "load_customer  shopd", and without a name "shopd+0x11d0". */
static void put_caller(struct report *report, const struct summary_caller *caller, unsigned width)
{
	struct slice function = slice_of(NULL, 0);
	struct line *line = &report->line;
	unsigned start = line->columns, taken;

	if (report->style->function)
		function = report->style->function(report->style->context, caller);
	line_put_text(line, function, width);
	taken = line->columns - start + 2;
	if (function.size > 0 && taken < width) {
		line_put(line, "  ");
		line_put_text(line, base_name(caller->module), width - taken);
	} else if (function.size == 0) {
		char digits[16] = { 0 };
		size_t i = sizeof(digits) - 1;

		for (uint64_t rest = caller->offset; i > 0 && (rest > 0 || !digits[i]); rest >>= 4)
			digits[--i] = "0123456789abcdef"[rest & 15];
		taken = (unsigned)strlen(digits + i) + 3;
		line_put_text(line, base_name(caller->module), width > taken ? width - taken : 1);
		line_put(line, "+0x");
		line_put(line, digits + i);
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

static void write_caller(struct report *report, const struct summary_query *query,
			 const struct summary_caller *caller, bool first)
{
	bool one_of_several = caller && caller->calls < query->calls;
	unsigned kept_free = one_of_several ? CALLS_COLUMNS : 0;
	struct line *line = &report->line;

	begin(report);
	line_pad(line, report->indent, 0);
	line_style(line, LINE_DIM);
	if (caller)
		put_caller(report, caller, columns_left(report) - kept_free);
	if (one_of_several) {
		line_put(line, "  ");
		line_put_number(line, caller->calls);
		line_put(line, "x");
	}
	line_style(line, LINE_PLAIN);
	if (first && query->errors > 0) {
		unsigned place = line->columns + 2 > report->indent + ERRORS_AFTER ?
					 line->columns + 2 :
					 report->indent + ERRORS_AFTER;

		if (caller && place + ERRORS_COLUMNS > report->width) {
			end(report);
			begin(report);
			line_pad(line, report->indent, 0);
		} else if (caller) {
			line_pad(line, report->indent + ERRORS_AFTER, 2);
		}
		put_errors(report, query);
	}
	end(report);
}

static void write_callers(struct report *report, const struct summary_query *query)
{
	const struct summary_caller *caller[SUMMARY_CALLERS];
	size_t count = callers_of(query, caller);

	if (count == 0 && query->errors > 0)
		write_caller(report, query, NULL, true);
	for (size_t i = 0; i < count && i < REPORT_CALLERS; i++)
		write_caller(report, query, caller[i], i == 0);
}

static void write_query(struct report *report, const struct summary_query *query)
{
	bool wide = report->indent == INDENT_WIDE;
	struct line *line = &report->line;
	char text[DURATION_SIZE];

	begin(report);
	duration_format(query->total_ns, true, text);
	line_style(line, LINE_BOLD);
	line_put_right(line, text, 7);
	line_style(line, LINE_PLAIN);
	if (wide) {
		put_number_right(report, percent_of(query->total_ns, report->run->wall_ns), 4);
		line_put(line, "%");
	}
	put_number_right(report, query->calls, 7);
	put_cell(report, query->total_ns / query->calls, 8);
	if (wide)
		put_cell(report, summary_quantile_ns(query, 0.95), 8);
	put_cell(report, query->max_ns, 8);
	put_number_right(report, (query->rows + query->calls / 2) / query->calls, 8);
	line_put(line, "  ");
	line_put_text(line, query->text, columns_left(report));
	end(report);
	write_callers(report, query);
}

static void write_rest(struct report *report, size_t shown, uint64_t shown_calls)
{
	struct line *line = &report->line;

	if (shown_calls >= report->totals->queries)
		return;
	begin(report);
	line_pad(line, report->indent, 0);
	line_style(line, LINE_DIM);
	line_put(line, "and ");
	line_put_number(line, report->totals->queries - shown_calls);
	line_put(line, shown > 0 ? " calls of other queries" : " calls");
	line_style(line, LINE_PLAIN);
	end(report);
}

static void write_table(struct report *report)
{
	const struct summary_query *query[REPORT_TOP_MAX];
	size_t top = report->style->top < REPORT_TOP_MAX ? report->style->top : REPORT_TOP_MAX;
	size_t count = summary_queries(report->summary, report->style->order, query, top);
	uint64_t shown_calls = 0;

	if (count == 0)
		return;
	report->emit(report->context, SLICE("\n"));
	write_column_heads(report);
	for (size_t i = 0; i < count; i++) {
		write_query(report, query[i]);
		shown_calls += query[i]->calls;
	}
	write_rest(report, count, shown_calls);
}

/* ---- what went wrong ---- */

static void begin_mark(struct report *report, const char *words)
{
	begin(report);
	line_style(&report->line, LINE_RED);
	line_put(&report->line, "!");
	line_style(&report->line, LINE_PLAIN);
	line_put(&report->line, " ");
	line_put(&report->line, words);
}

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

static void write_error(struct report *report, const struct summary_error *error, uint64_t calls)
{
	struct line *line = &report->line;
	struct slice name = sqlstate_name(slice_of_string(error->type));

	begin_mark(report, "Error  ");
	line_put_number(line, calls);
	line_put(line, " x ");
	line_put_text(line, slice_of_string(error->type), 32);
	if (name.size > 0)
		line_put(line, " ");
	line_put_text(line, name, 60);
}

static void write_errors(struct report *report)
{
	struct error_kind kind[REPORT_ERRORS];
	size_t count = error_kinds(report->summary, kind);

	for (size_t i = 0; i < count; i++) {
		write_error(report, kind[i].first, kind[i].calls);
		if (kind[i].first->caller.module.size > 0) {
			line_put(&report->line, "  ");
			put_caller(report, &kind[i].first->caller, columns_left(report));
		}
		end(report);
	}
}

static void write_connect_errors(struct report *report)
{
	const struct summary_connection *server[SERVERS_LISTED];
	size_t count = summary_connections(report->summary, server, SERVERS_LISTED);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < SUMMARY_ERRORS && server[i]->error[k].calls > 0; k++) {
			write_error(report, &server[i]->error[k], server[i]->error[k].calls);
			line_put(&report->line, "  connecting to ");
			line_put_text(&report->line, server[i]->server, columns_left(report));
			end(report);
		}
}

static void write_incomplete(struct report *report)
{
	const struct summary_incomplete *call[SUMMARY_INCOMPLETE];
	size_t count = summary_incomplete(report->summary, call, SUMMARY_INCOMPLETE);
	struct line *line = &report->line;

	for (size_t i = 0; i < count; i++) {
		begin_mark(report, "Running when killed  ");
		put_duration(line, call[i]->duration_ns);
		line_put(line, "  pid ");
		line_put_number(line, call[i]->pid);
		line_put(line, "  ");
		line_put_text(line, call[i]->text, columns_left(report));
		end(report);
	}
	if (report->totals->incomplete > count) {
		begin_mark(report, "Running when killed  ");
		line_put_number(line, report->totals->incomplete - count);
		line_put(line, " more calls");
		end(report);
	}
}

static void write_running(struct report *report)
{
	struct line *line = &report->line;

	if (report->run->running_count == 0)
		return;
	begin_mark(report, "Still running ");
	for (size_t i = 0; i < report->run->running_count && columns_left(report) > 42; i++) {
		line_put(line, i > 0 ? ", " : " ");
		line_put_number(line, report->run->running[i].pid);
		line_put(line, " ");
		line_put_text(line, report->run->running[i].command, 15);
	}
	line_put(line, "; --follow waits");
	end(report);
}

static void write_losses(struct report *report)
{
	const struct report_run *run = report->run;
	struct line *line = &report->line;

	if (run->area_full > 0) {
		begin_mark(report, "Lost   ");
		line_put_count(line, run->area_full, "call", "calls");
		line_put(line, ": area full, not counted above (OTELSHIM_BUFFER)");
		end(report);
	}
	if (run->queue_full > 0) {
		begin_mark(report, "Lost   ");
		line_put_count(line, run->queue_full, "call", "calls");
		line_put(line, ": queue full, not sent (OTEL_BSP_MAX_QUEUE_SIZE)");
		end(report);
	}
}

/* ---- all ---- */

static bool anything_wrong(const struct summary_totals *totals, const struct report_run *run)
{
	return totals->errors + totals->connect_errors + totals->incomplete + run->area_full +
	       run->queue_full + run->running_count > 0;
}

bool report_interesting(const struct summary *summary, const struct report_run *run,
			uint64_t slow_ns)
{
	const struct summary_totals *totals = summary_totals(summary);

	return anything_wrong(totals, run) || totals->database_ns >= slow_ns;
}

static unsigned width_of(unsigned width)
{
	if (width > REPORT_WIDTH)
		return REPORT_WIDTH;
	return width < REPORT_WIDTH_MIN ? REPORT_WIDTH_MIN : width;
}

void report_write(const struct summary *summary, const struct report_run *run,
		  const struct report_style *style, report_emit *emit, void *context)
{
	struct report report = {
		.summary = summary,
		.totals = summary_totals(summary),
		.run = run,
		.style = style,
		.emit = emit,
		.context = context,
		.width = width_of(style->width),
	};

	report.indent = report.width == REPORT_WIDTH ? INDENT_WIDE : INDENT_NARROW;
	write_head(&report);
	if (!style->full && !report_interesting(summary, run, style->slow_ns)) {
		write_waited_short(&report);
		return;
	}
	write_servers(&report);
	write_waited(&report);
	write_table(&report);
	if (!anything_wrong(report.totals, run))
		return;
	emit(context, SLICE("\n"));
	write_errors(&report);
	write_connect_errors(&report);
	write_incomplete(&report);
	write_running(&report);
	write_losses(&report);
}
