/* SPDX-License-Identifier: Apache-2.0 */
/* The session's directory and area, and who still lives in it. */
#include "tests/support/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/session.h"

#define BUFFER (UINT64_C(512) << 10)

static bool exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

static void a_session_is_an_area_that_others_can_map(void **state)
{
	struct session session;
	struct stat status;

	(void)state;
	assert_int_equal(session_begin(BUFFER, "/usr/lib/libotelshim.so", &session), 0);
	assert_true(area_check(session.area, session.size));
	assert_int_equal(session.size, session_area_size(BUFFER));
	assert_int_equal(stat(session.area_path, &status), 0);
	assert_int_equal(status.st_size, session.size);
	/* All of it is there: no hole that could end in SIGBUS. */
	assert_true((size_t)status.st_blocks * 512 >= session.size);
	assert_int_equal(status.st_mode & 0777, geteuid() == 0 ? 0666 : 0600);
	assert_int_equal(stat(session.directory, &status), 0);
	assert_int_equal(status.st_mode & 0777, geteuid() == 0 ? 0711 : 0700);
	session_remove(&session, false);
	assert_false(exists(session.area_path));
	munmap(session.area, session.size);
}

static void two_sessions_have_two_names(void **state)
{
	struct session one, other;

	(void)state;
	assert_int_equal(session_begin(BUFFER, "/lib/libotelshim.so", &one), 0);
	assert_int_equal(session_begin(BUFFER, "/lib/libotelshim.so", &other), 0);
	assert_string_not_equal(one.directory, other.directory);
	session_remove(&one, false);
	session_remove(&other, false);
	session_remove(&other, false);
	munmap(one.area, one.size);
	munmap(other.area, other.size);
}

static void a_path_that_the_loader_would_misread_goes_through_a_link(void **state)
{
	static const char *const odd[] = { "/a b/libotelshim.so", "/a:b/libotelshim.so",
					   "/$LIB/libotelshim.so" };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct session session;
		char directory[SESSION_PATH], target[64] = { 0 };

		assert_int_equal(session_begin(BUFFER, odd[i], &session), 0);
		assert_true(session.linked);
		assert_null(strpbrk(session.preload, " :$"));
		assert_true(readlink(session.preload, target, sizeof(target) - 1) > 0);
		assert_string_equal(target, odd[i]);
		/* Left for those who outlive the session. */
		memcpy(directory, session.directory, sizeof(directory));
		session_remove(&session, true);
		assert_true(exists(session.preload));
		assert_false(exists(session.area_path));
		session_remove(&session, false);
		assert_false(exists(directory));
		munmap(session.area, session.size);
	}
}

static void an_ordinary_path_is_named_itself(void **state)
{
	struct session session;

	(void)state;
	assert_int_equal(session_begin(BUFFER, "/usr/lib/libotelshim.so", &session), 0);
	assert_string_equal(session.preload, "/usr/lib/libotelshim.so");
	assert_false(session.linked);
	session_remove(&session, true);
	assert_false(exists(session.area_path));
	munmap(session.area, session.size);
}

static void no_room_is_an_error_and_leaves_nothing(void **state)
{
	struct rlimit before, small = { 1 << 20, 1 << 20 };
	struct session session = { .size = 77 };

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(session_begin(BUFFER, "/lib/libotelshim.so", &session), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(session.size, 77);
}

static void describe_process(uint32_t pid)
{
	struct area_process process = { .pid = pid };

	assert_true(area_describe(AREA_PROCESS, slice_of(&process, sizeof(process)), NULL, 0) != 0);
}

static void wake(void)
{
}

static void only_living_processes_with_the_area_mapped_are_found(void **state)
{
	struct session_process found[8];
	struct session session;
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(session_begin(BUFFER, "/lib/libotelshim.so", &session), 0);
	area_use(session.area, true, false, wake);
	assert_int_equal(session_processes(&session, found, 8), 0);
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	/* Process 1 lives and knows nothing of us; the last one does not exist. */
	describe_process(1);
	describe_process((uint32_t)child);
	describe_process((uint32_t)child);
	describe_process(UINT32_MAX / 2);
	assert_int_equal(session_processes(&session, found, 8), 1);
	assert_int_equal(found[0].pid, child);
	assert_true(strlen(found[0].command) > 0);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_int_equal(session_processes(&session, found, 8), 0);
	session_remove(&session, false);
	munmap(session.area, session.size);
}

/* Whatever a traced process writes there. */
static void descriptions_that_lie_end_the_walk(void **state)
{
	struct session_process found[8];
	struct session session;
	uint8_t *descriptions;

	(void)state;
	assert_int_equal(session_begin(BUFFER, "/lib/libotelshim.so", &session), 0);
	descriptions = (uint8_t *)session.area + session.descriptions;
	for (int byte = 0; byte < 256; byte++) {
		memset(descriptions, byte, AREA_DESCRIPTIONS_SIZE);
		assert_int_equal(session_processes(&session, found, 8), 0);
	}
	session.area->descriptions_offset = UINT64_MAX;
	assert_int_equal(session_processes(&session, found, 8), 0);
	session_remove(&session, false);
	munmap(session.area, session.size);
}

TESTS(cmocka_unit_test(a_session_is_an_area_that_others_can_map),
      cmocka_unit_test(two_sessions_have_two_names),
      cmocka_unit_test(a_path_that_the_loader_would_misread_goes_through_a_link),
      cmocka_unit_test(an_ordinary_path_is_named_itself),
      cmocka_unit_test(no_room_is_an_error_and_leaves_nothing),
      cmocka_unit_test(only_living_processes_with_the_area_mapped_are_found),
      cmocka_unit_test(descriptions_that_lie_end_the_walk))
