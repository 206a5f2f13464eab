/* SPDX-License-Identifier: Apache-2.0 */
/* Escapes, whole and broken. */
#include "tests/support/test.h"

#include <stdlib.h>

#include "exporter/percent.h"

static void every_byte_can_be_escaped(void **state)
{
	(void)state;
	for (int byte = 0; byte < 256; byte++)
		for (int capital = 0; capital < 2; capital++) {
			struct slice text;
			char escape[8];

			snprintf(escape, sizeof(escape), capital ? "%%%02Xz" : "%%%02xz",
				 (unsigned)byte);
			text = slice_of(escape, 4);
			assert_int_equal(percent_next(&text), byte);
			assert_slice_equal(text, SLICE("z"));
		}
}

static void other_bytes_are_themselves(void **state)
{
	struct slice text = SLICE("+ \xff");

	(void)state;
	assert_int_equal(percent_next(&text), '+');
	assert_int_equal(percent_next(&text), ' ');
	assert_int_equal(percent_next(&text), 0xff);
	assert_int_equal(text.size, 0);
}

static void a_broken_escape_is_refused(void **state)
{
	static const char *const broken[] = { "%", "%2", "%g0", "%0g", "%%41", "% 1", "%-1" };

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		size_t size = strlen(broken[i]);
		uint8_t *copy = malloc(size);
		struct slice text = slice_of(copy, size);

		assert_non_null(copy);
		memcpy(copy, broken[i], size);
		assert_int_equal(percent_next(&text), -1);
		free(copy);
	}
}

TESTS(cmocka_unit_test(every_byte_can_be_escaped), cmocka_unit_test(other_bytes_are_themselves),
      cmocka_unit_test(a_broken_escape_is_refused))
