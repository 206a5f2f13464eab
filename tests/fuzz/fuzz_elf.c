/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups in an object whose pages are the input: a word says where its dynamic section is (in
 * units of 8 bytes), the next 8 bytes are one of the names that are looked for.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/elf_version.h"

#define HEAD 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const struct elf *elf, const char *name)
{
	struct elf_version version = { name, 0x3001 };
	const ElfW(Sym) *symbol;

	(void)elf_asks(elf, name, &version);
	if (!version.name || strlen(version.name) > elf->end - elf->start)
		abort();
	for (int turn = 0; turn < 2; turn++) {
		symbol = elf_find_version(elf, name, turn ? &version : NULL);
		if (!symbol)
			continue;
		if (symbol->st_shndx == SHN_UNDEF || symbol->st_value == 0)
			abort();
		/* A resolver of the input's choice is not called. */
		if (ELF64_ST_TYPE(symbol->st_info) != STT_GNU_IFUNC)
			(void)elf_address(elf, symbol);
	}
}

static void read_image(const uint8_t *image, size_t size, uint32_t dynamic, const char *name)
{
	uintptr_t start = (uintptr_t)image;
	struct elf elf;

	if (!elf_open(start, start + (uintptr_t)dynamic * 8, start, start + size, &elf))
		return;
	look_up(&elf, name);
	look_up(&elf, "hooked");
	look_up(&elf, "");
	(void)elf_soname(&elf);
	for (size_t i = 0; i <= ELF_DYNAMIC_MAX && elf_needed(&elf, i); i++)
		if (i == ELF_DYNAMIC_MAX)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t dynamic;
	char name[9] = "";
	uint8_t *image;

	if (size <= HEAD)
		return 0;
	memcpy(&dynamic, data, sizeof(dynamic));
	memcpy(name, data + 4, 8);
	/* Aligned as a page is, and of exact size. */
	image = malloc(size - HEAD);
	if (!image)
		return 0;
	memcpy(image, data + HEAD, size - HEAD);
	read_image(image, size - HEAD, dynamic, name);
	free(image);
	return 0;
}
