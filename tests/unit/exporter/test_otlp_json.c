/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP/JSON: otel-spec 3.4. tests/integration/otlp compares it with protobuf, field by field. */
#include "tests/support/test.h"

#include "exporter/otlp_json.h"
#include "exporter/version.h"
#include "tests/support/sample_span.h"

static const struct attribute_limits no_limits = { UINT64_MAX, UINT64_MAX };
static struct sample sample;
static uint8_t memory[65536];

#define SPAN(scope_end)                                                                          \
	"{\"traceId\":\"abababababababababababababababab\",\"spanId\":\"cdcdcdcdcdcdcdcd\","     \
	"\"name\":\"n\",\"kind\":3,\"startTimeUnixNano\":\"1000\",\"endTimeUnixNano\":\"1234\"," \
	"\"attributes\":[],\"flags\":257}" scope_end

#define SCOPE_BEGIN(name) \
	"{\"scope\":{\"name\":\"" name "\",\"version\":\"" PACKAGE_VERSION "\"},\"spans\":["

#define SCOPE_END "],\"schemaUrl\":\"" SCHEMA_URL "\"}"
#define RESOURCE_BEGIN "{\"resource\":{\"attributes\":[]},\"scopeSpans\":["

static bool add(struct otlp_json *object, uint64_t process_id, enum scope scope)
{
	const struct resource resource = { .process_id = process_id };
	struct span span;

	sample_begin(&sample)->scope = (uint8_t)scope;
	record_put_string(&sample.writer, ATTRIBUTE_SPAN_NAME, SLICE("n"));
	span_view(NULL, sample_end(&sample), 0, &span);
	return otlp_json_span(object, &resource, &span);
}

static void spans_are_grouped_as_they_come(void **state)
{
	(void)state;
	struct otlp_json object;

	otlp_json_begin(&object, no_limits, memory, sizeof(memory));
	assert_true(add(&object, 1, SCOPE_LIBPQ));
	assert_true(add(&object, 1, SCOPE_LIBPQ));
	assert_true(add(&object, 1, SCOPE_HTTP));
	assert_true(add(&object, 2, SCOPE_HTTP));
	assert_slice_equal(otlp_json_end(&object),
			   SLICE("{\"resourceSpans\":[" RESOURCE_BEGIN SCOPE_BEGIN("otelshim.libpq")
					 SPAN(",") SPAN("") SCOPE_END
				 "," SCOPE_BEGIN("otelshim.http") SPAN("") SCOPE_END SCOPE_END
				 "," RESOURCE_BEGIN SCOPE_BEGIN("otelshim.http") SPAN("")
					 SCOPE_END SCOPE_END "]}"));
}

/* With every room there is either a whole object or none. */
static void a_span_that_does_not_fit_is_taken_back(void **state)
{
	(void)state;
	size_t fitted = 0;

	for (size_t room = 0; room < 2000; room++) {
		struct otlp_json object;
		struct slice text;

		otlp_json_begin(&object, no_limits, memory, room);
		memory[room] = 0xee;
		if (!add(&object, 1, SCOPE_LIBPQ)) {
			assert_int_equal(object.spans, 0);
			continue;
		}
		while (add(&object, 1, SCOPE_LIBPQ))
			;
		text = otlp_json_end(&object);
		assert_true(text.size <= room);
		assert_int_equal(memory[room], 0xee);
		assert_memory_equal(text.data + text.size - 3, "}]}", 3);
		fitted = object.spans > fitted ? object.spans : fitted;
	}
	assert_true(fitted > 2);
}

static void a_parent_and_its_state_are_said_only_of_children(void **state)
{
	(void)state;
	const struct resource resource = { .tracestate = SLICE("a=\"b") };
	struct otlp_json object;
	struct span span;
	struct slice text;

	sample_begin(&sample)->parent_id[7] = 1;
	sample.record->marks |= SPAN_PARENT_REMOTE;
	sample.record->status = STATUS_ERROR;
	span_view(NULL, sample_end(&sample), 0, &span);
	otlp_json_begin(&object, no_limits, memory, sizeof(memory));
	assert_true(otlp_json_span(&object, &resource, &span));
	text = otlp_json_end(&object);
	memory[text.size] = '\0';
	assert_non_null(strstr((char *)memory, "\"traceState\":\"a=\\\"b\","
					       "\"parentSpanId\":\"0000000000000001\""));
	assert_non_null(strstr((char *)memory, "\"status\":{\"code\":2},\"flags\":769}"));
}

static void headers_are_lists_with_their_names_in_the_key(void **state)
{
	(void)state;
	const struct resource resource = { 0 };
	struct otlp_json object;
	struct span span;
	struct slice text;

	sample_begin(&sample);
	sample_header(&sample, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-\"a\0one\0\xff"));
	sample_header(&sample, ATTRIBUTE_HTTP_RESPONSE_HEADER, SLICE("x-b\0"));
	span_view(NULL, sample_end(&sample), 0, &span);
	otlp_json_begin(&object, no_limits, memory, sizeof(memory));
	assert_true(otlp_json_span(&object, &resource, &span));
	text = otlp_json_end(&object);
	memory[text.size] = '\0';
	assert_non_null(strstr((char *)memory,
			       "\"attributes\":[{\"key\":\"http.request.header.x-\\\"a\",\"value\":"
			       "{\"arrayValue\":{\"values\":[{\"stringValue\":\"one\"},"
			       "{\"bytesValue\":\"/w==\"}]}}},"
			       "{\"key\":\"http.response.header.x-b\",\"value\":"
			       "{\"arrayValue\":{\"values\":[{\"stringValue\":\"\"}]}}}]"));
}

TESTS(cmocka_unit_test(headers_are_lists_with_their_names_in_the_key),
      cmocka_unit_test(spans_are_grouped_as_they_come),
      cmocka_unit_test(a_span_that_does_not_fit_is_taken_back),
      cmocka_unit_test(a_parent_and_its_state_are_said_only_of_children))
