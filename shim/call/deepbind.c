/* SPDX-License-Identifier: Apache-2.0 */
/* The slots of deeply bound objects, led back to the replaced functions. */
#include "call/deepbind.h"

#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/cold.h"
#include "base/elf_slot.h"
#include "base/opened.h"
#include "base/raw.h"
#include "base/real.h"
#include "base/resolve.h"
#include "call/binding.h"
#include "call/library.h"

/* Objects of one dlopen that are looked at, and handles that are remembered. */
#define DEEPBIND_OBJECTS 128
#define DEEPBIND_SEEN 256

/* That call/replaced.def has functions of. */
#define DEEPBIND_LIBRARIES 2

/* By their first two bytes names are told apart well enough. */
#define BEGINNINGS 256

enum deepbind_name {
#define LIBC(name) DEEPBIND_##name,
#define LIBC_LIKE(name, type) DEEPBIND_##name,
#include "base/libc.def"
#undef LIBC
#undef LIBC_LIKE
	DEEPBIND_LIBC,
	/* Then come the names of binding.h. */
	DEEPBIND_NAMES = DEEPBIND_LIBC + BINDING_NAMES
};

static const char *const names[DEEPBIND_NAMES] = {
#define LIBC(name) #name,
#define LIBC_LIKE(name, type) #name,
#include "base/libc.def"
#undef LIBC
#undef LIBC_LIKE
#define REPLACED(family, index, name) #name,
#include "call/replaced.def"
#undef REPLACED
};

static _Atomic bool enabled;
static _Atomic bool forbidden;
static _Atomic uint64_t busy;	/* the process in which a thread is at it */

/* A handle whose objects were looked at. What was patched there shows whether they still are. */
static struct {
	void *_Atomic handle;
	_Atomic uintptr_t dynamic;
	_Atomic uintptr_t *_Atomic witness;
	_Atomic uintptr_t expected;
} seen[DEEPBIND_SEEN] COLD_TABLE;

/* All below belongs to who holds `busy`. */
static struct opened opened[DEEPBIND_OBJECTS] COLD_TABLE;
static void *hooks[DEEPBIND_NAMES] COLD_TABLE;
/* Chains of names with one beginning, as 1 + index; 0 ends them. */
static uint8_t chain_first[BEGINNINGS] COLD_TABLE;
static uint8_t chain_next[DEEPBIND_NAMES] COLD_TABLE;
static bool names_known;

/* A library as an object calls it. */
struct deepbind_library {
	const struct library_family *family;	/* null: not known yet */
	const struct library *global;	/* that it calls when it is bound as usual, or null */
	const struct library *own;	/* the same when it is bound deeply */
};

/* One object under work. */
struct deepbind_work {
	const struct opened *opened;
	struct deepbind_library libraries[DEEPBIND_LIBRARIES];
	_Atomic uintptr_t *witness;	/* a slot that was rewritten */
};

static unsigned int beginning(const char *name)
{
	return ((unsigned char)name[0] * 31u + (unsigned char)name[1]) % BEGINNINGS;
}

static void learn_names(void)
{
	if (names_known)
		return;
	names_known = true;
	resolve_own_all(names, DEEPBIND_NAMES, hooks);
	for (size_t i = 0; i < DEEPBIND_NAMES; i++) {
		unsigned int at = beginning(names[i]);

		chain_next[i] = chain_first[at];
		chain_first[at] = (uint8_t)(i + 1);
	}
}

_Static_assert(DEEPBIND_NAMES < UINT8_MAX, "a name's number is a byte");

static enum deepbind_name name_of(const struct elf *elf, size_t offset)
{
	size_t i;

	if (offset + 2 > elf->strings_size)
		return DEEPBIND_NAMES;
	i = chain_first[beginning(elf->strings + offset)];
	while (i && !elf_named(elf, offset, names[i - 1]))
		i = chain_next[i - 1];
	return i ? (enum deepbind_name)(i - 1) : DEEPBIND_NAMES;
}

/* Where a call through a slot that was never used yet will lead. */
static uintptr_t lazy_target(const struct deepbind_work *work, const char *name)
{
	struct resolve_object owner;

	if (!resolve_provider(&work->opened->object, name, RESOLVE_OWN_FIRST, &owner))
		return 0;
	return (uintptr_t)resolve_in_object(owner.load_address, owner.dynamic, name);
}

static bool leads_to(const struct library *library, enum binding_name name, uintptr_t target)
{
	return library && (uintptr_t)library_function(library, binding_index(name)) == target;
}

/* What the object calls of the library that @name is of. */
static const struct deepbind_library *library_of(struct deepbind_work *work,
						 enum binding_name name)
{
	const struct resolve_object *object = &work->opened->object;
	const struct library_family *family = binding_family(name);
	struct deepbind_library *library = work->libraries;

	while (library->family && library->family != family)
		library++;
	if (!library->family) {
		library->family = family;
		library->global = library_called_by(family, object, RESOLVE_GLOBAL_FIRST);
		library->own = library_called_by(family, object, RESOLVE_OWN_FIRST);
	}
	return library;
}

/*
 * Whether our hook will call @target, too, when the object calls it. A slot that was used or bound
 * at once shows how the object is bound, which matters where it brought another copy of the library
 * than the program has.
 */
static bool calls_library(struct deepbind_work *work, enum binding_name name, uintptr_t target,
			  bool lazy)
{
	const struct deepbind_library *library = library_of(work, name);

	if (leads_to(library->global, name, target))
		return true;
	return !lazy && leads_to(library->own, name, target) &&
	       library_set_deep(library->family, &work->opened->object);
}

static bool calls_libc(enum deepbind_name name, uintptr_t target)
{
	uintptr_t address;

	memcpy(&address, (const char *)real() + name * sizeof(address), sizeof(address));
	return address == target;
}

/* Our function for this slot, or null: it stays as it is. */
static void *replacement(struct deepbind_work *work, const struct elf_slot *slot)
{
	uintptr_t target = atomic_load_explicit(slot->place, memory_order_relaxed);
	enum deepbind_name name = name_of(&work->opened->elf, slot->name);
	bool lazy, same;

	if (name == DEEPBIND_NAMES || !hooks[name] || target == (uintptr_t)hooks[name])
		return NULL;
	lazy = resolve_holds(&work->opened->object, (const void *)target);
	if (lazy)
		target = lazy_target(work, names[name]);
	if (target == 0)
		return NULL;
	if (name < DEEPBIND_LIBC)
		same = calls_libc(name, target);
	else
		same = calls_library(work, (enum binding_name)(name - DEEPBIND_LIBC), target, lazy);
	return same ? hooks[name] : NULL;
}

static bool is_read_only(const struct opened *object, const struct elf_slot *slot)
{
	uintptr_t page = getauxval(AT_PAGESZ);
	uintptr_t place = (uintptr_t)slot->place;

	/* The loader protects whole pages: the end is rounded down. */
	return place >= (object->relro_start & -page) && place < (object->relro_end & -page);
}

static bool protect(const struct elf_slot *slot, long how)
{
	uintptr_t size = getauxval(AT_PAGESZ);
	uintptr_t page = (uintptr_t)slot->place & -size;

	return raw_call3(SYS_mprotect, (long)page, (long)size, how) == 0;
}

static bool rewrite(const struct opened *object, const struct elf_slot *slot, void *hook)
{
	bool read_only = is_read_only(object, slot);

	if (read_only && !protect(slot, PROT_READ | PROT_WRITE))
		return false;
	atomic_store_explicit(slot->place, (uintptr_t)hook, memory_order_release);
	if (read_only)
		protect(slot, PROT_READ);
	return true;
}

static void fix_object(struct deepbind_work *work)
{
	struct elf_slots slots;
	struct elf_slot slot;

	elf_slots_begin(&work->opened->elf, &slots);
	while (elf_slots_next(&slots, &slot)) {
		void *hook = replacement(work, &slot);

		if (hook && rewrite(work->opened, &slot, hook))
			work->witness = slot.place;
	}
}

static size_t seen_place(const void *handle)
{
	return ((uintptr_t)handle >> 5) % DEEPBIND_SEEN;
}

/* The loader itself follows a handle that it gave, and nothing else is in the table. */
static bool is_seen(void *handle)
{
	size_t i = seen_place(handle);
	_Atomic uintptr_t *witness;
	uintptr_t dynamic, expected;

	if (atomic_load_explicit(&seen[i].handle, memory_order_acquire) != handle)
		return false;
	dynamic = atomic_load_explicit(&seen[i].dynamic, memory_order_relaxed);
	witness = atomic_load_explicit(&seen[i].witness, memory_order_relaxed);
	expected = atomic_load_explicit(&seen[i].expected, memory_order_acquire);
	if (atomic_load_explicit(&seen[i].handle, memory_order_relaxed) != handle)
		return false;
	return (uintptr_t)((const struct link_map *)handle)->l_ld == dynamic &&
	       (!witness || atomic_load_explicit(witness, memory_order_relaxed) == expected);
}

static void remember(void *handle, _Atomic uintptr_t *witness)
{
	size_t i = seen_place(handle);
	uintptr_t expected = witness ? atomic_load(witness) : 0;

	atomic_store(&seen[i].handle, NULL);
	atomic_store(&seen[i].dynamic, (uintptr_t)((const struct link_map *)handle)->l_ld);
	atomic_store(&seen[i].witness, witness);
	atomic_store(&seen[i].expected, expected);
	atomic_store(&seen[i].handle, handle);
}

static void fix_handle(void *handle)
{
	size_t count = opened_collect(handle, opened, DEEPBIND_OBJECTS);
	_Atomic uintptr_t *witness = NULL;

	if (count == 0)
		return;
	learn_names();
	for (size_t i = 0; i < count; i++) {
		struct deepbind_work work = { .opened = &opened[i] };

		fix_object(&work);
		if (work.witness)
			witness = work.witness;
	}
	remember(handle, witness);
}

/* Also where a fork took the one away who was at it. */
static bool try_lock(void)
{
	uint64_t process = arena_process_id();
	uint64_t holder = atomic_load_explicit(&busy, memory_order_relaxed);

	return process && holder != process &&
	       atomic_compare_exchange_strong_explicit(&busy, &holder, process,
						       memory_order_acquire, memory_order_relaxed);
}

void deepbind_enable(void)
{
	atomic_store(&enabled, true);
}

void deepbind_allow(bool allowed)
{
	atomic_store(&forbidden, !allowed);
}

void deepbind_notice(void *handle)
{
	const struct resolve_object object = { .link_map = handle };

	if (!atomic_load_explicit(&enabled, memory_order_relaxed) || !opened_any() ||
	    is_seen(handle) || atomic_load_explicit(&forbidden, memory_order_relaxed) ||
	    !try_lock())
		return;
	if (resolve_is_startup(&object))
		remember(handle, NULL);
	else
		fix_handle(handle);
	atomic_store_explicit(&busy, 0, memory_order_release);
}
