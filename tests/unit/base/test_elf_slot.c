/* SPDX-License-Identifier: Apache-2.0 */
/* The slots of objects of a real linker, and of tables that are broken on purpose. */
#include "tests/support/test.h"

#include <link.h>

#include "base/elf_slot.h"
#include "base/resolve.h"
#include "tests/support/plugin.h"
#include "tests/support/plugin_elf.h"

static const char *const source =
	"#include <stdlib.h>\n#include <string.h>\n"
	"int defined(void) { return 1; }\n"
	"int (*taken(void))(const char *) { return atoi; }\n"
	"int call(const char *text) { return atoi(text) + defined(); }\n"
	"size_t other(const char *text) { return strlen(text); }\n"
	"void *const table[] = { (void *)&defined };\n";

/* How many slots have the name; where they lead in @ret, the last one's. */
static size_t count_named(const struct elf *elf, const char *name, uintptr_t *ret)
{
	struct elf_slots slots;
	struct elf_slot slot;
	size_t found = 0;

	elf_slots_begin(elf, &slots);
	while (elf_slots_next(&slots, &slot)) {
		if (!elf_named(elf, slot.name, name))
			continue;
		*ret = atomic_load(slot.place);
		found++;
	}
	return found;
}

static void expect_slots(const char *flags)
{
	uintptr_t at = 0;
	void *handle;
	struct elf elf;

	plugin_build("slots.so", source, flags);
	handle = plugin_open("slots.so", RTLD_LOCAL);
	elf = plugin_elf(handle);
	assert_true(count_named(&elf, "atoi", &at) >= 1);
	assert_ptr_equal((void *)at, (void *)atoi);
	assert_int_equal(count_named(&elf, "strlen", &at), 1);
	/* Its own is none of the things that it takes from others. */
	assert_int_equal(count_named(&elf, "defined", &at), 0);
	assert_int_equal(count_named(&elf, "atoll", &at), 0);
	dlclose(handle);
}

static void what_an_object_takes_from_others_has_slots(void **state)
{
	(void)state;
	expect_slots("-fno-builtin -Wl,-z,now");
	expect_slots("-fno-builtin -Wl,-z,lazy");
	expect_slots("-fno-builtin -fno-plt");
	expect_slots("-fno-builtin -Wl,--hash-style=sysv -Wl,-z,norelro");
}

static void an_object_that_takes_nothing_has_none(void **state)
{
	struct elf_slots slots;
	struct elf_slot slot;
	struct elf elf;
	void *handle;

	(void)state;
	plugin_build("alone.so", "int alone(void) { return 1; }\n", "-nostdlib");
	handle = plugin_open("alone.so", RTLD_LOCAL);
	elf = plugin_elf(handle);
	elf_slots_begin(&elf, &slots);
	assert_false(elf_slots_next(&slots, &slot));
	assert_false(elf_slots_next(&slots, &slot));
	dlclose(handle);
}

/* An object of nothing but tables, each of which a case breaks. */
static struct {
	ElfW(Dyn) dynamic[6];
	ElfW(Sym) symbols[2];
	ElfW(Rela) entries[3];
	uintptr_t place;
	char strings[8];
} broken;

static size_t count_broken(void)
{
	struct elf elf = {
		.start = (uintptr_t)&broken, .end = (uintptr_t)(&broken + 1),
		.dynamic = broken.dynamic, .dynamic_count = 4, .symbols = broken.symbols,
		.strings = broken.strings, .strings_size = sizeof(broken.strings),
	};
	struct elf_slots slots;
	struct elf_slot slot;
	size_t found = 0;

	elf_slots_begin(&elf, &slots);
	while (elf_slots_next(&slots, &slot))
		found++;
	return found;
}

static void make_whole(void)
{
#if defined(__aarch64__)
	const uint32_t call = R_AARCH64_JUMP_SLOT;
#else
	const uint32_t call = R_X86_64_JUMP_SLOT;
#endif

	memset(&broken, 0, sizeof(broken));
	broken.dynamic[0] = (ElfW(Dyn)){ DT_JMPREL, { .d_ptr = (uintptr_t)broken.entries } };
	broken.dynamic[1] = (ElfW(Dyn)){ DT_PLTRELSZ, { sizeof(broken.entries) } };
	for (size_t i = 0; i < 3; i++)
		broken.entries[i] = (ElfW(Rela)){ (uintptr_t)&broken.place,
						  ELF64_R_INFO((uint64_t)1, call), 0 };
}

static void malformed_tables_have_no_slots(void **state)
{
	(void)state;
	make_whole();
	assert_int_equal(count_broken(), 3);
	broken.entries[0].r_info += (uint64_t)98 << 32;
	broken.entries[1].r_offset = 16;
	broken.entries[2].r_offset += sizeof(broken);
	assert_int_equal(count_broken(), 0);
	make_whole();
	broken.entries[0].r_offset += 1;
	broken.entries[1].r_info = ELF64_R_INFO((uint64_t)1, 4242);
	broken.entries[2].r_info -= (uint64_t)1 << 32;
	assert_int_equal(count_broken(), 0);
	make_whole();
	broken.symbols[1].st_shndx = 7;
	assert_int_equal(count_broken(), 0);
	make_whole();
	broken.dynamic[1].d_un.d_val = (uint64_t)1 << 40;
	assert_int_equal(count_broken(), 0);
	make_whole();
	broken.dynamic[0].d_un.d_ptr = 8;
	assert_int_equal(count_broken(), 0);
	/* More relative ones than there are: none is skipped. */
	make_whole();
	broken.dynamic[0].d_tag = DT_RELA;
	broken.dynamic[1].d_tag = DT_RELASZ;
	broken.dynamic[2] = (ElfW(Dyn)){ DT_RELACOUNT, { 2 } };
	assert_int_equal(count_broken(), 1);
	broken.dynamic[2].d_un.d_val = 4;
	assert_int_equal(count_broken(), 3);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(what_an_object_takes_from_others_has_slots),
		cmocka_unit_test(an_object_that_takes_nothing_has_none),
		cmocka_unit_test(malformed_tables_have_no_slots),
	};

	return cmocka_run_group_tests(cases, plugin_begin, plugin_end);
}
