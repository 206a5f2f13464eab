/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields that the user gave. */
#include "exporter/user_headers.h"

#include "exporter/percent.h"
#include "exporter/small_file.h"

static bool token_byte(uint8_t byte)
{
	if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	    (byte >= 'A' && byte <= 'Z'))
		return true;
	return byte && strchr("!#$%&'*+-.^_`|~", byte);
}

static bool is_token(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!token_byte(text.data[i]))
			return false;
	return text.size > 0;
}

static bool same_name(struct slice text, const char *name)
{
	if (text.size != strlen(name))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];

		if (byte >= 'A' && byte <= 'Z')
			byte |= 0x20;
		if (byte != (uint8_t)name[i])
			return false;
	}
	return true;
}

/* Fields that frame the message: another value would break it. */
static bool is_reserved(struct slice name)
{
	static const char *const reserved[] = {
		"host", "content-length", "content-type", "content-encoding", "transfer-encoding",
		"connection", "expect", "upgrade", "te", "trailer",
	};

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (same_name(name, reserved[i]))
			return true;
	return false;
}

static bool put(struct user_headers *headers, struct slice bytes)
{
	if (bytes.size > sizeof(headers->text) - headers->used)
		return false;
	if (bytes.size)
		memcpy(headers->text + headers->used, bytes.data, bytes.size);
	headers->used += bytes.size;
	return true;
}

/* What may stand in a field: a line's end would begin another. */
static bool field_byte(int byte)
{
	return (byte >= ' ' && byte != 0x7f) || byte == '\t';
}

static bool put_value(struct user_headers *headers, struct slice value)
{
	while (value.size) {
		int byte = percent_next(&value);
		uint8_t text = (uint8_t)byte;

		if (!field_byte(byte) || !put(headers, slice_of(&text, 1)))
			return false;
	}
	return true;
}

static bool member_take(struct user_headers *headers, struct slice member)
{
	const uint8_t *equals = memchr(member.data, '=', member.size);
	struct slice name;

	if (!equals)
		return false;
	name = text_trim(slice_first(member, (size_t)(equals - member.data)));
	if (!is_token(name) || is_reserved(name))
		return false;
	if (!put(headers, name) || !put(headers, SLICE(": ")) ||
	    !put_value(headers, text_trim(slice_of(equals + 1, (size_t)(member.data + member.size -
									(equals + 1))))) ||
	    !put(headers, SLICE("\r\n")))
		return false;
	headers->user_agent = headers->user_agent || same_name(name, "user-agent");
	return true;
}

void user_headers_read(struct slice list, struct user_headers *ret)
{
	ret->used = 0;
	ret->refused = 0;
	ret->user_agent = false;
	while (list.size) {
		const uint8_t *comma = memchr(list.data, ',', list.size);
		size_t size = comma ? (size_t)(comma - list.data) : list.size;
		struct slice member = text_trim(slice_first(list, size));
		size_t before = ret->used;

		list = slice_after(list, size + 1);
		if (!member.size || member_take(ret, member))
			continue;
		ret->used = before;
		ret->refused++;
	}
}
