/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a URL. The first byte chooses the room, the rest is the text. What must hold: parts
 * lie inside the text, nothing is written behind the room, less room gives the beginning of the
 * same, redacting twice changes nothing more, and neither user info nor the value of a signature
 * comes out.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_inside(struct slice part, struct slice whole)
{
	require(!part.size ||
		(part.data >= whole.data && part.data + part.size <= whole.data + whole.size));
}

static void require_redacted(struct slice part)
{
	struct slice word = SLICE(URL_REDACTED);

	for (size_t i = 0; i <= part.size; i++)
		if (i + 4 < part.size && memcmp(part.data + i, "sig=", 4) == 0 &&
		    (i == 0 || part.data[i - 1] == '&' || part.data[i - 1] == ';'))
			require(part.size - i >= 4 + word.size &&
				memcmp(part.data + i + 4, word.data, word.size) == 0);
}

/* In memory of exactly @room bytes; the caller frees it. */
static struct slice redact(struct slice text, size_t room)
{
	uint8_t *to = malloc(room ? room : 1);
	size_t size;

	require(to != NULL);
	size = url_redact(text, SLICE("http"), to, room);
	require(size <= room);
	return slice_of(to, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;

	struct slice text = slice_of(data + 1, size - 1);
	struct slice whole = redact(text, 3 * size + 64), cut = redact(text, data[0]);
	struct slice again = redact(whole, 3 * whole.size + 64);
	struct url before, after;

	require(cut.size <= whole.size && memcmp(cut.data, whole.data, cut.size) == 0);
	require(slice_equal(again, whole));
	if (url_parse(text, SLICE("http"), &before)) {
		require_inside(before.user_info, text);
		require_inside(before.host, text);
		require_inside(before.path, text);
		require_inside(before.query, text);
		require_inside(before.fragment, text);
		require(url_parse(whole, SLICE(""), &after));
		require(slice_equal(before.host, after.host) && before.port == after.port);
		require(slice_equal(before.path, after.path));
		require(slice_equal(before.fragment, after.fragment));
		require(!after.user_info.size ||
			slice_equal(after.user_info, SLICE(URL_REDACTED)) ||
			slice_equal(after.user_info, SLICE(":" URL_REDACTED)) ||
			slice_equal(after.user_info, SLICE(URL_REDACTED ":" URL_REDACTED)));
		require_redacted(after.query);
	}
	free((void *)(uintptr_t)whole.data);
	free((void *)(uintptr_t)cut.data);
	free((void *)(uintptr_t)again.data);
	return 0;
}
