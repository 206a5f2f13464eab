/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dynamic symbols of one mapped object, read by its own hash tables. Every table and string is
 * held against the object's mapped range, every loop has a bound: a malformed object finds nothing.
 *
 * Ownership: borrows the object's pages; they must stay mapped and readable meanwhile.
 * Threads: pure functions. Failure: false or a null pointer.
 */
#ifndef BASE_ELF_H
#define BASE_ELF_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Entries of a dynamic section that are looked at. */
#define ELF_DYNAMIC_MAX 512

/* A version as one object asks another for it. */
struct elf_version {
	const char *name;
	uint32_t hash;
};

struct elf {
	uintptr_t load_address;
	uintptr_t start, end;
	const ElfW(Dyn) *dynamic;
	size_t dynamic_count;
	const ElfW(Sym) *symbols;
	const char *strings;
	size_t strings_size;
	const ElfW(Half) *versions;	/* or null */
	uintptr_t versions_defined;	/* DT_VERDEF, or 0 */
	uintptr_t versions_needed;	/* DT_VERNEED, or 0 */
	const uint32_t *gnu_hash;	/* or null */
	const uint32_t *sysv_hash;	/* or null */
};

/*
 * Reads the dynamic section at @dynamic of the object that is mapped at [@start, @end) and moved by
 * @load_address. False when it has no symbols, strings or hash table inside that range.
 */
bool elf_open(uintptr_t load_address, uintptr_t dynamic, uintptr_t start, uintptr_t end,
	      struct elf *ret);

/*
 * The definition of the function @name, in its default version: not local, hidden, undefined,
 * thread-local or data. Null when there is none.
 */
const ElfW(Sym) *elf_find(const struct elf *elf, const char *name);

/* The same in the version @wanted, by the dynamic linker's rules; null asks for the default. */
const ElfW(Sym) *elf_find_version(const struct elf *elf, const char *name,
				  const struct elf_version *wanted);

/* The entry address of a symbol that elf_find() gave; asks the resolver of an indirect function. */
void *elf_address(const struct elf *elf, const ElfW(Sym) *symbol);

/* The string at @offset, or null when it does not end inside the table. */
const char *elf_string(const struct elf *elf, size_t offset);

/* Whether @count items of @size bytes at @address lie inside the object, and are aligned. */
bool elf_inside(const struct elf *elf, uintptr_t address, size_t count, size_t size);

/* A pointer of the dynamic section, moved if it was not yet; 0 when it leads out of the object. */
uintptr_t elf_pointer(const struct elf *elf, uintptr_t value);

/* Whether @name is the string at @offset. */
bool elf_named(const struct elf *elf, size_t offset, const char *name);

/* How many symbols the object may import: those before the first that its table can find. */
size_t elf_import_count(const struct elf *elf);

/* DT_SONAME, or null. */
const char *elf_soname(const struct elf *elf);

/* The @index-th DT_NEEDED, or null when there are fewer. */
const char *elf_needed(const struct elf *elf, size_t index);

#endif
