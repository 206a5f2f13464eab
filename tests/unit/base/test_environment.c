/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the environment has a name that starts so. */
#include "tests/support/test.h"

#include "base/environment.h"

static char *given[] = {
	(char *)"PATH=/bin", (char *)"OTE", (char *)"XOTEL=1", (char *)"=", (char *)"", NULL, NULL,
};

static bool has(char *entry)
{
	char **saved = environ;
	bool ret;

	given[5] = entry;
	environ = given;
	ret = environment_has("OTEL");
	environ = saved;
	return ret;
}

static void a_name_is_found_by_its_start(void **state)
{
	(void)state;
	assert_true(has((char *)"OTEL_LOG_LEVEL=none"));
	assert_true(has((char *)"OTELSHIM_FILE="));
	assert_true(has((char *)"OTEL"));
	assert_false(has(NULL));
	assert_false(has((char *)"otel_log_level=none"));
	assert_false(has((char *)"A=OTEL"));
}

static void no_environment_has_nothing(void **state)
{
	char **saved = environ;
	char *none[] = { NULL };

	(void)state;
	environ = NULL;
	assert_false(environment_has("OTEL"));
	environ = none;
	assert_false(environment_has("OTEL"));
	environ = saved;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_found_by_its_start),
		cmocka_unit_test(no_environment_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
