/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a descriptor is: a tag is believed as long as the kernel knows the socket by its number. */
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/descriptor.h"

#define CHUNK ((int)DESCRIPTOR_CHUNK)
#define LAST ((int)DESCRIPTORS_MAX - 1)

static int made(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	return fd;
}

static int tagged(void)
{
	int fd = made();

	descriptor_tag(fd, DESCRIPTOR_PG);
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_PG);
	return fd;
}

static void nobody_owns_what_nobody_tagged(void **state)
{
	int fd = made();

	(void)state;
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_UNKNOWN);
	assert_null(descriptor_peek(fd));
	close(tagged());
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_UNKNOWN);
	assert_int_equal(descriptor_owner(-1), DESCRIPTOR_UNKNOWN);
	assert_int_equal(descriptor_owner(LAST), DESCRIPTOR_UNKNOWN);
	assert_int_equal(descriptor_owner(LAST + 1), DESCRIPTOR_UNKNOWN);
	close(fd);
}

static void each_number_has_an_entry_of_its_own(void **state)
{
	static const int numbers[] = { 0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1,
				       LAST - 1, LAST };
	struct descriptor *found[sizeof(numbers) / sizeof(*numbers)];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		found[i] = descriptor_make(numbers[i]);
		assert_non_null(found[i]);
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(found[i], found[j]);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		assert_ptr_equal(descriptor_peek(numbers[i]), found[i]);
	assert_ptr_equal(found[1], found[0] + 1);
	assert_ptr_equal(found[4], found[3] + 1);
	assert_null(descriptor_make(LAST + 1));
	assert_null(descriptor_make(-1));
	assert_null(descriptor_peek(-1));
	/* A chunk that nobody needed is not there. */
	assert_null(descriptor_peek(7 * CHUNK));
}

static void what_is_no_socket_is_not_tagged(void **state)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	descriptor_tag(fd, DESCRIPTOR_PG);
	assert_false(descriptor_is_tagged(descriptor_make(fd)));
	close(fd);
	descriptor_tag(fd, DESCRIPTOR_PG);
	assert_false(descriptor_is_tagged(descriptor_make(fd)));
}

/* ---- ways to close it that nobody tells us of ---- */

static void end_by_close(int fd)
{
	close(fd);
}

static void end_by_system_call(int fd)
{
	syscall(SYS_close, fd);
}

static void end_by_stream(int fd)
{
	fclose(fdopen(fd, "r"));
}

static void end_by_range(int fd)
{
	assert_int_equal(syscall(SYS_close_range, fd, fd, 0), 0);
}

static void end_by_another(int fd)
{
	int other = made();

	assert_int_equal(dup2(other, fd), fd);
	close(other);
}

static void end_by_file(int fd)
{
	int file = open("/dev/zero", O_RDONLY);

	assert_int_equal(dup3(file, fd, O_CLOEXEC), fd);
	close(file);
}

static void (*const endings[])(int) = { end_by_close, end_by_system_call, end_by_stream,
					end_by_range, end_by_another, end_by_file };

static void a_tag_does_not_outlive_its_socket(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		int fd = tagged(), later;

		endings[i](fd);
		errno = EDOM;
		assert_int_equal(descriptor_owner(fd), DESCRIPTOR_UNKNOWN);
		assert_int_equal(errno, EDOM);
		assert_false(descriptor_is_tagged(descriptor_peek(fd)));
		close(fd);
		/* The next one under the number, when nobody asked in between. */
		fd = tagged();
		endings[i](fd);
		later = made();
		if (later != fd)
			assert_int_equal(dup2(later, fd), fd);
		assert_int_equal(descriptor_owner(fd), DESCRIPTOR_UNKNOWN);
		descriptor_tag(fd, DESCRIPTOR_PG);
		assert_int_equal(descriptor_owner(fd), DESCRIPTOR_PG);
		close(fd);
		if (later != fd)
			close(later);
	}
}

static void a_number_that_leads_to_the_same_socket_keeps_its_tag(void **state)
{
	int fd = tagged(), other = dup(fd);

	(void)state;
	close(fd);
	assert_int_equal(dup2(other, fd), fd);
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_PG);
	assert_int_equal(descriptor_owner(other), DESCRIPTOR_UNKNOWN);
	close(other);
	close(fd);
}

static void behind_a_filter_a_tag_is_believed(void **state)
{
	int asked = tagged(), unasked = made();

	(void)state;
	descriptor_allow(false);
	descriptor_tag(unasked, DESCRIPTOR_PG);
	assert_int_equal(descriptor_owner(unasked), DESCRIPTOR_PG);
	assert_int_equal(dup2(unasked, asked), asked);
	assert_int_equal(descriptor_owner(asked), DESCRIPTOR_PG);
	descriptor_allow(true);
	assert_int_equal(descriptor_owner(asked), DESCRIPTOR_UNKNOWN);
	/* Made without a number: as long as it is a socket. */
	assert_int_equal(descriptor_owner(unasked), DESCRIPTOR_PG);
	end_by_file(unasked);
	assert_int_equal(descriptor_owner(unasked), DESCRIPTOR_UNKNOWN);
	close(asked);
	close(unasked);
}

static void a_forked_child_knows_nobody(void **state)
{
	int fd = tagged(), status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		bool unknown = descriptor_owner(fd) == DESCRIPTOR_UNKNOWN;

		descriptor_tag(fd, DESCRIPTOR_PG);
		_exit(unknown && descriptor_owner(fd) == DESCRIPTOR_PG ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_PG);
	close(fd);
}

/* ---- threads ---- */

static void *connect_and_close(void *argument)
{
	int numbers = *(int *)argument, fd, other;

	for (int i = 0; i < 5000; i++) {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		other = numbers + i * 4 % (CHUNK * 16);
		if (fd < 0 || !descriptor_make(other))
			return argument;
		descriptor_tag(fd, DESCRIPTOR_PG);
		if (descriptor_owner(fd) != DESCRIPTOR_PG)
			return argument;
		close(fd);
		descriptor_owner(fd);
	}
	return NULL;
}

static void threads_use_the_table_at_once(void **state)
{
	pthread_t threads[4];
	int numbers[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		numbers[i] = 3 * CHUNK + i;
		assert_int_equal(pthread_create(&threads[i], NULL, connect_and_close, &numbers[i]),
				 0);
	}
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

TESTS(cmocka_unit_test(nobody_owns_what_nobody_tagged),
      cmocka_unit_test(each_number_has_an_entry_of_its_own),
      cmocka_unit_test(what_is_no_socket_is_not_tagged),
      cmocka_unit_test(a_tag_does_not_outlive_its_socket),
      cmocka_unit_test(a_number_that_leads_to_the_same_socket_keeps_its_tag),
      cmocka_unit_test(behind_a_filter_a_tag_is_believed),
      cmocka_unit_test(a_forked_child_knows_nobody),
      cmocka_unit_test(threads_use_the_table_at_once))
