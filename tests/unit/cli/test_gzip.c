/* SPDX-License-Identifier: Apache-2.0 */
/* Packed and unpacked again by zlib's other half. */
#include "tests/support/test.h"

#include <stdlib.h>
#include <zlib.h>

#include "cli/gzip.h"

static size_t unpacked(const uint8_t *packed, size_t size, uint8_t *to, size_t room)
{
	z_stream stream = { 0 };
	union { const uint8_t *from; Bytef *to; } input = { packed };

	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	stream.next_in = input.to;
	stream.avail_in = (uInt)size;
	stream.next_out = to;
	stream.avail_out = (uInt)room;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	inflateEnd(&stream);
	return room - stream.avail_out;
}

static void what_is_packed_comes_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 100, 65536, 4 << 20 };
	const size_t room = (size_t)5 << 20;
	uint8_t *text = malloc(room), *packed = malloc(room), *again = malloc(room);

	(void)state;
	assert_true(text && packed && again);
	for (size_t i = 0; i < room; i++)
		text[i] = (uint8_t)((size_t)"SELECT name FROM customers "[i % 27] + i / 5000 % 7);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = gzip_pack(slice_of(text, sizes[i]), packed, room);

		assert_true(size > 0);
		assert_true(sizes[i] < 100 || size < sizes[i]);
		assert_int_equal(unpacked(packed, size, again, room), sizes[i]);
		assert_memory_equal(text, again, sizes[i]);
	}
	free(text);
	free(packed);
	free(again);
}

static void what_does_not_fit_is_not_packed(void **state)
{
	uint8_t text[1000], *packed = malloc(200);

	(void)state;
	assert_non_null(packed);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * i * 31 + i / 7);
	for (size_t room = 0; room < 200; room++)
		assert_int_equal(gzip_pack(slice_of(text, sizeof(text)), packed, room), 0);
	free(packed);
}

TESTS(cmocka_unit_test(what_is_packed_comes_back),
      cmocka_unit_test(what_does_not_fit_is_not_packed))
