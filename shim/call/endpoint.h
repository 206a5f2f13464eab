/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where telemetry goes: an SDK inside the program, and perhaps this very configuration, send it to
 * an OTLP endpoint over HTTP, and requests to that are not told (hooks.md B.6).
 *
 * Threads: configured once, at load; read-only afterwards. Ownership: borrows what it is given, for
 * good.
 */
#ifndef CALL_ENDPOINT_H
#define CALL_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define ENDPOINTS_MAX 4

enum endpoint_kind {
	ENDPOINT_BASE,		/* /v1/traces, /v1/metrics and /v1/logs are added to its path */
	ENDPOINT_WHOLE
};

/* One more; what is empty or too many is left out, and what is no URL is never met. */
void endpoint_add(enum endpoint_kind kind, struct slice url);

/* Whether @url, of @scheme where it names none, is one of them, whatever its query. */
bool endpoint_is_own(struct slice url, struct slice scheme);

#endif
