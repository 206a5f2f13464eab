/* SPDX-License-Identifier: Apache-2.0 */
/* otelshim: chooses the verb. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/help.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/run.h"

static int print_version(void)
{
	char library[PROGRAM_PATH];

	help_version(program_library(library) ? library : NULL);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options;

	if (!options_parse(argc, argv, &options))
		return OPTIONS_EXIT;
	switch (options.verb) {
	case OPTIONS_HELP:
		return help_print(options.topic) ? EXIT_SUCCESS : OPTIONS_EXIT;
	case OPTIONS_VERSION:
		return print_version();
	case OPTIONS_RUN:
	default:
		return run_command(&options);
	}
}
