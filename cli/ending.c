/* SPDX-License-Identifier: Apache-2.0 */
/* The last words of a run. */
#include "cli/ending.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/report_json.h"
#include "exporter/caller.h"
#include "exporter/endpoint.h"
#include "exporter/report.h"
#include "exporter/resource.h"

static bool wants_color(enum options_when when)
{
	const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (when != OPTIONS_AUTO)
		return when == OPTIONS_ALWAYS;
	return isatty(STDERR_FILENO) && !(refused && *refused) &&
	       !(terminal && strcmp(terminal, "dumb") == 0);
}

static unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return REPORT_WIDTH;
}

static bool summary_wanted(const struct run *run)
{
	int when = run->options->summary_set ? (int)run->options->summary : run->config->summary;

	return when != CONFIG_NEVER && !run->options->quiet;
}

/* Each line is one write: it may share the terminal with the program's children. */
static void line_out(void *context, struct slice line)
{
	(void)context;
	while (line.size > 0) {
		ssize_t size = write(STDERR_FILENO, line.data, line.size);

		if (size < 0 && errno != EINTR)
			return;
		line = slice_after(line, size > 0 ? (size_t)size : 0);
	}
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char text[4096];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(text, sizeof(text) - 1, format, arguments);
	va_end(arguments);
	if (size < 0)
		return;
	if ((size_t)size > sizeof(text) - 2)
		size = sizeof(text) - 2;
	text[size] = '\n';
	line_out(NULL, slice_of(text, (size_t)size + 1));
}

static struct slice function_of(void *context, const struct summary_caller *caller)
{
	return caller_function(context, caller);
}

static struct report_run facts_of(const struct run *run, char ended[64],
				  struct report_process running[RUN_PROCESSES])
{
	char name[32];

	if (run->child.signal)
		snprintf(ended, 64, "killed by %s", child_signal_name(run->child.signal, name));
	else
		snprintf(ended, 64, "exit %d", run->child.exit_code);
	for (size_t i = 0; i < run->running_count; i++)
		running[i] = (struct report_process){
			.pid = run->running[i].pid,
			.command = slice_of_string(run->running[i].command),
		};
	return (struct report_run){
		.command = slice_of_string(program_base_name(run->options->command[0])),
		.ended = slice_of_string(ended),
		.wall_ns = run->wall_ns,
		.wall_at_most = run->child.missed,
		.area_full = exporter_losses(run->exporter).full,
		.queue_full = exporter_counts(run->exporter).queue_full,
		.running = running,
		.running_count = run->running_count,
	};
}

static void write_report(const struct run *run, const struct report_run *facts)
{
	struct caller_names names = { 0 };
	const struct report_style style = {
		.width = terminal_width(),
		.color = wants_color(run->options->color),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.full = run->options->full,
		.top = run->options->top,
		.order = run->options->order,
		.slow_ns = run->config->slow_ns,
		.function = function_of,
		.context = &names,
	};

	line_out(NULL, SLICE("\n"));
	report_write(exporter_summary(run->exporter), facts, &style, line_out, NULL);
	caller_names_end(&names);
}

/* Nothing came from the program: the most valuable line of all says why. */
static void write_nothing(const struct run *run)
{
	const char *name = program_base_name(run->options->command[0]);

	if (run->program.privileged)
		say("otelshim: nothing traced: %s runs with other rights, LD_PRELOAD is ignored",
		    name);
	else if (run->program.fixed)
		say("otelshim: nothing traced: %s is statically linked, LD_PRELOAD is ignored",
		    program_base_name(run->program.executable));
	else
		say("otelshim: nothing traced: %s called neither libpq nor libcurl", name);
}

static bool nothing_traced(const struct run *run)
{
	const struct summary_totals *totals = summary_totals(exporter_summary(run->exporter));

	return totals->queries + totals->connections + totals->requests + totals->incomplete == 0 &&
	       exporter_losses(run->exporter).full == 0 && run->running_count == 0;
}

static void write_file_line(const struct run *run)
{
	uint64_t written = exporter_counts(run->exporter).written;
	uint64_t spans = exporter_counts(run->exporter).spans;
	const char *prefix = run->options->quiet ? "otelshim: " : "";
	char trace[48] = { 0 }, some[32] = { 0 };

	if (run->span_made) {
		memcpy(trace, "      trace ", 12);
		hex_format(run->span.on.context.trace_id, 16, trace + 12);
	}
	if (written < spans)
		snprintf(some, sizeof(some), "%llu of ", (unsigned long long)written);
	say("%s%s%llu %s in %s%s", prefix, some, (unsigned long long)spans,
	    spans == 1 ? "span" : "spans", run->file, run->options->quiet ? "" : trace);
}

/*
 * Short runs have a short report: the file that nobody asked for and that took everything is not
 * worth a line of it.
 */
static bool file_line_wanted(const struct run *run, bool interesting)
{
	struct exporter_counts counts = exporter_counts(run->exporter);

	return run->file[0] && (interesting || run->file_asked || run->options->full ||
				counts.written < counts.spans);
}

void ending_summary(const struct run *run)
{
	struct report_process running[RUN_PROCESSES];
	char ended[64];
	struct report_run facts = facts_of(run, ended, running);
	bool interesting = false;

	if (nothing_traced(run)) {
		write_nothing(run);
	} else if (summary_wanted(run)) {
		write_report(run, &facts);
		interesting = report_interesting(exporter_summary(run->exporter), &facts,
						 run->config->slow_ns);
		if (file_line_wanted(run, interesting) && (interesting || run->options->full))
			line_out(NULL, SLICE("\n"));
	}
	if (file_line_wanted(run, interesting || (run->options->quiet && !nothing_traced(run) &&
						  !run->configured)))
		write_file_line(run);
}

/* ---- after the flush ---- */

/* service.name of OTEL_RESOURCE_ATTRIBUTES; false: not in it, or all of it is malformed. */
static bool listed_service(const struct run *run, char ret[256])
{
	struct slice list = slice_of_string(run->config->resource_attributes);
	struct resource_attribute attribute;
	uint8_t text[8192];
	bool found = false;
	int result;

	while ((result = resource_list_next(&list, text, sizeof(text), &attribute)) > 0) {
		if (!slice_equal(attribute.key, SLICE("service.name")))
			continue;
		snprintf(ret, 256, "%.*s", (int)attribute.value.size,
			 (const char *)attribute.value.data);
		found = true;
	}
	return found && result == 0;
}

/* service.name as the exporter makes it for the run's own span. */
static void service_of(const struct run *run, char ret[256])
{
	if (run->config->service_name_set)
		snprintf(ret, 256, "%s", run->config->service_name);
	else if (!listed_service(run, ret))
		snprintf(ret, 256, "unknown_service:%s",
			 program_base_name(run->program.executable));
}

/* "; kept in FILE": of @lost spans, those that a file has. */
static void kept_format(const struct run *run, unsigned long long lost, char ret[PROGRAM_PATH + 64])
{
	unsigned long long kept = run->file[0] ? lost : exporter_counts(run->exporter).kept;
	const char *file = run->file[0] ? run->file : RUN_FILE;

	ret[0] = 0;
	if (kept > 0 && kept < lost)
		snprintf(ret, PROGRAM_PATH + 64, "; %llu of them kept in %s", kept, file);
	else if (kept > 0)
		snprintf(ret, PROGRAM_PATH + 64, "; kept in %s", file);
}

static void write_network_line(const struct run *run)
{
	struct exporter_counts counts = exporter_counts(run->exporter);
	unsigned long long lost = counts.failed + counts.queue_full;
	char service[256], kept[PROGRAM_PATH + 64];
	struct endpoint endpoint;
	bool known = endpoint_of(run->config, &endpoint) == ENDPOINT_OK;

	if (!run->configured || !run->network || (!known && lost == 0))
		return;
	if (lost > 0) {
		kept_format(run, lost, kept);
		say("otelshim: %llu of %llu spans not delivered%s%s (%s)%s", lost,
		    lost + (unsigned long long)counts.delivered, known ? " to " : "",
		    known ? endpoint.shown : "", counts.failure ? counts.failure : "queue full",
		    kept);
		return;
	}
	service_of(run, service);
	say("%s%llu %s to %s as %s", run->options->quiet ? "otelshim: " : "",
	    (unsigned long long)counts.delivered, counts.delivered == 1 ? "span" : "spans",
	    endpoint.shown, service);
}

static void write_json(const struct run *run)
{
	struct report_process running[RUN_PROCESSES];
	char ended[64], signal[32];
	struct report_run facts = facts_of(run, ended, running);
	struct report_json json = {
		.summary = exporter_summary(run->exporter),
		.run = &facts,
		.command = run->options->command,
		.exit_code = run->child.exit_code,
		.signal = run->child.signal ? child_signal_name(run->child.signal, signal) : NULL,
		.trace_id = run->span_made ? run->span.on.context.trace_id : NULL,
		.counts = exporter_counts(run->exporter),
	};
	int error = report_json_write(&json, run->options->json_file);

	if (error)
		say("otelshim: cannot write %s: %s",
		    run->options->json_file ? run->options->json_file : "the JSON",
		    strerror(-error));
}

void ending_delivery(const struct run *run)
{
	write_network_line(run);
	if (run->options->json)
		write_json(run);
}
