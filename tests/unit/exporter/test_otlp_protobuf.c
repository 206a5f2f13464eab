/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTLP in protobuf, read back by a small walker over the wire format. Upstream's code judges it in
 * tests/integration/otlp.
 */
#include "tests/support/test.h"

#include "exporter/otlp_protobuf.h"
#include "exporter/version.h"
#include "tests/support/sample_span.h"

static const struct attribute_limits no_limits = { UINT64_MAX, UINT64_MAX };
static struct sample sample;
static uint8_t *memory;
static struct bump bump;
static struct otlp_protobuf *encoder;

static int setup(void **state)
{
	const size_t size = (size_t)32 << 20;

	(void)state;
	memory = malloc(size);
	bump_begin(&bump, memory, size);
	encoder = otlp_protobuf_make(&bump, no_limits, 100);
	return encoder ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static bool add(uint64_t process_id, enum scope scope, size_t text_size)
{
	static char text[8192];
	const struct resource resource = {
		.process_id = process_id, .count = 1,
		.attribute[0] = { .key = SLICE("k"), .value = SLICE("v") },
	};
	struct span span;

	memset(text, 'q', sizeof(text));
	sample_begin(&sample)->scope = (uint8_t)scope;
	record_put_string(&sample.writer, ATTRIBUTE_DB_QUERY_TEXT, slice_of(text, text_size));
	span_view(NULL, sample_end(&sample), 0, &span);
	return otlp_protobuf_span(encoder, &resource, &span);
}

static uint64_t varint(struct slice *bytes)
{
	uint64_t value = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint8_t byte = bytes->data[0];

		assert_true(bytes->size > 0 && shift < 64);
		*bytes = slice_after(*bytes, 1);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
}

/* Takes the next field; its number, and what it holds if that is bytes. */
static uint64_t field(struct slice *bytes, struct slice *ret)
{
	uint64_t tag = varint(bytes);
	size_t size = 0;

	switch (tag & 7) {
	case 0:
		varint(bytes);
		break;
	case 1:
		size = 8;
		break;
	case 2:
		size = (size_t)varint(bytes);
		break;
	case 5:
		size = 4;
		break;
	default:
		fail();
	}
	assert_true(size <= bytes->size);
	*ret = slice_first(*bytes, size);
	*bytes = slice_after(*bytes, size);
	return tag >> 3;
}

/* How many fields @number @bytes has; the last one in @ret. */
static size_t count_of(struct slice bytes, uint64_t number, struct slice *ret)
{
	struct slice value = { NULL, 0 };
	size_t count = 0;

	*ret = value;
	while (bytes.size) {
		if (field(&bytes, &value) != number)
			continue;
		count++;
		*ret = value;
	}
	return count;
}

static void spans_are_grouped_by_process_and_scope(void **state)
{
	(void)state;
	struct slice request, resource, scope, other, name;

	for (int i = 0; i < 10; i++) {
		assert_true(add(1, SCOPE_LIBPQ, 5));
		assert_true(add(2, SCOPE_HTTP, 5));
		assert_true(add(2, SCOPE_RUN, 300));
	}
	request = otlp_protobuf_end(encoder);
	assert_int_equal(count_of(request, 1, &resource), 2);
	assert_int_equal(count_of(resource, 1, &other), 1);
	assert_int_equal(count_of(resource, 3, &other), 1);
	assert_slice_equal(other, SLICE(SCHEMA_URL));
	assert_int_equal(count_of(resource, 2, &scope), 2);
	assert_int_equal(count_of(scope, 2, &other), 10);
	assert_int_equal(count_of(scope, 3, &other), 1);
	assert_int_equal(count_of(scope, 1, &other), 1);
	assert_int_equal(count_of(other, 1, &name), 1);
	assert_slice_equal(name, SLICE("otelshim.run"));
}

static void nothing_is_added_to_a_full_request(void **state)
{
	(void)state;
	struct slice request, resource, scope, span;

	for (int i = 0; i < 100; i++)
		assert_true(add(1, SCOPE_LIBPQ, 5));
	assert_false(add(1, SCOPE_LIBPQ, 5));
	request = otlp_protobuf_end(encoder);
	count_of(request, 1, &resource);
	count_of(resource, 2, &scope);
	assert_int_equal(count_of(scope, 2, &span), 100);
	otlp_protobuf_begin(encoder);
	for (uint64_t process_id = 1; process_id <= OTLP_GROUPS; process_id++)
		assert_true(add(process_id, SCOPE_LIBPQ, 5));
	assert_false(add(1, SCOPE_HTTP, 5));
	assert_true(add(1, SCOPE_LIBPQ, 5));
	assert_int_equal(count_of(otlp_protobuf_end(encoder), 1, &resource), OTLP_GROUPS);
}

/* The length of a span's head changes at 128 and at 16384 bytes. */
static void lengths_are_right_at_every_size(void **state)
{
	(void)state;
	for (size_t size = 0; size < 400; size++) {
		struct slice request, resource, scope, span, name;

		otlp_protobuf_begin(encoder);
		assert_true(add(1, SCOPE_LIBPQ, size ? size : 8192));
		request = otlp_protobuf_end(encoder);
		assert_int_equal(count_of(request, 1, &resource), 1);
		assert_int_equal(count_of(resource, 2, &scope), 1);
		assert_int_equal(count_of(scope, 2, &span), 1);
		assert_int_equal(count_of(span, 5, &name), 1);
		assert_slice_equal(name, SLICE("otelshim.libpq"));
		assert_int_equal(count_of(span, 1, &name), 1);
		assert_int_equal(name.size, 16);
		assert_int_equal(count_of(span, 4, &name), 0);
	}
}

/* Lengths of key, value, list and element pass 128, each at another size. */
static void headers_are_lists_with_their_names_in_the_key(void **state)
{
	(void)state;
	static char text[16 + 300] = "x-id\0one\0";
	const size_t start = sizeof("x-id\0one\0") - 1;
	const struct resource resource = { .process_id = 1 };

	memset(text + start, 'v', sizeof(text) - start);
	for (size_t size = 0; size <= 300; size++) {
		struct slice bytes, value, element;
		struct span span;

		sample_begin(&sample);
		sample_header(&sample, ATTRIBUTE_HTTP_RESPONSE_HEADER,
			      slice_of(text, start + size));
		span_view(NULL, sample_end(&sample), 0, &span);
		otlp_protobuf_begin(encoder);
		assert_true(otlp_protobuf_span(encoder, &resource, &span));
		bytes = otlp_protobuf_end(encoder);
		count_of(bytes, 1, &bytes);
		count_of(bytes, 2, &bytes);
		assert_int_equal(count_of(bytes, 2, &bytes), 1);
		assert_int_equal(count_of(bytes, 9, &bytes), 1);
		assert_int_equal(count_of(bytes, 1, &value), 1);
		assert_slice_equal(value, SLICE("http.response.header.x-id"));
		assert_int_equal(count_of(bytes, 2, &value), 1);
		assert_int_equal(count_of(value, 5, &value), 1);
		assert_int_equal(count_of(value, 1, &element), 2);
		assert_int_equal(count_of(element, 1, &element), 1);
		assert_slice_equal(element, slice_of(text + start, size));
	}
}

static void no_memory_is_no_encoder(void **state)
{
	(void)state;
	static uint8_t little[65536];
	struct bump small;

	bump_begin(&small, little, sizeof(little));
	assert_null(otlp_protobuf_make(&small, no_limits, 100));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TESTS(CASE(spans_are_grouped_by_process_and_scope), CASE(nothing_is_added_to_a_full_request),
      CASE(lengths_are_right_at_every_size),
      CASE(headers_are_lists_with_their_names_in_the_key),
      CASE(no_memory_is_no_encoder))
