/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that the program sets itself: they stay as they are, on the wire and in its memory. */
#include <stdio.h>
#include <stdlib.h>

#include "case.h"

#define OWN "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static void tell_list(const struct curl_slist *list)
{
	printf("list:");
	for (; list; list = list->next)
		printf(" [%s]", list->data);
	printf("\n");
}

/* It is used again, appended to, freed, and another one is set. */
static void lists(void)
{
	struct curl_slist *list = header_list("X-A: 1", "X-B: 2", (void *)NULL);
	CURL *handle = transfer_open("/ok");

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	transfer_show(handle, "set");
	tell_list(list);
	transfer_show(handle, "again");
	list = curl_slist_append(list, "X-C: 3");
	transfer_show(handle, "appended to");
	tell_list(list);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
	transfer_show(handle, "without");
	list = header_list("X-D: 4", "Accept:", (void *)NULL);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	transfer_show(handle, "another");
	curl_slist_free_all(list);
	list = header_list("X-E: 5", (void *)NULL);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	transfer_show(handle, "set after the last was freed");
	curl_slist_free_all(list);
	curl_easy_cleanup(handle);
}

/* One list for two handles, one of which is gone before the other performs. */
static void shared_list(void)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *first = transfer_open("/ok?n=1"), *second = transfer_open("/ok?n=2");

	curl_easy_setopt(first, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(second, CURLOPT_HTTPHEADER, list);
	transfer_once(first, "first");
	transfer_show(second, "second");
	curl_easy_reset(second);
	curl_slist_free_all(list);
	curl_easy_setopt(second, CURLOPT_URL, url_at("http", "HTTP", "/204"));
	transfer_once(second, "reset");
}

static size_t free_list(char *data, size_t size, size_t count, void *state)
{
	struct curl_slist **list = state;

	(void)data;
	curl_slist_free_all(*list);
	*list = NULL;
	return size * count;
}

/* Allowed as soon as the request was sent: nobody reads the list any more. */
static void freed_meanwhile(void)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *handle = transfer_open("/ok");

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, free_list);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, &list);
	transfer_show(handle, "freed meanwhile");
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, NULL);
	transfer_once(handle, "without");
}

static void with_header(const char *line, const char *more)
{
	struct curl_slist *list = header_list(line, more, (void *)NULL);
	CURL *handle = transfer_open("/ok");

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	transfer_once(handle, line);
	curl_slist_free_all(list);
}

static void own_traceparent(void)
{
	with_header("Traceparent: " OWN, NULL);
	with_header("X-A: 1", "TRACEPARENT:" OWN);
	with_header("traceparent: " OWN, "tracestate: vendor=1");
	with_header("traceparent: not one", NULL);
}

static void no_traceparent(void)
{
	with_header("traceparent:", NULL);
	with_header("traceparent;", NULL);
	with_header("X-Traceparent: 1", "traceparents: 2");
}

static void own_state(void)
{
	with_header("tracestate: vendor=1", NULL);
	with_header("baggage: shop=2", NULL);
}

static void signed_request(void)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *handle = transfer_open("/ok");

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(handle, CURLOPT_USERPWD, "key:secret");
	curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, "aws:amz:here:service");
	transfer_show(handle, "signed");
	curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, NULL);
	curl_easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	transfer_once(handle, "not signed any more");
	curl_slist_free_all(list);
}

static void with_proxy(const char *url, bool unified)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	struct curl_slist *proxy = header_list("X-P: 1", (void *)NULL);
	CURL *handle = transfer_open_url(url);

	curl_easy_setopt(handle, CURLOPT_PROXY, url_at("http", "PROXY", ""));
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(handle, CURLOPT_PROXYHEADER, proxy);
	if (unified)
		curl_easy_setopt(handle, CURLOPT_HEADEROPT, (long)CURLHEADER_UNIFIED);
	transfer_once(handle, unified ? "unified" : "separate");
	curl_slist_free_all(list);
	curl_slist_free_all(proxy);
}

static void proxies(void)
{
	CURL *handle;

	with_proxy(url_at("http", "HTTP", "/ok"), false);
	with_proxy(url_at("https", "TLS", "/ok"), false);
	with_proxy(url_at("https", "TLS", "/ok"), true);
	handle = transfer_open("/ok");
	curl_easy_setopt(handle, CURLOPT_PROXY, url_at("http", "PROXY", ""));
	curl_easy_setopt(handle, CURLOPT_HTTPPROXYTUNNEL, 1L);
	transfer_once(handle, "tunnel");
}

/* Set while the handle is in a multi, before it was driven for the first time. */
static void set_in_multi(void)
{
	struct curl_slist *before = header_list("X-Before: 1", (void *)NULL);
	struct curl_slist *after = header_list("X-After: 1", (void *)NULL);
	CURL *handle = transfer_open("/ok");
	CURLM *multi = curl_multi_init();

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, before);
	multi_add(multi, handle);
	printf("setopt: %d\n", curl_easy_setopt(handle, CURLOPT_HTTPHEADER, after));
	curl_slist_free_all(before);
	multi_drive(multi, 0);
	multi_collect(multi);
	tell_list(after);
	curl_slist_free_all(after);
	curl_multi_cleanup(multi);
}

static void no_list_in_multi(void)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *handle = transfer_open("/ok");
	CURLM *multi = curl_multi_init();

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	multi_add(multi, handle);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
	multi_drive(multi, 0);
	multi_collect(multi);
	curl_multi_cleanup(multi);
}

/* What the program's own SDK would send; the rig says by the environment where that goes. */
static void own_telemetry(void)
{
	CURL *handle = transfer_open("/v1/traces");

	curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "spans");
	transfer_once(handle, "telemetry");
	handle = transfer_open("/ok");
	transfer_once(handle, "something else");
}

static void plain_get(void)
{
	transfer_once(transfer_open("/ok"), "GET");
}

const struct curl_case header_cases[] = {
	{"H02", lists},
	{"H02-shared", shared_list},
	{"H02-freed", freed_meanwhile},
	{"H03", own_traceparent},
	{"H04", no_traceparent},
	{"H04-state", own_state},
	{"H21", set_in_multi},
	{"H21-none", no_list_in_multi},
	{"H23", signed_request},
	{"H24", proxies},
	{"H32", plain_get},
	{"H32-unsampled", plain_get},
	{"H32-state", plain_get},
	{"H32-disabled", plain_get},
	{"H33", own_telemetry},
	{NULL, NULL},
};
