/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the machine, from texts. */
#include "tests/support/test.h"

#include "exporter/machine.h"

static void architectures_have_their_semantic_names(void **state)
{
	(void)state;
	assert_slice_equal(machine_arch(SLICE("x86_64")), SLICE("amd64"));
	assert_slice_equal(machine_arch(SLICE("aarch64")), SLICE("arm64"));
	assert_slice_equal(machine_arch(SLICE("s390x")), SLICE("s390x"));
}

static void os_release_is_read_with_its_quotes(void **state)
{
	(void)state;
	static const char text[] =
		"PRETTY_NAME=\"Debian \\\"x\\\" 12\"\nNAME='Deb ian'\n# NAME=no\n"
		"VERSION_ID=12\nVERSION_ID_X=no\nEMPTY=\nLAST=end";
	static const struct {
		const char *key, *value;
	} cases[] = { { "PRETTY_NAME", "Debian \"x\" 12" },
		      { "NAME", "Deb ian" },
		      { "VERSION_ID", "12" },
		      { "EMPTY", "" },
		      { "LAST", "end" },
		      { "VERSION", "" },
		      { "", "" } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t value[32];
		size_t size = os_release_value(SLICE(text), slice_of_string(cases[i].key), value,
					       sizeof(value));

		assert_slice_equal(slice_of(value, size), slice_of_string(cases[i].value));
	}
}

static void a_user_is_found_by_number(void **state)
{
	(void)state;
	struct slice text = SLICE("root:x:0:0:root:/root:/bin/sh\nbad line\nbob:x:1000:1000::/:\n"
				  "eve:x:10000:1::/:");

	assert_slice_equal(passwd_name(text, 0), SLICE("root"));
	assert_slice_equal(passwd_name(text, 1000), SLICE("bob"));
	assert_slice_equal(passwd_name(text, 10000), SLICE("eve"));
	assert_int_equal(passwd_name(text, 1).size, 0);
	for (size_t size = 0; size < text.size; size++) {
		uint8_t *copy = test_exact_copy(slice_first(text, size));

		passwd_name(slice_of(copy, size), 4242);
		free(copy);
	}
}

static void this_machine_has_a_name(void **state)
{
	(void)state;
	static struct machine machine;

	machine_read(&machine);
	assert_true(machine.host_name.size > 0);
	assert_true(machine.host_arch.size > 0);
	assert_true(machine.used <= sizeof(machine.text));
}

TESTS(cmocka_unit_test(architectures_have_their_semantic_names),
      cmocka_unit_test(os_release_is_read_with_its_quotes),
      cmocka_unit_test(a_user_is_found_by_number), cmocka_unit_test(this_machine_has_a_name))
