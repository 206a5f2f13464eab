/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers as spans (hooks.md B.2, B.3, B.5). */
#include "tests/support/test.h"

#include "call/endpoint.h"
#include "tests/support/transfers.h"

static const struct {
	const char *what, *url;
	struct {
		int option;
		uintptr_t value;
	} set[3];
	struct curl_easy says;
	const char *picture;
} transfers[] = {
	{ "a get", "http://a.example/b", { { 0, 0 } }, { .status = 200, .http_version = 2 },
	  "GET | UNSET | method=GET full=http://a.example/b status_code=200 version=1.1\n" },
	{ "a method of one's own", "http://a/", { { EASY_CUSTOMREQUEST, (uintptr_t)"FOO" } },
	  { .status = 200, .http_version = 3 },
	  "HTTP | UNSET | method=_OTHER method_original=FOO full=http://a/ status_code=200 "
	  "version=2\n" },
	{ "a password", "http://u:p@a/", { { 0, 0 } }, { .status = 404 },
	  "GET | ERROR | method=GET full=http://REDACTED:REDACTED@a/ status_code=404 type=404\n" },
	{ "a status made an error", "http://a/", { { 0, 0 } }, { .status = 500, .code = 22 },
	  "GET | ERROR | method=GET full=http://a/ status_code=500 type=500\n" },
	{ "a connection refused", "http://a/", { { 0, 0 } }, { .code = 7 },
	  "GET | ERROR | method=GET full=http://a/ type=CURLE_COULDNT_CONNECT\n" },
	{ "a body cut off", "http://a/", { { 0, 0 } }, { .code = 18, .status = 200 },
	  "GET | ERROR | method=GET full=http://a/ status_code=200 type=CURLE_PARTIAL_FILE\n" },
	{ "a code without a name", "http://a/", { { 0, 0 } }, { .code = 29 },
	  "GET | ERROR | method=GET full=http://a/ type=CURLE_29\n" },
	{ "a callback that stops it", "http://a/", { { 0, 0 } }, { .code = 42, .status = 500 },
	  "GET | UNSET | method=GET full=http://a/ status_code=500\n" },
	{ "redirects", "http://a/", { { EASY_POST, 1 } },
	  { .status = 200, .redirects = 2, .url = "http://a/final" },
	  "POST | UNSET | method=POST full=http://a/ status_code=200 redirect_count=2\n" },
	{ "a URL without a scheme", "a.example/b", { { 0, 0 } },
	  { .status = 200, .url = "http://a.example/b" },
	  "GET | UNSET | method=GET full=http://a.example/b status_code=200\n" },
	{ "the same after redirects", "a.example/b", { { 0, 0 } },
	  { .status = 200, .redirects = 1, .url = "http://a.example/other" },
	  "GET | UNSET | method=GET full=http://a.example/b status_code=200 redirect_count=1\n" },
	{ "a parsed URL", "http://not/", { { EASY_CURLU, (uintptr_t)&(struct curl_url){
	  "https://a/" } } }, { .status = 200 },
	  "GET | UNSET | method=GET full=https://a/ status_code=200\n" },
	{ "a peer", "http://a/", { { 0, 0 } }, { .status = 200, .peer = "10.0.0.1", .port = 80 },
	  "GET | UNSET | method=GET full=http://a/ status_code=200 address=10.0.0.1 port=80\n" },
	{ "no peer", "http://a/", { { 0, 0 } }, { .code = 6, .peer = "", .port = -1 },
	  "GET | ERROR | method=GET full=http://a/ type=CURLE_COULDNT_RESOLVE_HOST\n" },
	{ "no URL, and what is left of a transfer before", NULL, { { 0, 0 } },
	  { .code = 3, .status = 200, .total_us = 3128756803000 },
	  "GET | ERROR | method=GET type=CURLE_URL_MALFORMAT\n" },
	{ "times that are years", "http://:", { { 0, 0 } },
	  { .code = 3, .total_us = 3128756803000, .connect_us = 5 },
	  "GET | ERROR | method=GET full=http://: type=CURLE_URL_MALFORMAT\n" },
	{ "another protocol", "FTP://a/b", { { 0, 0 } }, { .status = 226 },
	  "ftp | UNSET | full=FTP://a/b name=ftp\n" },
	{ "another protocol that failed", "smtp.example", { { 0, 0 } }, { .code = 67 },
	  "smtp | ERROR | full=smtp://smtp.example type=CURLE_LOGIN_DENIED name=smtp\n" },
	{ "a file", "file:///etc/passwd", { { 0, 0 } }, { .code = 0 }, "" },
	{ "a connection only", "http://a/", { { EASY_CONNECT_ONLY, 1 } }, { .code = 0 }, "" },
	{ "a WebSocket", "ws://a/", { { EASY_CONNECT_ONLY, 2 } }, { .status = 101 },
	  "GET | UNSET | method=GET full=ws://a/ status_code=101\n" },
};

static void answers_as(struct curl_easy *handle, const struct curl_easy *says)
{
	const struct curl_list *headers = handle->headers;

	*handle = *says;
	handle->headers = headers;
}

static void a_transfer_is_one_span(void **state)
{
	(void)state;
	transfers_begin();
	for (size_t i = 0; i < sizeof(transfers) / sizeof(*transfers); i++) {
		struct curl_easy memory, *handle = transfers_handle(&memory, transfers[i].url);

		for (size_t j = 0; transfers[i].set[j].option; j++)
			curl_easy_setopt(handle, transfers[i].set[j].option,
					 transfers[i].set[j].value);
		answers_as(handle, &transfers[i].says);
		assert_int_equal(curl_easy_perform(handle), transfers[i].says.code);
		assert_int_equal(handle->performed, 1);
		assert_int_equal(traced_open_calls(), 0);
		if (strcmp(traced_lines(), transfers[i].picture) != 0)
			print_error("%s:\n", transfers[i].what);
		assert_traced(transfers[i].picture);
		assert_null(handle->headers);
		curl_easy_cleanup(handle);
	}
}

static void the_request_carries_the_span(void **state)
{
	struct curl_easy memory, *handle;

	(void)state;
	transfers_begin();
	handle = transfers_handle(&memory, "http://a/");
	curl_easy_perform(handle);
	assert_int_equal(traced_count(), 1);
	assert_true(transfers_sent_last(handle));
	curl_easy_perform(handle);
	assert_int_equal(traced_count(), 2);
	assert_true(transfers_sent_last(handle));
	curl_easy_cleanup(handle);
}

static const struct {
	const char *what, *url;
	int option;
	uintptr_t value;
	bool sent;
} injections[] = {
	{ "http", "http://a/", 0, 0, true },
	{ "a WebSocket", "wss://a/", 0, 0, true },
	{ "mail, which would have it in its text", "smtp://a/", 0, 0, false },
	{ "rtsp", "rtsp://a/", 0, 0, false },
	{ "signed", "http://a/", EASY_AWS_SIGV4, (uintptr_t)"aws:amz", false },
	{ "not signed after all", "http://a/", EASY_AWS_SIGV4, 0, true },
	{ "signed by a key", "http://a/", EASY_HTTPSIG_KEY, (uintptr_t)"k", false },
	{ "a tunnel with headers of its own", "https://a/", EASY_HEADEROPT, 1, true },
	{ "a tunnel with the same headers", "https://a/", EASY_HEADEROPT, 0, false },
	{ "no tunnel", "http://a/", EASY_HEADEROPT, 0, true },
	{ "telemetry", "http://collector.example:4318/v1/traces", 0, 0, false },
};

static void fields_go_where_they_may(void **state)
{
	(void)state;
	transfers_begin();
	endpoint_add(ENDPOINT_BASE, SLICE("http://collector.example:4318"));
	for (size_t i = 0; i < sizeof(injections) / sizeof(*injections); i++) {
		struct curl_easy memory, *handle = transfers_handle(&memory, injections[i].url);

		if (injections[i].option)
			curl_easy_setopt(handle, injections[i].option, injections[i].value);
		curl_easy_perform(handle);
		if ((handle->sent[0] != '\0') != injections[i].sent)
			fail_msg("%s: %s", injections[i].what, handle->sent);
		curl_easy_cleanup(handle);
	}
	traced_clear();
}

static void signed_requests_have_them_by_option(void **state)
{
	struct curl_easy memory, *handle;

	(void)state;
	transfers_begin();
	transfer_options.into_signed = true;
	handle = transfers_handle(&memory, "http://a/");
	curl_easy_setopt(handle, EASY_AWS_SIGV4, "aws:amz");
	curl_easy_perform(handle);
	assert_non_null(strstr(handle->sent, "traceparent"));
	curl_easy_cleanup(handle);
	traced_clear();
}

static void a_context_of_the_program_s_is_the_parent(void **state)
{
	struct curl_list list = {
		(char *)"TraceParent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", NULL
	};
	struct curl_easy memory, *handle;
	char id[17] = "";

	(void)state;
	transfers_begin();
	handle = transfers_handle(&memory, "http://a/");
	curl_easy_setopt(handle, EASY_HEADERS, &list);
	curl_easy_perform(handle);
	assert_int_equal(traced_count(), 1);
	hex_format(traced_last()->parent_id, 8, id);
	assert_string_equal(id, "b7ad6b7169203331");
	assert_int_equal(traced_last()->marks & SPAN_PARENT_REMOTE, 0);
	assert_non_null(strstr(handle->sent, list.data));
	assert_null(strstr(handle->sent, "traceparent"));
	curl_easy_cleanup(handle);
}

static void sizes_are_told_by_option(void **state)
{
	struct curl_easy memory, *handle;

	(void)state;
	transfers_begin();
	transfer_options.sizes = true;
	handle = transfers_handle(&memory, "http://a/");
	curl_easy_perform(handle);
	assert_int_equal(traced_count(), 1);
	assert_string_equal(traced_attribute(ATTRIBUTE_HTTP_REQUEST_BODY_SIZE), "0");
	curl_easy_cleanup(handle);
}

static void other_protocols_are_not_told_by_option(void **state)
{
	struct curl_easy memory, *handle;

	(void)state;
	transfers_begin();
	transfer_options.non_http = false;
	handle = transfers_handle(&memory, "ftp://a/");
	curl_easy_perform(handle);
	assert_int_equal(traced_count(), 0);
	curl_easy_cleanup(handle);
}

TESTS(cmocka_unit_test(a_transfer_is_one_span),
      cmocka_unit_test(the_request_carries_the_span),
      cmocka_unit_test(fields_go_where_they_may),
      cmocka_unit_test(signed_requests_have_them_by_option),
      cmocka_unit_test(a_context_of_the_program_s_is_the_parent),
      cmocka_unit_test(sizes_are_told_by_option),
      cmocka_unit_test(other_protocols_are_not_told_by_option))
