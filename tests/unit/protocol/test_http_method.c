/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that are known. */
#include "tests/support/test.h"

#include "protocol/http_method.h"

static bool known(const char *method, const char *instead)
{
	struct slice token = slice_of_string(method), list = slice_of_string(instead);
	uint8_t *token_copy = test_exact_copy(token), *list_copy = test_exact_copy(list);
	bool answer = http_method_known(slice_of(token_copy, token.size),
					slice_of(list_copy, list.size));

	free(token_copy);
	free(list_copy);
	return answer;
}

static void ten_methods_are_known_by_themselves(void **state)
{
	static const char *const methods[] = { "CONNECT", "DELETE", "GET",  "HEAD",  "OPTIONS",
					       "PATCH",	  "POST",   "PUT",  "QUERY", "TRACE" };

	(void)state;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		char other[16];

		assert_true(known(methods[i], ""));
		snprintf(other, sizeof(other), "%sX", methods[i]);
		assert_false(known(other, ""));
		for (size_t cut = 0; cut < strlen(methods[i]); cut++) {
			snprintf(other, sizeof(other), "%.*s", (int)cut, methods[i]);
			assert_false(known(other, ""));
		}
	}
}

static void case_matters(void **state)
{
	(void)state;
	assert_false(known("get", ""));
	assert_false(known("GeT", ""));
	assert_false(known("foo", "FOO"));
}

static void a_list_replaces_all_of_them(void **state)
{
	static const struct {
		const char *list, *method;
		bool known;
	} cases[] = {
		{ "GET,FOO", "FOO", true },	{ "GET,FOO", "GET", true },
		{ "GET,FOO", "POST", false },	{ "GET,FOO", "GET,FOO", false },
		{ " GET , FOO ", "FOO", true }, { "GET", "GE", false },
		{ "GET", "GETS", false },	{ ",,", "", false },
		{ ",GET,", "GET", true },	{ "", "", false },
		{ "_OTHER", "_OTHER", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (known(cases[i].method, cases[i].list) != cases[i].known)
			fail_msg("%s in \"%s\"", cases[i].method, cases[i].list);
}

TESTS(cmocka_unit_test(ten_methods_are_known_by_themselves), cmocka_unit_test(case_matters),
      cmocka_unit_test(a_list_replaces_all_of_them))
