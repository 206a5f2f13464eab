/* SPDX-License-Identifier: Apache-2.0 */
/* The table of descriptors, and what the kernel says of one. */
#include "call/descriptor.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/raw.h"

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

#define CHUNK_SIZE (DESCRIPTOR_CHUNK * sizeof(struct descriptor))

/* A tag: the owner in the lowest bits, above it what of the cookie has room. */
#define OWNER_BITS 2
#define OWNER_MASK (((uint64_t)1 << OWNER_BITS) - 1)

static _Atomic bool forbidden;

struct descriptor *descriptor_peek_high(struct descriptor_table *table, unsigned int fd)
{
	struct descriptor *chunk;

	if (fd >= DESCRIPTORS_MAX)
		return NULL;
	chunk = atomic_load_explicit(&table->chunk[fd / DESCRIPTOR_CHUNK], memory_order_acquire);
	return chunk ? &chunk[fd % DESCRIPTOR_CHUNK] : NULL;
}

static struct descriptor *chunk_make(struct descriptor *_Atomic *place)
{
	struct descriptor *present = NULL;
	struct descriptor *made = arena_take(CHUNK_SIZE);

	if (!made || atomic_compare_exchange_strong(place, &present, made))
		return made;
	arena_give(made, CHUNK_SIZE);
	return present;
}

struct descriptor *descriptor_make(int fd)
{
	struct descriptor_table *table;
	struct descriptor *descriptor, *chunk;
	unsigned int number = (unsigned int)fd;

	if (number >= DESCRIPTORS_MAX)
		return NULL;
	table = arena_root(ARENA_ROOT_SOCKETS, sizeof(*table));
	descriptor = descriptor_peek(fd);
	if (!table || descriptor)
		return descriptor;
	chunk = chunk_make(&table->chunk[number / DESCRIPTOR_CHUNK]);
	return chunk ? &chunk[number % DESCRIPTOR_CHUNK] : NULL;
}

/* 0, or a negative errno; @ret is 0 where sockets have no number, or it must not be asked for. */
static int socket_cookie(int fd, uint64_t *ret)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);
	const struct raw_arguments question = {
		fd, SOL_SOCKET, SO_COOKIE, (long)&cookie, (long)&size, 0,
	};
	long error;

	if (atomic_load_explicit(&forbidden, memory_order_relaxed)) {
		*ret = 0;
		return 0;
	}
	error = raw_call(SYS_getsockopt, &question);
	if (error == -EBADF || error == -ENOTSOCK)
		return (int)error;
	*ret = error ? 0 : cookie << OWNER_BITS;
	return 0;
}

void descriptor_tag(int fd, enum descriptor_owner owner)
{
	struct descriptor *descriptor;
	uint64_t cookie;

	if (socket_cookie(fd, &cookie))
		return;
	descriptor = descriptor_make(fd);
	if (!descriptor)
		return;
	atomic_store_explicit(&descriptor->traffic, NULL, memory_order_relaxed);
	atomic_store_explicit(&descriptor->tag, cookie | owner, memory_order_release);
}

enum descriptor_owner descriptor_owner(int fd)
{
	struct descriptor *descriptor = descriptor_peek(fd);
	uint64_t tag, cookie;

	if (!descriptor)
		return DESCRIPTOR_UNKNOWN;
	tag = atomic_load_explicit(&descriptor->tag, memory_order_acquire);
	if (!tag)
		return DESCRIPTOR_UNKNOWN;
	if (!socket_cookie(fd, &cookie) &&
	    (!cookie || !(tag & ~OWNER_MASK) || cookie == (tag & ~OWNER_MASK)))
		return (enum descriptor_owner)(tag & OWNER_MASK);
	/* Unless it was tagged anew since. */
	atomic_compare_exchange_strong(&descriptor->tag, &tag, 0);
	return DESCRIPTOR_UNKNOWN;
}

void descriptor_allow(bool allowed)
{
	atomic_store_explicit(&forbidden, !allowed, memory_order_relaxed);
}
