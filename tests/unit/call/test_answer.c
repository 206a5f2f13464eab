/* SPDX-License-Identifier: Apache-2.0 */
/* CURLcodes, and what libcurl tells after a transfer. */
#include "tests/support/test.h"

#include "call/answer.h"

static const struct {
	int code;
	uint16_t status;
	bool cancelled;
	const char *type;
} codes[] = {
	{ 0, 200, false, "" },	  { 0, 404, false, "" },
	{ 7, 0, false, "CURLE_COULDNT_CONNECT" }, { 22, 404, false, "" },
	{ 22, 0, false, "CURLE_HTTP_RETURNED_ERROR" },
	{ 42, 0, true, "" },	  { 51, 0, false, "CURLE_PEER_FAILED_VERIFICATION" },
	{ 60, 0, false, "CURLE_PEER_FAILED_VERIFICATION" },
	{ 101, 0, false, "CURLE_ECH_REQUIRED" }, { 20, 0, false, "CURLE_20" },
	{ 0x7fffffff, 0, false, "CURLE_2147483647" }, { -1, 0, false, "CURLE_-1" },
};

static void a_code_is_told_by_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		struct http_exchange exchange = { .method = SLICE("GET") };
		struct answer answer;

		answer_begin(&answer, codes[i].code);
		answer.status = codes[i].status;
		answer_describe(&answer, 0, &exchange);
		assert_int_equal(exchange.cancelled, codes[i].cancelled);
		if (!slice_equal(exchange.error_type, slice_of_string(codes[i].type)))
			fail_msg("%d: %.*s", codes[i].code, (int)exchange.error_type.size,
				 (const char *)exchange.error_type.data);
	}
}

static void times_are_believed_inside_the_span_only(void **state)
{
	struct http_exchange exchange = { .method = SLICE("GET") };
	struct answer answer;

	(void)state;
	answer_begin(&answer, 0);
	answer.total_ns = 50000000;
	answer.marks = (struct http_marks){ .connected_ns = 10000000, .first_byte_ns = 20000000,
					    .end_ns = 50000000 };
	answer_describe(&answer, 49500000, &exchange);
	assert_int_equal(exchange.phase_ns[HTTP_PHASE_CONNECT], 10000000);
	assert_int_equal(exchange.phase_ns[HTTP_PHASE_TRANSFER], 30000000);
	exchange = (struct http_exchange){ .method = SLICE("GET") };
	answer_describe(&answer, 40000000, &exchange);
	assert_int_equal(exchange.phases, 0);
}

static void versions_have_their_conventional_names(void **state)
{
	static const struct {
		uint32_t version;
		const char *name;
	} versions[] = { { 0, "" }, { 1, "1.0" }, { 2, "1.1" }, { 3, "2" }, { 30, "3" } };

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		struct http_exchange exchange = { .method = SLICE("GET") };
		struct answer answer;

		answer_begin(&answer, 0);
		answer.http_version = versions[i].version;
		answer_describe(&answer, 0, &exchange);
		assert_true(slice_equal(exchange.protocol_version,
					slice_of_string(versions[i].name)));
	}
}

TESTS(cmocka_unit_test(a_code_is_told_by_its_name),
      cmocka_unit_test(times_are_believed_inside_the_span_only),
      cmocka_unit_test(versions_have_their_conventional_names))
