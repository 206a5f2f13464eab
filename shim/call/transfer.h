/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One transfer of libcurl as a span: begun right before libcurl gets it, with its context in the
 * request's headers, ended with what libcurl says about it afterwards (hooks.md B.2 to B.5).
 *
 * The caller holds the guard. Threads: that of the handle. Failure: without memory or room the
 * transfer is passed through, counted.
 */
#ifndef CALL_TRANSFER_H
#define CALL_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "call/easy.h"
#include "trace/propagation.h"

/* What settings say about transfers. Set once, at load; read-only afterwards. */
struct transfer_options {
	unsigned propagators;	/* whose fields go into requests */
	bool non_http;		/* schemes that are not HTTP are told */
	bool sizes;		/* of bodies */
	bool into_signed;	/* fields go also into requests that libcurl signs */
};

extern struct transfer_options transfer_options;

/*
 * Begins the transfer that @easy is set up for; false where it is not to be told. @call: which call
 * of curl_easy_perform this is; null: it goes into a multi handle. @caller: return address. @ret:
 * what is current while the call lasts; it borrows what parent_of_call() has.
 */
bool transfer_begin(struct easy *easy, const void *call, const void *caller,
		    struct propagated *ret);

/* The transfer that was begun did not happen. */
void transfer_drop(struct easy *easy);

/* It ended with @code, a CURLcode. @end_ns 0: when libcurl says that it was over. */
void transfer_end(struct easy *easy, int code, uint64_t end_ns);

/* What is known of one that was taken out of its multi before its end was told. */
enum transfer_left {
	TRANSFER_LEFT_RUNNING,
	TRANSFER_LEFT_DONE,	/* not running any more; how it ended nobody can tell */
	TRANSFER_LEFT_EITHER	/* one of several of which some still run */
};

/* Ends it; true when it was taken for one that was running. */
bool transfer_leave(struct easy *easy, enum transfer_left left);

/* A call of curl_easy_perform that never came back: the program jumped out of it. */
void transfer_lose(struct easy *easy);

#endif
