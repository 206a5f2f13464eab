/* SPDX-License-Identifier: Apache-2.0 */
/* The two clocks and what lies between them. */
#include "tests/support/test.h"

#include <time.h>

#include "base/clock.h"

/* In place of libc's, for this program. */
static struct timespec clock_monotonic, clock_real;

int clock_gettime(clockid_t id, struct timespec *ret)
{
	*ret = id == CLOCK_REALTIME ? clock_real : clock_monotonic;
	return 0;
}

static void seconds_and_nanoseconds_are_one_number(void **state)
{
	(void)state;
	clock_monotonic = (struct timespec){ 3, 000000007 };
	assert_int_equal(clock_now_ns(), 3000000007u);
	clock_monotonic = (struct timespec){ 4000000000, 999999999 };
	assert_int_equal(clock_now_ns(), 4000000000999999999u);
}

static void the_offset_leads_from_monotonic_to_wall(void **state)
{
	(void)state;
	clock_monotonic = (struct timespec){ 100, 5 };
	clock_real = (struct timespec){ 1700000000, 4 };
	assert_int_equal(clock_now_ns() + clock_wall_offset_ns(), 1700000000000000004u);
	/* A wall clock before the monotonic one: the sum is right all the same. */
	clock_real = (struct timespec){ 1, 0 };
	assert_int_equal(clock_now_ns() + clock_wall_offset_ns(), 1000000000u);
}

TESTS(cmocka_unit_test(seconds_and_nanoseconds_are_one_number),
      cmocka_unit_test(the_offset_leads_from_monotonic_to_wall))
