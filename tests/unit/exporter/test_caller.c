/* SPDX-License-Identifier: Apache-2.0 */
/* Callers' names through the cache of files. */
#include "tests/support/test.h"

#include <link.h>
#include <unistd.h>

#include "exporter/caller.h"

static int find_self(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	*(uintptr_t *)context = info->dlpi_addr;
	return 1;
}

static void a_caller_in_this_program_has_its_functions_name(void **state)
{
	char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
	struct caller_names names = { 0 };
	struct summary_caller caller = { .module = slice_of(path, (size_t)size) };
	uintptr_t base;

	(void)state;
	assert_true(size > 0);
	dl_iterate_phdr(find_self, &base);
	caller.offset = (uintptr_t)find_self - base + 1;
	assert_slice_equal(caller_function(&names, &caller), SLICE("find_self"));
	assert_slice_equal(caller_function(&names, &caller), SLICE("find_self"));
	assert_int_equal(names.count, 1);
	caller_names_end(&names);
	assert_int_equal(names.count, 0);
}

static void what_cannot_be_read_has_no_name(void **state)
{
	static const char *const path[] = { "/nonexistent", "relative", "[vdso]", "/", "" };
	struct caller_names names = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		struct summary_caller caller = { .module = slice_of_string(path[i]), .offset = 9 };

		assert_int_equal(caller_function(&names, &caller).size, 0);
	}
	caller_names_end(&names);
}

static void files_beyond_the_cache_stay_unnamed(void **state)
{
	static char path[CALLER_FILES + 4][16];
	struct caller_names names = { 0 };

	(void)state;
	for (size_t i = 0; i < CALLER_FILES + 4; i++) {
		struct summary_caller caller = { .offset = 9 };

		snprintf(path[i], sizeof(path[i]), "/none/%zu", i);
		caller.module = slice_of_string(path[i]);
		assert_int_equal(caller_function(&names, &caller).size, 0);
	}
	assert_int_equal(names.count, CALLER_FILES);
	caller_names_end(&names);
}

TESTS(cmocka_unit_test(a_caller_in_this_program_has_its_functions_name),
      cmocka_unit_test(what_cannot_be_read_has_no_name),
      cmocka_unit_test(files_beyond_the_cache_stay_unnamed))
