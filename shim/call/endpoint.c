/* SPDX-License-Identifier: Apache-2.0 */
/* URLs that are OTLP endpoints. */
#include "call/endpoint.h"

#include "base/cold.h"
#include "protocol/url.h"

/*
 * As they were given: nearly every process is loaded without one transfer of its own, and parsing
 * would touch pages of code for it alone.
 */
static struct endpoint {
	enum endpoint_kind kind;
	struct slice text;
} endpoints[ENDPOINTS_MAX] COLD_TABLE;

static size_t endpoint_count;

START void endpoint_add(enum endpoint_kind kind, struct slice url)
{
	if (url.size && endpoint_count < ENDPOINTS_MAX)
		endpoints[endpoint_count++] = (struct endpoint){ kind, url };
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

static bool is_endpoint(const struct endpoint *endpoint, const struct url *url)
{
	struct url own;

	return url_parse(endpoint->text, SLICE(""), &own) && url->port == own.port &&
	       slice_equal_any_case(url->host, own.host) &&
	       slice_equal_any_case(url->scheme, own.scheme) &&
	       is_path_of(url->path, endpoint->kind, own.path);
}

bool endpoint_is_own(struct slice text, struct slice scheme)
{
	struct url url;

	if (!endpoint_count || !url_parse(text, scheme, &url))
		return false;
	for (size_t i = 0; i < endpoint_count; i++)
		if (is_endpoint(&endpoints[i], &url))
			return true;
	return false;
}
