/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we know of each CURLM*: the handles in it and how many of them libcurl said were running;
 * and what the hooks of multi functions say before and after the real call, by the rules of
 * call/perform.h.
 *
 * Ownership: made at the first curl_multi_add_handle, given back by curl_multi_cleanup. The table
 * is lock-free open addressing; full: transfers are not told, counted. Threads: libcurl allows one
 * thread at a time on a multi and all that is in it. After a fork the table is empty in the child.
 */
#ifndef CALL_MULTI_H
#define CALL_MULTI_H

#include <stdbool.h>
#include <stdint.h>

#include "call/easy.h"
#include "call/libcurl.h"
#include "call/perform.h"

#define MULTIS_MAX 4096u
#define MULTI_TRIES 32u

struct multi {
	struct curl_multi *handle;
	const struct libcurl *libcurl;
	struct multi_slot *slot;
	struct easy *first;	/* all that are in it */
	struct easy *fresh;	/* of them, those that were not driven yet */
	uint32_t unread;	/* of them, those whose end the program was not told */
	uint32_t running;	/* as libcurl said last, and those that were added since */
};

/* @easy ends while it is in a multi: as if it were removed. */
void multi_left(struct easy *easy);

struct multi_call {
	struct perform perform;
	struct curl_multi *multi;
};

/* Begins a call on @multi; @handle is its easy handle, or null. */
PERFORM_APART void multi_begin(struct multi_call *call, struct curl_multi *multi,
			       struct curl_easy *handle, const void *caller);

/* curl_multi_add_handle */
PERFORM_APART void multi_begin_add(struct multi_call *call, struct curl_multi *multi,
				   struct curl_easy *handle, const void *caller);
PERFORM_APART void multi_end_add(struct multi_call *call, int code);

/* curl_multi_perform, curl_multi_socket_action and its older forms. */
PERFORM_APART void multi_begin_drive(struct multi_call *call, struct curl_multi *multi,
				     const void *caller);
PERFORM_APART void multi_end_drive(struct multi_call *call, int code, const int *running);

/* curl_multi_info_read, begun by multi_begin(). */
PERFORM_APART void multi_end_read(struct multi_call *call, const struct curl_message *message);

/* curl_multi_remove_handle, begun by multi_begin(). */
PERFORM_APART void multi_end_remove(struct multi_call *call, int code);

/* curl_multi_cleanup: before the real call. */
PERFORM_APART void multi_begin_cleanup(struct multi_call *call, struct curl_multi *multi,
				       const void *caller);

#endif
