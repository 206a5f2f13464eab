/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as settings and headers: the first line names what to tell, the second what to mask,
 * each other is a header. The first byte chooses the room and whether they are entries of a list.
 * What must hold: the record is sound, no name comes twice, nothing is told that is not named, and
 * no value of a masked one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/config_parse.h"
#include "call/http_headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct lines {
	struct slice all, rest;
	bool entries;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct slice take_line(struct slice *rest)
{
	const uint8_t *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;
	struct slice line = slice_first(*rest, end ? (size_t)(end - rest->data) : rest->size);

	*rest = slice_after(*rest, line.size + 1);
	return line;
}

static bool lines_next(void *context, bool again, struct http_header *ret)
{
	struct lines *lines = context;

	if (again)
		lines->rest = lines->all;
	while (lines->rest.size) {
		struct slice line = take_line(&lines->rest);

		if (lines->entries ? http_header_of_entry(line, ret) : http_header_split(line, ret))
			return true;
	}
	return false;
}

static bool is_listed(struct slice list, struct slice name)
{
	while (list.size) {
		const uint8_t *comma = memchr(list.data, ',', list.size);
		size_t size = comma ? (size_t)(comma - list.data) : list.size;

		if (config_equal(config_trim(slice_first(list, size)), name))
			return true;
		list = slice_after(list, size + 1);
	}
	return false;
}

static void require_told(const struct attribute_value *value)
{
	struct slice name = header_name(value->string), each;
	struct slice rest = slice_after(value->string, name.size);

	require(is_listed(http_header_options.request, name));
	while (header_next_value(&rest, &each))
		require(!is_listed(http_header_options.sanitized, name) ||
			slice_equal(each, SLICE("REDACTED")));
}

static void require_sound(const uint8_t *memory, const struct record_writer *writer)
{
	struct slice bytes = slice_of(memory, (size_t)(writer->position - memory));
	struct attribute_cursor cursor = { memory, writer->position }, before;
	struct attribute_value value, other;

	require(attributes_check(bytes, writer->attributes));
	while (attribute_next(&cursor, &value)) {
		if (value.type != ATTRIBUTE_HEADER)
			continue;
		require_told(&value);
		before = (struct attribute_cursor){ memory, writer->position };
		while (attribute_next(&before, &other) && other.string.data != value.string.data)
			require(other.key != value.key ||
				!slice_equal(header_name(other.string), header_name(value.string)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;

	struct slice rest = slice_of(data + 1, size - 1);
	struct slice names = take_line(&rest), sanitized = take_line(&rest);
	struct lines lines = { .all = rest, .entries = data[0] & 1 };
	struct http_header_source source = { lines_next, &lines };
	size_t room = data[0] & 2 ? HTTP_HEADERS_ROOM : (size_t)(data[0] >> 2) * 8;
	struct record_writer writer;
	uint8_t *memory = malloc(room ? room : 1);

	require(memory != NULL);
	http_header_options = (struct http_header_options){ names, names, sanitized };
	record_writer_begin(&writer, memory, room);
	http_headers_describe(&writer, source, source);
	require(room < HTTP_HEADERS_ROOM || !writer.overrun);
	require_sound(memory, &writer);
	free(memory);
	return 0;
}
