/* SPDX-License-Identifier: Apache-2.0 */
/* Names and attributes of spans, without look-ups (those are tested through the real area). */
#include "tests/support/test.h"

#include "exporter/span.h"
#include "tests/support/sample_span.h"

static struct sample sample;

static void view(struct span *ret)
{
	const struct span_record *record = sample_end(&sample);

	assert_non_null(record);
	span_view(NULL, record, UINT64_C(1700000000000000000), ret);
}

static void put(enum attribute_key key, const char *text)
{
	if (text)
		record_put_string(&sample.writer, key, slice_of_string(text));
}

static void names_follow_the_conventions(void **state)
{
	(void)state;
	static const struct {
		const char *given, *summary, *operation, *space, *address;
		int64_t port;
		const char *system, *name;
	} cases[] = {
		{ "GET", "SELECT t", NULL, NULL, NULL, 0, NULL, "GET" },
		{ NULL, "SELECT t", "SELECT", "shop", NULL, 0, "postgresql", "SELECT t" },
		{ NULL, NULL, "COMMIT", "shop", "db1", 5432, "postgresql", "COMMIT shop" },
		{ NULL, NULL, "COMMIT", NULL, "db1", 5432, "postgresql", "COMMIT db1:5432" },
		{ NULL, NULL, "COMMIT", NULL, "db1", 0, "postgresql", "COMMIT db1" },
		{ NULL, NULL, "COMMIT", NULL, NULL, 0, "postgresql", "COMMIT" },
		{ NULL, NULL, NULL, "shop", "db1", 5432, "postgresql", "shop" },
		{ NULL, NULL, NULL, NULL, "db1", 5432, "postgresql", "db1:5432" },
		{ NULL, NULL, NULL, NULL, NULL, 0, "postgresql", "postgresql" },
		{ NULL, NULL, NULL, NULL, NULL, 0, NULL, "otelshim.libpq" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span span;

		sample_begin(&sample);
		put(ATTRIBUTE_SPAN_NAME, cases[i].given);
		put(ATTRIBUTE_DB_QUERY_SUMMARY, cases[i].summary);
		put(ATTRIBUTE_DB_OPERATION_NAME, cases[i].operation);
		put(ATTRIBUTE_DB_NAMESPACE, cases[i].space);
		put(ATTRIBUTE_SERVER_ADDRESS, cases[i].address);
		if (cases[i].port)
			record_put_integer(&sample.writer, ATTRIBUTE_SERVER_PORT, cases[i].port);
		put(ATTRIBUTE_DB_SYSTEM_NAME, cases[i].system);
		view(&span);
		assert_slice_equal(span.name, slice_of_string(cases[i].name));
	}
}

static void a_name_is_always_text(void **state)
{
	(void)state;
	struct span span;
	char longest[2 * SPAN_NAME_MAX] = "";

	sample_begin(&sample);
	put(ATTRIBUTE_SPAN_NAME, "a\xff" "b");
	view(&span);
	assert_slice_equal(span.name, SLICE("a\xef\xbf\xbd" "b"));
	/* A character that a cut would split is left out. */
	memset(longest, 'x', SPAN_NAME_MAX - 1);
	memcpy(longest + strlen(longest), "\xc3\xa9", 3);
	sample_begin(&sample);
	put(ATTRIBUTE_DB_NAMESPACE, longest);
	view(&span);
	assert_true(span.name.size <= SPAN_NAME_MAX);
	assert_memory_equal(span.name.data, longest, SPAN_NAME_MAX - 1);
}

static void times_are_of_the_wall_clock(void **state)
{
	(void)state;
	struct span span;

	sample_begin(&sample);
	view(&span);
	assert_int_equal(span.start_ns, UINT64_C(1700000000000001000));
	assert_int_equal(span.end_ns - span.start_ns, 234);
}

static void attributes_come_in_order_without_the_name(void **state)
{
	(void)state;
	static const enum attribute_key expected[] = { ATTRIBUTE_DB_QUERY_TEXT, ATTRIBUTE_DB_ROWS,
						       ATTRIBUTE_THREAD_ID };
	struct span_attribute_cursor cursor;
	struct attribute_value value;
	struct span span;

	sample_begin(&sample)->thread_id = 99;
	put(ATTRIBUTE_SPAN_NAME, "name");
	put(ATTRIBUTE_DB_QUERY_TEXT, "SELECT ?");
	record_put_integer(&sample.writer, ATTRIBUTE_DB_ROWS, 3);
	view(&span);
	cursor = span_attributes_of(&span);
	for (size_t i = 0; i < 3; i++) {
		assert_true(span_attribute_next(&span, &cursor, &value));
		assert_int_equal(value.key, expected[i]);
	}
	assert_int_equal(value.integer, 99);
	assert_false(span_attribute_next(&span, &cursor, &value));
}

TESTS(cmocka_unit_test(names_follow_the_conventions), cmocka_unit_test(a_name_is_always_text),
      cmocka_unit_test(times_are_of_the_wall_clock),
      cmocka_unit_test(attributes_come_in_order_without_the_name))
