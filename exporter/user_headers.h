/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTEL_EXPORTER_OTLP_HEADERS (otel-spec 1.10): "k1=v1,k2=v2", values percent-encoded. They hold
 * secrets: nothing here or at the caller's ever prints them.
 *
 * Pure.
 */
#ifndef EXPORTER_USER_HEADERS_H
#define EXPORTER_USER_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define USER_HEADERS_SIZE ((size_t)8 << 10)

struct user_headers {
	size_t used;
	unsigned refused;	/* members that were malformed, or fields that are ours to set */
	bool user_agent;	/* the user gave one of his own */
	char text[USER_HEADERS_SIZE];	/* "name: value\r\n"... */
};

void user_headers_read(struct slice list, struct user_headers *ret);

#endif
