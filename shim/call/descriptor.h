/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a descriptor is, and whose bytes pass through it: one table for both, by number. A tag is a
 * claim and never a fact (hazards.md F3): it was true when a library that we know connected this
 * socket, and nobody has to tell us that the number was closed. So closes are not watched at all (a
 * vfork child's are not even ours); instead the tag keeps the kernel's number of the socket
 * (SO_COOKIE), which no later socket has, and who is in doubt asks the kernel: descriptor_owner().
 * That costs one system call for each socket that a library connects, and none after.
 *
 * The table has two levels; its first chunk is in line. Ownership: it lives in the arena, for good,
 * and is empty in a forked child, where a descriptor is tagged anew at its connection's first
 * command. Threads: any, also signal handlers (PQcancel): each entry is two words, both atomic.
 */
#ifndef CALL_DESCRIPTOR_H
#define CALL_DESCRIPTOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cold.h"

struct traffic;

enum descriptor_owner { DESCRIPTOR_UNKNOWN, DESCRIPTOR_PG };

/* Numbers beyond the last chunk are not known. */
#define DESCRIPTOR_CHUNK 1024u
#define DESCRIPTOR_CHUNKS 1024u
#define DESCRIPTORS_MAX (DESCRIPTOR_CHUNK * DESCRIPTOR_CHUNKS)

struct descriptor {
	_Atomic uint64_t tag;			/* 0, or owner and cookie */
	struct traffic *_Atomic traffic;	/* of a connection, see call/traffic.h */
};

struct descriptor_table {
	struct descriptor first[DESCRIPTOR_CHUNK];
	struct descriptor *_Atomic chunk[DESCRIPTOR_CHUNKS];	/* the first is not used */
};

/* What descriptor_peek() does for numbers beyond the first chunk. */
COLD struct descriptor *descriptor_peek_high(struct descriptor_table *table, unsigned int fd);

/* The entry of @fd; null when there is none yet. Any number is allowed. */
static inline struct descriptor *descriptor_peek(int fd)
{
	struct descriptor_table *table = arena_root_peek(ARENA_ROOT_SOCKETS);

	if (!table)
		return NULL;
	if (__builtin_expect((unsigned int)fd < DESCRIPTOR_CHUNK, 1))
		return &table->first[fd];
	return descriptor_peek_high(table, (unsigned int)fd);
}

/* The same, made if need be; null for a number out of range, or when there is no memory. */
COLD struct descriptor *descriptor_make(int fd);

/*
 * @fd is a socket that @owner has connected: tags it and forgets what was said of the number
 * before. Does nothing when it is no socket, or there is no memory. Leaves errno as it is.
 */
COLD void descriptor_tag(int fd, enum descriptor_owner owner);

/* Whether somebody claims it; nothing is asked. */
static inline bool descriptor_is_tagged(const struct descriptor *descriptor)
{
	return atomic_load_explicit(&descriptor->tag, memory_order_relaxed) != 0;
}

/*
 * Who owns @fd now, as far as the kernel confirms it: for callers that are none of the owners
 * themselves. One system call when @fd is tagged, none when it is not; a tag that proves wrong is
 * removed. A tag without a cookie (no system call was allowed, or the kernel has none) is believed
 * as long as @fd is a socket. Leaves errno as it is.
 */
enum descriptor_owner descriptor_owner(int fd);

/* Whether system calls are allowed: not behind a seccomp filter, and tags are believed there. */
void descriptor_allow(bool allowed);

#endif
