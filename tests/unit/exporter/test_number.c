/* SPDX-License-Identifier: Apache-2.0 */
/* Digits against stdio's. */
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>

#include "exporter/number.h"

static void digits_are_those_of_printf(void **state)
{
	char ours[NUMBER_SIZE], theirs[NUMBER_SIZE];

	(void)state;
	for (uint64_t power = 1;; power *= 10) {
		const uint64_t numbers[] = { power - 1, power, power + 1, power * 9, UINT64_MAX };

		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
			snprintf(theirs, sizeof(theirs), "%" PRIu64, numbers[i]);
			assert_int_equal(number_format(numbers[i], ours), strlen(theirs));
			assert_string_equal(ours, theirs);
		}
		if (power > UINT64_MAX / 10)
			break;
	}
}

TESTS(cmocka_unit_test(digits_are_those_of_printf))
