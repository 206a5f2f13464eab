/* SPDX-License-Identifier: Apache-2.0 */
/* The command's environment. */
#include "tests/support/test.h"

#include "cli/environment.h"

static void preload_keeps_the_entries_of_others_and_ours_once(void **state)
{
	static const struct {
		const char *before, *after;
	} cases[] = {
		{ NULL, "/lib/libotelshim.so" },
		{ "LD_PRELOAD=", "/lib/libotelshim.so" },
		{ "LD_PRELOAD=a.so", "/lib/libotelshim.so:a.so" },
		{ "LD_PRELOAD=a.so:b.so c.so", "/lib/libotelshim.so:a.so:b.so:c.so" },
		{ "LD_PRELOAD=libotelshim.so:b.so", "/lib/libotelshim.so:b.so" },
		{ "LD_PRELOAD=b.so:/x/y/libotelshim.so", "/lib/libotelshim.so:b.so" },
		{ "LD_PRELOAD=notlibotelshim.so", "/lib/libotelshim.so:notlibotelshim.so" },
		{ "LD_PRELOAD= : :x.so: ", "/lib/libotelshim.so:x.so" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *source[] = { (char *)(uintptr_t)cases[i].before, NULL };
		struct environment environment;

		assert_true(environment_begin(source, &environment));
		assert_true(environment_preload(&environment, "/lib/libotelshim.so"));
		assert_string_equal(environment_get(&environment, "LD_PRELOAD"), cases[i].after);
		assert_int_equal(environment.count, 1);
		environment_end(&environment);
	}
}

static void changes_replace_add_and_take_away(void **state)
{
	static char a[] = "A=1", ab[] = "AB=2", again[] = "A=3";
	char *source[] = { a, ab, again, NULL };
	struct environment environment;

	(void)state;
	assert_true(environment_begin(source, &environment));
	assert_true(environment_change(&environment, "A=new=x"));
	assert_string_equal(environment_get(&environment, "A"), "new=x");
	assert_int_equal(environment.count, 2);
	assert_true(environment_change(&environment, "AB"));
	assert_null(environment_get(&environment, "AB"));
	assert_true(environment_change(&environment, "EMPTY="));
	assert_string_equal(environment_get(&environment, "EMPTY"), "");
	assert_true(environment_set(&environment, "B", "4"));
	assert_string_equal(environment.entry[environment.count - 1], "B=4");
	assert_null(environment.entry[environment.count]);
	/* The source is as it was. */
	assert_string_equal(source[0], "A=1");
	environment_end(&environment);
}

static void too_many_changes_are_refused(void **state)
{
	char *source[] = { NULL };
	struct environment environment;
	char name[16];

	(void)state;
	assert_true(environment_begin(source, &environment));
	for (int i = 0; i < ENVIRONMENT_ADDED; i++) {
		snprintf(name, sizeof(name), "V%d", i);
		assert_true(environment_set(&environment, name, "x"));
	}
	assert_false(environment_set(&environment, "ONE_MORE", "x"));
	assert_int_equal(environment.count, ENVIRONMENT_ADDED);
	environment_end(&environment);
}

static void what_is_handed_on_replaces_all_that_was_said(void **state)
{
	static char parent[] = "TRACEPARENT=x", members[] = "TRACESTATE=a=1", b3[] = "B3=x";
	static char baggage[] = "BAGGAGE=k=v";
	char *source[] = { parent, members, baggage, b3, NULL };
	const struct propagated from = {
		.context = { { [15] = 1 }, { [7] = 2 }, TRACE_FLAG_SAMPLED, false },
		.baggage = SLICE("l=w"),
	};
	const unsigned set = PROPAGATOR_BIT(TRACECONTEXT) | PROPAGATOR_BIT(BAGGAGE);
	struct environment environment;

	(void)state;
	assert_true(environment_begin(source, &environment));
	assert_true(environment_hand_on(&environment, 0, &from));
	assert_int_equal(environment.count, 4);
	assert_true(environment_hand_on(&environment, set, &from));
	assert_int_equal(environment.count, 3);
	assert_string_equal(environment_get(&environment, "TRACEPARENT"),
			    "00-00000000000000000000000000000001-0000000000000002-01");
	assert_null(environment_get(&environment, "TRACESTATE"));
	assert_string_equal(environment_get(&environment, "BAGGAGE"), "l=w");
	assert_string_equal(environment_get(&environment, "B3"), "x");
	assert_true(environment_hand_on(&environment, PROPAGATOR_BIT(B3MULTI), &from));
	assert_null(environment_get(&environment, "B3"));
	assert_string_equal(environment_get(&environment, "X_B3_SPANID"), "0000000000000002");
	environment_end(&environment);
}

TESTS(cmocka_unit_test(preload_keeps_the_entries_of_others_and_ours_once),
      cmocka_unit_test(changes_replace_add_and_take_away),
      cmocka_unit_test(too_many_changes_are_refused),
      cmocka_unit_test(what_is_handed_on_replaces_all_that_was_said))
