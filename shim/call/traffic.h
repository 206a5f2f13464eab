/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time split of a command, measured where its bytes pass: sent = return of its last send;
 * first byte = return of the first receive that began after it; last = return of the last receive.
 * The socket hooks report what libpq itself sends and receives (also under TLS: libpq's own BIO
 * makes these calls).
 *
 * It is found by descriptor (call/descriptor.h). Ownership: a traffic belongs to its connection,
 * which enters and removes it, and its memory stays one. Threads: the hooks run on the thread that
 * uses the connection; libpq allows one at a time.
 */
#ifndef CALL_TRAFFIC_H
#define CALL_TRAFFIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/thread.h"
#include "call/descriptor.h"

struct traffic {
	int fd;					/* that it was entered for, -1: none */
	bool armed;				/* one command is under way */
	uint64_t sent_ns, first_ns, last_ns;	/* 0: not yet */
};

/*
 * Enters @traffic for descriptor @fd, which libpq says is its connection's. One whose connect() was
 * not seen (inherited over a fork) is tagged. Does nothing when there is no memory.
 */
void traffic_enter(int fd, struct traffic *traffic);

/* Removes @fd, and its tag, if it still leads to @traffic: the connection leaves it. */
void traffic_remove(int fd, struct traffic *traffic);

/* Begins or ends a command's measure. */
static inline void traffic_begin(struct traffic *traffic)
{
	thread_peek()->traffic = traffic;
	traffic->sent_ns = traffic->first_ns = traffic->last_ns = 0;
	traffic->armed = true;
}

static inline void traffic_end(struct traffic *traffic)
{
	traffic->armed = false;
}

/* The traffic of @descriptor, or null; armed or not. */
static inline struct traffic *traffic_at(const struct descriptor *descriptor)
{
	return atomic_load_explicit(&descriptor->traffic, memory_order_acquire);
}

/*
 * The same, if it is the one that this thread began last; null: it is to be looked for. Its memory
 * stays one, whatever became of the connection, also in a forked child, where it is wiped.
 */
static inline struct traffic *traffic_begun(int fd)
{
	struct traffic *traffic = thread_peek()->traffic;

	return __builtin_expect(traffic && traffic->fd == fd && traffic->armed, 1) ? traffic : NULL;
}

/* The traffic under way on @fd, or null: whose bytes the caller, a libpq, has just moved. */
static inline struct traffic *traffic_of(int fd)
{
	struct traffic *traffic = traffic_begun(fd);
	const struct descriptor *descriptor;

	if (traffic)
		return traffic;
	descriptor = descriptor_peek(fd);
	traffic = descriptor ? traffic_at(descriptor) : NULL;
	return traffic && traffic->armed ? traffic : NULL;
}

/* After the real call that moved bytes. */
static inline void traffic_sent(struct traffic *traffic)
{
	traffic->sent_ns = clock_now_ns();
	traffic->first_ns = 0;
}

static inline void traffic_received(struct traffic *traffic)
{
	if (!traffic->sent_ns)
		return;
	traffic->last_ns = clock_now_ns();
	if (!traffic->first_ns)
		traffic->first_ns = traffic->last_ns;
}

/*
 * When what is ready now came whole, by its last byte. Where the bytes are not followed, which is
 * so in a pipeline, that is now.
 */
static inline uint64_t traffic_ready_ns(const struct traffic *traffic)
{
	return traffic->armed && traffic->last_ns ? traffic->last_ns : clock_now_ns();
}

/* False when the split was not measured: no send or no receive was seen. */
bool traffic_split(const struct traffic *traffic, uint64_t *ret_first_byte_ns,
		   uint64_t *ret_fetch_ns);

#endif
