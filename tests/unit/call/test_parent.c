/* SPDX-License-Identifier: Apache-2.0 */
/* Who is the parent of a call, and what the sampler says of it. */
#include "tests/support/test.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/parent.h"

static const struct propagated sampled_parent = {
	.context = { { 1, 2, 3 }, { 4, 5, 6 }, TRACE_FLAG_SAMPLED | TRACE_FLAG_RANDOM, true },
};
static const struct propagated unsampled_parent = {
	.context = { { 1, 2, 3 }, { 4, 5, 6 }, 0, true },
};

static const struct {
	const char *what;
	const struct propagated *inherited;
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
		const struct propagated *inherited = spans[i].inherited;
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
			assert_memory_equal(span.trace_id, inherited->context.trace_id, 16);
			assert_memory_equal(span.parent_id, inherited->context.span_id, 8);
			assert_memory_not_equal(span.span_id, inherited->context.span_id, 8);
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
	static const struct propagated half = {
		.context = { { 1 }, { 0 }, TRACE_FLAG_SAMPLED, true },
		.baggage = SLICE("k=v"),
	};

	(void)state;
	parent_configure(&half, NULL);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_NONE);
	parent_configure(&(const struct propagated){ 0 }, NULL);
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
	struct parent parent = { .source = PARENT_UNKNOWN, .from = sampled_parent };
	struct span_record span = { .scope = 0 };

	(void)state;
	parent_begin_span(&parent, thread_current(), &span);
	assert_memory_not_equal(span.trace_id, sampled_parent.context.trace_id, 16);
	assert_memory_not_equal(span.parent_id, sampled_parent.context.span_id, 8);
}

/* ---- what was inherited ---- */

#define T "0af7651916cd43dd8448eb211c80319c"
#define P "b7ad6b7169203331"
#define W3C (PROPAGATOR_BIT(TRACECONTEXT) | PROPAGATOR_BIT(BAGGAGE))

static void an_environment_is_inherited_by_the_set(void **state)
{
	static char parent[] = "TRACEPARENT=00-" T "-" P "-01", members[] = "TRACESTATE=a=1";
	static char baggage[] = "BAGGAGE=k=v", b3[] = "B3=" T "-" P "-d";
	char *const environment[] = { parent, members, baggage, b3, NULL };
	const struct propagated *from = parent_inherited();

	(void)state;
	parent_inherit(W3C, environment);
	members[sizeof(members) - 2] = '2';	/* the text is a copy */
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_INHERITED);
	assert_true(from->context.remote && !from->debug);
	assert_slice_equal(from->tracestate, SLICE("a=1"));
	assert_slice_equal(from->baggage, SLICE("k=v"));
	parent_inherit(PROPAGATOR_BIT(B3), environment);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_INHERITED);
	assert_true(from->debug);
	assert_int_equal(from->tracestate.size + from->baggage.size, 0);
	parent_inherit(PROPAGATOR_BIT(BAGGAGE), environment);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_NONE);
	assert_slice_equal(from->baggage, SLICE("k=v"));
	parent_inherit(0, environment);
	assert_int_equal(from->baggage.size, 0);
}

static void a_span_hands_on_itself_with_what_its_parent_had(void **state)
{
	const struct propagated from = {
		.context = sampled_parent.context,
		.debug = true,
		.tracestate = SLICE("a=1"),
		.baggage = SLICE("k=v"),
	};
	const struct parent parent = { .source = PARENT_CURRENT, .from = from };
	const struct parent none = { .source = PARENT_NONE, .from = { .baggage = SLICE("k=v") } };
	struct span_record span = { .scope = 0 };
	struct propagated on;

	(void)state;
	parent_begin_span(&parent, thread_current(), &span);
	parent_propagation(&parent, &span, &on);
	assert_memory_equal(on.context.trace_id, sampled_parent.context.trace_id, 16);
	assert_memory_equal(on.context.span_id, span.span_id, 8);
	assert_int_equal(on.context.flags, span.trace_flags);
	assert_false(on.context.remote);
	assert_true(on.debug);
	assert_slice_equal(on.tracestate, SLICE("a=1"));
	assert_slice_equal(on.baggage, SLICE("k=v"));
	parent_begin_span(&none, thread_current(), &span);
	parent_propagation(&none, &span, &on);
	assert_memory_equal(on.context.trace_id, span.trace_id, 16);
	assert_true(trace_context_valid(&on.context) && !on.debug);
	assert_int_equal(on.tracestate.size, 0);
	assert_slice_equal(on.baggage, SLICE("k=v"));
}

/* ---- the current span ---- */

/* A span whose id says which it is. */
static struct propagated span_of(uint8_t number)
{
	return (struct propagated){ .context = { { 9 }, { number }, TRACE_FLAG_SAMPLED, false } };
}

/* 0: none. */
static uint8_t current_number(void)
{
	const struct propagated *current = parent_current(thread_peek());

	return current ? current->context.span_id[0] : 0;
}

typedef void callback(void *data);

/* A real call that calls back, as a hook makes it. */
static __attribute__((noinline)) void perform(uint8_t number, callback *back, void *data)
{
	struct propagated span = span_of(number);
	struct current frame;

	parent_enter(thread_peek(), &frame, &span);
	memset(&span, 0xff, sizeof(span));
	back(data);
	parent_leave(thread_peek(), &frame);
}

static void expect_current(void *data)
{
	const uint8_t *number = data;

	assert_int_equal(current_number(), *number);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_CURRENT);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->from.context.span_id[0], *number);
	assert_int_equal(parent_of_call(SPAN_SERVER)->source, PARENT_NONE);
}

static void nest(void *data)
{
	uint8_t inner = 2, outer = 1;

	(void)data;
	expect_current(&outer);
	perform(2, expect_current, &inner);
	expect_current(&outer);
	perform(2, expect_current, &inner);
	expect_current(&outer);
}

static void what_is_called_inside_a_call_has_it_as_parent(void **state)
{
	(void)state;
	parent_configure(&unsampled_parent, NULL);
	assert_int_equal(current_number(), 0);
	perform(1, nest, NULL);
	assert_int_equal(current_number(), 0);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_INHERITED);
	assert_int_equal(thread_peek()->current, 0);
}

static void leave_at_once(void *data)
{
	jmp_buf *there = data;

	longjmp(*there, 1);
}

static __attribute__((noinline)) void perform_and_jump(uint8_t number)
{
	jmp_buf there;

	if (!setjmp(there))
		perform(number, leave_at_once, &there);
}

static void a_call_that_was_jumped_over_is_not_current(void **state)
{
	uint8_t three = 3;

	(void)state;
	parent_configure(&unsampled_parent, NULL);
	perform_and_jump(1);
	assert_int_not_equal(thread_peek()->current, 0);
	assert_int_equal(current_number(), 0);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_INHERITED);
	perform(3, expect_current, &three);
	assert_int_equal(current_number(), 0);
}

static void jump_inside(void *data)
{
	uint8_t outer = 1, three = 3;

	(void)data;
	expect_current(&outer);
	perform_and_jump(2);
	/* Which one is around it was kept in a frame that is gone. */
	assert_int_equal(current_number(), 0);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_UNKNOWN);
	perform(3, expect_current, &three);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_UNKNOWN);
}

static void what_is_around_a_call_that_was_jumped_over_is_not_guessed(void **state)
{
	jmp_buf there;

	(void)state;
	parent_configure(&unsampled_parent, NULL);
	perform(1, jump_inside, NULL);
	assert_int_equal(current_number(), 0);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_INHERITED);
	if (!setjmp(there))
		perform(1, leave_at_once, &there);
	assert_int_equal(parent_of_call(SPAN_CLIENT)->source, PARENT_INHERITED);
}

static void *other_thread(void *data)
{
	const struct current *frame = data;

	assert_int_equal(current_number(), 0);
	parent_leave(thread_peek(), frame);
	assert_int_equal(current_number(), 0);
	return NULL;
}

static void ask_elsewhere(void *data)
{
	uint8_t one = 1;
	pthread_t thread;
	struct current frame = { .outermost = 1 };

	(void)data;
	assert_int_equal(pthread_create(&thread, NULL, other_thread, &frame), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	expect_current(&one);
}

static void each_thread_has_its_own(void **state)
{
	(void)state;
	perform(1, ask_elsewhere, NULL);
}

static void fork_inside(void *data)
{
	uint8_t one = 1;
	int status;
	pid_t child = fork();

	(void)data;
	if (child == 0) {
		thread_current();
		_exit(current_number() == one ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	expect_current(&one);
}

static void a_child_is_inside_of_the_same_call(void **state)
{
	(void)state;
	perform(1, fork_inside, NULL);
}

/* In this order: a parent is inherited once, at load. */
TESTS(cmocka_unit_test(a_context_without_ids_is_no_parent),
      cmocka_unit_test(flags_and_marks_follow_parent_and_sampler),
      cmocka_unit_test(an_inherited_parent_is_for_clients_and_internals),
      cmocka_unit_test(each_span_has_an_id_of_its_own),
      cmocka_unit_test(an_unknown_parent_makes_a_root),
      cmocka_unit_test(an_environment_is_inherited_by_the_set),
      cmocka_unit_test(a_span_hands_on_itself_with_what_its_parent_had),
      cmocka_unit_test(what_is_called_inside_a_call_has_it_as_parent),
      cmocka_unit_test(a_call_that_was_jumped_over_is_not_current),
      cmocka_unit_test(what_is_around_a_call_that_was_jumped_over_is_not_guessed),
      cmocka_unit_test(each_thread_has_its_own),
      cmocka_unit_test(a_child_is_inside_of_the_same_call))
