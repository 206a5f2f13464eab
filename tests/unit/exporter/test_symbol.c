/* SPDX-License-Identifier: Apache-2.0 */
/* Function names: of this very program, of made-up files, of broken ones. */
#include "tests/support/test.h"

#include <elf.h>
#include <link.h>

#include "exporter/symbol.h"

/* A file with sections and symbols as a table of facts says. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	Elf64_Shdr section[4];
	Elf64_Sym symbol[6];
	char names[64];
};

static Elf64_Sym symbol_make(uint32_t name, uint64_t value, uint64_t size, unsigned char info)
{
	return (Elf64_Sym){ .st_name = name, .st_value = value, .st_size = size,
			    .st_info = info, .st_shndx = 1 };
}

static struct image image_make(uint16_t type)
{
	struct image image = {
		.header = { .e_type = type,
			    .e_phoff = offsetof(struct image, segment),
			    .e_phentsize = sizeof(Elf64_Phdr),
			    .e_phnum = 1,
			    .e_shoff = offsetof(struct image, section),
			    .e_shentsize = sizeof(Elf64_Shdr),
			    .e_shnum = 4 },
		.segment = { .p_type = PT_LOAD, .p_vaddr = type == ET_EXEC ? 0x400000 : 0 },
		.names = "\0main\0inner\0data\0alias\0",
	};
	uint64_t base = image.segment.p_vaddr;

	memcpy(image.header.e_ident, ELFMAG, SELFMAG);
	image.header.e_ident[EI_CLASS] = ELFCLASS64;
	image.header.e_ident[EI_DATA] =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	image.section[2] = (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
					 .sh_offset = offsetof(struct image, symbol),
					 .sh_size = sizeof(image.symbol),
					 .sh_entsize = sizeof(Elf64_Sym),
					 .sh_link = 3 };
	image.section[3] = (Elf64_Shdr){ .sh_type = SHT_STRTAB,
					 .sh_offset = offsetof(struct image, names),
					 .sh_size = sizeof(image.names) };
	image.symbol[1] = symbol_make(1, base + 0x100, 0x40, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC));
	image.symbol[2] = symbol_make(6, base + 0x110, 0x08, ELF64_ST_INFO(STB_LOCAL, STT_FUNC));
	image.symbol[3] =
		symbol_make(12, base + 0x140, 0x40, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT));
	image.symbol[4] = symbol_make(17, base + 0x100, 0x40, ELF64_ST_INFO(STB_LOCAL, STT_FUNC));
	return image;
}

static void the_innermost_function_before_the_return_address_is_found(void **state)
{
	static const struct {
		uint64_t offset;
		const char *name;
	} cases[] = {
		{ 0, NULL },	   { 0x100, NULL },    { 0x101, "main" }, { 0x110, "main" },
		{ 0x111, "inner" }, { 0x118, "inner" }, { 0x119, "main" }, { 0x140, "main" },
		{ 0x141, NULL },   { UINT64_MAX, NULL },
	};
	struct image image = image_make(ET_DYN);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice name = SLICE("untouched");
		bool found = symbol_find(slice_of(&image, sizeof(image)), cases[i].offset, &name);

		assert_int_equal(found, cases[i].name != NULL);
		assert_slice_equal(name, cases[i].name ? slice_of_string(cases[i].name) :
							 SLICE("untouched"));
	}
}

static void fixed_addresses_count_from_zero_or_from_the_first_page(void **state)
{
	struct image image = image_make(ET_EXEC);
	struct slice name;

	(void)state;
	assert_true(symbol_find(slice_of(&image, sizeof(image)), 0x400111, &name));
	assert_slice_equal(name, SLICE("inner"));
	assert_true(symbol_find(slice_of(&image, sizeof(image)), 0x111, &name));
	assert_slice_equal(name, SLICE("inner"));
}

static void stripped_files_have_their_exported_names(void **state)
{
	struct image image = image_make(ET_DYN);
	struct slice name;

	(void)state;
	image.section[2].sh_type = SHT_DYNSYM;
	assert_true(symbol_find(slice_of(&image, sizeof(image)), 0x101, &name));
	assert_slice_equal(name, SLICE("main"));
}

static void a_file_cut_anywhere_gives_no_wrong_name(void **state)
{
	struct image image = image_make(ET_DYN);

	(void)state;
	for (size_t size = 0; size < sizeof(image); size++) {
		uint8_t *copy = test_exact_copy(slice_of(&image, size));
		struct slice name;

		assert_false(symbol_find(slice_of(copy, size), 0x111, &name));
		free(copy);
	}
}

static void numbers_that_lie_lead_nowhere_outside(void **state)
{
	const struct image good = image_make(ET_DYN);

	(void)state;
	for (size_t i = EI_NIDENT; i + 8 <= sizeof(good); i++)
		for (int kind = 0; kind < 3; kind++) {
			static const uint8_t pattern[3] = { 0xff, 0x7f, 0x80 };
			uint8_t *copy = test_exact_copy(slice_of(&good, sizeof(good)));
			struct slice name;

			memset(copy + i, pattern[kind], 8);
			if (symbol_find(slice_of(copy, sizeof(good)), 0x111, &name))
				assert_true(name.data >= copy &&
					    name.data + name.size < copy + sizeof(good));
			free(copy);
		}
}

static int find_self(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	*(uintptr_t *)context = info->dlpi_addr;
	return 1;
}

static void this_program_finds_its_own_functions(void **state)
{
	struct symbol_file file;
	struct slice name;
	uintptr_t base;

	(void)state;
	dl_iterate_phdr(find_self, &base);
	assert_true(symbol_open("/proc/self/exe", &file));
	assert_true(symbol_find(file.image, (uintptr_t)find_self - base + 1, &name));
	assert_slice_equal(name, SLICE("find_self"));
	symbol_close(&file);
}

static void what_is_no_regular_file_is_not_opened(void **state)
{
	struct symbol_file file;

	(void)state;
	assert_false(symbol_open("/dev/zero", &file));
	assert_false(symbol_open("/", &file));
	assert_false(symbol_open("/nonexistent", &file));
	assert_false(symbol_open("/proc/self/maps", &file));
}

TESTS(cmocka_unit_test(the_innermost_function_before_the_return_address_is_found),
      cmocka_unit_test(fixed_addresses_count_from_zero_or_from_the_first_page),
      cmocka_unit_test(stripped_files_have_their_exported_names),
      cmocka_unit_test(a_file_cut_anywhere_gives_no_wrong_name),
      cmocka_unit_test(numbers_that_lie_lead_nowhere_outside),
      cmocka_unit_test(this_program_finds_its_own_functions),
      cmocka_unit_test(what_is_no_regular_file_is_not_opened))
