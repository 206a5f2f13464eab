/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary of a plain preload process, on standard error when it ends: where a person looks on
 * (a terminal, and no collector was named) or was asked for by OTELSHIM_SUMMARY=always.
 *
 * Threads: begin at load; wanted and write on the thread that asks; write once, when the
 * exporter's thread is parked. Failure: nothing is printed.
 */
#ifndef LIFECYCLE_SUMMARY_H
#define LIFECYCLE_SUMMARY_H

#include <stdbool.h>

struct exporter;

/* Notes when the program began. */
void summary_note_load(void);

bool summary_wanted(void);

/* Nothing is written when no call was made. */
void summary_write(struct exporter *exporter);

#endif
