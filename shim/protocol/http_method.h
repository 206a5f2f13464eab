/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which methods of HTTP have names of their own in spans; all others are "_OTHER". Their case
 * matters: "get" is none of them.
 *
 * Pure, no allocation.
 */
#ifndef PROTOCOL_HTTP_METHOD_H
#define PROTOCOL_HTTP_METHOD_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * Whether @method, the token as sent, is known. @instead, when it is not empty, replaces the list
 * of known methods: names with commas between them (OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS).
 */
bool http_method_known(struct slice method, struct slice instead);

#endif
