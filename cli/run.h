/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `otelshim run`: the supervisor. It makes the session, starts the command, consumes spans on a
 * second thread while the main thread waits, and tells at the end where the time went.
 *
 * The run ends when the command ends. Whatever goes wrong on our side, the command runs, and its
 * exit status is ours.
 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "cli/child.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/run_span.h"
#include "cli/session.h"
#include "exporter/exporter.h"

#define RUN_FILE "./otelshim.jsonl"
#define RUN_PROCESSES 32	/* survivors named in the report */

struct run {
	const struct options *options;
	const struct config *config;
	struct program program;
	struct session session;
	struct exporter *exporter;	/* null: the command runs untraced */
	struct run_span span;
	bool span_made;			/* OTELSHIM_RUN_SPAN */
	struct child child;
	uint64_t start_ns, wall_ns;
	char file[PROGRAM_PATH];	/* of spans; empty: none */
	bool file_asked;		/* by -o or OTELSHIM_FILE */
	bool keep_undelivered;		/* in RUN_FILE, when the network does not take them */
	bool configured, network;	/* an exporter was configured; one is at work */
	struct session_process running[RUN_PROCESSES];
	size_t running_count;
	uint32_t holder;	/* somebody who still has the area, for --follow; 0: unknown */
};

/*
 * Runs options->command to its end and ends like it; returns only when nothing ran: an exit status.
 */
int run_command(const struct options *options);

#endif
