/* SPDX-License-Identifier: Apache-2.0 */
/* Limits, types and uniqueness of exported attributes: otel-spec 5.2. */
#include "tests/support/test.h"

#include "exporter/attributes.h"
#include "tests/support/sample_span.h"

static struct sample sample;
static struct span span;

static struct export_cursor begin(uint64_t count, uint64_t length)
{
	const struct attribute_limits limits = { count, length };
	const struct span_record *record = sample_end(&sample);

	assert_non_null(record);
	span_view(NULL, record, 0, &span);
	return export_attributes(&span, limits);
}

static void a_key_comes_once(void **state)
{
	(void)state;
	struct export_cursor cursor;
	struct export_value value;

	sample_begin(&sample);
	record_put_string(&sample.writer, ATTRIBUTE_DB_NAMESPACE, SLICE("one"));
	record_put_string(&sample.writer, ATTRIBUTE_DB_NAMESPACE, SLICE("two"));
	cursor = begin(128, UINT64_MAX);
	assert_true(export_next(&cursor, &value));
	assert_slice_equal(value.string, SLICE("one"));
	assert_false(export_next(&cursor, &value));
	assert_int_equal(cursor.dropped, 0);
}

static void what_exceeds_the_count_is_dropped_and_counted(void **state)
{
	(void)state;
	for (uint64_t limit = 0; limit < 5; limit++) {
		struct export_cursor cursor;
		struct export_value value;
		unsigned kept = 0;

		sample_begin(&sample);
		record_put_integer(&sample.writer, ATTRIBUTE_DB_ROWS, 1);
		record_put_integer(&sample.writer, ATTRIBUTE_SERVER_PORT, 2);
		record_put_integer(&sample.writer, ATTRIBUTE_DB_RESULTS, 3);
		cursor = begin(limit, UINT64_MAX);
		while (export_next(&cursor, &value))
			assert_int_equal(value.integer, ++kept);
		assert_int_equal(kept, limit < 3 ? limit : 3);
		assert_int_equal(cursor.dropped, 3 - kept);
	}
}

static void values_have_the_type_of_their_bytes(void **state)
{
	(void)state;
	struct export_cursor cursor;
	struct export_value value;

	sample_begin(&sample);
	record_put_string(&sample.writer, ATTRIBUTE_DB_NAMESPACE, SLICE("caf\xe9"));
	record_put_hash(&sample.writer, ATTRIBUTE_DB_QUERY_HASH, 0xbeef);
	record_put_boolean(&sample.writer, ATTRIBUTE_INCOMPLETE, true);
	record_put_integer(&sample.writer, ATTRIBUTE_DB_ROWS, -5);
	record_put_string(&sample.writer, ATTRIBUTE_PG_COPY, SLICE(""));
	cursor = begin(128, UINT64_MAX);
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.type, EXPORT_BYTES);
	assert_slice_equal(value.string, SLICE("caf\xe9"));
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.type, EXPORT_STRING);
	assert_slice_equal(value.string, SLICE("000000000000beef"));
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.type, EXPORT_BOOLEAN);
	assert_int_equal(value.integer, 1);
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.type, EXPORT_INTEGER);
	assert_int_equal(value.integer, -5);
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.type, EXPORT_STRING);
	assert_int_equal(value.string.size, 0);
}

static void length_is_in_characters_for_text_and_in_bytes_for_bytes(void **state)
{
	(void)state;
	struct slice text = SLICE("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
	struct slice got;

	assert_int_equal(export_text(text, 5, &got), EXPORT_STRING);
	assert_slice_equal(got, slice_first(text, 10));
	assert_int_equal(export_text(text, 0, &got), EXPORT_STRING);
	assert_int_equal(got.size, 0);
	assert_int_equal(export_text(SLICE("\xff\xff\xff"), 2, &got), EXPORT_BYTES);
	assert_int_equal(got.size, 2);
}

static void headers_come_once_for_each_name(void **state)
{
	(void)state;
	struct export_cursor cursor;
	struct export_value value, element;
	struct slice rest;

	sample_begin(&sample);
	sample_header(&sample, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-a\0" "12345\0\xff\xff"));
	sample_header(&sample, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-b\0"));
	sample_header(&sample, ATTRIBUTE_HTTP_RESPONSE_HEADER, SLICE("x-a\0z"));
	sample_header(&sample, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-a\0y"));
	record_put_integer(&sample.writer, ATTRIBUTE_SERVER_PORT, 80);
	cursor = begin(128, 3);
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.type, EXPORT_LIST);
	assert_int_equal(value.key, ATTRIBUTE_HTTP_REQUEST_HEADER);
	assert_slice_equal(value.name, SLICE("x-a"));
	rest = value.string;
	assert_true(export_next_element(&value, &rest, &element));
	assert_int_equal(element.type, EXPORT_STRING);
	assert_slice_equal(element.string, SLICE("123"));
	assert_true(export_next_element(&value, &rest, &element));
	assert_int_equal(element.type, EXPORT_BYTES);
	assert_false(export_next_element(&value, &rest, &element));
	assert_true(export_next(&cursor, &value));
	assert_slice_equal(value.name, SLICE("x-b"));
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.key, ATTRIBUTE_HTTP_RESPONSE_HEADER);
	assert_true(export_next(&cursor, &value));
	assert_int_equal(value.type, EXPORT_INTEGER);
	assert_int_equal(value.name.size, 0);
	assert_false(export_next(&cursor, &value));
	assert_int_equal(cursor.dropped, 0);
}

static void each_header_counts(void **state)
{
	(void)state;
	struct export_cursor cursor;
	struct export_value value;

	sample_begin(&sample);
	sample_header(&sample, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-a\0" "1"));
	sample_header(&sample, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-b\0" "2"));
	sample_header(&sample, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-c\0" "3"));
	cursor = begin(2, UINT64_MAX);
	assert_true(export_next(&cursor, &value));
	assert_true(export_next(&cursor, &value));
	assert_false(export_next(&cursor, &value));
	assert_int_equal(cursor.dropped, 1);
}

static void limits_come_from_the_settings_of_spans(void **state)
{
	(void)state;
	const struct config config = { .span_attribute_count_limit = 5,
				       .span_attribute_length_limit = 6 };
	struct attribute_limits limits = attribute_limits_of(&config);

	assert_int_equal(limits.count, 5);
	assert_int_equal(limits.length, 6);
}

TESTS(cmocka_unit_test(a_key_comes_once),
      cmocka_unit_test(what_exceeds_the_count_is_dropped_and_counted),
      cmocka_unit_test(values_have_the_type_of_their_bytes),
      cmocka_unit_test(length_is_in_characters_for_text_and_in_bytes_for_bytes),
      cmocka_unit_test(headers_come_once_for_each_name), cmocka_unit_test(each_header_counts),
      cmocka_unit_test(limits_come_from_the_settings_of_spans))
