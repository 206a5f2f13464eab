/* SPDX-License-Identifier: Apache-2.0 */
/* A thread's state: its own, begun once, and afresh in a forked child. */
#include "tests/support/test.h"

#include <pthread.h>
#include <sys/syscall.h>

#include "base/arena.h"
#include "base/thread.h"
#include "tests/support/child.h"

static uint32_t kernel_id(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

static void the_state_names_its_thread_and_process(void **state)
{
	struct thread *thread = thread_current();

	(void)state;
	assert_non_null(thread);
	assert_ptr_equal(thread, thread_peek());
	assert_int_equal(thread->id, kernel_id());
	assert_int_equal(thread->process_id, arena_process_id());
	assert_true(thread->random[0] | thread->random[1] | thread->random[2] | thread->random[3]);
}

static void the_state_is_begun_once(void **state)
{
	struct thread *thread = thread_current();

	(void)state;
	thread->lane = 77;
	thread->call_slot = 78;
	assert_ptr_equal(thread_current(), thread);
	assert_int_equal(thread->lane, 77);
	assert_int_equal(thread->call_slot, 78);
}

static void *look(void *argument)
{
	struct thread *copy = argument;
	const struct thread *thread = thread_peek();

	if (thread->process_id != 0 || thread->id != 0)
		return "another thread's state";
	thread = thread_current();
	if (!thread || thread->id != kernel_id())
		return "not this thread's state";
	*copy = *thread;
	return NULL;
}

static void threads_have_states_and_numbers_of_their_own(void **state)
{
	struct thread copies[2];
	pthread_t threads[2];
	void *failed;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, look, &copies[i]), 0);
		pthread_join(threads[i], &failed);
		if (failed)
			fail_msg("%s", (char *)failed);
	}
	assert_int_not_equal(copies[0].id, copies[1].id);
	assert_memory_not_equal(copies[0].random, copies[1].random, sizeof(copies[0].random));
	assert_memory_not_equal(copies[0].random, thread_current()->random,
				sizeof(copies[0].random));
}

static struct thread before;

static void be_a_child(void)
{
	const struct thread *thread = thread_peek();

	CHILD_EXPECT(thread->process_id == before.process_id);
	thread = thread_current();
	CHILD_EXPECT(thread != NULL);
	CHILD_EXPECT(thread->process_id != before.process_id);
	CHILD_EXPECT(thread->id == kernel_id());
	CHILD_EXPECT(thread->id != before.id);
	CHILD_EXPECT(memcmp(thread->random, before.random, sizeof(before.random)) != 0);
	/* What is under way on this stack is still under way. */
	CHILD_EXPECT(thread->depth == 1);
}

static void a_child_begins_afresh_but_for_the_guard(void **state)
{
	struct thread *thread = thread_current();

	(void)state;
	thread->depth = 1;
	before = *thread;
	assert_int_equal(child_run(be_a_child), 0);
	thread->depth = 0;
}

static void *stay_small(void *argument)
{
	(void)argument;
	return thread_current();
}

static void it_fits_where_stacks_are_small(void **state)
{
	pthread_attr_t attributes;
	pthread_t thread;
	void *result = NULL;
	size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN);

	(void)state;
	assert_true(sizeof(struct thread) <= 256);
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstacksize(&attributes, least), 0);
	assert_int_equal(pthread_create(&thread, &attributes, stay_small, NULL), 0);
	pthread_join(thread, &result);
	pthread_attr_destroy(&attributes);
	assert_non_null(result);
}

TESTS(cmocka_unit_test(the_state_names_its_thread_and_process),
      cmocka_unit_test(the_state_is_begun_once),
      cmocka_unit_test(threads_have_states_and_numbers_of_their_own),
      cmocka_unit_test(a_child_begins_afresh_but_for_the_guard),
      cmocka_unit_test(it_fits_where_stacks_are_small))
