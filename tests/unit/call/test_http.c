/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges over HTTP as records. */
#include "tests/support/test.h"

#include <inttypes.h>

#include "call/http.h"
#include "protocol/url.h"

#define SHOWN ((size_t)8 << 10)

/* ---- a record as text ---- */

static void show_value(const struct attribute_value *value, char *to, size_t room)
{
	if (value->type == ATTRIBUTE_STRING)
		snprintf(to, room, "%.*s", (int)value->string.size,
			 (const char *)value->string.data);
	else
		snprintf(to, room, "%" PRId64, value->integer);
}

/* "name=GET http.request.method=GET ...", in order. */
static const char *show(const struct span_record *span)
{
	static char text[SHOWN];
	struct attribute_cursor cursor = span_attributes(span);
	struct attribute_value value;
	size_t used = 0;

	text[0] = '\0';
	while (attribute_next(&cursor, &value)) {
		const char *name = attribute_name(value.key);

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=",
					 used ? " " : "", *name ? name : "name");
		show_value(&value, text + used, sizeof(text) - used);
		used = strlen(text);
	}
	return text;
}

static const char *describe(const struct http_exchange *exchange)
{
	size_t room = sizeof(struct span_record) + http_describe_room(exchange);
	static _Alignas(8) uint8_t memory[RECORD_SIZE_MAX];
	struct record_writer writer;
	struct span_record *span;
	uint32_t size;

	assert_true(room <= sizeof(memory));
	memset(memory, 0xee, sizeof(memory));
	span = record_writer_span(&writer, memory, room);
	assert_non_null(span);
	span->trace_id[0] = span->span_id[0] = 1;
	span->kind = SPAN_CLIENT;
	span->status = (uint8_t)http_client_status(exchange);
	http_describe_client(&writer, exchange);
	size = record_writer_end(&writer);
	assert_true(size > 0);
	assert_true(span_record_check(slice_of(memory, size)));
	assert_int_equal(memory[room], 0xee);
	return show(span);
}

/* ---- names and methods ---- */

static void a_request_has_all_that_conventions_require(void **state)
{
	const struct http_exchange get = {
		.method = SLICE("GET"),
		.url = SLICE("https://example.com/search?q=x#top"),
		.status = 200,
		.protocol_version = SLICE("2"),
		.peer_address = SLICE("10.1.2.80"),
		.peer_port = 443,
	};

	(void)state;
	assert_string_equal(describe(&get),
			    "name=GET http.request.method=GET server.address=example.com "
			    "server.port=443 url.full=https://example.com/search?q=x#top "
			    "http.response.status_code=200 network.protocol.version=2 "
			    "network.peer.address=10.1.2.80 network.peer.port=443");
	assert_int_equal(http_client_status(&get), STATUS_UNSET);
}

static void secrets_of_the_url_do_not_reach_the_record(void **state)
{
	const struct http_exchange get = {
		.method = SLICE("GET"),
		.url = SLICE("u:p@example.com:8080/?sig=abc"),
		.scheme = SLICE("http"),
	};

	(void)state;
	assert_string_equal(describe(&get),
			    "name=GET http.request.method=GET server.address=example.com "
			    "server.port=8080 "
			    "url.full=http://REDACTED:REDACTED@example.com:8080/?sig=REDACTED");
}

static void unknown_methods_are_kept_beside_their_name(void **state)
{
	const struct http_exchange lower = { .method = SLICE("get") };
	const struct http_exchange query = { .method = SLICE("QUERY") };
	char word[200] = { 0 };
	struct http_exchange huge = { .method = slice_of(word, sizeof(word)) };

	(void)state;
	assert_string_equal(describe(&lower), "name=HTTP http.request.method=_OTHER "
					      "http.request.method_original=get");
	assert_string_equal(describe(&query), "name=QUERY http.request.method=QUERY");
	memset(word, 'M', sizeof(word));
	assert_int_equal(strlen(describe(&huge)),
			 strlen("name=HTTP http.request.method=_OTHER "
				"http.request.method_original=") + HTTP_METHOD_TEXT_MAX);
}

static void a_setting_names_the_methods_that_are_known(void **state)
{
	const struct http_exchange foo = { .method = SLICE("FOO") };
	const struct http_exchange post = { .method = SLICE("POST") };

	(void)state;
	http_options.known_methods = SLICE("GET,FOO");
	assert_string_equal(describe(&foo), "name=FOO http.request.method=FOO");
	assert_string_equal(describe(&post), "name=HTTP http.request.method=_OTHER "
					     "http.request.method_original=POST");
	http_options.known_methods = SLICE("");
	assert_slice_equal(http_client_name(&foo), SLICE("HTTP"));
	assert_slice_equal(http_client_name(&post), SLICE("POST"));
}

static void what_is_not_http_is_named_by_its_scheme(void **state)
{
	const struct http_exchange ftp = {
		.url = SLICE("ftp://user@example.com/a"),
		.protocol_name = SLICE("ftp"),
		.status = 530,
	};

	(void)state;
	assert_string_equal(describe(&ftp),
			    "name=ftp server.address=example.com server.port=21 "
			    "url.full=ftp://REDACTED@example.com/a network.protocol.name=ftp");
	assert_int_equal(http_client_status(&ftp), STATUS_UNSET);
}

/* ---- errors ---- */

struct ending {
	unsigned status;
	const char *error_type;
	bool cancelled;
	enum span_status expected;
	const char *error;	/* null: none */
};

static void only_failures_are_errors(void **state)
{
	static const struct ending cases[] = {
		{ 0, "", false, STATUS_UNSET, NULL },
		{ 101, "", false, STATUS_UNSET, NULL },
		{ 200, "", false, STATUS_UNSET, NULL },
		{ 302, "", false, STATUS_UNSET, NULL },
		{ 399, "", false, STATUS_UNSET, NULL },
		{ 400, "", false, STATUS_ERROR, "400" },
		{ 404, "", false, STATUS_ERROR, "404" },
		{ 500, "", false, STATUS_ERROR, "500" },
		{ 599, "", false, STATUS_ERROR, "599" },
		{ 999, "", false, STATUS_ERROR, "999" },
		{ 42, "", false, STATUS_ERROR, "42" },
		{ 65535, "", false, STATUS_ERROR, "65535" },
		{ 0, "CURLE_COULDNT_CONNECT", false, STATUS_ERROR, "CURLE_COULDNT_CONNECT" },
		{ 201, "CURLE_RECV_ERROR", false, STATUS_ERROR, "CURLE_RECV_ERROR" },
		{ 500, "CURLE_RECV_ERROR", false, STATUS_ERROR, "CURLE_RECV_ERROR" },
		{ 200, "", true, STATUS_UNSET, NULL },
		{ 404, "CURLE_ABORTED_BY_CALLBACK", true, STATUS_UNSET, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ending *one = &cases[i];
		const struct http_exchange exchange = {
			.method = SLICE("GET"),
			.status = (uint16_t)one->status,
			.error_type = slice_of_string(one->error_type),
			.cancelled = one->cancelled,
		};
		char expected[256] = "name=GET http.request.method=GET";
		size_t used = strlen(expected);

		if (one->status)
			used += (size_t)snprintf(expected + used, sizeof(expected) - used,
						 " http.response.status_code=%u", one->status);
		if (one->error)
			snprintf(expected + used, sizeof(expected) - used, " error.type=%s",
				 one->error);
		assert_int_equal(http_client_status(&exchange), one->expected);
		assert_string_equal(describe(&exchange), expected);
	}
}

/* ---- what is measured ---- */

static void extent_is_told_where_it_is_known(void **state)
{
	const struct http_exchange put = {
		.method = SLICE("PUT"),
		.has_request_body = true,
		.request_body = 0,
		.has_response_body = true,
		.response_body = 3495,
		.redirects = 2,
		.removed_early = true,
	};

	(void)state;
	assert_string_equal(describe(&put), "name=PUT http.request.method=PUT "
					    "http.request.body.size=0 http.response.body.size=3495 "
					    "otelshim.curl.redirect_count=2 "
					    "otelshim.curl.removed_early=1");
}

static void a_port_without_address_says_nothing(void **state)
{
	const struct http_exchange local = { .method = SLICE("GET"), .peer_port = 80 };
	const struct http_exchange path = { .method = SLICE("GET"),
					    .peer_address = SLICE("/run/a.sock") };

	(void)state;
	assert_string_equal(describe(&local), "name=GET http.request.method=GET");
	assert_string_equal(describe(&path), "name=GET http.request.method=GET "
					     "network.peer.address=/run/a.sock");
}

struct split {
	struct http_marks marks;
	const char *expected;
};

static const char *phases_of(const struct http_marks *marks)
{
	static const char *const name[HTTP_PHASES] = { "queue", "name", "connect", "tls",
						       "first", "transfer", "redirect" };
	static char text[256];
	struct http_exchange exchange = { 0 };
	size_t used = 0;

	http_phases_measured(&exchange, marks);
	text[0] = '\0';
	for (size_t i = 0; i < HTTP_PHASES; i++)
		if (exchange.phases >> i & 1)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 "%s%s=%" PRIu64, used ? " " : "", name[i],
						 exchange.phase_ns[i]);
	return text;
}

static void phases_are_what_lies_between_marks(void **state)
{
	static const struct split cases[] = {
		{ { 0 }, "" },
		{ { 5, 15, 40, 90, 92, 192, 200, 0 },
		  "queue=5 name=10 connect=25 tls=50 first=100 transfer=8" },
		{ { 0, 15, 40, 0, 41, 141, 141, 0 }, "name=15 connect=25 first=100 transfer=0" },
		{ { 0, 10, 0, 0, 0, 0, 30, 0 }, "name=10" },
		{ { 0, 10, 20, 0, 0, 0, 30, 0 }, "name=10 connect=10" },
		{ { 0, 10, 20, 30, 31, 0, 900, 0 }, "name=10 connect=10 tls=10" },
		{ { 0, 20, 10, 0, 0, 50, 60, 0 }, "name=20 first=40 transfer=10" },
		{ { 0, 1, 2, 0, 3, 53, 60, 40 },
		  "name=1 connect=1 first=50 transfer=7 redirect=40" },
		{ { 0, 10, 20, 0, 90, 30, 100, 0 }, "name=10 connect=10 transfer=70" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(phases_of(&cases[i].marks), cases[i].expected);
}

static void each_phase_has_its_attribute(void **state)
{
	struct http_exchange get = { .method = SLICE("GET") };

	(void)state;
	for (unsigned i = 0; i < HTTP_PHASES; i++)
		http_phase_set(&get, (enum http_phase)i, i);
	assert_string_equal(describe(&get),
			    "name=GET http.request.method=GET otelshim.http.queue_ns=0 "
			    "otelshim.http.name_lookup_ns=1 otelshim.http.connect_ns=2 "
			    "otelshim.http.tls_ns=3 otelshim.http.first_byte_ns=4 "
			    "otelshim.http.transfer_ns=5 otelshim.http.redirect_ns=6");
}

/* ---- room ---- */

/* Everything at once, all words far too long; the URL grows by each of its parameters. */
static void nothing_is_larger_than_the_promised_room(void **state)
{
	static char word[8192], url[8192] = "https://u:p@h/?";
	struct slice many = slice_of(word, sizeof(word));
	struct http_exchange exchange = {
		.method = many, .protocol_version = many, .protocol_name = many,
		.peer_address = many, .error_type = many, .peer_port = 65535, .status = 65535,
		.removed_early = true, .has_request_body = true, .has_response_body = true,
		.redirects = UINT32_MAX, .phases = (1u << HTTP_PHASES) - 1,
	};
	size_t used = strlen(url);

	(void)state;
	memset(word, 'w', sizeof(word));
	for (; used + 6 < sizeof(url); used += 5) {
		memcpy(url + used, "sig=&", 6);
		exchange.url = slice_of(url, used + 5);
		describe(&exchange);
	}
	exchange.url = many;
	exchange.scheme = SLICE("https");
	describe(&exchange);
}

static void a_long_url_is_cut_and_the_rest_is_told(void **state)
{
	static char url[URL_TEXT_MAX + 100] = "http://h/";
	const struct http_exchange get = {
		.method = SLICE("GET"),
		.url = slice_of(url, sizeof(url)),
		.status = 200,
	};
	const char *text, *full;

	(void)state;
	memset(url + 9, 'x', sizeof(url) - 9);
	text = describe(&get);
	full = strstr(text, "url.full=");
	assert_non_null(full);
	assert_int_equal(strcspn(full, " ") - strlen("url.full="), URL_TEXT_MAX);
	assert_non_null(strstr(text, "http.response.status_code=200"));
}

/* What an open call tells of itself: the URL is cut to what there is, and nothing else happens. */
static void a_request_takes_no_more_than_it_is_given(void **state)
{
	const struct http_exchange get = {
		.method = SLICE("GET"),
		.url = SLICE("http://example.com/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"),
	};

	(void)state;
	for (size_t room = 0; room <= 256; room += 8) {
		uint8_t *memory = malloc(room ? room : 1);
		struct record_writer writer;

		assert_non_null(memory);
		record_writer_begin(&writer, memory, room);
		http_describe_request(&writer, &get);
		assert_true(writer.position <= memory + room);
		assert_true(writer.overrun || room >= 80);
		assert_false(writer.overrun && room >= 80);
		assert_true(writer.overrun ||
			    attributes_check(slice_of(memory, (size_t)(writer.position - memory)),
					     writer.attributes));
		free(memory);
	}
}

TESTS(cmocka_unit_test(a_request_has_all_that_conventions_require),
      cmocka_unit_test(secrets_of_the_url_do_not_reach_the_record),
      cmocka_unit_test(unknown_methods_are_kept_beside_their_name),
      cmocka_unit_test(a_setting_names_the_methods_that_are_known),
      cmocka_unit_test(what_is_not_http_is_named_by_its_scheme),
      cmocka_unit_test(only_failures_are_errors),
      cmocka_unit_test(extent_is_told_where_it_is_known),
      cmocka_unit_test(a_port_without_address_says_nothing),
      cmocka_unit_test(phases_are_what_lies_between_marks),
      cmocka_unit_test(each_phase_has_its_attribute),
      cmocka_unit_test(nothing_is_larger_than_the_promised_room),
      cmocka_unit_test(a_long_url_is_cut_and_the_rest_is_told),
      cmocka_unit_test(a_request_takes_no_more_than_it_is_given))
