/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 answers, a line or a stretch of body at a time. */
#include "exporter/response.h"

#include "exporter/small_file.h"

void response_begin(struct response *response, uint8_t *body, size_t room)
{
	*response = (struct response){ .body = body, .body_room = room };
}

/* Whether one member of the comma list @text is @word. */
static bool lists(struct slice text, struct slice word)
{
	while (text.size) {
		const uint8_t *comma = memchr(text.data, ',', text.size);
		size_t size = comma ? (size_t)(comma - text.data) : text.size;

		if (slice_equal_any_case(text_trim(slice_first(text, size)), word))
			return true;
		text = slice_after(text, size + 1);
	}
	return false;
}

/* "HTTP/1.1 200 OK" */
static enum response_state status_line(struct response *response, struct slice line)
{
	uint64_t status;

	if (line.size < 12 || memcmp(line.data, "HTTP/1.", 7) != 0 || line.data[8] != ' ' ||
	    (line.data[7] != '0' && line.data[7] != '1') ||
	    (line.size > 12 && line.data[12] != ' ') ||
	    !slice_decimal(slice_of(line.data + 9, 3), SLICE_DIGITS_MAX, &status) || status < 100)
		return RESPONSE_MALFORMED;
	response->version_1_1 = line.data[7] == '1';
	response->keep_alive = response->version_1_1;
	response->status = (int)status;
	return RESPONSE_FIELDS;
}

static enum response_state length_take(struct response *response, struct slice value)
{
	uint64_t length;

	if (!slice_decimal(value, SLICE_DIGITS_MAX, &length) ||
	    (response->length_known && length != response->left))
		return RESPONSE_MALFORMED;
	response->length_known = true;
	response->left = length;
	return RESPONSE_FIELDS;
}

static enum response_state field(struct response *response, struct slice line)
{
	const uint8_t *colon = memchr(line.data, ':', line.size);
	struct slice name, value;

	if (!colon)
		return RESPONSE_MALFORMED;
	name = slice_first(line, (size_t)(colon - line.data));
	value = text_trim(slice_after(line, name.size + 1));
	if (slice_equal_any_case(name, SLICE("content-length")))
		return length_take(response, value);
	if (slice_equal_any_case(name, SLICE("transfer-encoding"))) {
		if (!slice_equal_any_case(value, SLICE("chunked")))
			return RESPONSE_MALFORMED;
		response->chunked = true;
	} else if (slice_equal_any_case(name, SLICE("connection"))) {
		if (lists(value, SLICE("close")))
			response->keep_alive = false;
		else if (lists(value, SLICE("keep-alive")))
			response->keep_alive = true;
	} else if (slice_equal_any_case(name, SLICE("retry-after"))) {
		value = slice_first(value, sizeof(response->retry_after));
		memcpy(response->retry_after, value.data, value.size);
		response->retry_after_size = value.size;
	}
	return RESPONSE_FIELDS;
}

static enum response_state head_end(struct response *response)
{
	if (response->status < 200) {
		uint8_t *body = response->body;

		/* 101 would make another protocol of it: nobody asked for that. */
		if (response->status == 101)
			return RESPONSE_MALFORMED;
		response_begin(response, body, response->body_room);
		return RESPONSE_STATUS_LINE;
	}
	if (response->status == 204 || response->status == 304)
		return RESPONSE_COMPLETE;
	if (response->chunked)
		return RESPONSE_CHUNK_SIZE;
	if (!response->length_known) {
		response->keep_alive = false;
		return RESPONSE_BODY_TO_END;
	}
	if (response->left > RESPONSE_BODY_MAX)
		return RESPONSE_TOO_LARGE;
	return response->left ? RESPONSE_BODY : RESPONSE_COMPLETE;
}

/* "1a;name=value" */
static enum response_state chunk_size(struct response *response, struct slice line)
{
	uint64_t size = 0;
	size_t i = 0;

	for (; i < line.size; i++) {
		uint8_t byte = byte_lower(line.data[i]);

		if (byte >= '0' && byte <= '9')
			size = size << 4 | (uint64_t)(byte - '0');
		else if (byte >= 'a' && byte <= 'f')
			size = size << 4 | (uint64_t)(byte - 'a' + 10);
		else
			break;
		if (size > RESPONSE_BODY_MAX)
			return RESPONSE_TOO_LARGE;
	}
	if (i == 0 || (i < line.size && line.data[i] != ';' && line.data[i] != ' ' &&
		       line.data[i] != '\t'))
		return RESPONSE_MALFORMED;
	response->left = size;
	return size ? RESPONSE_CHUNK : RESPONSE_TRAILERS;
}

static enum response_state line_take(struct response *response, struct slice line)
{
	switch (response->state) {
	case RESPONSE_STATUS_LINE:
		return status_line(response, line);
	case RESPONSE_FIELDS:
		return line.size ? field(response, line) : head_end(response);
	case RESPONSE_CHUNK_SIZE:
		return chunk_size(response, line);
	case RESPONSE_CHUNK_END:
		return line.size ? RESPONSE_MALFORMED : RESPONSE_CHUNK_SIZE;
	case RESPONSE_TRAILERS:
		return line.size ? RESPONSE_TRAILERS : RESPONSE_COMPLETE;
	default:
		return RESPONSE_MALFORMED;
	}
}

/* Collects a line; takes it when its end is in @bytes. */
static size_t line_collect(struct response *response, struct slice bytes)
{
	const uint8_t *end = memchr(bytes.data, '\n', bytes.size);
	size_t size = end ? (size_t)(end - bytes.data) + 1 : bytes.size;
	size_t room = sizeof(response->line) - response->line_size;
	size_t kept = size < room ? size : room;
	struct slice line;

	memcpy(response->line + response->line_size, bytes.data, kept);
	response->line_size += kept;
	response->head_size += size;
	if (response->head_size > RESPONSE_HEAD_MAX) {
		response->state = RESPONSE_MALFORMED;
		return size;
	}
	if (!end)
		return size;
	line = slice_of(response->line, response->line_size);
	while (line.size && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
		line.size--;
	response->line_size = 0;
	response->state = line_take(response, line);
	if (response->state == RESPONSE_CHUNK_SIZE || response->state == RESPONSE_CHUNK)
		response->head_size = 0;
	return size;
}

static size_t body_collect(struct response *response, struct slice bytes)
{
	bool bounded = response->state != RESPONSE_BODY_TO_END;
	size_t size = bounded && bytes.size > response->left ? (size_t)response->left : bytes.size;
	size_t room = response->body_room - response->body_size;
	size_t kept = size < room ? size : room;

	if (kept)
		memcpy(response->body + response->body_size, bytes.data, kept);
	response->body_size += kept;
	response->total += size;
	if (bounded)
		response->left -= size;
	if (response->total > RESPONSE_BODY_MAX)
		response->state = RESPONSE_TOO_LARGE;
	else if (bounded && !response->left)
		response->state = response->state == RESPONSE_CHUNK ? RESPONSE_CHUNK_END :
								     RESPONSE_COMPLETE;
	return size;
}

size_t response_take(struct response *response, struct slice bytes)
{
	size_t taken = 0;

	while (taken < bytes.size && !response_over(response)) {
		struct slice rest = slice_after(bytes, taken);

		switch (response->state) {
		case RESPONSE_BODY:
		case RESPONSE_BODY_TO_END:
		case RESPONSE_CHUNK:
			taken += body_collect(response, rest);
			break;
		default:
			taken += line_collect(response, rest);
		}
	}
	if (taken < bytes.size)
		response->keep_alive = false;
	return taken;
}

bool response_close(struct response *response)
{
	response->keep_alive = false;
	if (response->state == RESPONSE_BODY_TO_END)
		response->state = RESPONSE_COMPLETE;
	return response->state == RESPONSE_COMPLETE;
}
