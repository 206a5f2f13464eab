/* SPDX-License-Identifier: Apache-2.0 */
/* Mapped files. */
#include "tests/support/test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "cli/mapping.h"

static void a_mapped_file_is_found_while_it_is_mapped(void **state)
{
	char path[] = "/tmp/otelshim-mapping.XXXXXX";
	int descriptor = mkstemp(path);
	void *memory;

	(void)state;
	assert_true(descriptor >= 0);
	assert_int_equal(ftruncate(descriptor, 4096), 0);
	assert_false(mapping_of((uint32_t)getpid(), path));
	memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, descriptor, 0);
	assert_true(memory != MAP_FAILED);
	assert_true(mapping_of((uint32_t)getpid(), path));
	assert_int_equal(mapping_holder(path, 0), getpid());
	assert_int_equal(mapping_holder(path, (uint32_t)getpid()), 0);
	munmap(memory, 4096);
	assert_int_equal(mapping_holder(path, 0), 0);
	close(descriptor);
	unlink(path);
}

static void a_process_that_is_not_there_has_nothing_mapped(void **state)
{
	(void)state;
	assert_false(mapping_of(UINT32_MAX / 2, "/"));
	assert_true(mapping_of((uint32_t)getpid(), "test_mapping"));
}

TESTS(cmocka_unit_test(a_mapped_file_is_found_while_it_is_mapped),
      cmocka_unit_test(a_process_that_is_not_there_has_nothing_mapped))
