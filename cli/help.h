/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What otelshim says about itself: usage, help, the table of settings, the version. Main thread
 * only.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* Two lines, for those who typed something wrong. */
void help_usage(FILE *stream);

/*
 * On standard output: null the overview, "environment" all settings, "options-table" the same as
 * the Markdown table of README.md. False: no such topic; a line was printed.
 */
bool help_print(const char *topic);

/* "otelshim 0.1.0 (libotelshim.so at PATH)" */
void help_version(const char *library);

#endif
