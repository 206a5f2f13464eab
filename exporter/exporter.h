/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer: takes spans out of the area and gives each to the summary, the file and, by the
 * sampler's mark, the batch queue of the network. One piece of code with two homes: a thread of the
 * traced process and the supervisor of `otelshim run`. It makes no thread and installs no handler
 * itself.
 *
 *	area -> reader -> span view -> summary, file sink (every call)
 *	                            -> queue (sampled) -> encode -> transport
 *
 * Threads: exporter_begin, _run, _end by one thread; exporter_stop() by any thread,
 * async-signal-safe. All system calls of a run go through raw calls or libc functions that take no
 * lock which a fork of the program could leave locked: no getaddrinfo, localtime, syslog, dlopen,
 * malloc; memory is one mapping of its own.
 * Failure: what cannot be delivered is counted and dropped; nothing is fatal.
 */
#ifndef EXPORTER_EXPORTER_H
#define EXPORTER_EXPORTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "exporter/summary.h"
#include "trace/area.h"

#define EXPORTER_UNDELIVERED_MAX (UINT64_C(1) << 30)

struct exporter_options {
	const struct config *config;
	struct area_header *area;
	bool session;			/* an area shared by a run: the supervisor's home */
	/* false: OTEL_TRACES_EXPORTER=none, or nobody asked and nobody listens */
	bool network;
	/* Nothing was configured: failures are counted and not told */
	bool quiet_network;
	const char *file;		/* null: none. Opened in append mode, 0600 */
	/*
	 * Where there is no file: one for the spans that the network did not take, of at most
	 * EXPORTER_UNDELIVERED_MAX bytes. Null: none. Opened when the first such span comes, in the
	 * same way, if @undelivered_prepare allows it.
	 */
	const char *undelivered;
	bool (*undelivered_prepare)(const char *path);
	/* Makes gzip for the network (exporter/delivery.h); null: nobody can */
	size_t (*compress)(struct slice body, uint8_t *to, size_t room);
	bool keep_summary;
	/* Return from exporter_run() after that long without a record; 0: sleep on */
	/* Asked between two drains; true: nobody can make a record any more. Null: never. */
	bool (*unneeded)(void);
	uint64_t idle_ns;
};

struct exporter_counts {
	uint64_t spans;			/* taken from the area */
	uint64_t written;		/* to the file */
	uint64_t kept;			/* in the file of those that were not delivered */
	uint64_t delivered;		/* to the network */
	uint64_t queue_full;		/* dropped: the queue had no room */
	/* dropped: not delivered within the rules of retry, or rejected */
	uint64_t failed;
	uint64_t flush_ns;		/* how long the last exporter_flush() took */
	/* why, as words ("connection refused"); null: nothing failed */
	const char *failure;
};

struct exporter;

/*
 * Null when there is no memory. Opens the file; when that fails says so once and goes on without.
 */
struct exporter *exporter_begin(const struct exporter_options *options);

enum exporter_reason { EXPORTER_STOPPED, EXPORTER_IDLE, EXPORTER_UNNEEDED };

/*
 * Drains, writes, sends and sleeps until exporter_stop(), idleness or until it is unneeded; then
 * something may still wait to be delivered. May be called again.
 */
enum exporter_reason exporter_run(struct exporter *exporter);

/* Makes exporter_run() return within 5 ms, also from a connection that hangs. */
void exporter_stop(struct exporter *exporter);

/* Whether anything waits in the area or for the network: a flush has something to do. */
bool exporter_waits(const struct exporter *exporter);

/*
 * After exporter_run() returned, by the same thread, which is about to end and takes its
 * descriptor table along: closes file and connection; the next exporter_run() opens them again.
 * EXPORTER_IDLE implies it.
 */
void exporter_pause(struct exporter *exporter);

/*
 * After exporter_run() returned: drains what is left and delivers it until @limit_ns passed, or
 * until nothing moved for @stall_ns. True when all of it was delivered.
 */
bool exporter_flush(struct exporter *exporter, uint64_t limit_ns, uint64_t stall_ns);

/*
 * Drains into summary and file only, without the network; @ended: the processes of the session are
 * gone.
 */
void exporter_collect(struct exporter *exporter, bool ended);

/* Nothing is sent any more: what still waits for the network has failed, and is kept. */
void exporter_give_up(struct exporter *exporter);

/* A span that the consumer itself makes (the run's own), through the same path. */
void exporter_add(struct exporter *exporter, const struct span_record *record);

/* The path of what a process executed last (exporter/resource.h); empty: unknown. */
struct slice exporter_executable(const struct exporter *exporter, uint32_t pid, uint32_t parent);

const struct summary *exporter_summary(const struct exporter *exporter);
struct exporter_counts exporter_counts(const struct exporter *exporter);
struct reader_losses exporter_losses(const struct exporter *exporter);

void exporter_end(struct exporter *exporter);

#endif
