/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hook of an easy function says before and after the real call. Each pair begins with one
 * structure on the hook's stack, which holds no thread-local address and no lock, so that the real
 * call may run callbacks that call us again, fork, switch threads, throw or jump away.
 *
 * begin always leaves `libcurl` as the functions to call (null: nothing real exists for this
 * caller: the hook returns the documented failure) and never fails otherwise: what cannot be traced
 * is passed through and counted.
 *
 * Threads: that of the handle; any number at once on different handles.
 */
#ifndef CALL_PERFORM_H
#define CALL_PERFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call/easy.h"
#include "call/libcurl.h"
#include "call/parent.h"

/* Apart from the hook, also where a whole program is optimised at once: see base/guard.h. */
#define PERFORM_APART __attribute__((noinline))

/*
 * Begins tracing. @ready is asked before each transfer, on the application thread, whether this
 * process has an area to write into, and makes it if need be.
 */
void perform_enable(bool (*ready)(void));

struct perform {
	const struct libcurl *libcurl;
	struct curl_easy *handle;	/* the argument; null where there is none */
	bool own;			/* the program's own call, and tracing is on */
	bool begun;			/* this call is a transfer that is told */
	/* A callback may have forked: then what was begun is the parent's. */
	uint64_t process_id;
};

/*
 * Finds the functions to call for @handle, or for @multi, where one is known; null: for @caller.
 * For the hooks of multi handles too. True: the call is the program's own, and tracing is on; then
 * the guard is held.
 */
struct guard;
struct multi;
bool perform_enter(struct perform *perform, const struct libcurl *libcurl, const void *caller,
		   struct guard *guard);

/* Whether there is an area to write into; else the call is counted as passed through. */
bool perform_ready(struct perform *perform);

/* The same after the real call; false: nothing is to be done, and the guard is not held. */
bool perform_resume(const struct perform *perform, struct guard *guard);

/* curl_easy_init */
PERFORM_APART void perform_begin_init(struct perform *perform, const void *caller);
PERFORM_APART void perform_end_init(struct perform *perform, struct curl_easy *made);

/* curl_easy_setopt; @value as easy_set() takes it. */
PERFORM_APART void perform_begin_set(struct perform *perform, struct curl_easy *handle,
				     const void *caller);
PERFORM_APART void perform_end_set(struct perform *perform, int option, uintptr_t value, int code);

/* curl_easy_perform: what callbacks do meanwhile has the transfer as its parent. */
struct perform_transfer {
	struct perform perform;
	struct current current;
};

PERFORM_APART void perform_begin(struct perform_transfer *transfer, struct curl_easy *handle,
				 const void *caller);
PERFORM_APART void perform_end(struct perform_transfer *transfer, int code);

/* curl_easy_reset */
PERFORM_APART void perform_begin_other(struct perform *perform, struct curl_easy *handle,
				       const void *caller);
PERFORM_APART void perform_end_reset(struct perform *perform);

/* curl_easy_duphandle, begun by perform_begin_other(). */
PERFORM_APART void perform_end_copy(struct perform *perform, struct curl_easy *made);

/* A copy that libcurl made for itself. */
PERFORM_APART void perform_copied(const struct libcurl *libcurl, const struct curl_easy *handle,
				  struct curl_easy *made);

/* curl_easy_cleanup: before the real call, after which the address may be another handle's. */
PERFORM_APART void perform_begin_cleanup(struct perform *perform, struct curl_easy *handle,
					 const void *caller);

#endif
