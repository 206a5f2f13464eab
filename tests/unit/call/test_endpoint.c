/* SPDX-License-Identifier: Apache-2.0 */
/* Which URLs telemetry goes to. */
#include "tests/support/test.h"

#include "call/endpoint.h"

static const struct {
	const char *url;
	bool own;
} urls[] = {
	{ "http://collector:4318/v1/traces", true },
	{ "http://collector:4318/v1/metrics", true },
	{ "http://collector:4318/v1/logs?a=b", true },
	{ "HTTP://Collector:4318/v1/logs", true },
	{ "collector:4318/v1/traces", true },
	{ "https://collector:4318/v1/traces", false },
	{ "http://collector/v1/traces", false },
	{ "http://collector:4318/v1/trace", false },
	{ "http://collector:4318/v1/traces/x", false },
	{ "http://collector:4318/", false },
	{ "http://other:4318/v1/traces", false },
	{ "http://a.example/otlp/v1/traces", true },
	{ "http://a.example/v1/traces", false },
	{ "https://b.example/in", true },
	{ "https://b.example:443/in", true },
	{ "https://b.example/in/v1/traces", false },
	{ "https://b.example/", false },
	{ "", false },
};

static void what_an_sdk_sends_to_is_its_own(void **state)
{
	(void)state;
	assert_false(endpoint_is_own(SLICE("http://collector:4318/v1/traces"), SLICE("")));
	endpoint_add(ENDPOINT_WHOLE, SLICE(""));
	endpoint_add(ENDPOINT_BASE, SLICE("http://collector:4318"));
	endpoint_add(ENDPOINT_BASE, SLICE("http://a.example/otlp/"));
	endpoint_add(ENDPOINT_WHOLE, SLICE("https://b.example/in"));
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++)
		if (endpoint_is_own(slice_of_string(urls[i].url), SLICE("http")) != urls[i].own)
			fail_msg("%s", urls[i].url);
}

TESTS(cmocka_unit_test(what_an_sdk_sends_to_is_its_own))
