/* SPDX-License-Identifier: Apache-2.0 */
/* Symbol look-up by DT_GNU_HASH or DT_HASH (gABI chapter 5; the GNU table as glibc reads it). */
#include "base/elf.h"

#include <stdalign.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/elf_version.h"

/* Symbols of one bucket that are looked at: a good table has a handful. */
#define ELF_CHAIN_MAX 65536

bool elf_inside(const struct elf *elf, uintptr_t address, size_t count, size_t size)
{
	size_t unit = size & (0 - size);

	if (unit > alignof(uint64_t))
		unit = alignof(uint64_t);
	if (address < elf->start || address > elf->end || (address & (unit - 1)) != 0)
		return false;
	return count <= (elf->end - address) / size;
}

/* glibc relocates the pointers of a dynamic section in place, not the vdso's; musl none. */
uintptr_t elf_pointer(const struct elf *elf, uintptr_t value)
{
	if (value >= elf->start && value < elf->end)
		return value;
	value += elf->load_address;
	return value >= elf->start && value < elf->end ? value : 0;
}

static bool elf_read_dynamic(struct elf *elf, uintptr_t dynamic)
{
	size_t count = 0;

	if (!elf_inside(elf, dynamic, 1, sizeof(ElfW(Dyn))))
		return false;
	elf->dynamic = (const ElfW(Dyn) *)dynamic;
	while (count < ELF_DYNAMIC_MAX && elf_inside(elf, dynamic, count + 1, sizeof(ElfW(Dyn))) &&
	       elf->dynamic[count].d_tag != DT_NULL)
		count++;
	elf->dynamic_count = count;
	return true;
}

static void elf_read_entry(struct elf *elf, const ElfW(Dyn) *entry)
{
	uintptr_t at = elf_pointer(elf, entry->d_un.d_ptr);

	switch (entry->d_tag) {
	case DT_SYMTAB:
		elf->symbols = (const ElfW(Sym) *)at;
		break;
	case DT_STRTAB:
		elf->strings = (const char *)at;
		break;
	case DT_STRSZ:
		elf->strings_size = entry->d_un.d_val;
		break;
	case DT_VERSYM:
		elf->versions = (const ElfW(Half) *)at;
		break;
	case DT_VERDEF:
		elf->versions_defined = at;
		break;
	case DT_VERNEED:
		elf->versions_needed = at;
		break;
	case DT_GNU_HASH:
		elf->gnu_hash = (const uint32_t *)at;
		break;
	case DT_HASH:
		elf->sysv_hash = (const uint32_t *)at;
		break;
	default:
		break;
	}
}

bool elf_open(uintptr_t load_address, uintptr_t dynamic, uintptr_t start, uintptr_t end,
	      struct elf *ret)
{
	struct elf elf = { .load_address = load_address, .start = start, .end = end };

	if (end <= start || !elf_read_dynamic(&elf, dynamic))
		return false;
	for (size_t i = 0; i < elf.dynamic_count; i++)
		elf_read_entry(&elf, &elf.dynamic[i]);
	if (!elf.symbols || !elf.strings || (!elf.gnu_hash && !elf.sysv_hash))
		return false;
	if (!elf_inside(&elf, (uintptr_t)elf.symbols, 1, sizeof(ElfW(Sym))) ||
	    !elf_inside(&elf, (uintptr_t)elf.versions ? (uintptr_t)elf.versions : start, 0,
			sizeof(ElfW(Half))))
		return false;
	if (elf.strings_size > end - (uintptr_t)elf.strings)
		elf.strings_size = end - (uintptr_t)elf.strings;
	*ret = elf;
	return true;
}

const char *elf_string(const struct elf *elf, size_t offset)
{
	if (offset >= elf->strings_size ||
	    !memchr(elf->strings + offset, '\0', elf->strings_size - offset))
		return NULL;
	return elf->strings + offset;
}

/* Without a search for the end first: strings of C++ programs have megabytes. */
bool elf_named(const struct elf *elf, size_t offset, const char *name)
{
	size_t size = strlen(name) + 1;

	if (offset >= elf->strings_size || size > elf->strings_size - offset)
		return false;
	return memcmp(elf->strings + offset, name, size) == 0;
}

static bool elf_callable(const ElfW(Sym) *symbol)
{
	unsigned int type = ELF64_ST_TYPE(symbol->st_info);
	unsigned int bind = ELF64_ST_BIND(symbol->st_info);
	unsigned int visibility = ELF64_ST_VISIBILITY(symbol->st_other);

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_value == 0)
		return false;
	if (type != STT_FUNC && type != STT_NOTYPE && type != STT_GNU_IFUNC)
		return false;
	if (bind != STB_GLOBAL && bind != STB_WEAK && bind != STB_GNU_UNIQUE)
		return false;
	return visibility == STV_DEFAULT || visibility == STV_PROTECTED;
}

/* What is looked for. */
struct elf_wanted {
	const char *name;
	const struct elf_version *version;
};

/* The symbol @index when it is the one that is looked for, else null. */
static const ElfW(Sym) *elf_match(const struct elf *elf, size_t index,
				  const struct elf_wanted *wanted)
{
	const ElfW(Sym) *symbol;

	if (index == 0 ||
	    !elf_inside(elf, (uintptr_t)elf->symbols, index + 1, sizeof(ElfW(Sym))))
		return NULL;
	symbol = &elf->symbols[index];
	if (!elf_callable(symbol) || !elf_named(elf, symbol->st_name, wanted->name) ||
	    !elf_provides(elf, index, wanted->version))
		return NULL;
	return symbol;
}

static uint32_t elf_gnu_hash(const char *name)
{
	uint32_t hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* Where the parts of a DT_GNU_HASH table are. */
struct elf_gnu_table {
	uint32_t bucket_count;
	uint32_t first;	/* symbols before this one are not in the table */
	uint32_t bloom_count;
	uint32_t bloom_shift;
	const ElfW(Addr) *bloom;
	const uint32_t *buckets;
	const uint32_t *chain;
};

static bool elf_gnu_open(const struct elf *elf, struct elf_gnu_table *ret)
{
	const uint32_t *head = elf->gnu_hash;
	uintptr_t at = (uintptr_t)head;

	if (!elf_inside(elf, at, 4, sizeof(uint32_t)))
		return false;
	*ret = (struct elf_gnu_table){ head[0], head[1], head[2], head[3], NULL, NULL, NULL };
	at += 4 * sizeof(uint32_t);
	/* A power of two: its bits are a mask. A table of nothing has one bucket, or none. */
	if (ret->bucket_count == 0 || ret->bloom_count == 0 ||
	    (ret->bloom_count & (ret->bloom_count - 1)) != 0 ||
	    !elf_inside(elf, at, ret->bloom_count, sizeof(ElfW(Addr))))
		return false;
	ret->bloom = (const ElfW(Addr) *)at;
	at += ret->bloom_count * sizeof(ElfW(Addr));
	if (!elf_inside(elf, at, ret->bucket_count, sizeof(uint32_t)))
		return false;
	ret->buckets = (const uint32_t *)at;
	ret->chain = ret->buckets + ret->bucket_count;
	return true;
}

static bool elf_gnu_may_have(const struct elf_gnu_table *table, uint32_t hash)
{
	const unsigned int bits = sizeof(ElfW(Addr)) * 8;
	ElfW(Addr) word = table->bloom[(hash / bits) & (table->bloom_count - 1)];
	uint32_t second = table->bloom_shift < 32 ? hash >> table->bloom_shift : 0;

	return (word >> (hash % bits)) & (word >> (second % bits)) & 1;
}

static const ElfW(Sym) *elf_find_gnu(const struct elf *elf, const struct elf_wanted *wanted)
{
	uint32_t hash = elf_gnu_hash(wanted->name);
	struct elf_gnu_table table;
	size_t index;

	if (!elf_gnu_open(elf, &table) || !elf_gnu_may_have(&table, hash))
		return NULL;
	index = table.buckets[hash % table.bucket_count];
	/* An empty bucket is 0, below the first: subtracting would go far away. */
	if (index < table.first)
		return NULL;
	for (size_t i = 0; i < ELF_CHAIN_MAX; i++, index++) {
		const ElfW(Sym) *symbol = NULL;
		size_t link = index - table.first;

		if (!elf_inside(elf, (uintptr_t)table.chain, link + 1, sizeof(uint32_t)))
			return NULL;
		if ((table.chain[link] | 1) == (hash | 1))
			symbol = elf_match(elf, index, wanted);
		if (symbol || (table.chain[link] & 1))
			return symbol;
	}
	return NULL;
}

static uint32_t elf_sysv_hash(const char *name)
{
	uint32_t hash = 0;

	for (; *name; name++) {
		uint32_t high;

		hash = (hash << 4) + (unsigned char)*name;
		high = hash & 0xf0000000u;
		hash = (hash ^ (high >> 24)) & ~high;
	}
	return hash;
}

static const ElfW(Sym) *elf_find_sysv(const struct elf *elf, const struct elf_wanted *wanted)
{
	const uint32_t *table = elf->sysv_hash;
	const uint32_t *chain;
	size_t words;
	size_t index;

	if (!elf_inside(elf, (uintptr_t)table, 2, sizeof(uint32_t)))
		return NULL;
	words = 2 + (size_t)table[0] + table[1];
	if (table[0] == 0 || !elf_inside(elf, (uintptr_t)table, words, sizeof(uint32_t)))
		return NULL;
	chain = table + 2 + table[0];
	index = table[2 + elf_sysv_hash(wanted->name) % table[0]];
	for (size_t i = 0; i < ELF_CHAIN_MAX && index != 0 && index < table[1]; i++) {
		const ElfW(Sym) *symbol = elf_match(elf, index, wanted);

		if (symbol)
			return symbol;
		index = chain[index];
	}
	return NULL;
}

const ElfW(Sym) *elf_find_version(const struct elf *elf, const char *name,
				  const struct elf_version *wanted)
{
	const struct elf_wanted what = { name, wanted };

	if (elf->gnu_hash)
		return elf_find_gnu(elf, &what);
	return elf_find_sysv(elf, &what);
}

const ElfW(Sym) *elf_find(const struct elf *elf, const char *name)
{
	return elf_find_version(elf, name, NULL);
}

size_t elf_import_count(const struct elf *elf)
{
	size_t room = (elf->end - (uintptr_t)elf->symbols) / sizeof(ElfW(Sym));
	size_t count = 0;

	if (elf->gnu_hash && elf_inside(elf, (uintptr_t)elf->gnu_hash, 2, sizeof(uint32_t)))
		count = elf->gnu_hash[1];
	else if (elf->sysv_hash && elf_inside(elf, (uintptr_t)elf->sysv_hash, 2, sizeof(uint32_t)))
		count = elf->sysv_hash[1];
	return count < room ? count : room;
}

/* As the dynamic linker calls it on this processor. */
static uintptr_t elf_ask_resolver(uintptr_t resolver)
{
#if defined(__aarch64__)
	/* sysdeps/aarch64/dl-irel.h: AT_HWCAP with this bit, and a sized block of both words. */
	const uint64_t block_follows = (uint64_t)1 << 62;
	uint64_t block[3] = { sizeof(block), getauxval(AT_HWCAP), getauxval(AT_HWCAP2) };
	uintptr_t (*call)(uint64_t, const uint64_t *) =
		(uintptr_t (*)(uint64_t, const uint64_t *))resolver;

	return call(block[1] | block_follows, block);
#else
	uintptr_t (*call)(void) = (uintptr_t (*)(void))resolver;

	return call();
#endif
}

void *elf_address(const struct elf *elf, const ElfW(Sym) *symbol)
{
	uintptr_t address = symbol->st_value;

	if (symbol->st_shndx != SHN_ABS)
		address += elf->load_address;
	if (address < elf->start || address >= elf->end)
		return NULL;
	if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
		address = elf_ask_resolver(address);
	return (void *)address;
}

const char *elf_soname(const struct elf *elf)
{
	for (size_t i = 0; i < elf->dynamic_count; i++)
		if (elf->dynamic[i].d_tag == DT_SONAME)
			return elf_string(elf, elf->dynamic[i].d_un.d_val);
	return NULL;
}

const char *elf_needed(const struct elf *elf, size_t index)
{
	for (size_t i = 0; i < elf->dynamic_count; i++) {
		if (elf->dynamic[i].d_tag != DT_NEEDED)
			continue;
		if (index-- == 0)
			return elf_string(elf, elf->dynamic[i].d_un.d_val);
	}
	return NULL;
}
