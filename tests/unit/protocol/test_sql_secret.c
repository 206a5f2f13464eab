/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that handle secrets, and what is told of them. */
#include "tests/support/test.h"

#include "protocol/sql.h"
#include "protocol/sql_secret.h"

static const struct {
	const char *text;
	bool secret;
} statements[] = {
	{ "ALTER ROLE x PASSWORD $1", true },
	{ "create user x with encrypted password $1", true },
	{ "UPDATE users SET Passwd = $1 WHERE id = $2", true },
	{ "SELECT crypt($1, gen_salt('bf'))", true },
	{ "INSERT INTO session(token) VALUES ($1)", true },
	{ "SELECT \"APIKEY\"", true },
	{ "SELECT a FROM t WHERE b = $1", false },
	{ "SELECT pass FROM t WHERE a = $1", false },
	{ "SELECT 1 WHERE secre = $1", false },
	{ "pw", false },
	{ "", false },
};

static void secrets_are_known_by_their_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		struct slice text = slice_of_string(statements[i].text);
		uint8_t *copy = test_exact_copy(text);

		if (sql_names_secret(slice_of(copy, text.size)) != statements[i].secret)
			fail_msg("\"%s\"", statements[i].text);
		free(copy);
	}
}

static void no_cut_is_read_past_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		struct slice text = slice_of_string(statements[i].text);

		for (size_t cut = 0; cut < text.size; cut++) {
			uint8_t *copy = test_exact_copy(slice_first(text, cut));

			assert_true(!sql_names_secret(slice_of(copy, cut)) || statements[i].secret);
			free(copy);
		}
	}
}

static void a_secret_is_not_kept_as_it_is(void **state)
{
	static const struct {
		const char *statement, *text;
	} kept[] = {
		{ "SELECT 'a' WHERE b = $1", "SELECT 'a' WHERE b = $1" },
		{ "ALTER ROLE x PASSWORD 'a' VALID UNTIL $1",
		  "ALTER ROLE x PASSWORD ? VALID UNTIL $1" },
		{ "UPDATE t SET password = crypt($1, 'salt')",
		  "UPDATE t SET password = crypt($1, ?)" },
		{ "UPDATE t SET password = $1", "UPDATE t SET password = $1" },
	};
	uint8_t text[128], summary[64];

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		struct sql_output output = {
			.text = text, .text_capacity = sizeof(text),
			.summary = summary, .summary_capacity = sizeof(summary),
		};

		sql_describe(slice_of_string(kept[i].statement), SQL_VERBATIM, true, &output);
		assert_slice_equal(slice_of(text, output.text_size), slice_of_string(kept[i].text));
	}
}

TESTS(cmocka_unit_test(secrets_are_known_by_their_names),
      cmocka_unit_test(no_cut_is_read_past_its_end),
      cmocka_unit_test(a_secret_is_not_kept_as_it_is))
