/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of collectors. */
#include "exporter/endpoint.h"

#include "exporter/number.h"
#include "exporter/small_file.h"

struct text {
	char *to;
	size_t used, room;	/* the terminating zero needs no room */
	bool overrun;
};

static void put(struct text *text, struct slice bytes)
{
	if (bytes.size > text->room - text->used) {
		text->overrun = true;
		return;
	}
	if (bytes.size)
		memcpy(text->to + text->used, bytes.data, bytes.size);
	text->used += bytes.size;
	text->to[text->used] = '\0';
}

static bool begins(struct slice text, struct slice word)
{
	if (text.size < word.size)
		return false;
	for (size_t i = 0; i < word.size; i++)
		if ((text.data[i] | 0x20) != word.data[i] && text.data[i] != word.data[i])
			return false;
	return true;
}

static bool scheme_take(struct slice *url, struct endpoint *endpoint)
{
	if (begins(*url, SLICE("http://"))) {
		endpoint->scheme = ENDPOINT_HTTP;
		*url = slice_after(*url, 7);
		return true;
	}
	if (begins(*url, SLICE("https://"))) {
		endpoint->scheme = ENDPOINT_HTTPS;
		*url = slice_after(*url, 8);
		return true;
	}
	return false;
}

static size_t find_any(struct slice text, const char *bytes)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr(bytes, text.data[i]))
			return i;
	return text.size;
}

static bool port_read(struct slice digits, uint16_t *ret)
{
	uint32_t number = 0;

	if (!digits.size || digits.size > 5)
		return false;
	for (size_t i = 0; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		number = number * 10 + (uint32_t)(digits.data[i] - '0');
	}
	if (!number || number > UINT16_MAX)
		return false;
	*ret = (uint16_t)number;
	return true;
}

/* Neither blanks nor controls: they would break the head of the request. */
static bool printable(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] <= ' ' || text.data[i] == 0x7f)
			return false;
	return true;
}

/* Splits "[::1]:4318" and "host:4318"; an empty port is no port. */
static bool host_split(struct slice authority, struct slice *ret_host, struct slice *ret_port)
{
	size_t end;

	if (authority.size && authority.data[0] == '[') {
		end = find_any(authority, "]");
		if (end == authority.size)
			return false;
		*ret_host = slice_of(authority.data + 1, end - 1);
		authority = slice_after(authority, end + 1);
		if (authority.size && authority.data[0] != ':')
			return false;
		*ret_port = slice_after(authority, 1);
		return true;
	}
	end = find_any(authority, ":");
	*ret_host = slice_first(authority, end);
	*ret_port = slice_after(authority, end + 1);
	return true;
}

static bool authority_take(struct slice authority, struct endpoint *endpoint)
{
	const uint16_t usual = endpoint->scheme == ENDPOINT_HTTPS ? 443 : 80;
	struct text host = { endpoint->host, 0, ENDPOINT_HOST_MAX, false };
	struct text field = { endpoint->authority, 0, sizeof(endpoint->authority) - 1, false };
	struct slice name, port;
	size_t at = authority.size;

	while (at && authority.data[at - 1] != '@')
		at--;
	if (!host_split(slice_after(authority, at), &name, &port) || !name.size)
		return false;
	endpoint->port = usual;
	if (port.size && !port_read(port, &endpoint->port))
		return false;
	put(&host, name);
	put(&field, memchr(name.data, ':', name.size) ? SLICE("[") : SLICE(""));
	put(&field, name);
	put(&field, memchr(name.data, ':', name.size) ? SLICE("]") : SLICE(""));
	if (endpoint->port != usual) {
		char digits[NUMBER_SIZE];

		put(&field, SLICE(":"));
		put(&field, slice_of(digits, number_format(endpoint->port, digits)));
	}
	return !host.overrun && !field.overrun;
}

static bool target_make(struct slice path, struct slice query, bool generic,
			struct endpoint *endpoint)
{
	struct text target = { endpoint->target, 0, ENDPOINT_TARGET_MAX, false };
	struct text shown = { endpoint->shown, 0, sizeof(endpoint->shown) - 1, false };

	put(&target, path);
	if (!path.size || (generic && path.data[path.size - 1] != '/'))
		put(&target, SLICE("/"));
	if (generic)
		put(&target, SLICE("v1/traces"));
	put(&shown, endpoint->scheme == ENDPOINT_HTTPS ? SLICE("https://") : SLICE("http://"));
	put(&shown, slice_of_string(endpoint->authority));
	put(&shown, slice_of(endpoint->target, target.used));
	put(&target, query);
	return !target.overrun && !shown.overrun;
}

enum endpoint_error endpoint_parse(struct slice url, bool generic, struct endpoint *ret)
{
	struct endpoint endpoint = { 0 };
	struct slice authority, path;

	url = text_trim(url);
	if (!scheme_take(&url, &endpoint))
		return ENDPOINT_SCHEME;
	url = slice_first(url, find_any(url, "#"));
	authority = slice_first(url, find_any(url, "/?"));
	url = slice_after(url, authority.size);
	path = slice_first(url, find_any(url, "?"));
	url = slice_after(url, path.size);
	if (!printable(authority) || !printable(path) || !printable(url))
		return ENDPOINT_MALFORMED;
	if (!authority_take(authority, &endpoint) || !target_make(path, url, generic, &endpoint))
		return ENDPOINT_MALFORMED;
	*ret = endpoint;
	return ENDPOINT_OK;
}

struct slice endpoint_scheme_of(struct slice url)
{
	size_t size = 0;

	url = text_trim(url);
	while (size < url.size && size < 16 &&
	       ((url.data[size] | 0x20) >= 'a' && (url.data[size] | 0x20) <= 'z'))
		size++;
	if (url.size < size + 3 || memcmp(url.data + size, "://", 3) != 0)
		return (struct slice){ 0 };
	return slice_first(url, size + 3);
}

enum endpoint_error endpoint_of(const struct config *config, struct endpoint *ret)
{
	if (config->traces_endpoint && *config->traces_endpoint)
		return endpoint_parse(slice_of_string(config->traces_endpoint), false, ret);
	return endpoint_parse(slice_of_string(config->endpoint), true, ret);
}
