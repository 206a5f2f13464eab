/* SPDX-License-Identifier: Apache-2.0 */
/* One deflate stream with a gzip header. */
#include "cli/gzip.h"

#include <limits.h>
#include <zlib.h>

/* Fast rather than small: collectors are near, and the program wants the processor. */
#define LEVEL 1
#define WINDOW_GZIP (15 + 16)
#define MEMORY 8

size_t gzip_pack(struct slice text, uint8_t *to, size_t room)
{
	union { const uint8_t *from; Bytef *to; } input = { text.data };
	z_stream stream = { 0 };
	size_t size = 0;

	if (text.size > UINT_MAX || room > UINT_MAX ||
	    deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW_GZIP, MEMORY, Z_DEFAULT_STRATEGY) !=
		    Z_OK)
		return 0;
	stream.next_in = input.to;
	stream.avail_in = (uInt)text.size;
	stream.next_out = to;
	stream.avail_out = (uInt)room;
	if (deflate(&stream, Z_FINISH) == Z_STREAM_END)
		size = room - stream.avail_out;
	deflateEnd(&stream);
	return size;
}
