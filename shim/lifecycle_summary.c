/* SPDX-License-Identifier: Apache-2.0 */
/* The last words of a plain preload process. */
#include "lifecycle_summary.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/raw.h"
#include "base/real.h"
#include "exporter/caller.h"
#include "exporter/exporter.h"
#include "exporter/report.h"

static uint64_t loaded_ns;
static pid_t loaded_pid;

void summary_note_load(void)
{
	loaded_ns = clock_now_ns();
	/* libc's own is in a page of it that nothing else at load needs. */
	loaded_pid = (pid_t)raw_call3(SYS_getpid, 0, 0, 0);
}

bool summary_wanted(void)
{
	const struct config *settings = config();

	if (settings->summary != CONFIG_AUTO)
		return settings->summary == CONFIG_ALWAYS;
	return !settings->endpoint_set && !settings->traces_endpoint_set &&
	       !settings->exporter_set && isatty(STDERR_FILENO);
}

static void line_out(void *context, struct slice line)
{
	(void)context;
	while (line.size > 0) {
		ssize_t size = real()->write(STDERR_FILENO, line.data, line.size);

		if (size < 0 && errno != EINTR)
			return;
		line = slice_after(line, size > 0 ? (size_t)size : 0);
	}
}

static struct slice function_of(void *context, const struct summary_caller *caller)
{
	return caller_function(context, caller);
}

static unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return REPORT_WIDTH;
}

/* A forked child began at its fork, which we did not see: its first call stands for that. */
static uint64_t wall_ns(const struct summary *summary)
{
	if (arena_process_pid() == (uint32_t)loaded_pid)
		return clock_now_ns() - loaded_ns;
	return summary_totals(summary)->database_ns + summary_totals(summary)->http_ns;
}

void summary_write(struct exporter *exporter)
{
	const struct summary *summary = exporter_summary(exporter);
	const char *name = strrchr(program_invocation_name, '/');
	struct caller_names *names = arena_take(sizeof(*names));
	const struct report_run facts = {
		.command = slice_of_string(name ? name + 1 : program_invocation_name),
		.wall_ns = summary ? wall_ns(summary) : 0,
		.area_full = exporter_losses(exporter).full,
		.queue_full = exporter_counts(exporter).queue_full,
	};
	const struct report_style style = {
		.width = terminal_width(),
		.color = isatty(STDERR_FILENO) && !secure_getenv("NO_COLOR"),
		.top = REPORT_TOP,
		.slow_ns = config()->slow_ns,
		.function = function_of,
		.context = names,
	};

	if (!summary || !names || exporter_counts(exporter).spans == 0)
		return;
	line_out(NULL, SLICE("\n"));
	report_write(summary, &facts, &style, line_out, NULL);
	caller_names_end(names);
}
