/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collector may say: the parser of answers, in pieces whose sizes the input itself gives,
 * and what reads their contents: Retry-After, partial success, status.
 */
#include <stdint.h>
#include <stdlib.h>

#include "exporter/otlp_answer.h"
#include "exporter/response.h"
#include "exporter/retry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_contents(const struct response *response)
{
	static uint8_t memory[1 << 16];
	struct slice body = slice_of(response->body, response->body_size);
	struct otlp_answer answer;
	struct bump bump;
	uint64_t delay;

	bump_begin(&bump, memory, sizeof(memory));
	for (enum otlp_encoding encoding = OTLP_PROTOBUF; encoding <= OTLP_JSON; encoding++) {
		otlp_answer_read(encoding, body, &bump, &answer);
		otlp_failure_read(encoding, body, &bump);
	}
	retry_after_read(slice_of(response->retry_after, response->retry_after_size), 1, &delay);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t body[256];
	struct response response;
	size_t at = 0, piece = size ? data[size - 1] % 17 + 1 : 1;

	response_begin(&response, body, sizeof(body));
	while (at < size && !response_over(&response)) {
		size_t count = size - at < piece ? size - at : piece;
		size_t taken = response_take(&response, slice_of(data + at, count));

		if (taken > count || (taken < count && !response_over(&response)))
			abort();
		at += count;
	}
	response_close(&response);
	if (response.body_size > sizeof(body) || response.body_size > response.total)
		abort();
	read_contents(&response);
	return 0;
}
