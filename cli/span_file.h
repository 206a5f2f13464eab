/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a run's spans: its name, and the old one out of its way. Writing it is the
 * exporter's. Main thread. Failure: negative errno.
 */
#ifndef CLI_SPAN_FILE_H
#define CLI_SPAN_FILE_H

#include <stdbool.h>

#include "cli/program.h"

/* @pattern with %p the process id, %h the host, %n the command's name, %% a percent sign. */
int span_file_name(const char *pattern, long pid, const char *command, char ret[PROGRAM_PATH]);

/*
 * Makes sure that @path can be written. @replace: a regular file that is there becomes PATH.old;
 * otherwise what it holds stays. Other kinds of file are left alone.
 */
int span_file_prepare(const char *path, bool replace);

#endif
