/* SPDX-License-Identifier: Apache-2.0 */
/* URLs that are OTLP endpoints. */
#include "call/endpoint.h"

#include "base/cold.h"
#include "protocol/url.h"

static struct {
	enum endpoint_kind kind;
	struct url url;
} endpoints[ENDPOINTS_MAX] COLD_TABLE;

static size_t endpoint_count;

void endpoint_add(enum endpoint_kind kind, struct slice url)
{
	if (endpoint_count == ENDPOINTS_MAX ||
	    !url_parse(url, SLICE(""), &endpoints[endpoint_count].url))
		return;
	endpoints[endpoint_count++].kind = kind;
}

static bool equal_in_any_case(struct slice a, struct slice b)
{
	if (a.size != b.size)
		return false;
	for (size_t i = 0; i < a.size; i++)
		if (byte_lower(a.data[i]) != byte_lower(b.data[i]))
			return false;
	return true;
}

static struct slice without_slash(struct slice path)
{
	return path.size && path.data[path.size - 1] == '/' ? slice_first(path, path.size - 1) :
							      path;
}

static bool is_signal(struct slice path)
{
	return slice_equal(path, SLICE("/v1/traces")) || slice_equal(path, SLICE("/v1/metrics")) ||
	       slice_equal(path, SLICE("/v1/logs"));
}

static bool is_path_of(struct slice path, enum endpoint_kind kind, struct slice of)
{
	of = without_slash(of);
	if (kind == ENDPOINT_WHOLE)
		return slice_equal(without_slash(path), of);
	return slice_equal(slice_first(path, of.size), of) && is_signal(slice_after(path, of.size));
}

bool endpoint_is_own(struct slice text, struct slice scheme)
{
	struct url url;

	if (!endpoint_count || !url_parse(text, scheme, &url))
		return false;
	for (size_t i = 0; i < endpoint_count; i++) {
		const struct url *own = &endpoints[i].url;

		if (url.port == own->port && equal_in_any_case(url.host, own->host) &&
		    equal_in_any_case(url.scheme, own->scheme) &&
		    is_path_of(url.path, endpoints[i].kind, own->path))
			return true;
	}
	return false;
}
