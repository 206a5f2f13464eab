/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: `otelshim [run] [options] [--] COMMAND [ARG...]`. Options end at the command,
 * so that its own are never taken for ours.
 *
 * Ownership: borrows from argv. Threads: main only (getopt_long). Failure: one line on standard
 * error and the usage; the caller exits with OPTIONS_EXIT.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "exporter/summary.h"

#define OPTIONS_VARIABLES 64	/* -E, as often as that */

/* otelshim itself failed before the command could run (env, timeout and nohup use the same). */
#define OPTIONS_EXIT 125

enum options_verb { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION };
enum options_when { OPTIONS_AUTO, OPTIONS_ALWAYS, OPTIONS_NEVER };

struct options {
	enum options_verb verb;
	const char *topic;	/* of help; null: the overview */
	const char *output;	/* -o; null: not given */
	bool no_file;
	bool json;
	const char *json_file;	/* null: standard error */
	bool quiet, verbose, follow;
	bool full;		/* the table was asked for: -n, -s or -v */
	size_t top;
	enum summary_order order;
	enum options_when color;
	bool summary_set;
	enum options_when summary;
	const char *variable[OPTIONS_VARIABLES];	/* VAR=VALUE, or VAR to take it away */
	size_t variables;
	char **command;		/* null-terminated; null unless verb is OPTIONS_RUN */
};

/* False: a line was printed, exit with OPTIONS_EXIT. */
bool options_parse(int argc, char **argv, struct options *ret);

#endif
