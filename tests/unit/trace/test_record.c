/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a span's bytes, and not believing bytes. */
#include "tests/support/test.h"

#include "trace/record.h"

static struct span_record *span_begin(struct record_writer *writer, uint8_t *memory, size_t room)
{
	struct span_record *span = record_writer_span(writer, memory, room);

	assert_non_null(span);
	memset(span->trace_id, 0x11, sizeof(span->trace_id));
	memset(span->span_id, 0x22, sizeof(span->span_id));
	span->start_ns = 1000;
	span->duration_ns = 500;
	span->scope = SCOPE_LIBPQ;
	span->kind = SPAN_CLIENT;
	return span;
}

/* A record with one of each type; its size. */
static uint32_t sample_write(uint8_t *memory, size_t room)
{
	struct record_writer writer;

	span_begin(&writer, memory, room);
	record_put_string(&writer, ATTRIBUTE_DB_QUERY_TEXT, SLICE("SELECT ?"));
	record_put_integer(&writer, ATTRIBUTE_SERVER_PORT, -5432);
	record_put_boolean(&writer, ATTRIBUTE_INCOMPLETE, true);
	record_put_hash(&writer, ATTRIBUTE_DB_QUERY_HASH, UINT64_C(0xfedcba9876543210));
	record_put_string(&writer, ATTRIBUTE_DB_NAMESPACE, SLICE(""));
	record_put_string(&writer, ATTRIBUTE_DB_OPERATION_NAME, SLICE("SELECT x"));
	return record_writer_end(&writer);
}

static void what_was_put_is_read_in_order(void **state)
{
	_Alignas(8) uint8_t memory[512];
	uint32_t size = sample_write(memory, sizeof(memory));
	const struct span_record *span = (const void *)memory;
	struct attribute_cursor cursor = span_attributes(span);
	struct attribute_value value;

	(void)state;
	assert_true(size > 0 && size % 8 == 0);
	assert_int_equal(span->head.size, size);
	assert_int_equal(span->head.attributes, 6);
	assert_true(span_record_check(slice_of(memory, size)));
	assert_true(attribute_next(&cursor, &value));
	assert_int_equal(value.key, ATTRIBUTE_DB_QUERY_TEXT);
	assert_int_equal(value.type, ATTRIBUTE_STRING);
	assert_slice_equal(value.string, SLICE("SELECT ?"));
	assert_true(attribute_next(&cursor, &value));
	assert_int_equal(value.integer, -5432);
	assert_true(attribute_next(&cursor, &value));
	assert_int_equal(value.type, ATTRIBUTE_BOOLEAN);
	assert_int_equal(value.integer, 1);
	assert_true(attribute_next(&cursor, &value));
	assert_int_equal(value.type, ATTRIBUTE_HASH);
	assert_true((uint64_t)value.integer == UINT64_C(0xfedcba9876543210));
	assert_true(attribute_next(&cursor, &value));
	assert_int_equal(value.string.size, 0);
	assert_true(attribute_next(&cursor, &value));
	assert_slice_equal(value.string, SLICE("SELECT x"));
	assert_false(attribute_next(&cursor, &value));
}

static void one_attribute_is_found_by_its_key(void **state)
{
	_Alignas(8) uint8_t memory[512];
	struct attribute_value value = { .integer = 77 };

	(void)state;
	assert_true(sample_write(memory, sizeof(memory)) > 0);
	assert_true(span_attribute((const void *)memory, ATTRIBUTE_SERVER_PORT, &value));
	assert_int_equal(value.integer, -5432);
	assert_false(span_attribute((const void *)memory, ATTRIBUTE_THREAD_ID, &value));
	assert_int_equal(value.integer, -5432);
}

static void padding_never_carries_older_bytes(void **state)
{
	_Alignas(8) uint8_t memory[256];
	struct record_writer writer;

	(void)state;
	for (size_t size = 1; size <= 24; size++) {
		struct slice text = slice_of("abcdefghijklmnopqrstuvwx", size);
		size_t end;

		memset(memory, 0xee, sizeof(memory));
		record_writer_begin(&writer, memory, sizeof(memory));
		record_put_string(&writer, ATTRIBUTE_DB_NAMESPACE, text);
		end = (size_t)(writer.position - memory);
		assert_int_equal(end, attribute_room(size));
		for (size_t i = sizeof(struct attribute) + size; i < end; i++)
			assert_int_equal(memory[i], 0);
		assert_int_equal(memory[end], 0xee);
	}
}

static void a_record_that_does_not_fit_is_overrun_at_every_room(void **state)
{
	_Alignas(8) uint8_t memory[512];
	size_t whole = sample_write(memory, sizeof(memory));

	(void)state;
	for (size_t room = sizeof(struct span_record); room < sizeof(memory); room += 8) {
		memset(memory, 0xee, sizeof(memory));
		assert_int_equal(sample_write(memory, room), room < whole ? 0 : whole);
		for (size_t i = room; i < sizeof(memory); i++)
			assert_int_equal(memory[i], 0xee);
	}
}

static void no_room_for_the_head_gives_no_span(void **state)
{
	_Alignas(8) uint8_t memory[sizeof(struct span_record)];
	struct record_writer writer;

	(void)state;
	assert_null(record_writer_span(&writer, memory, sizeof(memory) - 8));
	assert_int_equal(record_writer_end(&writer), 0);
}

static void a_copied_head_is_the_same_span_without_its_old_size(void **state)
{
	_Alignas(8) uint8_t memory[512], copy[512];
	uint32_t size = sample_write(memory, sizeof(memory));
	const struct span_record *from = (const void *)memory;
	struct record_writer writer;
	struct span_record *span = record_writer_copy(&writer, copy, sizeof(copy), from);

	(void)state;
	assert_true(size > sizeof(*span));
	assert_non_null(span);
	assert_int_equal(record_writer_end(&writer), sizeof(*span));
	assert_int_equal(span->head.attributes, 0);
	assert_true(span_record_check(slice_of(copy, sizeof(*span))));
	assert_memory_equal(copy + sizeof(struct record), memory + sizeof(struct record),
			    sizeof(*span) - sizeof(struct record));
	assert_null(record_writer_copy(&writer, copy, sizeof(*span) - 8, from));
	assert_int_equal(record_writer_end(&writer), 0);
}

static void a_monstrous_string_overruns_and_does_not_wrap(void **state)
{
	_Alignas(8) uint8_t memory[256];
	struct record_writer writer;

	(void)state;
	record_writer_begin(&writer, memory, sizeof(memory));
	record_put_string(&writer, ATTRIBUTE_DB_NAMESPACE, slice_of(memory, SIZE_MAX - 3));
	assert_true(writer.overrun);
	assert_ptr_equal(writer.position, memory);
}

static void encoded_attributes_are_taken_over_as_they_are(void **state)
{
	_Alignas(8) uint8_t memory[512], encoded[128];
	struct record_writer writer;
	struct slice bytes;
	struct attribute_value value;
	uint32_t size;

	(void)state;
	record_writer_begin(&writer, encoded, sizeof(encoded));
	record_put_string(&writer, ATTRIBUTE_SERVER_ADDRESS, SLICE("db.example"));
	record_put_integer(&writer, ATTRIBUTE_SERVER_PORT, 5432);
	bytes = slice_of(encoded, (size_t)(writer.position - encoded));
	assert_true(attributes_check(bytes, writer.attributes));
	assert_false(attributes_check(bytes, writer.attributes + 1u));
	assert_false(attributes_check(bytes, writer.attributes - 1u));

	span_begin(&writer, memory, sizeof(memory));
	record_put_encoded(&writer, bytes, 2);
	record_put_encoded(&writer, slice_of(NULL, 0), 0);
	size = record_writer_end(&writer);
	assert_true(span_record_check(slice_of(memory, size)));
	assert_true(span_attribute((const void *)memory, ATTRIBUTE_SERVER_ADDRESS, &value));
	assert_slice_equal(value.string, SLICE("db.example"));

	span_begin(&writer, memory, sizeof(struct span_record) + bytes.size - 8);
	record_put_encoded(&writer, bytes, 2);
	assert_int_equal(record_writer_end(&writer), 0);
}

static void a_record_cut_at_any_byte_is_refused(void **state)
{
	_Alignas(8) uint8_t memory[512];
	size_t whole = sample_write(memory, sizeof(memory));

	(void)state;
	for (size_t size = 0; size < whole; size++) {
		uint8_t *copy = test_exact_copy(slice_of(memory, size));

		assert_false(span_record_check(slice_of(copy, size)));
		if (size >= sizeof(struct record)) {
			/* Also with a head that says so. */
			((struct record *)(void *)copy)->size = (uint32_t)size;
			assert_false(span_record_check(slice_of(copy, size)));
		}
		free(copy);
	}
}

struct damage {
	const char *what;
	size_t offset;
	uint8_t value;
};

#define IN_SPAN(field) offsetof(struct span_record, field)
#define IN_FIRST(field) (sizeof(struct span_record) + offsetof(struct attribute, field))

static void damage_of_any_field_is_seen(void **state)
{
	static const struct damage cases[] = {
		{ "size", IN_SPAN(head.size), 8 },
		{ "kind", IN_SPAN(head.kind), RECORD_PAD },
		{ "count", IN_SPAN(head.attributes), 5 },
		{ "more attributes", IN_SPAN(head.attributes), 7 },
		{ "scope", IN_SPAN(scope), SCOPE_COUNT },
		{ "no span kind", IN_SPAN(kind), 0 },
		{ "span kind", IN_SPAN(kind), 6 },
		{ "status", IN_SPAN(status), 3 },
		{ "flags", IN_SPAN(trace_flags), 4 },
		{ "endless", IN_SPAN(duration_ns) + 7, 0xff },
		{ "key", IN_FIRST(key), ATTRIBUTE_COUNT },
		{ "type", IN_FIRST(type), ATTRIBUTE_INTEGER },
		{ "attribute's size", IN_FIRST(size) + 3, 0xff },
		{ "attribute's size near", IN_FIRST(size), 0xff },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_Alignas(8) uint8_t memory[512];
		uint32_t size = sample_write(memory, sizeof(memory));

		if (strcmp(cases[i].what, "endless") == 0)
			memset(memory + IN_SPAN(start_ns), 0xff, 8);
		memory[cases[i].offset] = cases[i].value;
		if (span_record_check(slice_of(memory, size)))
			fail_msg("not seen: %s", cases[i].what);
	}
}

/* ---- headers ---- */

static void put_header(struct record_writer *writer, enum attribute_key key, struct slice header)
{
	size_t room;
	uint8_t *place = record_string_begin(writer, &room);

	assert_true(header.size <= room);
	memcpy(place, header.data, header.size);
	record_header_end(writer, key, header.size);
}

static void headers_have_a_name_and_one_value_or_more(void **state)
{
	static const struct {
		struct slice header;
		bool sound;
	} cases[] = {
		{ SLICE("x-id\0a"), true },	{ SLICE("x-id\0a\0b"), true },
		{ SLICE("x\0"), true },		{ SLICE("x\0\0\0"), true },
		{ SLICE("x"), false },		{ SLICE(""), false },
		{ SLICE("\0a"), false },	{ SLICE("X\0a"), false },
		{ SLICE("a b\0c"), false },	{ SLICE("a\x7f\0c"), false },
		{ SLICE("\xc3\xa9\0c"), false }, { SLICE("x\0\xff"), true },
		{ SLICE("0123456789012345678901234567890123456789012345678901234567890123\0a"),
		  true },
		{ SLICE("01234567890123456789012345678901234567890123456789012345678901234\0a"),
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_Alignas(8) uint8_t memory[256];
		struct record_writer writer;
		uint32_t size;

		span_begin(&writer, memory, sizeof(memory));
		put_header(&writer, ATTRIBUTE_HTTP_REQUEST_HEADER, cases[i].header);
		size = record_writer_end(&writer);
		if (span_record_check(slice_of(memory, size)) != cases[i].sound)
			fail_msg("case %zu", i);
	}
}

static void values_of_a_header_are_read_one_after_the_other(void **state)
{
	struct slice header = SLICE("set-cookie\0a=1\0\0b"), rest, value;

	(void)state;
	assert_slice_equal(header_name(header), SLICE("set-cookie"));
	rest = slice_after(header, header_name(header).size);
	assert_true(header_next_value(&rest, &value));
	assert_slice_equal(value, SLICE("a=1"));
	assert_true(header_next_value(&rest, &value));
	assert_int_equal(value.size, 0);
	assert_true(header_next_value(&rest, &value));
	assert_slice_equal(value, SLICE("b"));
	assert_false(header_next_value(&rest, &value));
	assert_slice_equal(value, SLICE("b"));
}

static void text_written_where_it_stays_is_as_any_other(void **state)
{
	_Alignas(8) uint8_t memory[256], other[256];

	(void)state;
	for (size_t size = 0; size <= 24; size++) {
		struct slice text = slice_of("abcdefghijklmnopqrstuvwx", size);
		struct record_writer put, written;
		size_t room;
		uint8_t *place;

		memset(memory, 0xee, sizeof(memory));
		memset(other, 0xee, sizeof(other));
		record_writer_begin(&put, memory, sizeof(memory));
		record_put_string(&put, ATTRIBUTE_URL_FULL, text);
		record_writer_begin(&written, other, sizeof(other));
		place = record_string_begin(&written, &room);
		assert_int_equal(room, sizeof(other) - sizeof(struct attribute));
		if (size)
			memcpy(place, text.data, size);
		record_string_end(&written, ATTRIBUTE_URL_FULL, size);
		assert_memory_equal(memory, other, sizeof(memory));
		assert_int_equal(written.position - other, put.position - memory);
	}
}

static void a_string_without_room_for_its_head_overruns(void **state)
{
	_Alignas(8) uint8_t memory[16];
	struct record_writer writer;
	size_t room;

	(void)state;
	for (size_t size = 0; size <= sizeof(memory); size++) {
		record_writer_begin(&writer, memory, size);
		record_string_begin(&writer, &room);
		assert_int_equal(room, size == 16 ? 8 : 0);
		record_string_end(&writer, ATTRIBUTE_URL_FULL, room);
		assert_int_equal(writer.overrun, size < 8);
	}
}

static void zero_ids_are_refused(void **state)
{
	_Alignas(8) uint8_t memory[512];
	struct span_record *span = (void *)memory;
	uint32_t size = sample_write(memory, sizeof(memory));

	(void)state;
	memset(span->span_id, 0, sizeof(span->span_id));
	assert_false(span_record_check(slice_of(memory, size)));
	size = sample_write(memory, sizeof(memory));
	memset(span->trace_id, 0, sizeof(span->trace_id));
	assert_false(span_record_check(slice_of(memory, size)));
}

static void names_come_from_the_lists(void **state)
{
	(void)state;
	assert_string_equal(attribute_name(ATTRIBUTE_DB_SYSTEM_NAME), "db.system.name");
	assert_string_equal(attribute_name(ATTRIBUTE_DB_QUERY_HASH), "otelshim.db.query.hash");
	assert_null(attribute_name(ATTRIBUTE_COUNT));
	assert_int_equal(attribute_type_of(ATTRIBUTE_DB_QUERY_HASH), ATTRIBUTE_HASH);
	assert_string_equal(scope_name(SCOPE_LIBPQ), "otelshim.libpq");
	assert_null(scope_name(SCOPE_COUNT));
	for (unsigned key = 0; key < ATTRIBUTE_COUNT; key++)
		assert_non_null(attribute_name(key));
}

TESTS(cmocka_unit_test(what_was_put_is_read_in_order),
      cmocka_unit_test(one_attribute_is_found_by_its_key),
      cmocka_unit_test(padding_never_carries_older_bytes),
      cmocka_unit_test(a_record_that_does_not_fit_is_overrun_at_every_room),
      cmocka_unit_test(no_room_for_the_head_gives_no_span),
      cmocka_unit_test(a_copied_head_is_the_same_span_without_its_old_size),
      cmocka_unit_test(a_monstrous_string_overruns_and_does_not_wrap),
      cmocka_unit_test(encoded_attributes_are_taken_over_as_they_are),
      cmocka_unit_test(a_record_cut_at_any_byte_is_refused),
      cmocka_unit_test(damage_of_any_field_is_seen), cmocka_unit_test(zero_ids_are_refused),
      cmocka_unit_test(headers_have_a_name_and_one_value_or_more),
      cmocka_unit_test(values_of_a_header_are_read_one_after_the_other),
      cmocka_unit_test(text_written_where_it_stays_is_as_any_other),
      cmocka_unit_test(a_string_without_room_for_its_head_overruns),
      cmocka_unit_test(names_come_from_the_lists))
