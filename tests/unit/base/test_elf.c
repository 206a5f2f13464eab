/* SPDX-License-Identifier: Apache-2.0 */
/* Look-ups in objects of a real linker, in the vdso, and in tables that are broken on purpose. */
#include "tests/support/test.h"

#include <link.h>
#include <sys/auxv.h>

#include "base/elf.h"
#include "base/resolve.h"
#include "tests/support/plugin.h"
#include "tests/support/plugin_elf.h"

static const char *const source =
	"int plain(void) { return 1; }\n"
	"int other(void) { return 2; }\n"
	"__attribute__((visibility(\"hidden\"))) int hidden(void) { return 3; }\n"
	"static int inside(void) { return 4; }\n"
	"__attribute__((weak)) int weak(void) { return inside(); }\n"
	"__attribute__((visibility(\"protected\"))) int protected(void) { return 5; }\n"
	"__thread int local_to_thread = 6;\n"
	"int data = 7;\n"
	"extern int missing(void) __attribute__((weak));\n"
	"int use(void) { return missing ? missing() : 0; }\n"
	"static int chosen(void) { return 8; }\n"
	"static void *choose(void) { return chosen; }\n"
	"int indirect(void) __attribute__((ifunc(\"choose\")));\n";

/* What the function @name answers, or -1. */
static int call(const struct elf *elf, const char *name)
{
	const ElfW(Sym) *symbol = elf_find(elf, name);
	int (*function)(void);

	if (!symbol)
		return -1;
	function = (int (*)(void))elf_address(elf, symbol);
	return function ? function() : -2;
}

static void expect_functions(const char *file, const char *flags)
{
	void *handle;
	struct elf elf;

	plugin_build(file, source, flags);
	handle = plugin_open(file, RTLD_LOCAL);
	elf = plugin_elf(handle);
	assert_int_equal(call(&elf, "plain"), 1);
	assert_int_equal(call(&elf, "other"), 2);
	assert_int_equal(call(&elf, "weak"), 4);
	assert_int_equal(call(&elf, "protected"), 5);
	assert_int_equal(call(&elf, "indirect"), 8);
	assert_int_equal(call(&elf, "use"), 0);
	assert_null(elf_find(&elf, "hidden"));
	assert_null(elf_find(&elf, "inside"));
	assert_null(elf_find(&elf, "local_to_thread"));
	assert_null(elf_find(&elf, "data"));
	assert_null(elf_find(&elf, "missing"));
	assert_null(elf_find(&elf, "plai"));
	assert_null(elf_find(&elf, "plainer"));
	assert_null(elf_find(&elf, ""));
	dlclose(handle);
}

static void functions_are_found_by_the_gnu_table(void **state)
{
	(void)state;
	expect_functions("libgnu.so", "-Wl,--hash-style=gnu");
}

static void functions_are_found_by_the_sysv_table(void **state)
{
	(void)state;
	expect_functions("libsysv.so", "-Wl,--hash-style=sysv");
}

static void an_object_that_exports_nothing_has_nothing(void **state)
{
	static const char *const styles[] = { "gnu", "sysv", "both" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char flags[64], file[32];
		void *handle;
		struct elf elf;

		snprintf(flags, sizeof(flags), "-nostdlib -Wl,--hash-style=%s", styles[i]);
		snprintf(file, sizeof(file), "libnone-%s.so", styles[i]);
		plugin_build(file, "static int unused;\n", flags);
		handle = plugin_open(file, RTLD_LOCAL);
		elf = plugin_elf(handle);
		assert_null(elf_find(&elf, "plain"));
		assert_null(elf_find(&elf, ""));
		dlclose(handle);
	}
}

static void of_two_versions_the_default_is_taken(void **state)
{
	void *handle;
	struct elf elf;

	(void)state;
	plugin_write("versions.map",
		     "OLD { global: only_old; f; local: *; }; NEW { global: f; } OLD;\n");
	plugin_build("libversions.so",
		     "int f_old(void) { return 1; }\nint f_new(void) { return 2; }\n"
		     "int only(void) { return 3; }\n"
		     "__asm__(\".symver f_old,f@OLD\");\n__asm__(\".symver f_new,f@@NEW\");\n"
		     "__asm__(\".symver only,only_old@OLD\");\n",
		     "-Wl,--version-script=versions.map");
	handle = plugin_open("libversions.so", RTLD_LOCAL);
	elf = plugin_elf(handle);
	assert_int_equal(call(&elf, "f"), 2);
	assert_null(elf_find(&elf, "only_old"));
	assert_null(elf_find(&elf, "OLD"));
	dlclose(handle);
}

static void names_of_the_object_and_its_needs_are_read(void **state)
{
	void *handle;
	struct elf elf;

	(void)state;
	plugin_build("libneeded.so", "int f(void) { return 1; }\n", "-Wl,-soname,libneeded.so.5");
	plugin_build("libneeded.so.5", "int f(void) { return 1; }\n", "-Wl,-soname,libneeded.so.5");
	plugin_build("libneeds.so", "int f(void);\nint g(void) { return f(); }\n",
		     "-lneeded -nostdlib");
	handle = plugin_open("libneeds.so", RTLD_LOCAL);
	elf = plugin_elf(handle);
	assert_null(elf_soname(&elf));
	assert_string_equal(elf_needed(&elf, 0), "libneeded.so.5");
	assert_null(elf_needed(&elf, 1));
	dlclose(handle);
	handle = plugin_open("libneeded.so.5", RTLD_LOCAL);
	elf = plugin_elf(handle);
	assert_string_equal(elf_soname(&elf), "libneeded.so.5");
	dlclose(handle);
}

/* Its pointers are not moved by the loader. */
static void the_vdso_is_read(void **state)
{
	uintptr_t base = getauxval(AT_SYSINFO_EHDR);
	const ElfW(Ehdr) *head = (const ElfW(Ehdr) *)base;
	const ElfW(Phdr) *parts = (const ElfW(Phdr) *)(base + head->e_phoff);
	uintptr_t dynamic = 0;

	(void)state;
	if (base == 0)
		skip();
	for (size_t i = 0; i < head->e_phnum; i++)
		if (parts[i].p_type == PT_DYNAMIC)
			dynamic = base + parts[i].p_vaddr;
	assert_non_null(resolve_in_object(base, dynamic, "__vdso_clock_gettime"));
	assert_null(resolve_in_object(base, dynamic, "__vdso_nothing"));
}

/* A made-up object: two functions, f and g, in both tables. */
struct image {
	ElfW(Dyn) dynamic[8];
	ElfW(Sym) symbols[3];
	ElfW(Half) versions[4];
	char strings[8];
	struct {
		uint32_t bucket_count, first, bloom_count, bloom_shift;
		uint64_t bloom[1];
		uint32_t buckets[1];
		uint32_t chain[2];
	} gnu;
	uint32_t sysv[2 + 1 + 3];
};

static const uint32_t hash_f = 5381 * 33 + 'f', hash_g = 5381 * 33 + 'g';

static void image_fill(struct image *image, bool relocated)
{
	uintptr_t base = relocated ? (uintptr_t)image : 0;
	ElfW(Dyn) dynamic[8] = {
		{ DT_SYMTAB, { base + offsetof(struct image, symbols) } },
		{ DT_STRTAB, { base + offsetof(struct image, strings) } },
		{ DT_STRSZ, { sizeof(image->strings) } },
		{ DT_VERSYM, { base + offsetof(struct image, versions) } },
		{ DT_GNU_HASH, { base + offsetof(struct image, gnu) } },
		{ DT_HASH, { base + offsetof(struct image, sysv) } },
		{ DT_SONAME, { 1 } },
	};

	memset(image, 0, sizeof(*image));
	memcpy(image->dynamic, dynamic, sizeof(dynamic));
	memcpy(image->strings, "\0f\0g\0\0\0", sizeof(image->strings));
	for (size_t i = 1; i < 3; i++) {
		image->symbols[i].st_name = (uint32_t)(2 * i - 1);
		image->symbols[i].st_info = STB_GLOBAL << 4 | STT_FUNC;
		image->symbols[i].st_shndx = 1;
		image->symbols[i].st_value = i;
		image->versions[i] = VER_NDX_GLOBAL;
	}
	image->gnu.bucket_count = 1;
	image->gnu.first = 1;
	image->gnu.bloom_count = 1;
	image->gnu.bloom[0] = UINT64_MAX;
	image->gnu.buckets[0] = 1;
	image->gnu.chain[0] = hash_f & ~1u;
	image->gnu.chain[1] = hash_g | 1u;
	memcpy(image->sysv, (const uint32_t[]){ 1, 3, 1, 0, 2, 0 }, sizeof(image->sysv));
}

static bool image_open(struct image *image, struct elf *ret)
{
	return elf_open((uintptr_t)image, (uintptr_t)image->dynamic, (uintptr_t)image,
			(uintptr_t)(image + 1), ret);
}

/* The look-up of g in the image, 0 when it is not found or the image is refused. */
static uintptr_t image_find(struct image *image)
{
	const ElfW(Sym) *symbol;
	void *address = NULL;
	struct elf elf;

	if (!image_open(image, &elf))
		return 0;
	symbol = elf_find(&elf, "g");
	if (symbol)
		address = elf_address(&elf, symbol);
	return address ? (uintptr_t)address - (uintptr_t)image : 0;
}

static struct image *image_new(void)
{
	struct image *image = malloc(sizeof(*image));

	assert_non_null(image);
	image_fill(image, true);
	return image;
}

static void pointers_may_be_relocated_or_not(void **state)
{
	struct image *image = image_new();

	(void)state;
	assert_int_equal(image_find(image), 2);
	image_fill(image, false);
	assert_int_equal(image_find(image), 2);
	image->dynamic[4].d_tag = DT_DEBUG;
	assert_int_equal(image_find(image), 2);
	image->dynamic[5].d_tag = DT_DEBUG;
	assert_int_equal(image_find(image), 0);
	free(image);
}

static void an_object_without_a_needed_table_is_refused(void **state)
{
	struct image *image = image_new();
	struct elf elf;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		image_fill(image, true);
		image->dynamic[i].d_tag = DT_DEBUG;
		/* Without a size, no string is inside. */
		assert_int_equal(image_find(image), 0);
	}
	image_fill(image, true);
	image->dynamic[0].d_tag = DT_NULL;
	assert_int_equal(image_find(image), 0);
	image_fill(image, true);
	assert_false(elf_open(0, (uintptr_t)image->dynamic, 8, 4, &elf));
	assert_false(elf_open(0, 1, (uintptr_t)image, (uintptr_t)(image + 1), &elf));
	free(image);
}

static void expect_absent(struct image *image, const char *what)
{
	uintptr_t found = image_find(image);

	image_fill(image, true);
	if (found)
		fail_msg("found in spite of %s", what);
}

static void a_broken_gnu_table_finds_nothing(void **state)
{
	struct image *image = image_new();

	(void)state;
	image->gnu.buckets[0] = 0;
	expect_absent(image, "an empty bucket");
	image->gnu.first = 5;
	expect_absent(image, "a bucket below the first");
	image->gnu.buckets[0] = UINT32_MAX;
	expect_absent(image, "a bucket beyond the end");
	image->gnu.bucket_count = 0;
	expect_absent(image, "no buckets");
	image->gnu.bucket_count = UINT32_MAX;
	expect_absent(image, "buckets beyond the end");
	image->gnu.bloom_count = 0;
	expect_absent(image, "no bloom words");
	image->gnu.bloom_count = 3;
	expect_absent(image, "bloom words that are no power of two");
	image->gnu.bloom_count = 1u << 31;
	expect_absent(image, "bloom words beyond the end");
	image->gnu.bloom[0] = 0;
	expect_absent(image, "an empty bloom word");
	image->gnu.chain[0] |= 1;
	expect_absent(image, "a chain that ends before");
	image->gnu.chain[1] = 0;
	expect_absent(image, "another hash");
	image->gnu.chain[1] = 2;
	expect_absent(image, "a chain without an end");
	image->gnu.bloom_shift = 1000;
	assert_int_equal(image_find(image), 2);
	image->dynamic[4].d_un.d_ptr = (uintptr_t)(image + 1) - 8;
	expect_absent(image, "a table that is cut");
	image->dynamic[4].d_un.d_ptr += 1;
	expect_absent(image, "a table that is not aligned");
	free(image);
}

static void image_without_gnu(struct image *image)
{
	image_fill(image, true);
	image->dynamic[4].d_tag = DT_DEBUG;
}

static void a_broken_sysv_table_finds_nothing(void **state)
{
	static const uint32_t broken[][6] = {
		{ 0, 3, 1, 0, 2, 0 }, { 1, 0, 1, 0, 2, 0 }, { 1, 2, 1, 0, 2, 0 },
		{ 1, 3, 0, 0, 2, 0 },
		{ 1, 3, 9, 0, 2, 0 }, { 1, 3, 1, 0, 1, 0 }, { 1, 3, 1, 0, 9, 0 },
		{ UINT32_MAX, 3, 1, 0, 2, 0 }, { 1, UINT32_MAX, 1, 0, 2, 0 },
	};
	struct image *image = image_new();

	(void)state;
	image_without_gnu(image);
	assert_int_equal(image_find(image), 2);
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		image_without_gnu(image);
		memcpy(image->sysv, broken[i], sizeof(broken[i]));
		if (image_find(image))
			fail_msg("found in broken table %zu", i);
	}
	free(image);
}

static void broken_symbols_are_not_found(void **state)
{
	struct image *image = image_new();

	(void)state;
	image->symbols[2].st_name = 1000;
	expect_absent(image, "a name beyond the strings");
	image->symbols[2].st_name = 7;
	expect_absent(image, "another name");
	image->dynamic[2].d_un.d_val = 4;
	expect_absent(image, "a name without an end");
	image->symbols[2].st_shndx = SHN_UNDEF;
	expect_absent(image, "no definition");
	image->symbols[2].st_value = 0;
	expect_absent(image, "no address");
	image->symbols[2].st_value = sizeof(*image);
	expect_absent(image, "an address outside");
	image->symbols[2].st_info = STB_LOCAL << 4 | STT_FUNC;
	expect_absent(image, "a local binding");
	image->symbols[2].st_info = STB_GLOBAL << 4 | STT_TLS;
	expect_absent(image, "a thread-local variable");
	image->symbols[2].st_info = STB_GLOBAL << 4 | STT_OBJECT;
	expect_absent(image, "a variable");
	image->symbols[2].st_other = STV_HIDDEN;
	expect_absent(image, "a hidden symbol");
	image->versions[2] = VER_NDX_LOCAL;
	expect_absent(image, "a local version");
	image->versions[2] = 0x8002;
	expect_absent(image, "a hidden version");
	image->dynamic[3].d_un.d_ptr = (uintptr_t)(image + 1) - 2;
	expect_absent(image, "versions beyond the end");
	image->dynamic[0].d_un.d_ptr = (uintptr_t)(image + 1) - sizeof(ElfW(Sym));
	expect_absent(image, "symbols beyond the end");
	free(image);
}

static void a_soname_without_an_end_is_none(void **state)
{
	struct image *image = image_new();
	struct elf elf;

	(void)state;
	assert_true(image_open(image, &elf));
	assert_string_equal(elf_soname(&elf), "f");
	memset(image->strings, 'x', sizeof(image->strings));
	assert_true(image_open(image, &elf));
	assert_null(elf_soname(&elf));
	image->dynamic[6].d_un.d_val = 100;
	assert_null(elf_soname(&elf));
	assert_null(elf_needed(&elf, 0));
	free(image);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(functions_are_found_by_the_gnu_table),
		cmocka_unit_test(functions_are_found_by_the_sysv_table),
		cmocka_unit_test(an_object_that_exports_nothing_has_nothing),
		cmocka_unit_test(of_two_versions_the_default_is_taken),
		cmocka_unit_test(names_of_the_object_and_its_needs_are_read),
		cmocka_unit_test(the_vdso_is_read),
		cmocka_unit_test(pointers_may_be_relocated_or_not),
		cmocka_unit_test(an_object_without_a_needed_table_is_refused),
		cmocka_unit_test(a_broken_gnu_table_finds_nothing),
		cmocka_unit_test(a_broken_sysv_table_finds_nothing),
		cmocka_unit_test(broken_symbols_are_not_found),
		cmocka_unit_test(a_soname_without_an_end_is_none),
	};

	return cmocka_run_group_tests(cases, plugin_begin, plugin_end);
}
