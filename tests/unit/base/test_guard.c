/* SPDX-License-Identifier: Apache-2.0 */
/* Who is inside, who is sent away, and errno. */
#include "tests/support/test.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "base/arena.h"
#include "base/guard.h"
#include "base/thread.h"
#include "tests/support/child.h"

static void the_second_to_enter_is_sent_away_and_counted(void **state)
{
	struct guard first = { 0 }, second = { 0 };
	uint64_t refused;

	(void)state;
	arena_process_id();
	refused = guard_refused();
	assert_true(guard_enter(&first));
	assert_false(guard_enter(&second));
	assert_false(guard_enter(&second));
	assert_int_equal(guard_refused(), refused + 2);
	guard_leave(&first);
	assert_true(guard_enter(&second));
	guard_leave(&second);
	assert_int_equal(guard_refused(), refused + 2);
}

static void errno_is_as_it_was_before(void **state)
{
	struct guard guard = { 0 };

	(void)state;
	errno = ENOTSUP;
	assert_true(guard_enter(&guard));
	assert_int_equal(errno, ENOTSUP);
	errno = EBADF;
	guard_leave(&guard);
	assert_int_equal(errno, ENOTSUP);
	errno = 0;
	assert_true(guard_enter(&guard));
	errno = EBADF;
	guard_leave(&guard);
	assert_int_equal(errno, 0);
}

static void who_is_sent_away_keeps_errno(void **state)
{
	struct guard first = { 0 }, second = { 0 };

	(void)state;
	assert_true(guard_enter(&first));
	errno = EPIPE;
	assert_false(guard_enter(&second));
	assert_int_equal(errno, EPIPE);
	guard_leave(&first);
}

static void *enter_elsewhere(void *argument)
{
	struct guard guard = { 0 };

	*(bool *)argument = guard_enter(&guard);
	if (*(bool *)argument)
		guard_leave(&guard);
	return NULL;
}

static void each_thread_has_its_own(void **state)
{
	struct guard guard = { 0 };
	bool entered = false;
	pthread_t thread;

	(void)state;
	assert_true(guard_enter(&guard));
	assert_int_equal(pthread_create(&thread, NULL, enter_elsewhere, &entered), 0);
	pthread_join(thread, NULL);
	guard_leave(&guard);
	assert_true(entered);
}

static volatile sig_atomic_t handler_entered;

static void handle(int number)
{
	struct guard guard = { 0 };

	(void)number;
	handler_entered = guard_enter(&guard);
	if (handler_entered)
		guard_leave(&guard);
}

static void a_signal_handler_is_sent_away_from_our_code_only(void **state)
{
	struct guard guard = { 0 };

	(void)state;
	signal(SIGUSR1, handle);
	raise(SIGUSR1);
	assert_true(handler_entered);
	assert_true(guard_enter(&guard));
	raise(SIGUSR1);
	assert_false(handler_entered);
	guard_leave(&guard);
	signal(SIGUSR1, SIG_DFL);
}

static struct guard inherited;

static void leave_in_a_child(void)
{
	struct guard guard = { 0 };

	CHILD_EXPECT(guard_refused() == 0);
	CHILD_EXPECT(thread_current() != NULL);
	CHILD_EXPECT(!guard_enter(&guard));
	guard_leave(&inherited);
	CHILD_EXPECT(guard_enter(&guard));
	guard_leave(&guard);
}

static void a_child_leaves_what_its_parent_entered(void **state)
{
	(void)state;
	assert_true(guard_enter(&inherited));
	assert_int_equal(child_run(leave_in_a_child), 0);
	guard_leave(&inherited);
}

TESTS(cmocka_unit_test(the_second_to_enter_is_sent_away_and_counted),
      cmocka_unit_test(errno_is_as_it_was_before),
      cmocka_unit_test(who_is_sent_away_keeps_errno),
      cmocka_unit_test(each_thread_has_its_own),
      cmocka_unit_test(a_signal_handler_is_sent_away_from_our_code_only),
      cmocka_unit_test(a_child_leaves_what_its_parent_entered))
