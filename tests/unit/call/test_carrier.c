/* SPDX-License-Identifier: Apache-2.0 */
/* Environments and what a child gets of them while a span is current. */
#include "tests/support/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "call/carrier.h"
#include "call/parent.h"
#include "tests/support/child.h"
#include "tests/support/traced.h"

#define PARENT "TRACEPARENT=00-0102030405060708090a0b0c0d0e0f10-1112131415161718-01"
#define W3C (PROPAGATOR_BIT(TRACECONTEXT) | PROPAGATOR_BIT(BAGGAGE))
#define ALL ((1u << PROPAGATORS) - 1)
#define ENTRIES 8
#define POINTERS (CARRIER_POINTERS_SIZE / sizeof(char *))
/* What a copy has room for beside the entries that it was made of. */
#define ENTRIES_MAX (POINTERS - PROPAGATION_FIELDS_MAX - 1)

static const struct trace_context context = {
	{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
	{ 17, 18, 19, 20, 21, 22, 23, 24 },
	TRACE_FLAG_SAMPLED,
	false,
};

static const struct {
	const char *what;
	unsigned propagators;
	const char *tracestate, *baggage;
	const char *given[ENTRIES], *expected[ENTRIES];
} rows[] = {
	{ "an empty environment", W3C, "", "", { NULL }, { PARENT } },
	{ "others stay, in their order", W3C, "", "", { "B=2", "A=1" }, { "B=2", "A=1", PARENT } },
	{ "a context of another span goes", W3C, "", "", { "A=1", "TRACEPARENT=old", "B=2" },
	  { "A=1", "B=2", PARENT } },
	{ "also where it is there twice", W3C, "", "",
	  { "TRACEPARENT=a", "A=1", "TRACEPARENT=b", "TRACEPARENT=" }, { "A=1", PARENT } },
	{ "longer and shorter names stay", W3C, "", "",
	  { "TRACEPARENT2=a", "TRACEPAREN=b", "XTRACEPARENT=c", "BAGGAGES=d" },
	  { "TRACEPARENT2=a", "TRACEPAREN=b", "XTRACEPARENT=c", "BAGGAGES=d", PARENT } },
	{ "small letters are another name", W3C, "", "", { "traceparent=a", "Baggage=b" },
	  { "traceparent=a", "Baggage=b", PARENT } },
	{ "what is no variable stays", W3C, "", "", { "TRACEPARENT", "", "=", "=TRACEPARENT=x" },
	  { "TRACEPARENT", "", "=", "=TRACEPARENT=x", PARENT } },
	{ "state and baggage", W3C, "a=b,c=d", "k=v;p, l=w", { "A=1" },
	  { "A=1", PARENT, "TRACESTATE=a=b,c=d", "BAGGAGE=k=v;p, l=w" } },
	{ "state and baggage instead of others", W3C, "a=b", "k=v",
	  { "BAGGAGE=old", "TRACESTATE=old", "A=1" },
	  { "A=1", PARENT, "TRACESTATE=a=b", "BAGGAGE=k=v" } },
	{ "a stale state goes where there is none", W3C, "", "", { "TRACESTATE=old", "A=1" },
	  { "A=1", PARENT } },
	{ "baggage stays where we have none", W3C, "", "", { "BAGGAGE=theirs" },
	  { "BAGGAGE=theirs", PARENT } },
	{ "only what is in the set", PROPAGATOR_BIT(TRACECONTEXT), "", "k=v",
	  { "BAGGAGE=theirs", "B3=x" }, { "BAGGAGE=theirs", "B3=x", PARENT } },
	{ "baggage alone", PROPAGATOR_BIT(BAGGAGE), "a=b", "k=v",
	  { "TRACEPARENT=x", "TRACESTATE=y", "BAGGAGE=z" },
	  { "TRACEPARENT=x", "TRACESTATE=y", "BAGGAGE=k=v" } },
	{ "nothing to say", PROPAGATOR_BIT(BAGGAGE), "a=b", "", { "A=1", "BAGGAGE=z" },
	  { "A=1", "BAGGAGE=z" } },
	{ "jaeger's baggage beside the other", PROPAGATOR_BIT(JAEGER) | PROPAGATOR_BIT(BAGGAGE), "",
	  "k=v", { "BAGGAGE=old", "JAEGER_BAGGAGE=old" },
	  { "UBER_TRACE_ID=0102030405060708090a0b0c0d0e0f10:1112131415161718:0:1", "BAGGAGE=k=v",
	    "JAEGER_BAGGAGE=k=v" } },
	{ "b3 instead of both of its forms", PROPAGATOR_BIT(B3), "", "",
	  { "B3=x", "X_B3_TRACEID=x", "X_B3_PARENTSPANID=x", "X-B3-TRACEID=x", "A=1" },
	  { "X-B3-TRACEID=x", "A=1",
	    "B3=0102030405060708090a0b0c0d0e0f10-1112131415161718-1" } },
	{ "jaeger's baggage stays where we have none", PROPAGATOR_BIT(JAEGER), "", "",
	  { "UBER_TRACE_ID=x", "JAEGER_BAGGAGE=k=v" },
	  { "JAEGER_BAGGAGE=k=v",
	    "UBER_TRACE_ID=0102030405060708090a0b0c0d0e0f10:1112131415161718:0:1" } },
};

/* A list of pointers that ends where its block ends. */
static char **exact_list(const char *const *entries, size_t count)
{
	char **list = calloc(count + 1, sizeof(*list));

	assert_non_null(list);
	for (size_t i = 0; i < count; i++)
		list[i] = strdup(entries[i]);
	list[count] = NULL;
	return list;
}

static void free_list(char **list)
{
	for (size_t i = 0; list[i]; i++)
		free(list[i]);
	free(list);
}

static size_t count_of(char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

/* As a hook does it, in a room that ends where its block ends; the caller gives that to free(). */
static char *const *handed_on(char *const *environment, char ***room)
{
	size_t pointers = carrier_room(environment);

	assert_true(pointers > 0);
	*room = calloc(pointers ? pointers : 1, sizeof(**room));
	assert_non_null(*room);
	return carrier_environment(environment, pointers * sizeof(**room), *room);
}

static void enter(struct current *frame, const char *tracestate, const char *baggage)
{
	const struct propagated span = {
		.context = context,
		.tracestate = slice_of_string(tracestate),
		.baggage = slice_of_string(baggage),
	};

	parent_enter(thread_peek(), frame, &span);
}

static void expect_row(size_t i)
{
	size_t given = count_of((char *const *)rows[i].given);
	char **environment = exact_list(rows[i].given, given);
	char **before = calloc(given + 1, sizeof(*before));
	char *const *got;
	char **room;

	assert_non_null(before);
	memcpy(before, environment, (given + 1) * sizeof(*before));
	carrier_configure(rows[i].propagators);
	got = handed_on(environment, &room);
	for (size_t j = 0; got[j] || rows[i].expected[j]; j++) {
		if (!got[j] || !rows[i].expected[j] || strcmp(got[j], rows[i].expected[j]) != 0)
			print_error("%s: %s, not %s\n", rows[i].what, got[j] ? got[j] : "the end",
				    rows[i].expected[j] ? rows[i].expected[j] : "the end");
		assert_non_null(got[j]);
		assert_non_null(rows[i].expected[j]);
		assert_string_equal(got[j], rows[i].expected[j]);
	}
	assert_memory_equal(before, environment, (given + 1) * sizeof(*before));
	for (size_t j = 0; j < given; j++)
		assert_string_equal(environment[j], rows[i].given[j]);
	free(room);
	free(before);
	free_list(environment);
}

static void each_variable_of_the_span_is_there_once(void **state)
{
	struct current frame;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enter(&frame, rows[i].tracestate, rows[i].baggage);
		expect_row(i);
		parent_leave(thread_peek(), &frame);
	}
}

static void without_a_span_it_is_the_very_same(void **state)
{
	char *environment[] = { (char *)(uintptr_t)"TRACEPARENT=x", NULL };
	struct current frame;
	char **room;

	(void)state;
	carrier_configure(W3C);
	assert_int_equal(carrier_room(environment), 1);
	assert_ptr_equal(handed_on(environment, &room), environment);
	free(room);
	assert_null(handed_on(NULL, &room));
	free(room);
	enter(&frame, "", "");
	assert_true(carrier_room(environment) > 1);
	carrier_configure(0);
	assert_int_equal(carrier_room(environment), 1);
	assert_ptr_equal(handed_on(environment, &room), environment);
	free(room);
	carrier_configure(W3C);
	parent_leave(thread_peek(), &frame);
	assert_ptr_equal(handed_on(environment, &room), environment);
	free(room);
}

static void no_environment_is_an_empty_one(void **state)
{
	struct current frame;
	char *const *got;
	char **room;

	(void)state;
	carrier_configure(W3C);
	enter(&frame, "", "");
	got = handed_on(NULL, &room);
	assert_string_equal(got[0], PARENT);
	assert_null(got[1]);
	free(room);
	parent_leave(thread_peek(), &frame);
}

static void all_formats_at_their_longest_have_room(void **state)
{
	static char tracestate[TRACESTATE_SIZE_MAX + 1], baggage[BAGGAGE_SIZE_MAX + 1];
	char *environment[] = { (char *)(uintptr_t)"A=1", NULL };
	struct current frame;
	char *const *got;
	char **room;

	(void)state;
	memset(tracestate, 's', sizeof(tracestate) - 1);
	memset(baggage, 'b', sizeof(baggage) - 1);
	carrier_configure(ALL);
	enter(&frame, tracestate, baggage);
	got = handed_on(environment, &room);
	assert_ptr_not_equal(got, environment);
	assert_true(count_of(got) >= 10);
	for (size_t i = 1; got[i]; i++)
		assert_non_null(strchr(got[i], '='));
	assert_true(got[2] && strlen(got[2]) == strlen("TRACESTATE=") + TRACESTATE_SIZE_MAX);
	free(room);
	parent_leave(thread_peek(), &frame);
}

static char **many(size_t count)
{
	char **list = malloc((count + 1) * sizeof(*list));

	assert_non_null(list);
	for (size_t i = 0; i < count; i++)
		list[i] = (char *)(uintptr_t)"A=1";
	list[count] = NULL;
	return list;
}

static void the_most_that_is_copied(void **state)
{
	char **environment = many(ENTRIES_MAX);
	struct current frame;
	char *const *got;
	char **room;

	(void)state;
	traced_area();
	traced_clear();
	carrier_configure(ALL);
	enter(&frame, "a=b", "k=v");
	got = handed_on(environment, &room);
	assert_ptr_not_equal(got, environment);
	assert_true(count_of(got) > ENTRIES_MAX);
	assert_true(count_of(got) < POINTERS);
	assert_int_equal(traced_lost_passed(), 0);
	free(room);
	free(environment);
	environment = many(ENTRIES_MAX + 1);
	assert_int_equal(carrier_room(environment), 1);
	assert_int_equal(traced_lost_passed(), 1);
	assert_ptr_equal(handed_on(environment, &room), environment);
	free(room);
	free(environment);
	parent_leave(thread_peek(), &frame);
}

static void what_grew_since_it_was_measured_goes_on_as_it_is(void **state)
{
	char **environment = many(600);
	struct current frame;
	size_t pointers;
	char **room;

	(void)state;
	carrier_configure(W3C);
	enter(&frame, "a=b", "k=v");
	environment[10] = NULL;
	pointers = carrier_room(environment);
	environment[10] = environment[0];
	for (size_t size = 2; size <= pointers; size++) {
		room = malloc(size * sizeof(*room));
		assert_non_null(room);
		assert_ptr_equal(carrier_environment(environment, size * sizeof(*room), room),
				 environment);
		free(room);
	}
	parent_leave(thread_peek(), &frame);
	free(environment);
}

/* In every room that is too small, also where only the last string does not fit. */
static void nothing_is_written_beside_the_room(void **state)
{
	char *environment[] = { (char *)(uintptr_t)"A=1", (char *)(uintptr_t)"B=1", NULL };
	struct current frame;
	size_t fitting = 0;
	char *const *got;
	char **room;

	(void)state;
	carrier_configure(W3C);
	enter(&frame, "a=b", "k=v");
	for (size_t size = 2; size <= carrier_room(environment); size++) {
		room = malloc(size * sizeof(*room));
		assert_non_null(room);
		got = carrier_environment(environment, size * sizeof(*room), room);
		fitting += got != environment;
		assert_int_equal(count_of(got), got == environment ? 2 : 5);
		free(room);
	}
	assert_true(fitting > 0);
	parent_leave(thread_peek(), &frame);
}

static void a_child_of_fork_hands_on_and_one_of_vfork_counts_nothing(void **state)
{
	char *environment[] = { (char *)(uintptr_t)"A=1", NULL };
	char **big = many(ENTRIES_MAX + 1);
	struct current frame;
	char *const *got;
	pid_t child;
	char **room;

	(void)state;
	traced_area();
	traced_clear();
	carrier_configure(W3C);
	enter(&frame, "", "");
	child = fork();
	if (child == 0) {
		got = handed_on(environment, &room);
		CHILD_EXPECT(strcmp(got[1], PARENT) == 0);
		free(room);
		_exit(0);
	}
	assert_int_equal(child_wait(child), 0);
	assert_int_equal(arena_process_pid(), getpid());
#ifndef __SANITIZE_THREAD__	/* which makes a fork of it */
	child = vfork(); /* NOLINT */
	if (child == 0)
		_exit(carrier_room(big) == 1 ? 0 : 1);
	assert_int_equal(child_wait(child), 0);
#endif
	assert_int_equal(traced_lost_passed(), 0);
	parent_leave(thread_peek(), &frame);
	free(big);
}

TESTS(cmocka_unit_test(each_variable_of_the_span_is_there_once),
      cmocka_unit_test(without_a_span_it_is_the_very_same),
      cmocka_unit_test(no_environment_is_an_empty_one),
      cmocka_unit_test(all_formats_at_their_longest_have_room),
      cmocka_unit_test(the_most_that_is_copied),
      cmocka_unit_test(what_grew_since_it_was_measured_goes_on_as_it_is),
      cmocka_unit_test(nothing_is_written_beside_the_room),
      cmocka_unit_test(a_child_of_fork_hands_on_and_one_of_vfork_counts_nothing))
