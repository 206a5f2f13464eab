/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment that a child process is given. While a span is current on the calling thread it
 * is a copy in which the variables of the context (TRACEPARENT, TRACESTATE, BAGGAGE: what
 * OTEL_PROPAGATORS says, otel-spec 7.8) are those of that span, each once. At any other time it is
 * the very environment that the program gave. What the program has as its own is never changed.
 *
 * The copy lies in the frame of the function that replaces exec or spawn: a child of vfork() has no
 * memory that is not its parent's, and another thread may be in malloc().
 *
 *	char *room[carrier_room(environment)];
 *
 *	real(path, arguments, carrier_environment(environment, sizeof(room), room));
 *
 * Ownership: strings that stay are borrowed from the program's environment, new ones are in the
 * room.
 * Threads: any, also in a child of fork() or vfork(). Nothing is written but the room and, by
 * others than a child of vfork(), the count of what passed through.
 * Failure: an environment that is too big goes on as it is and is counted (area_count_passed()).
 */
#ifndef CALL_CARRIER_H
#define CALL_CARRIER_H

#include <stddef.h>

/* Bytes of pointers that a copy may have, with its end; the strings of ours come on top. */
#define CARRIER_POINTERS_SIZE ((size_t)64 << 10)

/* The formats in which a context goes on, PROPAGATOR_BIT()s; 0: none. Set once, at load. */
void carrier_configure(unsigned propagators);

/*
 * How many pointers of room the copy of @environment takes, its strings included; 1 when there will
 * be no copy. A null pointer is an empty environment.
 */
size_t carrier_room(char *const *environment);

/*
 * The environment for the child: in @room, of @size bytes, or @environment itself. What does not
 * fit since the room was measured (another thread changes the environment) goes on as it is.
 */
char *const *carrier_environment(char *const *environment, size_t size, char **room);

#endif
