/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why spans were not delivered, in words for people: ours, and what the collector said, cut and
 * without control characters, since it is shown on terminals.
 *
 * Pure. Nothing fails: what is longer is cut.
 */
#ifndef EXPORTER_FAILURE_H
#define EXPORTER_FAILURE_H

#include <stdint.h>

#include "base/slice.h"

#define FAILURE_SIZE 160
#define FAILURE_WHY 100		/* of it, at most, what the collector says */

struct failure {
	char text[FAILURE_SIZE];
};

/* @theirs behind @ours. */
void failure_set(struct failure *failure, struct slice ours, struct slice theirs);

/* "HTTP 503", "HTTP 400: bad" */
void failure_set_status(struct failure *failure, int status, struct slice why);

/* "no answer within 10 s" */
void failure_set_timeout(struct failure *failure, uint64_t limit_ns);

#endif
