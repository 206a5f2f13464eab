/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every unit test includes, and first: cmocka with the headers that it wants before itself,
 * and how tests here compare bytes. A test program is a table of cases and one line in Makefile.am:
 *
 *	static void empty_text_has_no_summary(void **state) { ... }
 *	TESTS(cmocka_unit_test(empty_text_has_no_summary))
 */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/slice.h"

/* Set where a sanitiser owns memory and signals, for cases that it cannot bear. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* main() of a test program; the arguments are its cases. */
#define TESTS(...)                                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		const struct CMUnitTest cases[] = { __VA_ARGS__ };                                 \
                                                                                                   \
		return cmocka_run_group_tests(cases, NULL, NULL);                                  \
	}

#define assert_slice_equal(actual, expected)                                                       \
	test_slices_equal((actual), (expected), __FILE__, __LINE__)

/* Shows both sides as text, which is what most slices here are. */
static inline void test_slices_equal(struct slice actual, struct slice expected, const char *file,
				     int line)
{
	if (slice_equal(actual, expected))
		return;
	print_error("got      \"%.*s\" (%zu bytes)\n", (int)actual.size,
		    (const char *)actual.data, actual.size);
	print_error("expected \"%.*s\" (%zu bytes)\n", (int)expected.size,
		    (const char *)expected.data, expected.size);
	_fail(file, line);
}

/*
 * A copy that ends where its block ends, so that ASan and valgrind see a read past it. The caller
 * gives it to free().
 */
static inline uint8_t *test_exact_copy(struct slice bytes)
{
	uint8_t *copy = malloc(bytes.size ? bytes.size : 1);

	assert_non_null(copy);
	if (bytes.size)
		memcpy(copy, bytes.data, bytes.size);
	return copy;
}

#endif
