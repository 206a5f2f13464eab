/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The span of the run itself: INTERNAL, from the start of the command to its end, by the semantic
 * conventions for command-line programs; it is the parent of what the command does, by TRACEPARENT
 * and what else OTEL_PROPAGATORS names.
 *
 * Main thread. Pure but for random ids.
 */
#ifndef CLI_RUN_SPAN_H
#define CLI_RUN_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "cli/child.h"
#include "trace/propagation.h"
#include "trace/record.h"

#define RUN_SPAN_ROOM 1024

struct run_span {
	struct propagated on;	/* the span, with what was inherited beside its parent */
	uint8_t parent_id[8];
	bool parent_remote;
	bool sampled;
	uint64_t start_ns;
};

/*
 * Begins at @start_ns of the monotonic clock, below the context of @inherited if there is one; its
 * texts are borrowed.
 */
void run_span_begin(const struct config *config, const struct propagated *inherited,
		    uint64_t start_ns, struct run_span *ret);

struct run_span_end {
	const char *name;		/* the command's, as it was typed */
	const char *executable;		/* what it executed last, which may have another name */
	const struct child *child;
	uint64_t duration_ns;
};

/* The finished record in @memory, aligned to 8; null when the names do not fit. */
const struct span_record *run_span_record(const struct run_span *span,
					  const struct run_span_end *end,
					  uint8_t memory[RUN_SPAN_ROOM]);

#endif
