/* SPDX-License-Identifier: Apache-2.0 */
/* A program that uses the scripted libcurl. */
#include "tests/support/test.h"

#include "tests/support/transfers.h"

#include "call/perform.h"

static bool always_ready(void)
{
	return true;
}

void transfers_begin(void)
{
	traced_clear();
	transfer_options = (struct transfer_options){
		.propagators = PROPAGATOR_BIT(TRACECONTEXT) | PROPAGATOR_BIT(BAGGAGE),
		.non_http = true,
	};
	perform_enable(always_ready);
}

struct curl_easy *transfers_handle(struct curl_easy *handle, const char *url)
{
	memset(handle, 0, sizeof(*handle));
	handle->status = 200;
	handle->http_version = 2;
	scripted_next(handle);
	assert_ptr_equal(curl_easy_init(), handle);
	if (url)
		assert_int_equal(curl_easy_setopt(handle, EASY_URL, url), 0);
	return handle;
}

bool transfers_sent_last(const struct curl_easy *handle)
{
	const char *line = strstr(handle->sent, "traceparent: 00-");
	char id[17];

	if (!line)
		return false;
	hex_format(traced_last()->span_id, 8, id);
	return !strncmp(line + 16 + 33, id, 16);
}
