/* SPDX-License-Identifier: Apache-2.0 */
/* The span of a run: parents, sampling, attributes. */
#include "tests/support/test.h"

#include "cli/run_span.h"

static const struct propagated nothing;

/* The parent that this traceparent names, with other things. */
static struct propagated inherited(void)
{
	struct propagated from = { .tracestate = SLICE("a=1"), .baggage = SLICE("k=v") };

	assert_true(traceparent_parse(
		SLICE("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"), &from.context));
	return from;
}

static struct config config_of(int sampler)
{
	return (struct config){ .sampler = sampler, .sampler_ratio = 1.0 };
}

static void an_inherited_parent_gives_trace_and_decision(void **state)
{
	struct config config = config_of(CONFIG_PARENT_ALWAYS_ON);
	const struct propagated from = inherited();
	const struct trace_context parent = from.context;
	struct run_span span;

	(void)state;
	run_span_begin(&config, &from, 5, &span);
	assert_slice_equal(span.on.tracestate, SLICE("a=1"));
	assert_slice_equal(span.on.baggage, SLICE("k=v"));
	assert_memory_equal(span.on.context.trace_id, parent.trace_id, 16);
	assert_memory_equal(span.parent_id, parent.span_id, 8);
	assert_memory_not_equal(span.on.context.span_id, parent.span_id, 8);
	assert_false(span.sampled);
	assert_int_equal(span.on.context.flags & TRACE_FLAG_SAMPLED, 0);
	config.sampler = CONFIG_ALWAYS_ON;
	run_span_begin(&config, &from, 5, &span);
	assert_true(span.sampled);
	assert_int_equal(span.on.context.flags & TRACE_FLAG_SAMPLED, TRACE_FLAG_SAMPLED);
}

static void without_a_valid_parent_it_is_a_root(void **state)
{
	static const struct propagated values[] = {
		{ .debug = false }, { .context = { { 1 }, { 0 }, 1, true } },
		{ .context = { { 0 }, { 1 }, 1, true } },
	};
	const uint8_t none[8] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct config config = config_of(CONFIG_PARENT_ALWAYS_ON);
		struct run_span span, other;

		run_span_begin(&config, &values[i], 5, &span);
		run_span_begin(&config, &values[i], 5, &other);
		assert_true(trace_context_valid(&span.on.context));
		assert_memory_equal(span.parent_id, none, 8);
		assert_memory_not_equal(span.on.context.trace_id, other.on.context.trace_id, 16);
		assert_int_equal(span.on.context.flags, TRACE_FLAG_RANDOM | TRACE_FLAG_SAMPLED);
	}
}

static void off_is_off(void **state)
{
	static const int off[] = { CONFIG_ALWAYS_OFF, CONFIG_PARENT_ALWAYS_OFF };
	struct run_span span;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct config config = config_of(off[i]);

		run_span_begin(&config, &nothing, 5, &span);
		assert_false(span.sampled);
	}
}

static struct slice text_of(const struct span_record *record, enum attribute_key key)
{
	struct attribute_value value;

	return span_attribute(record, key, &value) ? value.string : slice_of(NULL, 0);
}

static void the_record_says_how_it_ended(void **state)
{
	static const struct {
		struct child child;
		uint8_t status;
		const char *type;
	} cases[] = {
		{ { .pid = 9 }, STATUS_UNSET, "" },
		{ { .pid = 9, .exit_code = 7 }, STATUS_ERROR, "7" },
		{ { .pid = 9, .exit_code = 139, .signal = 11 }, STATUS_ERROR, "SIGSEGV" },
	};
	struct config config = config_of(CONFIG_ALWAYS_ON);
	const struct propagated from = inherited();
	struct run_span span;

	(void)state;
	run_span_begin(&config, &from, 5, &span);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_Alignas(8) uint8_t memory[RUN_SPAN_ROOM];
		const struct span_record *record =
			run_span_record(&span,
					&(struct run_span_end){ "shop", "shopd", &cases[i].child,
								77 },
					memory);
		struct attribute_value code;

		assert_non_null(record);
		assert_true(span_record_check(slice_of(memory, record->head.size)));
		assert_int_equal(record->status, cases[i].status);
		assert_int_equal(record->kind, SPAN_INTERNAL);
		assert_int_equal(record->scope, SCOPE_RUN);
		assert_int_equal(record->start_ns, 5);
		assert_int_equal(record->duration_ns, 77);
		assert_int_equal(record->marks, SPAN_PARENT_REMOTE | SPAN_SAMPLED);
		assert_slice_equal(text_of(record, ATTRIBUTE_SPAN_NAME), SLICE("shop"));
		assert_slice_equal(text_of(record, ATTRIBUTE_PROCESS_EXECUTABLE_NAME),
				   SLICE("shopd"));
		assert_slice_equal(text_of(record, ATTRIBUTE_ERROR_TYPE),
				   slice_of_string(cases[i].type));
		assert_true(span_attribute(record, ATTRIBUTE_PROCESS_EXIT_CODE, &code));
		assert_int_equal(code.integer, cases[i].child.exit_code);
		assert_true(span_attribute(record, ATTRIBUTE_PROCESS_PID, &code));
		assert_int_equal(code.integer, 9);
	}
}

static void a_name_that_does_not_fit_makes_no_record(void **state)
{
	_Alignas(8) uint8_t memory[RUN_SPAN_ROOM];
	struct config config = config_of(CONFIG_ALWAYS_ON);
	struct child child = { .pid = 1 };
	char name[RUN_SPAN_ROOM];
	struct run_span span;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	run_span_begin(&config, &nothing, 5, &span);
	assert_null(run_span_record(&span, &(struct run_span_end){ name, "x", &child, 1 },
				    memory));
}

TESTS(cmocka_unit_test(an_inherited_parent_gives_trace_and_decision),
      cmocka_unit_test(without_a_valid_parent_it_is_a_root), cmocka_unit_test(off_is_off),
      cmocka_unit_test(the_record_says_how_it_ended),
      cmocka_unit_test(a_name_that_does_not_fit_makes_no_record))
