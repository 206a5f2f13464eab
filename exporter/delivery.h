/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the queue to the collector: takes batches, encodes, posts, reads the answer, tries again by
 * the rules of retry, counts. Never waits by itself.
 *
 * Ownership: memory from the maker's bump; owns the connection. Threads: one. Failure: batches are
 * dropped and counted, the reason is kept in words and told by the log at most once a minute (never
 * when nobody configured an endpoint).
 */
#ifndef EXPORTER_DELIVERY_H
#define EXPORTER_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "exporter/attributes.h"
#include "exporter/batch.h"
#include "exporter/bump.h"
#include "exporter/resource.h"
#include "trace/reader.h"

#define DELIVERY_QUIET_NS UINT64_C(200000000)	/* send what waits when no span came for so long */
#define DELIVERY_BACKOFF_NS UINT64_C(30000000000)	/* between tries where nobody asked */
#define DELIVERY_TOLD_NS UINT64_C(60000000000)

struct delivery;

struct delivery_options {
	const struct config *config;
	const struct reader *reader;
	struct resource_table *resources;
	bool quiet;		/* nothing was configured: one try, no word */
	bool silent;		/* failures are counted and kept for the one who reports them */
	/* Makes gzip of @body; 0: not in so little room. Null: nobody can. */
	size_t (*compress)(struct slice body, uint8_t *to, size_t room);
	/*
	 * Takes each span that is known not to be delivered, and is dropped here; null: nobody. Not
	 * those that a collector rejected out of a request: it does not say which.
	 */
	void (*undelivered)(void *context, const struct span_record *record,
			    uint64_t wall_offset_ns);
	void *context;
};

/* Null when @bump has no room. */
struct delivery *delivery_make(struct bump *bump, const struct delivery_options *options);

/* A sampled span; counted when there is no room. */
void delivery_queue(struct delivery *delivery, const struct span_record *record,
		    uint64_t wall_offset_ns, uint64_t now_ns);

/*
 * Goes on as far as it can without waiting. @last_span_ns: when the last span came; @force: send
 * what waits now, whatever batch size and delay say.
 */
void delivery_step(struct delivery *delivery, uint64_t now_ns, uint64_t last_span_ns, bool force);

/* A request is under way: delivery_wait() and step again soon. */
bool delivery_busy(const struct delivery *delivery);

/* Waits for the connection, at most @limit_ns. */
void delivery_wait(const struct delivery *delivery, uint64_t limit_ns);

/* When delivery_step() has next to do something though nothing happens; UINT64_MAX: never. */
uint64_t delivery_due_ns(const struct delivery *delivery, uint64_t last_span_ns);

/* Nothing waits and nothing is under way. */
bool delivery_idle(const struct delivery *delivery);

/* A sign of life that grows while bytes move. */
uint64_t delivery_moved(const struct delivery *delivery);

/* The wait before the next try, when there is one; else 0. */
uint64_t delivery_retry_ns(const struct delivery *delivery, uint64_t now_ns);

/* Closes the connection; the batch under way goes back to the queue's front. */
void delivery_interrupt(struct delivery *delivery);

/* Nothing is sent any more: all that waits has failed. */
void delivery_give_up(struct delivery *delivery);

struct delivery_counts {
	uint64_t delivered, queue_full, failed;
	uint64_t waiting;	/* queued or under way */
	const char *failure;	/* why, the last time; null: nothing failed */
};

struct delivery_counts delivery_counts(const struct delivery *delivery);

#endif
