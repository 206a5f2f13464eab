/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A libcurl that answers from a script: a shared object with the functions that we replace or call,
 * so that it is found for a caller as a real one is. The next handles that curl_easy_init and
 * curl_easy_duphandle answer are the script's, in order; what they will say the test writes into
 * them.
 */
#ifndef TESTS_SUPPORT_SCRIPTED_LIBCURL_H
#define TESTS_SUPPORT_SCRIPTED_LIBCURL_H

#include <stddef.h>
#include <stdint.h>

#include "call/easy.h"
#include "call/libcurl.h"

#define SCRIPT_SENT 4096

struct curl_easy {
	const struct curl_list *headers;	/* CURLOPT_HTTPHEADER as it is now */
	struct curl_multi *multi;
	int code;			/* what a transfer ends with */
	int refuses;			/* what curl_easy_setopt and curl_multi_add_handle answer */
	long status, redirects, http_version, port;
	int64_t total_us, connect_us, first_byte_us;
	const char *url;		/* CURLINFO_EFFECTIVE_URL */
	const char *method;		/* CURLINFO_EFFECTIVE_METHOD */
	const char *scheme, *peer;
	unsigned int asked;		/* how often curl_easy_getinfo was called */
	unsigned int performed;
	char sent[SCRIPT_SENT];		/* the headers of the last request, each with a newline */
	/* Runs inside the transfer, as a callback of the program's. */
	void (*inside)(struct curl_easy *handle);
	struct curl_message message;
};

struct curl_multi {
	int running;			/* what driving answers */
	struct curl_easy *done;		/* what curl_multi_info_read answers next */
	int code;			/* what everything answers */
	unsigned int calls;
};

struct curl_url {
	const char *url;		/* null: none */
};

/* The next handle that is made. */
void scripted_next(struct curl_easy *handle);

/* Makes @handle send a request: its headers are walked. */
void scripted_send(struct curl_easy *handle);

#endif
