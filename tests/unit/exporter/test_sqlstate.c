/* SPDX-License-Identifier: Apache-2.0 */
/* Names of SQLSTATE codes. */
#include "tests/support/test.h"

#include "exporter/sqlstate.h"

static void codes_have_names_and_others_that_of_their_class(void **state)
{
	static const struct {
		const char *code, *name;
	} cases[] = {
		{ "23505", "unique_violation" },
		{ "40P01", "deadlock_detected" },
		{ "57014", "query_canceled" },
		{ "55P03", "lock_not_available" },
		{ "42P01", "undefined_table" },
		{ "01000", "warning" },
		{ "XX002", "index_corrupted" },
		{ "23599", "integrity_constraint_violation" },
		{ "08007", "connection_exception" },
		{ "ZZ123", "" },
		{ "2350", "" },
		{ "235055", "" },
		{ "", "" },
		{ "timeout", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice code = slice_of_string(cases[i].code);
		uint8_t *copy = test_exact_copy(code);

		assert_slice_equal(sqlstate_name(slice_of(copy, code.size)),
				   slice_of_string(cases[i].name));
		free(copy);
	}
}

/* The look-up halves a sorted table: a code out of order would not be found. */
static void every_class_is_found(void **state)
{
	static const char *const class[] = { "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L",
					     "0P", "0Z", "20", "21", "22", "23", "24", "25", "26",
					     "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B",
					     "3D", "3F", "40", "42", "44", "53", "54", "55", "57",
					     "58", "72", "F0", "HV", "P0", "XX" };

	(void)state;
	for (size_t i = 0; i < sizeof(class) / sizeof(class[0]); i++) {
		char code[6];

		snprintf(code, sizeof(code), "%s9Z9", class[i]);
		assert_true(sqlstate_name(slice_of_string(code)).size > 0);
	}
}

TESTS(cmocka_unit_test(codes_have_names_and_others_that_of_their_class),
      cmocka_unit_test(every_class_is_found))
