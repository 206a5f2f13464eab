/* SPDX-License-Identifier: Apache-2.0 */
/* DT_VERSYM, DT_VERDEF and DT_VERNEED (LSB core, 10.7), every chain with a bound. */
#include "base/elf_version.h"

#include <string.h>

#define ELF_VERSION_HIDDEN 0x8000u
#define ELF_VERSION_INDEX 0x7fffu

/* Entries of one chain that are looked at; glibc itself has some 40 versions. */
#define ELF_VERSIONS_MAX 1024

/* Entries are of 32-bit words, and aligned to those. */
static bool elf_version_inside(const struct elf *elf, uintptr_t at, size_t size)
{
	return elf_inside(elf, at, size / sizeof(uint32_t), sizeof(uint32_t));
}

/* The version number of the symbol @index with its hidden bit; false when it cannot be read. */
static bool elf_version_index(const struct elf *elf, size_t index, unsigned int *ret)
{
	if (!elf_inside(elf, (uintptr_t)elf->versions, index + 1, sizeof(ElfW(Half))))
		return false;
	*ret = elf->versions[index];
	return true;
}

static bool elf_version_same(const struct elf *elf, const ElfW(Verdef) *defined,
			     const struct elf_version *wanted)
{
	uintptr_t at = (uintptr_t)defined + defined->vd_aux;
	const ElfW(Verdaux) *name = (const ElfW(Verdaux) *)at;

	return defined->vd_hash == wanted->hash && elf_version_inside(elf, at, sizeof(*name)) &&
	       elf_named(elf, name->vda_name, wanted->name);
}

/* Whether the object defines @wanted under the number @index. */
static bool elf_version_defined(const struct elf *elf, unsigned int index,
				const struct elf_version *wanted)
{
	uintptr_t at = elf->versions_defined;

	for (size_t i = 0; i < ELF_VERSIONS_MAX && at != 0; i++) {
		const ElfW(Verdef) *defined = (const ElfW(Verdef) *)at;

		if (!elf_version_inside(elf, at, sizeof(*defined)))
			return false;
		if ((defined->vd_ndx & ELF_VERSION_INDEX) == index)
			return elf_version_same(elf, defined, wanted);
		at = defined->vd_next ? at + defined->vd_next : 0;
	}
	return false;
}

bool elf_provides(const struct elf *elf, size_t index, const struct elf_version *wanted)
{
	unsigned int version;

	if (!elf->versions)
		return true;
	if (!elf_version_index(elf, index, &version) ||
	    (version & ELF_VERSION_INDEX) == VER_NDX_LOCAL)
		return false;
	if (!wanted)
		return (version & ELF_VERSION_HIDDEN) == 0;
	/* In an object with versions, one that has none serves all. */
	if (version == VER_NDX_GLOBAL)
		return true;
	return elf_version_defined(elf, version & ELF_VERSION_INDEX, wanted);
}

/* Among the versions that are asked of one other object. */
static bool elf_version_in_need(const struct elf *elf, const ElfW(Verneed) *need,
				unsigned int index, struct elf_version *ret)
{
	uintptr_t at = (uintptr_t)need + need->vn_aux;

	for (size_t i = 0; i < ELF_VERSIONS_MAX; i++) {
		const ElfW(Vernaux) *asked = (const ElfW(Vernaux) *)at;
		const char *name;

		if (!elf_version_inside(elf, at, sizeof(*asked)))
			return false;
		if ((asked->vna_other & ELF_VERSION_INDEX) == index) {
			name = elf_string(elf, asked->vna_name);
			*ret = (struct elf_version){ name, asked->vna_hash };
			return name != NULL;
		}
		if (asked->vna_next == 0)
			return false;
		at += asked->vna_next;
	}
	return false;
}

static bool elf_version_asked(const struct elf *elf, unsigned int index, struct elf_version *ret)
{
	uintptr_t at = elf->versions_needed;

	for (size_t i = 0; i < ELF_VERSIONS_MAX && at != 0; i++) {
		const ElfW(Verneed) *need = (const ElfW(Verneed) *)at;
		struct elf_version version;

		if (!elf_version_inside(elf, at, sizeof(*need)))
			return false;
		if (elf_version_in_need(elf, need, index, &version)) {
			*ret = version;
			return true;
		}
		at = need->vn_next ? at + need->vn_next : 0;
	}
	return false;
}

bool elf_asks(const struct elf *elf, const char *name, struct elf_version *ret)
{
	size_t count = elf_import_count(elf);
	unsigned int version;

	if (!elf->versions || !elf->versions_needed)
		return false;
	for (size_t i = 1; i < count; i++) {
		const ElfW(Sym) *symbol = &elf->symbols[i];

		if (symbol->st_shndx != SHN_UNDEF || !elf_named(elf, symbol->st_name, name))
			continue;
		return elf_version_index(elf, i, &version) &&
		       (version & ELF_VERSION_INDEX) > VER_NDX_GLOBAL &&
		       elf_version_asked(elf, version & ELF_VERSION_INDEX, ret);
	}
	return false;
}
