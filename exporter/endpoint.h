/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where spans go: the collector's URL by otel-spec 2. A generic endpoint gets `v1/traces` added to
 * its path, one for traces is taken as it is. User information and fragment are left out, and never
 * shown.
 *
 * Pure. The structure owns what it says.
 */
#ifndef EXPORTER_ENDPOINT_H
#define EXPORTER_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/slice.h"

#define ENDPOINT_HOST_MAX 255
#define ENDPOINT_TARGET_MAX 1024

enum endpoint_scheme { ENDPOINT_HTTP, ENDPOINT_HTTPS };

struct endpoint {
	enum endpoint_scheme scheme;
	uint16_t port;
	char host[ENDPOINT_HOST_MAX + 1];	/* name or address, without brackets */
	/* For the Host field: with brackets, and the port unless it is the scheme's. */
	char authority[ENDPOINT_HOST_MAX + 10];
	char target[ENDPOINT_TARGET_MAX + 1];	/* path and query */
	/* The URL without its query, for people. */
	char shown[ENDPOINT_HOST_MAX + ENDPOINT_TARGET_MAX + 20];
};

enum endpoint_error {
	ENDPOINT_OK,
	ENDPOINT_SCHEME,	/* none, or none that we know */
	ENDPOINT_MALFORMED
};

/* @generic: OTEL_EXPORTER_OTLP_ENDPOINT, else the one for traces. @ret is untouched on failure. */
enum endpoint_error endpoint_parse(struct slice url, bool generic, struct endpoint *ret);

/*
 * What stands before the host, "grpc://", as far as it may be shown; empty: there is no scheme, and
 * what there is may be a name with a password.
 */
struct slice endpoint_scheme_of(struct slice url);

/* The endpoint of the settings. */
enum endpoint_error endpoint_of(const struct config *config, struct endpoint *ret);

#endif
