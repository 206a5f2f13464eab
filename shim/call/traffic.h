/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time split of a command, measured where its bytes pass: sent = return of its last send;
 * first byte = return of the first receive that began after it; last = return of the last receive.
 * The socket hooks report what libpq itself sends and receives (also under TLS: libpq's own BIO
 * makes these calls).
 *
 * The table by descriptor has two levels and is lock-free; an untracked descriptor costs two
 * loads. Ownership: a traffic belongs to its connection, which enters and removes it. Threads: the
 * hooks run on the thread that uses the connection; libpq allows one at a time.
 */
#ifndef CALL_TRAFFIC_H
#define CALL_TRAFFIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "call/libpq.h"

struct traffic {
	const struct libpq *libpq;	/* whose calls count */
	bool armed;			/* one command is under way */
	bool greeting;			/* not measured: being connected, see call/attempt.h */
	uint64_t sent_ns, first_ns, last_ns;	/* 0: not yet */
};

#define TRAFFIC_CHUNK 1024u
#define TRAFFIC_CHUNKS 1024u

struct traffic_table {
	struct traffic *_Atomic *_Atomic chunk[TRAFFIC_CHUNKS];
};

/* Enters @traffic for descriptor @fd; null removes. Does nothing when there is no memory. */
void traffic_enter(int fd, struct traffic *traffic);

/* Removes @fd if it still leads to @traffic. */
void traffic_remove(int fd, const struct traffic *traffic);

/* Begins or ends a command's measure. */
static inline void traffic_begin(struct traffic *traffic)
{
	traffic->sent_ns = traffic->first_ns = traffic->last_ns = 0;
	traffic->armed = true;
}

static inline void traffic_end(struct traffic *traffic)
{
	traffic->armed = false;
}

/*
 * The traffic under way on @fd if @return_address is in the libpq that owns it, else null. Called
 * by the socket hooks before the real call.
 */
static inline struct traffic *traffic_of(int fd, const void *return_address)
{
	struct traffic_table *table = arena_root_peek(ARENA_ROOT_SOCKETS);
	struct traffic *_Atomic *chunk;
	struct traffic *traffic;

	if (!table || (unsigned)fd >= TRAFFIC_CHUNK * TRAFFIC_CHUNKS)
		return NULL;
	chunk = atomic_load_explicit(&table->chunk[(unsigned)fd / TRAFFIC_CHUNK],
				     memory_order_acquire);
	if (!chunk)
		return NULL;
	traffic = atomic_load_explicit(&chunk[(unsigned)fd % TRAFFIC_CHUNK], memory_order_acquire);
	if (!traffic || !traffic->armed || !libpq_is_inside(traffic->libpq, return_address))
		return NULL;
	return traffic;
}

/* After the real call that moved bytes. */
void traffic_sent(struct traffic *traffic);
void traffic_received(struct traffic *traffic);

/* False when the split was not measured: no send or no receive was seen. */
bool traffic_split(const struct traffic *traffic, uint64_t *ret_first_byte_ns,
		   uint64_t *ret_fetch_ns);

#endif
