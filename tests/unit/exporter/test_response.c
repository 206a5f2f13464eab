/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of collectors, whole, in pieces cut at every byte, and byte by byte. */
#include "tests/support/test.h"

#include "exporter/response.h"

struct expected {
	const char *bytes;
	enum response_state state;
	int status;
	const char *body;
	bool keep_alive;
	const char *retry_after;
};

static const struct expected answers[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", RESPONSE_COMPLETE, 200, "hello",
	  true, "" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", RESPONSE_COMPLETE, 200, "", true, "" },
	{ "HTTP/1.1 200\r\ncontent-length:2\r\n\r\nab", RESPONSE_COMPLETE, 200, "ab", true, "" },
	{ "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", RESPONSE_COMPLETE, 200, "x", true, "" },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", RESPONSE_COMPLETE, 200, "x", false, "" },
	{ "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
	  RESPONSE_COMPLETE, 200, "x", true, "" },
	{ "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 1\r\n\r\nx",
	  RESPONSE_COMPLETE, 200, "x", false, "" },
	{ "HTTP/1.1 204 No Content\r\n\r\n", RESPONSE_COMPLETE, 204, "", true, "" },
	{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
	  RESPONSE_COMPLETE, 200, "x", true, "" },
	{ "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", RESPONSE_COMPLETE,
	  503, "", true, "7" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
	  RESPONSE_COMPLETE, 200, "hello world", true, "" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
	  "0\r\nTrailer: 1\r\n\r\n",
	  RESPONSE_COMPLETE, 200, "", true, "" },
	{ "HTTP/1.1 200 OK\r\n\r\nuntil the end", RESPONSE_BODY_TO_END, 200, "until the end", false,
	  "" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", RESPONSE_BODY, 200, "hello", true,
	  "" },
	{ "HTTP/1.1 200 OK\r\nContent-Len", RESPONSE_FIELDS, 200, "", true, "" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", RESPONSE_TOO_LARGE, 200, "", true,
	  "" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n", RESPONSE_TOO_LARGE,
	  200, "", true, "" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", RESPONSE_MALFORMED,
	  200, "", true, "" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", RESPONSE_MALFORMED, 200, "", true, "" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", RESPONSE_MALFORMED, 200,
	  "", true, "" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", RESPONSE_MALFORMED, 200, "",
	  true, "" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", RESPONSE_MALFORMED,
	  200, "a", true, "" },
	{ "HTTP/1.1 101 Switching Protocols\r\n\r\n", RESPONSE_MALFORMED, 101, "", true, "" },
	{ "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", RESPONSE_MALFORMED, 200, "", true, "" },
	{ "HTTP/2 200\r\n", RESPONSE_MALFORMED, 0, "", false, "" },
	{ "HTTP/1.1 20x OK\r\n", RESPONSE_MALFORMED, 0, "", false, "" },
	{ "HTTP/1.1 2000 OK\r\n", RESPONSE_MALFORMED, 0, "", false, "" },
	{ "SSH-2.0-OpenSSH\r\n", RESPONSE_MALFORMED, 0, "", false, "" },
	{ "", RESPONSE_STATUS_LINE, 0, "", false, "" },
};

#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

static void feed(struct response *response, const char *bytes, size_t size)
{
	uint8_t *copy = test_exact_copy(slice_of(bytes, size));

	response_take(response, slice_of(copy, size));
	free(copy);
}

static void check(const struct response *response, const struct expected *expected)
{
	assert_int_equal(response->state, expected->state);
	assert_int_equal(response->status, expected->status);
	assert_slice_equal(slice_of(response->body, response->body_size),
			   slice_of_string(expected->body));
	assert_slice_equal(slice_of(response->retry_after, response->retry_after_size),
			   slice_of_string(expected->retry_after));
	if (expected->state == RESPONSE_COMPLETE)
		assert_int_equal(response->keep_alive, expected->keep_alive);
}

static void answers_are_read_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++) {
		uint8_t body[64];
		struct response response;

		response_begin(&response, body, sizeof(body));
		feed(&response, answers[i].bytes, strlen(answers[i].bytes));
		check(&response, &answers[i]);
	}
}

static void answers_are_read_in_two_pieces_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++) {
		for (size_t cut = 0; cut <= strlen(answers[i].bytes); cut++) {
			uint8_t body[64];
			struct response response;

			response_begin(&response, body, sizeof(body));
			feed(&response, answers[i].bytes, cut);
			feed(&response, answers[i].bytes + cut, strlen(answers[i].bytes) - cut);
			check(&response, &answers[i]);
		}
	}
}

static void answers_are_read_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++) {
		uint8_t body[64];
		struct response response;

		response_begin(&response, body, sizeof(body));
		for (const char *byte = answers[i].bytes; *byte; byte++)
			feed(&response, byte, 1);
		check(&response, &answers[i]);
	}
}

static void an_end_completes_only_a_body_without_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++) {
		uint8_t body[64];
		struct response response;
		bool complete = answers[i].state == RESPONSE_COMPLETE ||
				answers[i].state == RESPONSE_BODY_TO_END;

		response_begin(&response, body, sizeof(body));
		feed(&response, answers[i].bytes, strlen(answers[i].bytes));
		assert_int_equal(response_close(&response), complete);
		assert_false(response.keep_alive);
	}
}

static void what_comes_after_an_answer_is_not_taken(void **state)
{
	(void)state;
	static const char bytes[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1";
	struct response response;

	response_begin(&response, NULL, 0);
	assert_int_equal(response_take(&response, SLICE(bytes)), sizeof(bytes) - 1 - 8);
	assert_false(response.keep_alive);
}

static void a_body_is_counted_beyond_its_room(void **state)
{
	(void)state;
	static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";
	static uint8_t much[1 << 20];
	uint8_t body[4];
	struct response response;

	response_begin(&response, body, sizeof(body));
	response_take(&response, SLICE(head));
	for (int i = 0; i < 4; i++)
		response_take(&response, slice_of(much, sizeof(much)));
	assert_int_equal(response.state, RESPONSE_BODY_TO_END);
	assert_int_equal(response.body_size, 4);
	assert_int_equal(response.total, 4 * sizeof(much));
	response_take(&response, slice_of(much, 1));
	assert_int_equal(response.state, RESPONSE_TOO_LARGE);
}

static void a_head_without_end_is_malformed(void **state)
{
	(void)state;
	struct response response;
	unsigned lines = 0;

	response_begin(&response, NULL, 0);
	response_take(&response, SLICE("HTTP/1.1 200 OK\r\n"));
	for (; !response_over(&response) && lines < 100000; lines++)
		response_take(&response, SLICE("X-Field: value\r\n"));
	assert_int_equal(response.state, RESPONSE_MALFORMED);
	assert_true(lines < 5000);
}

TESTS(cmocka_unit_test(answers_are_read_whole),
      cmocka_unit_test(answers_are_read_in_two_pieces_cut_anywhere),
      cmocka_unit_test(answers_are_read_byte_by_byte),
      cmocka_unit_test(an_end_completes_only_a_body_without_length),
      cmocka_unit_test(what_comes_after_an_answer_is_not_taken),
      cmocka_unit_test(a_body_is_counted_beyond_its_room),
      cmocka_unit_test(a_head_without_end_is_malformed))
