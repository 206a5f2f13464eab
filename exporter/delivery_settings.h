/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration says about the way to the collector, and what we make of it.
 *
 * Main thread or the exporter's, once. Failure: what cannot be done is told by one log_warn() that
 * says what happens instead.
 */
#ifndef EXPORTER_DELIVERY_SETTINGS_H
#define EXPORTER_DELIVERY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "exporter/attributes.h"
#include "exporter/endpoint.h"
#include "exporter/user_headers.h"

struct delivery_settings {
	struct attribute_limits limits;
	size_t batch_spans;		/* at most in one request */
	uint64_t delay_ns, timeout_ns;	/* timeout 0: none */
	bool json, gzip;
	const char *unusable;		/* why the endpoint cannot be spoken to; null: it can */
	struct endpoint endpoint;
	struct user_headers headers;
};

/* @can_compress: there is something that makes gzip. */
void delivery_settings_read(const struct config *config, bool can_compress,
			    struct delivery_settings *ret);

#endif
