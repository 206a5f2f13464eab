/* SPDX-License-Identifier: Apache-2.0 */
/* Lock-free blocks in one mapping, whose all-zero state is a valid fresh one: fork makes it so. */
#include "base/arena.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/raw.h"

#define ARENA_GRAIN ((size_t)64)
#define ARENA_CLASSES 13

/* A free list's head: the block's place in grains below, a count of changes above (ABA). */
#define ARENA_PLACE_BITS 20
#define ARENA_PLACE_MASK (((uint64_t)1 << ARENA_PLACE_BITS) - 1)

/* Not an address: the kernel refused a mapping that is wiped in children, never ask again. */
#define ARENA_REFUSED ((uintptr_t)1)

_Static_assert(ARENA_GRAIN << (ARENA_CLASSES - 1) == ARENA_BLOCK_MAX, "the largest class");
_Static_assert(ARENA_CEILING / ARENA_GRAIN <= ARENA_PLACE_MASK, "a place fits in its bits");

struct arena {
	_Alignas(64) struct arena_head head;
	_Alignas(64) _Atomic uint64_t used;	/* bytes; 0 stands for sizeof(struct arena) */
	_Atomic uint64_t refused;
	_Atomic uint64_t guarded;
	_Atomic uint64_t free[ARENA_CLASSES];
};

/* A block that nobody holds: the grain of the next one. A taker that lost still reads it. */
struct arena_free {
	_Atomic uint64_t next;
};

static _Atomic uintptr_t arena_mapping;
static struct arena_head nothing_yet;
struct arena_head *_Atomic arena_head = &nothing_yet;
static _Atomic uint64_t arena_refused_unmapped;

/* Null when the kernel refuses any of it but the wish for small pages. */
static struct arena *arena_map_new(void)
{
	const struct raw_arguments how = {
		0, (long)ARENA_CEILING, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0,
	};
	long address = raw_call(SYS_mmap, &how);

	if (address < 0 && address > -4096)
		return NULL;
	if (raw_call3(SYS_madvise, address, (long)ARENA_CEILING, MADV_WIPEONFORK) != 0 ||
	    raw_call3(SYS_madvise, address, (long)ARENA_CEILING, MADV_DONTDUMP) != 0) {
		raw_call3(SYS_munmap, address, (long)ARENA_CEILING, 0);
		return NULL;
	}
	/* A huge page for the first few blocks would be eight times the whole resident budget. */
	raw_call3(SYS_madvise, address, (long)ARENA_CEILING, MADV_NOHUGEPAGE);
	return (struct arena *)address;
}

static __attribute__((noinline)) struct arena *arena_map(void)
{
	struct arena *made;
	uintptr_t winner = 0;

	if (atomic_load_explicit(&arena_mapping, memory_order_acquire) == ARENA_REFUSED)
		return NULL;
	made = arena_map_new();
	if (atomic_compare_exchange_strong(&arena_mapping, &winner,
					   made ? (uintptr_t)made : ARENA_REFUSED)) {
		if (made)
			atomic_store_explicit(&arena_head, &made->head, memory_order_release);
		return made;
	}
	if (made)
		raw_call3(SYS_munmap, (long)made, (long)ARENA_CEILING, 0);
	return winner == ARENA_REFUSED ? NULL : (struct arena *)winner;
}

static struct arena *arena_get(void)
{
	uintptr_t address = atomic_load_explicit(&arena_mapping, memory_order_acquire);

	if (__builtin_expect(address > ARENA_REFUSED, 1))
		return (struct arena *)address;
	return arena_map();
}

static struct arena *arena_peek(void)
{
	uintptr_t address = atomic_load_explicit(&arena_mapping, memory_order_acquire);

	return address > ARENA_REFUSED ? (struct arena *)address : NULL;
}

static unsigned int arena_class(size_t size)
{
	if (size <= ARENA_GRAIN)
		return 0;
	return 58u - (unsigned int)__builtin_clzl(size - 1);
}

static struct arena_free *arena_at(struct arena *arena, uint64_t place)
{
	return (struct arena_free *)((uint8_t *)arena + place * ARENA_GRAIN);
}

static uint64_t arena_list_head(uint64_t old, uint64_t place)
{
	return (((old >> ARENA_PLACE_BITS) + 1) << ARENA_PLACE_BITS) | place;
}

/*
 * By now the block may be another's and this any bytes of it; then the head has moved on, the
 * exchange that follows fails, and nobody uses them. Not for the thread sanitiser to see.
 */
__attribute__((no_sanitize("thread"))) static uint64_t
arena_next(const struct arena_free *block)
{
	return atomic_load_explicit(&block->next, memory_order_relaxed) & ARENA_PLACE_MASK;
}

static void *arena_pop(struct arena *arena, unsigned int class)
{
	_Atomic uint64_t *list = &arena->free[class];
	uint64_t head = atomic_load_explicit(list, memory_order_acquire);
	struct arena_free *block;
	uint64_t next;

	do {
		if ((head & ARENA_PLACE_MASK) == 0)
			return NULL;
		block = arena_at(arena, head & ARENA_PLACE_MASK);
		next = arena_next(block);
	} while (!atomic_compare_exchange_weak_explicit(list, &head, arena_list_head(head, next),
							memory_order_acquire,
							memory_order_acquire));
	return block;
}

/* Never used before in this process, hence zero already. */
static void *arena_cut(struct arena *arena, size_t size)
{
	uint64_t used = atomic_load_explicit(&arena->used, memory_order_relaxed);
	uint64_t start;

	do {
		start = used ? used : sizeof(struct arena);
		if (size > ARENA_CEILING - start)
			return NULL;
	} while (!atomic_compare_exchange_weak_explicit(&arena->used, &used, start + size,
							memory_order_relaxed,
							memory_order_relaxed));
	return (uint8_t *)arena + start;
}

static void *arena_refuse(struct arena *arena)
{
	atomic_fetch_add_explicit(arena ? &arena->refused : &arena_refused_unmapped, 1,
				  memory_order_relaxed);
	return NULL;
}

void *arena_take(size_t size)
{
	struct arena *arena = arena_get();
	unsigned int class;
	void *block;

	if (!arena || size > ARENA_BLOCK_MAX)
		return arena_refuse(arena);
	class = arena_class(size);
	block = arena_pop(arena, class);
	if (block)
		return memset(block, 0, size ? size : 1);
	block = arena_cut(arena, ARENA_GRAIN << class);
	return block ? block : arena_refuse(arena);
}

void arena_give(void *block, size_t size)
{
	struct arena *arena = arena_peek();
	uintptr_t offset = (uintptr_t)block - (uintptr_t)arena;
	_Atomic uint64_t *list;
	uint64_t head;

	/* Beyond what was cut: a forked child gives back what was its parent's. */
	if (!block || !arena || size > ARENA_BLOCK_MAX ||
	    offset >= atomic_load_explicit(&arena->used, memory_order_relaxed))
		return;
	list = &arena->free[arena_class(size)];
	head = atomic_load_explicit(list, memory_order_relaxed);
	do {
		atomic_store_explicit(&((struct arena_free *)block)->next, head & ARENA_PLACE_MASK,
				      memory_order_relaxed);
	} while (!atomic_compare_exchange_weak_explicit(list, &head,
							arena_list_head(head, offset / ARENA_GRAIN),
							memory_order_release,
							memory_order_relaxed));
}

void *arena_root(enum arena_root root, size_t size)
{
	struct arena *arena = arena_get();
	void *present = NULL;
	void *made;

	if (!arena)
		return arena_refuse(NULL);
	present = atomic_load_explicit(&arena->head.root[root], memory_order_acquire);
	if (present)
		return present;
	made = arena_take(size);
	if (!made)
		return NULL;
	if (atomic_compare_exchange_strong(&arena->head.root[root], &present, made))
		return made;
	arena_give(made, size);
	return present;
}

uint64_t arena_refused(void)
{
	struct arena *arena = arena_peek();

	return atomic_load_explicit(arena ? &arena->refused : &arena_refused_unmapped,
				    memory_order_relaxed);
}

void arena_count_guarded(void)
{
	struct arena *arena = arena_peek();

	if (arena)
		atomic_fetch_add_explicit(&arena->guarded, 1, memory_order_relaxed);
}

uint64_t arena_guarded(void)
{
	struct arena *arena = arena_peek();

	return arena ? atomic_load_explicit(&arena->guarded, memory_order_relaxed) : 0;
}

/* Where getrandom() is refused: different for each process at least, which is all that ids need. */
static uint64_t arena_guess_id(uint32_t pid)
{
	uint64_t mixed = clock_now_ns() ^ (clock_read_ns(CLOCK_REALTIME) << 20) ^
			 ((uint64_t)pid << 40) ^ (uintptr_t)&mixed;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return mixed ^ (mixed >> 31);
}

uint64_t arena_identify(void)
{
	struct arena *arena = arena_get();
	uint32_t pid = (uint32_t)raw_call3(SYS_getpid, 0, 0, 0);
	uint64_t present = 0;
	uint64_t made = 0;

	if (!arena)
		return 0;
	/* A child that was forked between the mapping and its announcement. */
	atomic_store_explicit(&arena_head, &arena->head, memory_order_release);
	if (raw_call3(SYS_getrandom, (long)&made, sizeof(made), GRND_NONBLOCK) != sizeof(made))
		made = arena_guess_id(pid);
	if (made == 0)
		made = 1;
	atomic_store_explicit(&arena->head.process_pid, pid, memory_order_relaxed);
	if (atomic_compare_exchange_strong(&arena->head.process_id, &present, made))
		return made;
	return present;
}
