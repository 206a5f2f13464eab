/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of a loaded object that hold the addresses of what it takes from others: those that
 * its calls go through (JUMP_SLOT) and those of addresses that it takes (GLOB_DAT). Tables are held
 * against the object's mapped range, as in base/elf.h.
 *
 * Ownership: borrows the object's pages. Threads: pure functions over them.
 */
#ifndef BASE_ELF_SLOT_H
#define BASE_ELF_SLOT_H

#include <stdatomic.h>

#include "base/elf.h"

struct elf_slot {
	_Atomic uintptr_t *place;
	size_t name;	/* offset among the object's strings, see elf_named() */
};

struct elf_slots {
	const struct elf *elf;
	const ElfW(Rela) *table[2];
	size_t count[2];
	size_t turn, next;
};

/* Begins with the first; slots of what the object defines itself are not among them. */
void elf_slots_begin(const struct elf *elf, struct elf_slots *slots);

/* The next one; false at the end. */
bool elf_slots_next(struct elf_slots *slots, struct elf_slot *ret);

#endif
