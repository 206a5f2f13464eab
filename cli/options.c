/* SPDX-License-Identifier: Apache-2.0 */
/* getopt_long over the verbs. */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "exporter/report.h"

enum { OPTION_NO_FILE = 256, OPTION_JSON, OPTION_COLOR, OPTION_FOLLOW, OPTION_SUMMARY };

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "no-file", no_argument, NULL, OPTION_NO_FILE },
	{ "json", optional_argument, NULL, OPTION_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "top", required_argument, NULL, 'n' },
	{ "sort", required_argument, NULL, 's' },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "follow", no_argument, NULL, OPTION_FOLLOW },
	{ "summary", required_argument, NULL, OPTION_SUMMARY },
	{ "env", required_argument, NULL, 'E' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static bool refuse(const char *what, const char *value)
{
	fprintf(stderr, "otelshim: %s%s%s%s\n", what, value ? " '" : "", value ? value : "",
		value ? "'" : "");
	help_usage(stderr);
	return false;
}

/* The place of @value in @words, which end with a null pointer; negative: not there. */
static int word_of(const char *value, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	return -1;
}

static bool read_when(const char *name, const char *value, enum options_when *ret)
{
	static const char *const words[] = { "auto", "always", "never", NULL };
	int word = word_of(value, words);

	if (word < 0)
		return refuse(name, value);
	*ret = (enum options_when)word;
	return true;
}

static bool read_order(const char *value, enum summary_order *ret)
{
	static const char *const words[] = { "total", "calls", "mean", "p95",
					     "max",   "rows",  "errors", NULL };
	int word = word_of(value, words);

	if (word < 0)
		return refuse("-s takes total, calls, mean, p95, max, rows or errors, not", value);
	*ret = (enum summary_order)word;
	return true;
}

static bool read_top(const char *value, size_t *ret)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);

	if (end == value || *end != 0 || *value == '-' || number < 1 || number > REPORT_TOP_MAX)
		return refuse("-n takes a number from 1 to 100, not", value);
	*ret = number;
	return true;
}

static bool read_variable(const char *value, struct options *options)
{
	if (*value == 0 || *value == '=')
		return refuse("-E takes VAR=VALUE or VAR, not", value);
	if (options->variables == OPTIONS_VARIABLES)
		return refuse("-E is given too often, at", value);
	options->variable[options->variables++] = value;
	return true;
}

/* What remains after the simple switches: those with a value that can be wrong. */
static bool read_value(int option, const char *value, struct options *options)
{
	switch (option) {
	case 'n':
		options->full = true;
		return read_top(value, &options->top);
	case 's':
		options->full = true;
		return read_order(value, &options->order);
	case 'E':
		return read_variable(value, options);
	case OPTION_COLOR:
		return read_when("--color takes auto, always or never, not", value,
				 &options->color);
	case OPTION_SUMMARY:
		options->summary_set = true;
		return read_when("--summary takes auto, always or never, not", value,
				 &options->summary);
	default:
		help_usage(stderr);
		return false;
	}
}

static bool read_option(int option, const char *value, struct options *options)
{
	switch (option) {
	case 'o':
		options->output = value;
		return *value != 0 || refuse("-o takes the name of a file, not", value);
	case OPTION_NO_FILE:
		options->no_file = true;
		return true;
	case OPTION_JSON:
		options->json = true;
		options->json_file = value;
		return !value || *value != 0 ||
		       refuse("--json takes the name of a file, not", value);
	case 'q':
		options->quiet = true;
		return true;
	case 'v':
		options->verbose = true;
		options->full = true;
		return true;
	case OPTION_FOLLOW:
		options->follow = true;
		return true;
	case 'h':
		options->verb = OPTIONS_HELP;
		return true;
	case 'V':
		options->verb = OPTIONS_VERSION;
		return true;
	default:
		return read_value(option, value, options);
	}
}

/* Verbs of other versions are kept free: a program of that name needs `run` in front. */
static bool is_reserved(const char *word)
{
	static const char *const words[] = { "report", "doctor", "env", NULL };

	return word_of(word, words) >= 0;
}

/* Takes the verb off the front; returns how many words it took, or -1. */
static int read_verb(int argc, char **argv, struct options *options)
{
	if (argc < 2)
		return 0;
	if (strcmp(argv[1], "run") == 0)
		return 1;
	if (strcmp(argv[1], "help") == 0) {
		options->verb = OPTIONS_HELP;
		options->topic = argc > 2 ? argv[2] : NULL;
		return 1;
	}
	if (!is_reserved(argv[1]))
		return 0;
	refuse("this version has no verb of that name; 'otelshim run' runs a program called",
	       argv[1]);
	return -1;
}

bool options_parse(int argc, char **argv, struct options *ret)
{
	static char name[] = "otelshim";
	struct options options = { .top = REPORT_TOP };
	int taken = read_verb(argc, argv, &options), option;

	if (taken < 0)
		return false;
	/* argv[0] for getopt's own messages is the verb then; give it our name back. */
	argv[taken] = name;
	optind = 0;
	while (options.verb == OPTIONS_RUN &&
	       (option = getopt_long(argc - taken, argv + taken, "+o:qvn:s:E:hV", long_options,
				     NULL)) != -1)
		if (!read_option(option, optarg, &options))
			return false;
	if (options.verb == OPTIONS_RUN) {
		options.command = argv + taken + optind;
		if (!*options.command)
			return refuse("no command to run", NULL);
	}
	*ret = options;
	return true;
}
