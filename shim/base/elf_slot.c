/* SPDX-License-Identifier: Apache-2.0 */
/* DT_RELA and DT_JMPREL, of which only two types are of interest. */
#include "base/elf_slot.h"

#if defined(__aarch64__)
#define SLOT_CALL R_AARCH64_JUMP_SLOT
#define SLOT_ADDRESS R_AARCH64_GLOB_DAT
#else
#define SLOT_CALL R_X86_64_JUMP_SLOT
#define SLOT_ADDRESS R_X86_64_GLOB_DAT
#endif

/* As the dynamic section has it: addresses and sizes in bytes, 0 for none. */
struct elf_tables {
	uintptr_t address[2];
	size_t size[2];
	size_t relative;	/* that many at the front of the first name no symbol */
};

static void elf_slots_read(const ElfW(Dyn) *entry, struct elf_tables *tables)
{
	switch (entry->d_tag) {
	case DT_RELA:
		tables->address[0] = entry->d_un.d_ptr;
		break;
	case DT_RELASZ:
		tables->size[0] = entry->d_un.d_val;
		break;
	case DT_RELACOUNT:
		tables->relative = entry->d_un.d_val;
		break;
	case DT_JMPREL:
		tables->address[1] = entry->d_un.d_ptr;
		break;
	case DT_PLTRELSZ:
		tables->size[1] = entry->d_un.d_val;
		break;
	default:
		break;
	}
}

void elf_slots_begin(const struct elf *elf, struct elf_slots *slots)
{
	struct elf_tables tables = { .relative = 0 };

	*slots = (struct elf_slots){ .elf = elf };
	for (size_t i = 0; i < elf->dynamic_count; i++)
		elf_slots_read(&elf->dynamic[i], &tables);
	for (size_t i = 0; i < 2; i++) {
		uintptr_t at = elf_pointer(elf, tables.address[i]);
		size_t count = tables.size[i] / sizeof(ElfW(Rela));

		if (at == 0 || !elf_inside(elf, at, count, sizeof(ElfW(Rela))))
			continue;
		slots->table[i] = (const ElfW(Rela) *)at;
		slots->count[i] = count;
	}
	if (tables.relative <= slots->count[0])
		slots->next = tables.relative;
}

static bool elf_slot_read(const struct elf *elf, const ElfW(Rela) *entry, struct elf_slot *ret)
{
	size_t index = ELF64_R_SYM(entry->r_info);
	size_t type = ELF64_R_TYPE(entry->r_info);
	uintptr_t place = elf->load_address + entry->r_offset;

	if ((type != SLOT_CALL && type != SLOT_ADDRESS) || index == 0 ||
	    !elf_inside(elf, (uintptr_t)elf->symbols, index + 1, sizeof(ElfW(Sym))) ||
	    elf->symbols[index].st_shndx != SHN_UNDEF ||
	    !elf_inside(elf, place, 1, sizeof(uintptr_t)))
		return false;
	ret->name = elf->symbols[index].st_name;
	ret->place = (_Atomic uintptr_t *)place;
	return true;
}

bool elf_slots_next(struct elf_slots *slots, struct elf_slot *ret)
{
	for (; slots->turn < 2; slots->turn++, slots->next = 0)
		while (slots->next < slots->count[slots->turn])
			if (elf_slot_read(slots->elf, &slots->table[slots->turn][slots->next++],
					  ret))
				return true;
	return false;
}
