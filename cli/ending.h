/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said when a run ends, all of it on standard error or in the file that --json names: the
 * summary before the spans are sent, and one line for each place that they went to.
 *
 * Main thread, after the consumer stopped.
 */
#ifndef CLI_ENDING_H
#define CLI_ENDING_H

#include <stdbool.h>

#include "cli/run.h"

/* The summary, or why there is none; then the line of the span file. */
void ending_summary(const struct run *run);

/* After the flush: what the network took, and the JSON. */
void ending_delivery(const struct run *run);

#endif
