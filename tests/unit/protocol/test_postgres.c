/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says before a connection is ready, cut at every byte. */
#include "tests/support/test.h"

#include "protocol/postgres.h"

#define REFUSAL "E\0\0\0\x16SFATAL\0VX\0C3D000\0\0"
#define NO_PASSWORD "R\0\0\0\x08\0\0\0\0"

static const struct {
	const char *what;
	struct slice bytes;
	const char *code;	/* null: none */
	size_t least;		/* bytes that the code needs */
} answers[] = {
	{ "nothing", SLICE(""), NULL, 0 },
	{ "no TLS", SLICE("N"), NULL, 0 },
	{ "a refusal", SLICE(REFUSAL), "3D000", 22 },
	{ "a refusal after others", SLICE(NO_PASSWORD REFUSAL), "3D000", 31 },
	{ "a refusal before others", SLICE(REFUSAL NO_PASSWORD), "3D000", 22 },
	{ "a parameter", SLICE("S\0\0\0\x08" "a\0b\0"), NULL, 0 },
	{ "a code that is none", SLICE("E\0\0\0\x0c" "C3d000\0\0"), NULL, 0 },
	{ "a code that is long", SLICE("E\0\0\0\x0d" "C3D0000\0\0"), NULL, 0 },
	{ "no code", SLICE("E\0\0\0\x08SXX\0\0"), NULL, 0 },
	{ "a code in another field", SLICE("E\0\0\0\x0cMC3D00\0\0"), NULL, 0 },
	{ "a length that is none", SLICE("E\0\0\0\x03" "C3D000\0\0"), NULL, 0 },
	{ "a length without an end", SLICE("R\xff\xff\xff\xff" "E\0\0\0\x0c" "C3D000\0\0"), NULL,
	  0 },
	{ "words of protocol 2", SLICE("Esorry, too many clients\0"), NULL, 0 },
	{ "a TLS record", SLICE("\x16\3\3\0\x7a\2\0\0v\3\3"), NULL, 0 },
};

static void a_refusal_has_its_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		for (size_t size = 0; size <= answers[i].bytes.size; size++) {
			struct slice part = slice_first(answers[i].bytes, size);
			uint8_t *copy = test_exact_copy(part);
			char code[POSTGRES_SQLSTATE] = "none";
			bool whole = answers[i].code && size >= answers[i].least;
			bool found = postgres_error_code(slice_of(copy, size), code);

			if (found != whole)
				print_error("%s, %zu bytes:\n", answers[i].what, size);
			assert_int_equal(found, whole);
			assert_string_equal(code, whole ? answers[i].code : "none");
			free(copy);
		}
	}
}

TESTS(cmocka_unit_test(a_refusal_has_its_code))
