/* SPDX-License-Identifier: Apache-2.0 */
/*
 * W3C baggage (otel-spec 7.3) as it is handed on: members `key=value;property` stay encoded as they
 * came, without the blanks around their parts. A malformed member is left out, the others stay;
 * equal keys are legal.
 *
 * Threads: pure functions.
 */
#ifndef TRACE_BAGGAGE_H
#define TRACE_BAGGAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* What everybody must hand on, and the most that we do */
#define BAGGAGE_SIZE_MAX 8192
#define BAGGAGE_MEMBERS_MAX 64

/* Baggage that is being put together in the caller's room of BAGGAGE_SIZE_MAX bytes. */
struct baggage {
	uint8_t *text;
	size_t size, members;
	size_t left_out;	/* malformed, or no room: never a part of one */
};

static inline void baggage_begin(struct baggage *baggage, uint8_t text[BAGGAGE_SIZE_MAX])
{
	*baggage = (struct baggage){ .text = text };
}

/* Adds the members of one field. */
void baggage_add(struct baggage *baggage, struct slice line);

#endif
