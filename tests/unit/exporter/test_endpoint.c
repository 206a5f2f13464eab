/* SPDX-License-Identifier: Apache-2.0 */
/* Construction of the collector's URL: the vectors of otel-spec 2. */
#include "tests/support/test.h"

#include "exporter/endpoint.h"

struct vector {
	bool generic;
	const char *url;
	enum endpoint_scheme scheme;
	const char *host;
	uint16_t port;
	const char *authority, *target;
};

static const struct vector vectors[] = {
	{ true, "http://c:4318", ENDPOINT_HTTP, "c", 4318, "c:4318", "/v1/traces" },
	{ true, "http://c:4318/", ENDPOINT_HTTP, "c", 4318, "c:4318", "/v1/traces" },
	{ true, "http://c:4318/my/", ENDPOINT_HTTP, "c", 4318, "c:4318", "/my/v1/traces" },
	{ true, "http://c:4318/my", ENDPOINT_HTTP, "c", 4318, "c:4318", "/my/v1/traces" },
	{ true, "https://c", ENDPOINT_HTTPS, "c", 443, "c", "/v1/traces" },
	{ false, "http://c:4318", ENDPOINT_HTTP, "c", 4318, "c:4318", "/" },
	{ false, "http://c:4318/v1/traces", ENDPOINT_HTTP, "c", 4318, "c:4318", "/v1/traces" },
	{ false, "https://c/x/", ENDPOINT_HTTPS, "c", 443, "c", "/x/" },
	{ true, "http://c", ENDPOINT_HTTP, "c", 80, "c", "/v1/traces" },
	{ true, "http://c:/", ENDPOINT_HTTP, "c", 80, "c", "/v1/traces" },
	{ true, "HTTP://C:80", ENDPOINT_HTTP, "C", 80, "C", "/v1/traces" },
	{ true, " http://[::1]:4318 ", ENDPOINT_HTTP, "::1", 4318, "[::1]:4318", "/v1/traces" },
	{ true, "http://[::1]", ENDPOINT_HTTP, "::1", 80, "[::1]", "/v1/traces" },
	{ true, "http://u:p@c:1/a#frag", ENDPOINT_HTTP, "c", 1, "c:1", "/a/v1/traces" },
	{ false, "http://c/a?key=1", ENDPOINT_HTTP, "c", 80, "c", "/a?key=1" },
	{ false, "http://c?key=1", ENDPOINT_HTTP, "c", 80, "c", "/?key=1" },
};

static void urls_are_made_by_the_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *vector = &vectors[i];
		struct endpoint endpoint;

		assert_int_equal(endpoint_parse(slice_of_string(vector->url), vector->generic,
						&endpoint),
				 ENDPOINT_OK);
		assert_int_equal(endpoint.scheme, vector->scheme);
		assert_string_equal(endpoint.host, vector->host);
		assert_int_equal(endpoint.port, vector->port);
		assert_string_equal(endpoint.authority, vector->authority);
		assert_string_equal(endpoint.target, vector->target);
	}
}

static void what_is_shown_has_no_secret(void **state)
{
	(void)state;
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(SLICE("http://user:secret@c:1/a?token=secret"), false,
					&endpoint),
			 ENDPOINT_OK);
	assert_string_equal(endpoint.shown, "http://c:1/a");
}

static void what_is_no_url_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		enum endpoint_error error;
	} cases[] = {
		{ "", ENDPOINT_SCHEME },
		{ "c:4318", ENDPOINT_SCHEME },
		{ "ftp://c", ENDPOINT_SCHEME },
		{ "grpc://c:4317", ENDPOINT_SCHEME },
		{ "http:/c", ENDPOINT_SCHEME },
		{ "http://", ENDPOINT_MALFORMED },
		{ "http://:4318", ENDPOINT_MALFORMED },
		{ "http://c:0", ENDPOINT_MALFORMED },
		{ "http://c:65536", ENDPOINT_MALFORMED },
		{ "http://c:80x", ENDPOINT_MALFORMED },
		{ "http://[::1", ENDPOINT_MALFORMED },
		{ "http://[::1]x", ENDPOINT_MALFORMED },
		{ "http://c/a b", ENDPOINT_MALFORMED },
		{ "http://c/a\r\nX: y", ENDPOINT_MALFORMED },
		{ "http://a b/", ENDPOINT_MALFORMED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint endpoint = { .port = 7 };

		assert_int_equal(endpoint_parse(slice_of_string(cases[i].url), true, &endpoint),
				 cases[i].error);
		assert_int_equal(endpoint.port, 7);
	}
}

static void names_that_are_too_long_are_refused(void **state)
{
	(void)state;
	static char url[3000] = "http://";
	struct endpoint endpoint;

	memset(url + 7, 'a', ENDPOINT_HOST_MAX);
	assert_int_equal(endpoint_parse(slice_of_string(url), true, &endpoint), ENDPOINT_OK);
	url[7 + ENDPOINT_HOST_MAX] = 'a';
	assert_int_equal(endpoint_parse(slice_of_string(url), true, &endpoint), ENDPOINT_MALFORMED);
	memset(url + 8, '/', 2000);
	assert_int_equal(endpoint_parse(slice_of_string(url), true, &endpoint), ENDPOINT_MALFORMED);
}

static void a_scheme_is_shown_and_nothing_else(void **state)
{
	(void)state;
	static const struct {
		const char *url, *scheme;
	} cases[] = {
		{ "grpc://user:secret@c", "grpc://" },
		{ " HTTPS://c", "HTTPS://" },
		{ "user:secret@c:4317", "" },
		{ "c", "" },
		{ "secret@c://", "" },
		{ "://", "://" },
		{ "", "" },
		{ "grpc:/", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_slice_equal(endpoint_scheme_of(slice_of_string(cases[i].url)),
				   slice_of_string(cases[i].scheme));
}

static void the_endpoint_for_traces_wins(void **state)
{
	(void)state;
	struct config config = { .endpoint = "http://a:1", .traces_endpoint = "http://b:2/x" };
	struct endpoint endpoint;

	assert_int_equal(endpoint_of(&config, &endpoint), ENDPOINT_OK);
	assert_string_equal(endpoint.shown, "http://b:2/x");
	config.traces_endpoint = "";
	assert_int_equal(endpoint_of(&config, &endpoint), ENDPOINT_OK);
	assert_string_equal(endpoint.shown, "http://a:1/v1/traces");
}

TESTS(cmocka_unit_test(urls_are_made_by_the_vectors), cmocka_unit_test(what_is_shown_has_no_secret),
      cmocka_unit_test(what_is_no_url_is_refused),
      cmocka_unit_test(names_that_are_too_long_are_refused),
      cmocka_unit_test(a_scheme_is_shown_and_nothing_else),
      cmocka_unit_test(the_endpoint_for_traces_wins))
