/* SPDX-License-Identifier: Apache-2.0 */
/* The easy interface: methods, URLs, and what a handle keeps from one transfer to the next. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "case.h"

static void get(void)
{
	CURL *handle = transfer_open("/ok");

	transfer_show(handle, "first");
	transfer_once(handle, "second");
}

static size_t read_body(char *to, size_t size, size_t count, void *state)
{
	int *turn = state;

	if (*turn || size * count < 4)
		return 0;
	*turn = 1;
	memcpy(to, "body", 4);
	return 4;
}

static void put(CURL *handle, const char *what)
{
	int turn = 0;

	curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_body);
	curl_easy_setopt(handle, CURLOPT_READDATA, &turn);
	curl_easy_setopt(handle, CURLOPT_INFILESIZE, 4L);
	transfer_show(handle, what);
}

static void custom(const char *method)
{
	CURL *handle = transfer_open("/upload");

	curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
	transfer_once(handle, method);
}

static void methods(void)
{
	CURL *handle = transfer_open("/upload");

	curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "a=1");
	transfer_once(handle, "POSTFIELDS");
	handle = transfer_open("/upload");
	put(handle, "UPLOAD");
	curl_easy_cleanup(handle);
	handle = transfer_open("/upload");
	curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "PATCH");
	curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, "b=22");
	transfer_once(handle, "PATCH");
	handle = transfer_open("/ok");
	curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
	transfer_once(handle, "NOBODY");
	custom("DELETE");
	custom("OPTIONS");
	custom("get");
	custom("FOO");
}

static void mime(void)
{
	CURL *handle = transfer_open("/upload");
	curl_mime *form = curl_mime_init(handle);
	curl_mimepart *part = curl_mime_addpart(form);

	curl_mime_name(part, "field");
	curl_mime_data(part, "content", CURL_ZERO_TERMINATED);
	curl_easy_setopt(handle, CURLOPT_MIMEPOST, form);
	transfer_once(handle, "MIMEPOST");
	curl_mime_free(form);
}

/* Each setting as the one before left the handle. */
static void method_changes(void)
{
	CURL *handle = transfer_open("/upload");

	curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "x");
	transfer_show(handle, "POST");
	curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
	transfer_show(handle, "HTTPGET");
	curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "PATCH");
	transfer_show(handle, "CUSTOMREQUEST");
	curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, NULL);
	transfer_show(handle, "without it");
	curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
	transfer_show(handle, "NOBODY");
	curl_easy_setopt(handle, CURLOPT_NOBODY, 0L);
	transfer_show(handle, "NOBODY off");
	put(handle, "UPLOAD");
	curl_easy_setopt(handle, CURLOPT_UPLOAD, 0L);
	transfer_show(handle, "UPLOAD off");
	curl_easy_setopt(handle, CURLOPT_POST, 1L);
	curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "yy");
	curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
	transfer_show(handle, "POST and NOBODY");
	curl_easy_reset(handle);
	curl_easy_setopt(handle, CURLOPT_URL, url_at("http", "HTTP", "/204"));
	transfer_once(handle, "reset");
}

static void secrets(void)
{
	char url[512];

	snprintf(url, sizeof(url),
		 "http://user:pw@%s/ok?a=1&sig=confidential&Signature=confidential",
		 setting("HTTP"));
	transfer_once(transfer_open_url(url), "user and password");
	snprintf(url, sizeof(url), "http://user@%s/ok?X-Amz-Signature=confidential#part",
		 setting("HTTP"));
	transfer_once(transfer_open_url(url), "user");
}

static void without_scheme(void)
{
	char url[512];
	CURL *handle;

	snprintf(url, sizeof(url), "%s/ok?n=1", setting("HTTP"));
	transfer_once(transfer_open_url(url), "no scheme");
	snprintf(url, sizeof(url), "%s/ok?n=2", setting("TLS"));
	handle = transfer_open_url(url);
	curl_easy_setopt(handle, CURLOPT_DEFAULT_PROTOCOL, "https");
	transfer_once(handle, "DEFAULT_PROTOCOL");
	snprintf(url, sizeof(url), "HTTP://%s/ok?n=3", setting("HTTP"));
	transfer_once(transfer_open_url(url), "capitals");
}

static void curlu(void)
{
	CURL *handle = curl_easy_init();
	CURLU *parts = curl_url();

	require(parts && !curl_url_set(parts, CURLUPART_URL, url_at("http", "HTTP", "/ok?part"), 0),
		"curl_url_set");
	curl_easy_setopt(handle, CURLOPT_CURLU, parts);
	curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
	transfer_show(handle, "CURLU");
	curl_easy_cleanup(handle);
	handle = transfer_open("/upload");
	curl_easy_setopt(handle, CURLOPT_CURLU, parts);
	transfer_show(handle, "CURLU and URL");
	curl_url_set(parts, CURLUPART_PATH, "/404", 0);
	transfer_show(handle, "CURLU, changed");
	curl_easy_setopt(handle, CURLOPT_CURLU, NULL);
	transfer_once(handle, "URL again");
	curl_url_cleanup(parts);
}

static void no_url(void)
{
	CURL *handle = curl_easy_init();

	transfer_show(handle, "no URL");
	curl_easy_setopt(handle, CURLOPT_URL, "http://[not an address/");
	transfer_show(handle, "a bad one");
	curl_easy_setopt(handle, CURLOPT_URL, "nothing://127.0.0.1/");
	transfer_once(handle, "an unknown scheme");
}

static void unix_socket(void)
{
	CURL *handle = transfer_open_url("http://localhost/ok");

	curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, setting("UNIX"));
	transfer_once(handle, "socket");
}

static int transfers_seen;

static int progress(void *state, curl_off_t total, curl_off_t now, curl_off_t up_total,
		    curl_off_t up_now)
{
	(void)state;
	(void)total;
	(void)now;
	(void)up_total;
	(void)up_now;
	transfers_seen++;
	return 0;
}

/* In parentheses: the function, not the macro that checks the types. */
static void arguments(void)
{
	char blob_data[] = "not a certificate";
	struct curl_blob blob = {
		.data = blob_data, .len = sizeof(blob_data), .flags = CURL_BLOB_COPY,
	};
	CURL *handle = transfer_open("/upload");

	errno = EXFULL;
	printf("int: %d\n", (curl_easy_setopt)(handle, CURLOPT_FOLLOWLOCATION, 1));
	printf("int below zero: %d\n", (curl_easy_setopt)(handle, CURLOPT_MAXREDIRS, -1));
	printf("int below zero: %d\n", (curl_easy_setopt)(handle, CURLOPT_TIMEOUT, -1));
	printf("int: %d\n", (curl_easy_setopt)(handle, CURLOPT_NOPROGRESS, 0));
	printf("function: %d\n", (curl_easy_setopt)(handle, CURLOPT_XFERINFOFUNCTION, progress));
	printf("offset: %d\n", (curl_easy_setopt)(handle, CURLOPT_MAX_RECV_SPEED_LARGE,
						  (curl_off_t)INT64_C(0x100000000)));
	printf("offset: %d\n", (curl_easy_setopt)(handle, CURLOPT_POSTFIELDSIZE_LARGE,
						  (curl_off_t)3));
	printf("data: %d\n", (curl_easy_setopt)(handle, CURLOPT_POSTFIELDS, "abcdef"));
	printf("blob: %d\n", (curl_easy_setopt)(handle, CURLOPT_SSLCERT_BLOB, &blob));
	printf("no blob: %d\n", (curl_easy_setopt)(handle, CURLOPT_SSLCERT_BLOB, NULL));
	printf("no such option: %d\n", (curl_easy_setopt)(handle, (CURLoption)9999, 1));
	printf("too long: %d\n", (curl_easy_setopt)(NULL, CURLOPT_URL, "x"));
	printf("errno: %s\n", errno == EXFULL ? "as it was" : "changed");
	transfer_once(handle, "all");
	printf("progress: %s\n", transfers_seen ? "seen" : "not seen");
}

static void versions(void)
{
	CURL *handle = transfer_open("/http10");

	transfer_show(handle, "answered as 1.0");
	curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_0);
	transfer_once(handle, "asked as 1.0");
}

const struct curl_case easy_cases[] = {
	{"H01", get},
	{"H01-version", versions},
	{"H05", methods},
	{"H05-mime", mime},
	{"H06", method_changes},
	{"H12", secrets},
	{"H13", without_scheme},
	{"H13-curlu", curlu},
	{"H14", no_url},
	{"H27", unix_socket},
	{"H30", arguments},
	{NULL, NULL},
};
