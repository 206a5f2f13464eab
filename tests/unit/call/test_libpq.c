/* SPDX-License-Identifier: Apache-2.0 */
/* Which libpq a caller means. */
#include "tests/support/test.h"

#include <pthread.h>

#include "tests/support/program.h"

static void a_caller_finds_the_libpq_that_it_needs(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());

	(void)state;
	assert_non_null(libpq);
	for (size_t i = 0; i < LIBPQ_FUNCTIONS; i++) {
		assert_non_null(libpq->function[i]);
		assert_true(libpq_is_inside(libpq, libpq->function[i]));
	}
	assert_false(libpq_is_inside(libpq, program_address()));
	assert_true(libpq_is_inside(libpq, libpq_address()));
}

static void the_same_copy_is_one_table_for_all_callers(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());

	(void)state;
	/* Another place in the program, libpq itself, and who sees it in global scope only. */
	assert_ptr_equal(libpq_of_caller((const uint8_t *)program_address() + 1), libpq);
	assert_ptr_equal(libpq_of_caller((const void *)(uintptr_t)malloc), libpq);
	assert_ptr_equal(libpq_of_caller(libpq_address()), libpq);
	assert_ptr_equal(libpq_of_caller((const void *)(uintptr_t)libpq->PQexec), libpq);
}

/* What a just-in-time compiler made lies in no object. */
static void code_of_nobody_calls_what_the_program_calls(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());
	const void *heap = test_exact_copy(SLICE("x"));

	(void)state;
	assert_ptr_equal(libpq_of_caller(NULL), libpq);
	assert_ptr_equal(libpq_of_caller((const void *)(uintptr_t)16), libpq);
	assert_ptr_equal(libpq_of_caller(heap), libpq);
	free((void *)(uintptr_t)heap);
}

static void an_object_that_is_libpq_is_known_by_itself(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());
	struct resolve_object object;

	(void)state;
	assert_true(resolve_owner((const void *)(uintptr_t)libpq->PQexec, &object));
	assert_ptr_equal(library_of_object(&libpq_family, &object), libpq);
}

static void an_object_that_is_not_all_of_libpq_is_none(void **state)
{
	struct resolve_object object;

	(void)state;
	assert_true(resolve_owner((const void *)(uintptr_t)malloc, &object));
	assert_null(library_of_object(&libpq_family, &object));
	assert_true(resolve_owner(program_address(), &object));
	assert_null(library_of_object(&libpq_family, &object));
}

static void a_refresh_changes_nothing_when_nothing_changed(void **state)
{
	const struct libpq *libpq = libpq_of_caller(program_address());

	(void)state;
	for (int i = 0; i < 1000; i++) {
		library_refresh();
		assert_ptr_equal(libpq_of_caller(program_address()), libpq);
	}
}

static void *look_up(void *argument)
{
	for (int i = 0; i < 1000; i++) {
		library_refresh();
		if (libpq_of_caller(program_address()) != argument)
			return argument;
	}
	return NULL;
}

static void threads_look_up_at_once(void **state)
{
	void *libpq = (void *)(uintptr_t)libpq_of_caller(program_address());
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_up, libpq), 0);
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

TESTS(cmocka_unit_test(a_caller_finds_the_libpq_that_it_needs),
      cmocka_unit_test(the_same_copy_is_one_table_for_all_callers),
      cmocka_unit_test(code_of_nobody_calls_what_the_program_calls),
      cmocka_unit_test(an_object_that_is_libpq_is_known_by_itself),
      cmocka_unit_test(an_object_that_is_not_all_of_libpq_is_none),
      cmocka_unit_test(a_refresh_changes_nothing_when_nothing_changed),
      cmocka_unit_test(threads_look_up_at_once))
