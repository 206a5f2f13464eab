/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint, headers, limits, encoding. */
#include "exporter/delivery_settings.h"

#include "base/log.h"

#define MS UINT64_C(1000000)

static uint64_t least_limit(uint64_t a, uint64_t b)
{
	if (!a || !b)
		return a + b;
	return a < b ? a : b;
}

/* Null, or why the endpoint cannot be used, told. */
static const char *endpoint_read(const struct config *config, struct endpoint *endpoint)
{
	bool own = config->traces_endpoint && *config->traces_endpoint;
	const char *name = own ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" :
				 "OTEL_EXPORTER_OTLP_ENDPOINT";
	enum endpoint_error error = endpoint_of(config, endpoint);

	if (error == ENDPOINT_SCHEME) {
		struct slice scheme = endpoint_scheme_of(slice_of_string(
			own ? config->traces_endpoint : config->endpoint));

		log_warn("%s: \"%.*s\" is not http://; spans are not sent", name, (int)scheme.size,
			 (const char *)scheme.data);
		return "endpoint without http://";
	}
	if (error == ENDPOINT_MALFORMED) {
		log_warn("%s: not a URL; spans are not sent", name);
		return "endpoint is not a URL";
	}
	if (endpoint->scheme == ENDPOINT_HTTPS) {
		log_warn("%s: https:// is not supported yet; spans are not sent. "
			 "A collector on this host takes http://", name);
		return "https:// is not supported yet";
	}
	return NULL;
}

static void headers_read(const struct config *config, struct user_headers *headers)
{
	user_headers_read(slice_of_string(config->traces_headers), headers);
	if (headers->refused)
		log_warn("%u of the headers for the collector cannot be used", headers->refused);
}

static bool wants_gzip(const struct config *config, bool can_compress)
{
	bool wanted = config->traces_compression == CONFIG_GZIP;

	if (wanted && !can_compress)
		log_warn("OTEL_EXPORTER_OTLP_COMPRESSION: no gzip inside of a traced process; "
			 "spans are sent uncompressed. \"otelshim COMMAND\" compresses");
	return wanted && can_compress;
}

void delivery_settings_read(const struct config *config, bool can_compress,
			    struct delivery_settings *ret)
{
	ret->limits = attribute_limits_of(config);
	ret->json = config->traces_protocol == CONFIG_HTTP_JSON;
	ret->gzip = wants_gzip(config, can_compress);
	ret->batch_spans = (size_t)config->max_export_batch_size;
	ret->delay_ns = (uint64_t)config->schedule_delay * MS;
	ret->timeout_ns = least_limit((uint64_t)config->traces_timeout * MS,
				      (uint64_t)config->export_timeout * MS);
	ret->unusable = endpoint_read(config, &ret->endpoint);
	headers_read(config, &ret->headers);
}
