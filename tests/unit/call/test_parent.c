/* SPDX-License-Identifier: Apache-2.0 */
/* Who is the parent of a call, and what the sampler says of it. */
#include "tests/support/test.h"

#include "call/parent.h"

static const struct trace_context sampled_parent = {
	{ 1, 2, 3 }, { 4, 5, 6 }, TRACE_FLAG_SAMPLED | TRACE_FLAG_RANDOM, true
};
static const struct trace_context unsampled_parent = { { 1, 2, 3 }, { 4, 5, 6 }, 0, true };

static const struct {
	const char *what;
	const struct trace_context *inherited;
	struct sampler sampler;
	uint8_t flags, marks;
} spans[] = {
	{ "a root", NULL, { SAMPLER_ALWAYS_ON, true, 0 },
	  TRACE_FLAG_RANDOM | TRACE_FLAG_SAMPLED, SPAN_SAMPLED },
	{ "a root, sampler off: a record all the same", NULL, { SAMPLER_ALWAYS_OFF, true, 0 },
	  TRACE_FLAG_RANDOM, 0 },
	{ "a sampled parent", &sampled_parent, { SAMPLER_ALWAYS_OFF, true, 0 },
	  TRACE_FLAG_RANDOM | TRACE_FLAG_SAMPLED, SPAN_SAMPLED | SPAN_PARENT_REMOTE },
	{ "a parent that is not sampled", &unsampled_parent, { SAMPLER_ALWAYS_ON, true, 0 }, 0,
	  SPAN_PARENT_REMOTE },
	{ "a parent that does not matter", &unsampled_parent, { SAMPLER_ALWAYS_ON, false, 0 },
	  TRACE_FLAG_SAMPLED, SPAN_SAMPLED | SPAN_PARENT_REMOTE },
	{ "a sampled parent that does not matter", &sampled_parent,
	  { SAMPLER_ALWAYS_OFF, false, 0 }, TRACE_FLAG_RANDOM, SPAN_PARENT_REMOTE },
};

static void flags_and_marks_follow_parent_and_sampler(void **state)
{
	static const struct trace_context none;

	(void)state;
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		const struct trace_context *inherited = spans[i].inherited;
		struct span_record span = { .scope = 0 };
		const struct parent *parent;

		parent_configure(inherited, &spans[i].sampler);
		parent = parent_of_call(SPAN_CLIENT);
		assert_int_equal(parent->source, inherited ? PARENT_INHERITED : PARENT_NONE);
		parent_begin_span(parent, thread_current(), &span);
		if (span.trace_flags != spans[i].flags || span.marks != spans[i].marks)
			print_error("%s:\n", spans[i].what);
		assert_int_equal(span.trace_flags, spans[i].flags);
		assert_int_equal(span.marks, spans[i].marks);
		if (inherited) {
			assert_memory_equal(span.trace_id, inherited->trace_id, 16);
			assert_memory_equal(span.parent_id, inherited->span_id, 8);
			assert_memory_not_equal(span.span_id, inherited->span_id, 8);
		} else {
			assert_memory_equal(span.parent_id, none.span_id, 8);
			assert_memory_not_equal(span.trace_id, none.trace_id, 16);
		}
	}
}

static void an_inherited_parent_is_for_clients_and_internals(void **state)
{
	static const struct sampler sampler = { SAMPLER_ALWAYS_ON, true, 0 };

	(void)state;
	parent_configure(&sampled_parent, &sampler);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_INHERITED);
	assert_int_equal(parent_of_call(SPAN_INTERNAL)->source, PARENT_INHERITED);
	assert_int_equal(parent_of_call(SPAN_SERVER)->source, PARENT_NONE);
}

static void a_context_without_ids_is_no_parent(void **state)
{
	static const struct trace_context half = { { 1 }, { 0 }, TRACE_FLAG_SAMPLED, true };

	(void)state;
	parent_configure(&half, NULL);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_NONE);
}

static void each_span_has_an_id_of_its_own(void **state)
{
	struct parent parent = { .source = PARENT_NONE };
	struct span_record a = { .scope = 0 }, b = { .scope = 0 };

	(void)state;
	parent_begin_span(&parent, thread_current(), &a);
	parent_begin_span(&parent, thread_current(), &b);
	assert_memory_not_equal(a.span_id, b.span_id, 8);
	assert_memory_not_equal(a.trace_id, b.trace_id, 16);
}

static void an_unknown_parent_makes_a_root(void **state)
{
	struct parent parent = { .source = PARENT_UNKNOWN, .context = sampled_parent };
	struct span_record span = { .scope = 0 };

	(void)state;
	parent_begin_span(&parent, thread_current(), &span);
	assert_memory_not_equal(span.trace_id, sampled_parent.trace_id, 16);
	assert_memory_not_equal(span.parent_id, sampled_parent.span_id, 8);
}

/* In this order: a parent is inherited once, at load. */
TESTS(cmocka_unit_test(a_context_without_ids_is_no_parent),
      cmocka_unit_test(flags_and_marks_follow_parent_and_sampler),
      cmocka_unit_test(an_inherited_parent_is_for_clients_and_internals),
      cmocka_unit_test(each_span_has_an_id_of_its_own),
      cmocka_unit_test(an_unknown_parent_makes_a_root))
