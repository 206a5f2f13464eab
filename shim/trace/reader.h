/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer's side of the area: takes records out of the lanes, in the order in which calls
 * ended, reads descriptions, finds open calls of dead processes, sleeps. It trusts nothing that it
 * finds: records are copied first, then checked; what is malformed is counted, and a lane that
 * makes no sense is skipped to its head.
 *
 * Ownership: the reader belongs to its maker, who gives it memory; records handed out live until
 * the callback returns. Threads: one consumer, one thread. The consumer never writes into the data,
 * only tails, the sleep word and the owner words of the dead.
 */
#ifndef TRACE_READER_H
#define TRACE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "trace/area.h"

struct reader_process {
	uint64_t process_id;
	uint64_t start_ns;
	uint32_t pid, parent_pid;
	struct slice executable, service, resource, tracestate, command;
};

struct reader_module {
	uint64_t process_id, load_address, start, end;
	struct slice path, build_id;
};

struct reader_statement {
	uint64_t hash;
	struct slice text, summary;
};

/*
 * Descriptions as the callbacks see them; slices point into a private copy that lives as long as
 * the reader.
 */
struct reader_events {
	void (*process)(void *context, const struct reader_process *process);
	void (*span)(void *context, const struct span_record *span);
	void *context;
};

struct reader;

/* Bytes of memory that reader_begin() needs for an area of @size bytes. */
size_t reader_size(size_t size);

/*
 * Begins over a mapped area that area_check() accepted; @memory is zeroed, aligned to 64. Null when
 * the header makes no sense any more. Begin before others can write into the header.
 */
struct reader *reader_begin(void *memory, struct area_header *area,
			    const struct reader_events *events);

/*
 * Hands out what was published before the call: new process descriptions, then spans merged by
 * their end. At most one lane size a lane. Returns the number of spans.
 */
size_t reader_drain(struct reader *reader);

/*
 * Frees lanes and takes open calls whose owners are gone (a zombie is gone; a pid that by a later
 * description is another process, too), hands each such call out as a span marked incomplete, its
 * duration up to @now_ns, its name as ATTRIBUTE_SPAN_NAME, its text as ATTRIBUTE_DB_QUERY_TEXT.
 * Owners in another pid namespace are never judged. Called seldom: once a second and at the end.
 * With @all, every open call is handed out, and what its owners publish meanwhile is drained: the
 * process itself ends, nothing may be drained or buried afterwards. Returns the number of spans.
 */
size_t reader_bury(struct reader *reader, uint64_t now_ns, bool all);

/* False when the number is 0, unknown, of another kind or malformed. */
bool reader_module(const struct reader *reader, uint32_t number, struct reader_module *ret);
bool reader_statement(const struct reader *reader, uint32_t number, struct reader_statement *ret);

struct reader_losses {
	uint64_t full;		/* spans: no lane had room */
	uint64_t passed;	/* calls passed through untraced */
	uint64_t malformed;	/* records that failed the check */
	uint64_t descriptions, calls;	/* refused */
};

struct reader_losses reader_losses(const struct reader *reader);

/*
 * Sleeps until @limit_ns passed, area_wake() was called or a lane passed half full, however many
 * records wait: so they are taken in batches. Limit 0: until a record comes or area_wake() was
 * called. Returns at once when that is so already, and when area_wake() was called since the last
 * sleep. Only for the thread that drains; the producers' wake function calls area_wake().
 */
void reader_sleep(struct reader *reader, uint64_t limit_ns);

/*
 * area_retire() by the thread itself, when nothing waits for it even a moment later. False: stay,
 * records wait. Takes some milliseconds.
 */
bool reader_retire(struct reader *reader);

/* Wakes the sleeper, or lets its next sleep return at once; any thread, async-signal-safe. */
void area_wake(struct area_header *area);

/*
 * The consumer's thread leaves: the next record calls the producers' wake function, which starts a
 * thread again. A producer that published just before may have missed it, and its record waits:
 * look with area_waits() AREA_SETTLE_NS later. The first sleep afterwards returns at once.
 */
void area_retire(struct area_header *area);

/* Whether a lane holds records that nobody took. */
bool area_waits(const struct area_header *area);

/* A store is seen by everyone long before that. */
#define AREA_SETTLE_NS UINT64_C(2000000)

/* Nobody reads any more: producers drop from now on. */
void area_close(struct area_header *area);

#endif
