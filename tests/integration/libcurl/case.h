/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases that `run` drives: each is one function that uses libcurl as a program would, and
 * prints what libcurl answered. Nothing here knows of us, nor prints what differs from run to run.
 */
#ifndef TESTS_INTEGRATION_LIBCURL_CASE_H
#define TESTS_INTEGRATION_LIBCURL_CASE_H

#include <curl/curl.h>
#include <stdbool.h>

struct curl_case {
	const char *id;
	void (*run)(void);
};

/* Each ends with a null id. */
extern const struct curl_case easy_cases[], header_cases[], ending_cases[], handle_cases[],
	multi_cases[], scheme_cases[], lookup_cases[], thread_cases[];

/* ---- transfer.c ---- */

#define BODY_SEEN 4096	/* of a body, what is kept */

_Noreturn void require_failed(const char *what);

/* Ends the program when what must hold does not. */
static inline void require(bool holds, const char *what)
{
	if (!holds)
		require_failed(what);
}

/* What the environment says, which must be there. */
const char *setting(const char *name);

/* An URL in memory of this thread, until it asked for four more: http://$HTTP/ok. */
const char *url_at(const char *scheme, const char *server, const char *path);

/* A list of headers; ends with a null. */
struct curl_slist *header_list(const char *first, ...);

/* A handle for http://$HTTP@path that keeps what it receives; and for any URL. */
CURL *transfer_open(const char *path);
CURL *transfer_open_url(const char *url);

/* Performs and tells; @what is printed before it. Then the handle is as it was. */
CURLcode transfer_show(CURL *handle, const char *what);

/* The same, then the handle is cleaned up. */
void transfer_once(CURL *handle, const char *what);

/* Tells how it ended. */
void transfer_tell(CURL *handle, const char *what, CURLcode result);

/* Milliseconds. */
void pause_for(int ms);

/* ---- drive.c ---- */

/* Adds a handle, which must be possible. */
void multi_add(CURLM *multi, CURL *handle);

/* Drives until nothing runs any more, or so many turns are over; what still runs. */
int multi_drive(CURLM *multi, int turns);

/* Reads all messages, removes and cleans up their handles; how many ended with CURLE_OK. */
int multi_collect(CURLM *multi);

#endif
