/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTEL_TRACES_EXPORTER=console: a line for people, one a span, on standard error (standard output
 * belongs to the program). The format is not for machines and may change.
 */
#ifndef EXPORTER_CONSOLE_H
#define EXPORTER_CONSOLE_H

#include <stddef.h>

#include "exporter/span.h"

#define CONSOLE_LINE_MAX 512

/* The line with its end, cut to fit; its size. */
size_t console_format(const struct span *span, char ret[CONSOLE_LINE_MAX]);

/* One write(2) to standard error. */
void console_write(const struct span *span);

#endif
