/* SPDX-License-Identifier: Apache-2.0 */
/* What is swept away, and all that is not. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli/sweep.h"

#define NAME "otelshim-0123456789abcdef0123456789abcdef"

static char parent[] = "/tmp/otelshim-sweep.XXXXXX";
static char folder[128], area[160], extra[160];

static int area_make(const char *name)
{
	int descriptor;

	snprintf(folder, sizeof(folder), "%s/%s", parent, name);
	snprintf(area, sizeof(area), "%s/area", folder);
	snprintf(extra, sizeof(extra), "%s/libotelshim.so", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	descriptor = open(area, O_RDWR | O_CREAT, 0600);
	assert_true(descriptor >= 0);
	assert_int_equal(ftruncate(descriptor, 4096), 0);
	return descriptor;
}

static void area_remove(int descriptor)
{
	close(descriptor);
	unlink(area);
	unlink(extra);
	rmdir(folder);
}

static bool swept(void)
{
	struct stat status;

	sweep_sessions(parent);
	return stat(folder, &status) != 0;
}

/* The time of change cannot be set back: the test waits once, for all that it makes. */
static void only_what_nobody_uses_is_swept_away(void **state)
{
	int used, mapped, foreign, left;
	void *memory;

	(void)state;
	assert_non_null(mkdtemp(parent));
	left = area_make(NAME);
	assert_int_equal(symlink("/nowhere", extra), 0);
	assert_false(swept());
	sleep(SWEEP_AGE_S + 2);
	used = open(area, O_RDWR);
	assert_int_equal(flock(used, LOCK_EX), 0);
	assert_false(swept());
	close(used);
	mapped = open(area, O_RDWR);
	memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, mapped, 0);
	assert_true(memory != MAP_FAILED);
	assert_false(swept());
	munmap(memory, 4096);
	close(mapped);
	assert_true(swept());
	area_remove(left);
	foreign = area_make("otelshim-notes");
	assert_false(swept());
	area_remove(foreign);
	assert_int_equal(rmdir(parent), 0);
}

static void a_folder_that_is_not_there_is_nothing(void **state)
{
	(void)state;
	sweep_sessions("/nonexistent");
}

TESTS(cmocka_unit_test(only_what_nobody_uses_is_swept_away),
      cmocka_unit_test(a_folder_that_is_not_there_is_nothing))
