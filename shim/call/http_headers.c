/* SPDX-License-Identifier: Apache-2.0 */
/* Captured headers: the user's lists of names against what was sent and received. */
#include "call/http_headers.h"

#include "base/config_parse.h"

#define MASK "REDACTED"

struct http_header_options http_header_options;

/* ---- lists of names ---- */

/* Takes the next name off @list; false at its end. Names may be empty. */
static bool list_next(struct slice *list, struct slice *ret)
{
	const uint8_t *comma;
	size_t size;

	if (!list->size)
		return false;
	comma = memchr(list->data, ',', list->size);
	size = comma ? (size_t)(comma - list->data) : list->size;
	*ret = config_trim(slice_first(*list, size));
	*list = slice_after(*list, size + 1);
	return true;
}

static bool list_has(struct slice list, struct slice name)
{
	struct slice one;

	while (list_next(&list, &one))
		if (config_equal(one, name))
			return true;
	return false;
}

/* ---- headers ---- */

static struct slice value_trim(struct slice value)
{
	const uint8_t *zero = value.size ? memchr(value.data, 0, value.size) : NULL;

	/* Values are told apart by zeros. */
	if (zero)
		value.size = (size_t)(zero - value.data);
	return config_trim(value);
}

bool http_header_split(struct slice line, struct http_header *ret)
{
	const uint8_t *colon = line.size ? memchr(line.data, ':', line.size) : NULL;
	struct slice name;

	if (!colon)
		return false;
	name = slice_first(line, (size_t)(colon - line.data));
	if (!record_header_name(name))
		return false;
	*ret = (struct http_header){ name, value_trim(slice_after(line, name.size + 1)) };
	return true;
}

bool http_header_of_entry(struct slice entry, struct http_header *ret)
{
	struct slice trimmed = config_trim(entry);
	struct http_header header;

	if (http_header_split(entry, &header)) {
		if (!header.value.size)
			return false;
		*ret = header;
		return true;
	}
	if (!trimmed.size || trimmed.data[trimmed.size - 1] != ';')
		return false;
	trimmed.size--;
	if (!record_header_name(trimmed))
		return false;
	*ret = (struct http_header){ trimmed, slice_after(trimmed, trimmed.size) };
	return true;
}

/* ---- attributes ---- */

/* One direction of one exchange. */
struct capture {
	struct record_writer *writer;
	enum attribute_key key;
	size_t room;		/* what is left of HTTP_HEADERS_MAX */
	uint32_t left_out;	/* values */
};

static struct slice value_cut(struct slice value)
{
	size_t size = HTTP_HEADER_VALUE_MAX;

	if (value.size <= size)
		return value;
	while (size > HTTP_HEADER_VALUE_MAX - 3 && (value.data[size] & 0xc0) == 0x80)
		size--;
	return slice_first(value, size);
}

static size_t put_name(uint8_t *place, struct slice name)
{
	for (size_t i = 0; i < name.size; i++)
		place[i] = byte_lower(name.data[i]);
	return name.size;
}

/* All values of the header @name become one attribute, written where it stays. */
static void capture_one(struct capture *capture, struct slice name,
			const struct http_header_source *source)
{
	bool masked = list_has(http_header_options.sanitized, name);
	struct http_header header;
	size_t room, used = 0;
	uint8_t *place = record_string_begin(capture->writer, &room);

	if (room > capture->room)
		room = capture->room;
	for (bool again = true; source->next(source->context, again, &header); again = false) {
		struct slice value = masked ? SLICE(MASK) : value_cut(value_trim(header.value));

		if (!config_equal(header.name, name))
			continue;
		if ((used ? used : name.size) + 1 + value.size > room) {
			capture->left_out++;
			continue;
		}
		if (!used)
			used = put_name(place, name);
		place[used++] = 0;
		if (value.size)
			memcpy(place + used, value.data, value.size);
		used += value.size;
	}
	if (!used)
		return;
	record_header_end(capture->writer, capture->key, used);
	capture->room -= attribute_room(used) < capture->room ? attribute_room(used) :
								 capture->room;
}

static uint32_t capture_all(struct record_writer *writer, enum attribute_key key,
			    struct slice names, const struct http_header_source *source)
{
	struct capture capture = { .writer = writer, .key = key,
				   .room = HTTP_HEADERS_MAX - sizeof(struct attribute) };
	struct slice rest = names, name;

	while (source->next && list_next(&rest, &name)) {
		struct slice before = slice_first(names, (size_t)(name.data - names.data));

		if (record_header_name(name) && !list_has(before, name))
			capture_one(&capture, name, source);
	}
	return capture.left_out;
}

void http_headers_describe(struct record_writer *writer, struct http_header_source request,
			   struct http_header_source response)
{
	const struct http_header_options *options = &http_header_options;
	uint32_t left_out;

	left_out = capture_all(writer, ATTRIBUTE_HTTP_REQUEST_HEADER, options->request, &request);
	left_out += capture_all(writer, ATTRIBUTE_HTTP_RESPONSE_HEADER, options->response,
				&response);
	if (left_out)
		record_put_integer(writer, ATTRIBUTE_HTTP_HEADERS_LEFT_OUT, left_out);
}
