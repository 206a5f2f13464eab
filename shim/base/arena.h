/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only memory of application threads: one anonymous mapping, made at the first use, cut into
 * blocks of a few size classes. It is left out of core dumps and wiped in every forked child, so
 * that a child begins with nothing of its parent's and no structure is ever seen half changed.
 *
 * Ownership: who takes a block gives it back, with the same size, or leaves it for good.
 * Threads: lock-free, callable from any thread and from signal handlers; makes a system call
 * (mmap, madvise) only at the first use in a process.
 * Failure: a null pointer when the ceiling is reached or the mapping was refused; it is counted,
 * and the caller passes the program's call through untraced.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cold.h"

/* Bytes of address space, resident only as far as used. */
#define ARENA_CEILING ((size_t)32 << 20)

/* Blocks are 64 bytes, or the next power of two up to this; more is refused. */
#define ARENA_BLOCK_MAX ((size_t)256 << 10)

/* Tables that live once in a process hang on a root, which reads null again in a forked child. */
enum arena_root {
	ARENA_ROOT_CONNECTIONS,
	ARENA_ROOT_SOCKETS,
	ARENA_ROOT_STATEMENTS,
	ARENA_ROOT_MODULES,
	ARENA_ROOT_AREA,
	ARENA_ROOT_LIFECYCLE,
	ARENA_ROOT_EASIES,
	ARENA_ROOT_MULTIS,
	ARENA_ROOT_COUNT
};

/* The head of the mapping, which every call reads; the rest is arena.c's own. */
struct arena_head {
	_Atomic uint64_t process_id;	/* 0: not asked for yet, or a new child */
	_Atomic uint32_t process_pid;
	void *_Atomic root[ARENA_ROOT_COUNT];
};

/* Never null: until the first use, and where there is no arena, a head of zeros. */
extern struct arena_head *_Atomic arena_head;

/* A zeroed block of at least @size bytes, aligned to 64, or null. */
__attribute__((noinline)) void *arena_take(size_t size);

/* Gives back what arena_take(@size) returned; a null pointer is allowed. */
__attribute__((noinline)) void arena_give(void *block, size_t size);

/*
 * The block that hangs on @root, made zeroed with @size bytes by whoever comes first; null when
 * there is no room. All callers of one root use one size.
 */
void *arena_root(enum arena_root root, size_t size);

/* What hangs on @root, or null; takes nothing. */
static inline void *arena_root_peek(enum arena_root root)
{
	struct arena_head *head = atomic_load_explicit(&arena_head, memory_order_acquire);

	return atomic_load_explicit(&head->root[root], memory_order_acquire);
}

/* How often a block was refused in this process. */
uint64_t arena_refused(void);

/* One more call that passed through because the guard was taken, for base/guard.h. */
COLD void arena_count_guarded(void);

/* How often that was in this process. */
uint64_t arena_guarded(void);

/* What arena_process_id() does at its first use in a process. */
COLD uint64_t arena_identify(void);

/* arena_process_id() if that was asked for before in this process, else 0. */
static inline __attribute__((always_inline)) uint64_t arena_process_peek(void)
{
	struct arena_head *head = atomic_load_explicit(&arena_head, memory_order_acquire);

	return atomic_load_explicit(&head->process_id, memory_order_acquire);
}

/*
 * This process by a random number that differs in a forked child, made at the first use (one
 * getpid and one getrandom); 0 when there is no arena. Cheap: one load afterwards. Correct after
 * fork, _Fork and a raw clone, since the wiped page is the sign; a vfork child is its parent.
 */
static inline __attribute__((always_inline)) uint64_t arena_process_id(void)
{
	uint64_t id = arena_process_peek();

	return __builtin_expect(id != 0, 1) ? id : arena_identify();
}

/* The process id number as it was when arena_process_id() first answered here. */
static inline uint32_t arena_process_pid(void)
{
	if (arena_process_id() == 0)
		return 0;
	return atomic_load_explicit(
		&atomic_load_explicit(&arena_head, memory_order_acquire)->process_pid,
		memory_order_relaxed);
}

#endif
