/* SPDX-License-Identifier: Apache-2.0 */
/* URLs: parts and redaction. The grammar is that of RFC 3986, read as libcurl reads it. */
#include "protocol/url.h"

#define SLASHES_MAX 3	/* "http:///host", which libcurl takes as well */
#define PORT_DIGITS 5

static bool is_letter(uint8_t byte)
{
	return byte_lower(byte) >= 'a' && byte_lower(byte) <= 'z';
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* Bytes before the first that is one of three, or all of them. */
static size_t until_any(struct slice text, uint8_t a, uint8_t b, uint8_t c)
{
	size_t size = 0;

	while (size < text.size && text.data[size] != a && text.data[size] != b &&
	       text.data[size] != c)
		size++;
	return size;
}

static size_t until(struct slice text, uint8_t end)
{
	const uint8_t *found = text.data ? memchr(text.data, end, text.size) : NULL;

	return found ? (size_t)(found - text.data) : text.size;
}

static struct slice between(struct slice text, size_t start, size_t end)
{
	/* Nothing, which is nowhere, has no other start. */
	return slice_of(start ? text.data + start : text.data, end - start);
}

static bool scheme_byte(uint8_t byte)
{
	return is_letter(byte) || is_digit(byte) || byte == '+' || byte == '-' || byte == '.';
}

/* Bytes of the scheme that @text begins with; 0: none. "host:80/" names none, "http:/host" does. */
static size_t scheme_size(struct slice text)
{
	size_t size = 0;

	if (!text.size || !is_letter(text.data[0]))
		return 0;
	while (size < text.size && scheme_byte(text.data[size]))
		size++;
	if (size + 1 >= text.size || text.data[size] != ':' || text.data[size + 1] != '/')
		return 0;
	return size;
}

/* Where the authority starts: behind the scheme, if there is one, and slashes. */
static size_t authority_start(struct slice text, size_t scheme)
{
	bool file = slice_equal_any_case(slice_first(text, scheme), SLICE("file"));
	size_t most = file ? 2 : SLASHES_MAX;
	size_t start = scheme ? scheme + 1 : 0;

	for (size_t slashes = 0; slashes < most; slashes++, start++)
		if (start == text.size || text.data[start] != '/')
			break;
	return start;
}

/* ---- host and port ---- */

static bool port_parse(struct slice text, uint16_t *ret)
{
	uint64_t port;

	if (!slice_decimal(text, PORT_DIGITS, &port) || !port || port > UINT16_MAX)
		return false;
	*ret = (uint16_t)port;
	return true;
}

/* "host", "host:80", "host:", "[::1%25eth0]:80"; a port that is not written is 0. */
static bool host_parse(struct slice text, struct slice *ret_host, uint16_t *ret_port)
{
	struct slice rest, host;
	uint16_t port = 0;

	if (text.size && text.data[0] == '[') {
		size_t end = until(text, ']');

		if (end == text.size)
			return false;
		host = between(text, 1, end);
		rest = slice_after(text, end + 1);
		host.size = until(host, '%');
	} else {
		host = slice_first(text, until(text, ':'));
		rest = slice_after(text, host.size);
	}
	if (rest.size && rest.data[0] != ':')
		return false;
	if (!host.size || (rest.size > 1 && !port_parse(slice_after(rest, 1), &port)))
		return false;
	*ret_host = host;
	*ret_port = port;
	return true;
}

/* ---- authority ---- */

struct authority {
	size_t start, host, end;	/* user info and "@" lie from start to host */
	bool sound;			/* there is a host, and what is behind it is a port */
	struct slice name;
	uint16_t port;
};

static size_t last_at(struct slice text, size_t start, size_t end)
{
	const uint8_t *at = end > start ? memrchr(text.data + start, '@', end - start) : NULL;

	return at ? (size_t)(at - text.data) + 1 : start;
}

static size_t authority_end(struct slice text, size_t start)
{
	return start + until_any(slice_after(text, start), '/', '?', '#');
}

static void authority_parse(struct slice text, struct authority *authority)
{
	authority->sound = host_parse(between(text, authority->host, authority->end),
				      &authority->name, &authority->port);
}

/*
 * A "/" in a password ends the authority early, and what stands for host and port is none: then all
 * up to the last "@" is taken for user info, for it may be.
 */
static struct authority authority_find(struct slice text, size_t start)
{
	struct authority found = { .start = start, .end = authority_end(text, start) };

	found.host = last_at(text, start, found.end);
	authority_parse(text, &found);
	if (!found.sound && last_at(text, found.end, text.size) > found.end) {
		found.host = last_at(text, found.end, text.size);
		found.end = authority_end(text, found.host);
		authority_parse(text, &found);
	}
	return found;
}

/* ---- parts ---- */

/* The port of a scheme, in any case; 0: unknown. */
static uint16_t default_port(struct slice scheme)
{
	static const struct {
		char name[8];
		uint16_t port;
	} known[] = {
		{ "http", 80 },	   { "https", 443 }, { "ws", 80 },     { "wss", 443 },
		{ "ftp", 21 },	   { "ftps", 990 },  { "sftp", 22 },   { "scp", 22 },
		{ "smtp", 25 },	   { "smtps", 465 }, { "imap", 143 },  { "imaps", 993 },
		{ "pop3", 110 },   { "pop3s", 995 }, { "ldap", 389 },  { "ldaps", 636 },
		{ "mqtt", 1883 },  { "mqtts", 8883 }, { "rtsp", 554 }, { "telnet", 23 },
		{ "tftp", 69 },	   { "gopher", 70 }, { "gophers", 70 }, { "dict", 2628 },
		{ "smb", 445 },	   { "smbs", 445 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_equal_any_case(scheme, slice_of_string(known[i].name)))
			return known[i].port;
	return 0;
}

static void rest_parse(struct slice text, size_t start, struct url *url)
{
	size_t hash = start + until(slice_after(text, start), '#');
	size_t mark = start + until(between(text, start, hash), '?');

	url->path = between(text, start, mark);
	if (mark < hash)
		url->query = between(text, mark + 1, hash);
	if (hash < text.size)
		url->fragment = between(text, hash + 1, text.size);
}

bool url_parse(struct slice text, struct slice scheme, struct url *ret)
{
	size_t size = scheme_size(text);
	struct authority place;
	struct url url = { .scheme = size ? slice_first(text, size) : scheme };

	if (!url.scheme.size)
		return false;
	place = authority_find(text, authority_start(text, size));
	if (!place.sound)
		return false;
	url.host = place.name;
	url.port = place.port ? place.port : default_port(url.scheme);
	if (place.host > place.start)
		url.user_info = between(text, place.start, place.host - 1);
	rest_parse(text, place.end, &url);
	*ret = url;
	return true;
}

/* ---- redaction ---- */

struct sink {
	uint8_t *to;
	size_t used, room;
	bool full, inside;	/* the next byte goes on with a character */
};

static void put(struct sink *sink, struct slice text)
{
	size_t room = sink->room - sink->used;

	if (text.size > room) {
		if (!sink->full)
			sink->inside = (text.data[room] & 0xc0) == 0x80;
		sink->full = true;
		text.size = room;
	}
	if (text.size)
		memcpy(sink->to + sink->used, text.data, text.size);
	sink->used += text.size;
}

/* What was written, without the piece of a character or of an escape that it was cut in. */
static size_t sink_end(const struct sink *sink)
{
	size_t size = sink->used;

	if (!sink->full)
		return size;
	if (sink->inside) {
		size_t lead = size;

		while (lead > 0 && size - lead < 3 && (sink->to[lead - 1] & 0xc0) == 0x80)
			lead--;
		size = lead > 0 && sink->to[lead - 1] >= 0xc0 ? lead - 1 : size;
	}
	for (size_t back = 1; back <= 2 && back <= size; back++)
		if (sink->to[size - back] == '%')
			return size - back;
	return size;
}

static bool hex_digit(uint8_t byte, uint8_t *ret)
{
	if (is_digit(byte))
		*ret = (uint8_t)(byte - '0');
	else if (byte_lower(byte) >= 'a' && byte_lower(byte) <= 'f')
		*ret = (uint8_t)(byte_lower(byte) - 'a' + 10);
	else
		return false;
	return true;
}

/* Takes one byte off @text, an escape as the byte that it stands for. */
static uint8_t take_byte(struct slice *text)
{
	uint8_t byte = text->data[0], high, low;

	if (byte == '%' && text->size > 2 && hex_digit(text->data[1], &high) &&
	    hex_digit(text->data[2], &low)) {
		*text = slice_after(*text, 3);
		return (uint8_t)(high << 4 | low);
	}
	*text = slice_after(*text, 1);
	return byte;
}

static bool key_equal(struct slice key, struct slice name)
{
	for (; key.size && name.size; name = slice_after(name, 1))
		if (take_byte(&key) != name.data[0])
			return false;
	return !key.size && !name.size;
}

/* Names of signatures and credentials in query strings (semconv 3.5); their case matters. */
static bool key_secret(struct slice key)
{
	static const char names[][24] = {
		"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "AWSAccessKeyId",
		"Signature",	   "sig",	       "X-Goog-Signature",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (key_equal(key, slice_of_string(names[i])))
			return true;
	return false;
}

/* Most keys are seen at their first letter to be no secret's. */
static bool key_suspect(uint8_t first)
{
	return first == 'X' || first == 'A' || first == 'S' || first == 's' || first == '%';
}

/*
 * A value ends at "&"; a key also begins after ";", which some servers take for "&" and which hides
 * a secret from none of them.
 */
static void put_query(struct sink *sink, struct slice query)
{
	size_t put_to = 0, at = 0;

	while (at < query.size) {
		struct slice rest = slice_after(query, at);
		size_t key = key_suspect(rest.data[0]) ? until_any(rest, '=', '&', ';') : rest.size;

		if (key < rest.size && rest.data[key] == '=' &&
		    key_secret(slice_first(rest, key))) {
			put(sink, between(query, put_to, at + key + 1));
			put(sink, SLICE(URL_REDACTED));
			put_to = at + until(rest, '&');
		}
		at += until_any(rest, '&', put_to > at ? '&' : ';', '&') + 1;
	}
	put(sink, slice_after(query, put_to));
}

static void put_user_info(struct sink *sink, struct slice user_info)
{
	size_t name = until(user_info, ':');

	if (name)
		put(sink, SLICE(URL_REDACTED));
	if (name < user_info.size)
		put(sink, SLICE(":" URL_REDACTED));
	put(sink, SLICE("@"));
}

size_t url_redact_query(struct slice query, uint8_t *to, size_t room)
{
	struct sink sink = { .to = to, .room = room };

	put_query(&sink, query);
	return sink_end(&sink);
}

size_t url_redact(struct slice text, struct slice scheme, uint8_t *to, size_t room)
{
	struct sink sink = { .to = to, .room = room };
	size_t size = scheme_size(text);
	struct authority place = authority_find(text, authority_start(text, size));
	size_t end = place.end + until(slice_after(text, place.end), '#');
	size_t query = place.end + until(between(text, place.end, end), '?');

	if (!size && scheme.size) {
		put(&sink, scheme);
		put(&sink, SLICE("://"));
	} else {
		put(&sink, slice_first(text, place.start));
	}
	if (place.host > place.start)
		put_user_info(&sink, between(text, place.start, place.host - 1));
	query += query < end;
	put(&sink, between(text, place.host, query));
	put_query(&sink, between(text, query, end));
	put(&sink, slice_after(text, end));
	return sink_end(&sink);
}
