/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tracestate of W3C Trace Context level 2 (otel-spec 7.2): a list of members `key=value`, the
 * most recent first. What is malformed anywhere is malformed as a whole.
 *
 * Ownership: the members are borrowed from the lines that were added. Threads: pure functions.
 */
#ifndef TRACE_TRACESTATE_H
#define TRACE_TRACESTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define TRACESTATE_MEMBERS_MAX 32
/* Of one member; longer ones are the first to go when there is no room for all */
#define TRACESTATE_LARGE 128
/* What we keep and send: twice what everybody must */
#define TRACESTATE_SIZE_MAX 1024

struct tracestate {
	size_t seen;	/* members of all lines, those that came twice too */
	size_t count;
	struct slice member[TRACESTATE_MEMBERS_MAX];
};

void tracestate_clear(struct tracestate *state);

/*
 * Adds the members of one field at the end; of equal keys the first stays. False: malformed, or
 * more than 32 members; then nothing of @state is to be used.
 */
bool tracestate_add(struct tracestate *state, struct slice line);

/*
 * Adds @member, `key=value`, in front or moves it there; the 33rd drops out at the end. False and
 * untouched when it is malformed.
 */
bool tracestate_set(struct tracestate *state, struct slice member);

/* Takes the member of this key out, if there is one. */
void tracestate_remove(struct tracestate *state, struct slice key);

/* The value of a key; `.data == NULL`: there is none. */
struct slice tracestate_value(const struct tracestate *state, struct slice key);

/*
 * Writes whole members, with commas between them, into @room bytes at @ret; how many bytes. When
 * not all fit the large ones go first, from the end, then others from the end.
 */
size_t tracestate_format(const struct tracestate *state, size_t room, uint8_t *ret);

#endif
