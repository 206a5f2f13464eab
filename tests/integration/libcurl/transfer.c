/* SPDX-License-Identifier: Apache-2.0 */
/* What all cases need of one transfer: its handle, its URL and what is told of its end. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "case.h"

#define URLS 4
#define URL_SIZE 512

/* What a handle received; it is CURLOPT_PRIVATE of the handle, too. */
struct sink {
	size_t size;
	char body[BODY_SEEN];
};

void require_failed(const char *what)
{
	fflush(stdout);
	fprintf(stderr, "main: %s\n", what);
	_exit(3);
}

const char *setting(const char *name)
{
	const char *value = getenv(name);

	require(value != NULL, name);
	return value;
}

const char *url_at(const char *scheme, const char *server, const char *path)
{
	static _Thread_local char urls[URLS][URL_SIZE];
	static _Thread_local unsigned int next;
	char *url = urls[next++ % URLS];

	snprintf(url, URL_SIZE, "%s://%s%s", scheme, setting(server), path);
	return url;
}

struct curl_slist *header_list(const char *first, ...)
{
	struct curl_slist *list = NULL;
	va_list more;

	va_start(more, first);
	for (const char *line = first; line; line = va_arg(more, const char *))
		list = curl_slist_append(list, line);
	va_end(more);
	return list;
}

static size_t keep(char *data, size_t size, size_t count, void *to)
{
	struct sink *sink = to;
	size_t all = size * count, room = sizeof(sink->body) - sink->size;

	memcpy(sink->body + sink->size, data, all < room ? all : room);
	sink->size += all < room ? all : room;
	return all;
}

CURL *transfer_open_url(const char *url)
{
	CURL *handle = curl_easy_init();
	static _Thread_local struct sink sink;

	require(handle != NULL, "curl_easy_init");
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, &sink);
	curl_easy_setopt(handle, CURLOPT_PRIVATE, &sink);
	curl_easy_setopt(handle, CURLOPT_TIMEOUT, 20L);
	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(handle, CURLOPT_CAINFO, setting("CA"));
	/* What the environment says of proxies is not of the case. */
	curl_easy_setopt(handle, CURLOPT_PROXY, "");
	return handle;
}

CURL *transfer_open(const char *path)
{
	return transfer_open_url(url_at("http", "HTTP", path));
}

static struct sink *sink_of(CURL *handle)
{
	char *sink = NULL;

	curl_easy_getinfo(handle, CURLINFO_PRIVATE, &sink);
	return (struct sink *)sink;
}

void transfer_tell(CURL *handle, const char *what, CURLcode result)
{
	long status = -1, redirects = -1;
	const struct sink *sink = sink_of(handle);

	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(handle, CURLINFO_REDIRECT_COUNT, &redirects);
	printf("%s: result %d, status %ld", what, (int)result, status);
	if (redirects > 0)
		printf(", %ld redirects", redirects);
	if (sink && sink->size)
		printf(", %zu bytes: %.*s", sink->size, (int)(sink->size < 64 ? sink->size : 64),
		       sink->body);
	if (!sink || !sink->size || sink->body[sink->size - 1] != '\n' || sink->size > 64)
		printf("\n");
}

CURLcode transfer_show(CURL *handle, const char *what)
{
	struct sink *sink = sink_of(handle);
	CURLcode result;

	if (sink)
		sink->size = 0;
	result = curl_easy_perform(handle);
	transfer_tell(handle, what, result);
	return result;
}

void transfer_once(CURL *handle, const char *what)
{
	transfer_show(handle, what);
	curl_easy_cleanup(handle);
}

void pause_for(int ms)
{
	const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&time, NULL);
}
