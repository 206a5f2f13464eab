/* SPDX-License-Identifier: Apache-2.0 */
/* Answers in protobuf and in JSON. */
#include "exporter/otlp_answer.h"

#include "exporter/otlp/trace.pb-c.h"
#include "exporter/small_file.h"

/* ---- protobuf ---- */

static void *answer_take(void *bump, size_t size)
{
	return bump_take(bump, size);
}

static void answer_give(void *bump, void *memory)
{
	(void)bump;
	(void)memory;
}

static bool protobuf_answer(struct slice body, struct bump *bump, struct otlp_answer *ret)
{
	ProtobufCAllocator allocator = { answer_take, answer_give, bump };
	Otlp__ExportResponse *response;

	response = otlp__export_response__unpack(&allocator, body.size, body.data);
	if (!response)
		return false;
	*ret = (struct otlp_answer){ 0 };
	if (response->partial_success) {
		int64_t rejected = response->partial_success->rejected_spans;

		ret->rejected = rejected > 0 ? (uint64_t)rejected : 0;
		ret->message = slice_of(response->partial_success->error_message.data,
					response->partial_success->error_message.len);
	}
	return true;
}

static struct slice protobuf_failure(struct slice body, struct bump *bump)
{
	ProtobufCAllocator allocator = { answer_take, answer_give, bump };
	Otlp__Failure *failure = otlp__failure__unpack(&allocator, body.size, body.data);

	if (!failure)
		return (struct slice){ 0 };
	return slice_of(failure->message.data, failure->message.len);
}

/* ---- JSON ---- */

/*
 * Takes what stands before the next comma off @rest, with the comma; strings, arrays and objects
 * are one piece. False when one of them does not end, or ends without a beginning.
 */
static bool piece_take(struct slice *rest, struct slice *ret)
{
	bool inside = false;
	size_t depth = 0, i;

	for (i = 0; i < rest->size; i++) {
		uint8_t byte = rest->data[i];

		if (inside && byte == '\\')
			i++;
		else if (byte == '"')
			inside = !inside;
		else if (inside)
			continue;
		else if (byte == '{' || byte == '[')
			depth++;
		else if ((byte == '}' || byte == ']') && depth-- == 0)
			return false;
		else if (byte == ',' && depth == 0)
			break;
	}
	if (inside || depth)
		return false;
	*ret = text_trim(slice_first(*rest, i));
	*rest = slice_after(*rest, i + 1);
	return true;
}

/* What stands between @open and @close around @text; false: they are not there. */
static bool take_inside(struct slice text, char open, char close, struct slice *ret)
{
	if (text.size < 2 || text.data[0] != (uint8_t)open ||
	    text.data[text.size - 1] != (uint8_t)close)
		return false;
	*ret = slice_of(text.data + 1, text.size - 2);
	return true;
}

/* Splits "name": value; false when @member is something else. */
static bool split_member(struct slice member, struct slice *ret_name, struct slice *ret_value)
{
	const uint8_t *quote;
	struct slice rest;

	if (member.size < 2 || member.data[0] != '"')
		return false;
	quote = memchr(member.data + 1, '"', member.size - 1);
	if (!quote)
		return false;
	rest = text_trim(slice_after(member, (size_t)(quote + 1 - member.data)));
	if (!rest.size || rest.data[0] != ':')
		return false;
	*ret_name = slice_of(member.data + 1, (size_t)(quote - member.data - 1));
	*ret_value = text_trim(slice_after(rest, 1));
	return true;
}

/*
 * Looks the member @name up in the object @text, its value as it stands there; empty: there is
 * none. False when @text is no object. The proto's own name of a member is as good as the JSON one.
 */
static bool member_find(struct slice text, struct slice name, struct slice proto_name,
			struct slice *ret)
{
	struct slice rest, found = { 0 };

	if (!take_inside(text_trim(text), '{', '}', &rest))
		return false;
	for (rest = text_trim(rest); rest.size;) {
		struct slice member, key, value;

		if (!piece_take(&rest, &member) || !split_member(member, &key, &value))
			return false;
		if (slice_equal(key, name) || slice_equal(key, proto_name))
			found = value;
	}
	*ret = found;
	return true;
}

static uint8_t unescape(uint8_t byte)
{
	switch (byte) {
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return ' ';
	case 'u':
		return '?';
	default:
		return byte;
	}
}

/* The text of a string, for people: of a character's number a "?" and the number are left. */
static struct slice string_read(struct slice value, struct bump *bump)
{
	struct slice text;
	size_t used = 0;
	uint8_t *to;

	if (!take_inside(value, '"', '"', &text) || !text.size)
		return (struct slice){ 0 };
	to = bump_take(bump, text.size);
	for (size_t i = 0; to && i < text.size; i++) {
		bool escape = text.data[i] == '\\' && i + 1 < text.size;

		to[used++] = escape ? unescape(text.data[++i]) : text.data[i];
	}
	return slice_of(to, used);
}

/* A number as it is or in quotes, as protobuf's JSON has 64-bit integers; 0 for anything else. */
static uint64_t number_read(struct slice value)
{
	uint64_t number = 0;

	take_inside(value, '"', '"', &value);
	slice_decimal(value, SLICE_DIGITS_MAX, &number);
	return number;
}

static bool json_answer(struct slice body, struct bump *bump, struct otlp_answer *ret)
{
	struct otlp_answer answer = { 0 };
	struct slice partial, rejected, message;

	if (!text_trim(body).size) {
		*ret = answer;
		return true;
	}
	if (!member_find(body, SLICE("partialSuccess"), SLICE("partial_success"), &partial))
		return false;
	if (partial.size && !slice_equal(partial, SLICE("null"))) {
		if (!member_find(partial, SLICE("rejectedSpans"), SLICE("rejected_spans"),
				 &rejected) ||
		    !member_find(partial, SLICE("errorMessage"), SLICE("error_message"), &message))
			return false;
		answer.rejected = number_read(rejected);
		answer.message = string_read(message, bump);
	}
	*ret = answer;
	return true;
}

static struct slice json_failure(struct slice body, struct bump *bump)
{
	struct slice message;

	if (!member_find(body, SLICE("message"), SLICE("message"), &message))
		return (struct slice){ 0 };
	return string_read(message, bump);
}

/* ---- both ---- */

bool otlp_answer_read(enum otlp_encoding encoding, struct slice body, struct bump *bump,
		      struct otlp_answer *ret)
{
	bump_reset(bump);
	return encoding == OTLP_JSON ? json_answer(body, bump, ret) :
				       protobuf_answer(body, bump, ret);
}

struct slice otlp_failure_read(enum otlp_encoding encoding, struct slice body, struct bump *bump)
{
	bump_reset(bump);
	return encoding == OTLP_JSON ? json_failure(body, bump) : protobuf_failure(body, bump);
}
