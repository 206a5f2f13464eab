/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted libcurl. */
#include "tests/support/scripted_libcurl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not <curl/curl.h>: as the hooks, with the prototypes of the list. */
#define LIBCURL(name, type) __attribute__((visibility("default"))) extern __typeof__(type) name;
#define LIBCURL_CALLED(name, type) LIBCURL(name, type)
#include "call/libcurl.def"
#undef LIBCURL
#undef LIBCURL_CALLED

#define EXPORT __attribute__((visibility("default")))

static struct curl_easy *next_handle;

EXPORT void scripted_next(struct curl_easy *handle)
{
	next_handle = handle;
}

EXPORT void scripted_send(struct curl_easy *handle)
{
	size_t used = 0;

	handle->sent[0] = '\0';
	for (const struct curl_list *line = handle->headers; line; line = line->next) {
		int added = snprintf(handle->sent + used, sizeof(handle->sent) - used, "%s\n",
				     line->data);

		if (added > 0)
			used += (size_t)added;
	}
}

struct curl_easy *curl_easy_init(void)
{
	struct curl_easy *made = next_handle;

	next_handle = NULL;
	return made;
}

struct curl_easy *curl_easy_duphandle(struct curl_easy *handle)
{
	struct curl_easy *made = curl_easy_init();

	if (made)
		made->headers = handle->headers;
	return made;
}

int curl_easy_setopt(struct curl_easy *handle, int option, ...)
{
	va_list list;

	if (handle->refuses)
		return handle->refuses;
	va_start(list, option);
	if (option == EASY_HEADERS)
		handle->headers = va_arg(list, const struct curl_list *);
	va_end(list);
	return 0;
}

int curl_easy_perform(struct curl_easy *handle)
{
	handle->performed++;
	scripted_send(handle);
	if (handle->inside)
		handle->inside(handle);
	return handle->code;
}

void curl_easy_reset(struct curl_easy *handle)
{
	handle->headers = NULL;
}

void curl_easy_cleanup(struct curl_easy *handle)
{
	handle->headers = NULL;
	handle->multi = NULL;
}

static long number_of(const struct curl_easy *handle, int info)
{
	switch (info) {
	case 0x200002:
		return handle->status;
	case 0x200014:
		return handle->redirects;
	case 0x20002e:
		return handle->http_version;
	case 0x200028:
		return handle->port;
	default:
		return -1;
	}
}

static const char *text_of(const struct curl_easy *handle, int info)
{
	switch (info) {
	case 0x100001:
		return handle->url;
	case 0x10003a:
		return handle->method;
	case 0x100020:
		return handle->peer;
	case 0x100031:
		return handle->scheme;
	default:
		return NULL;
	}
}

static int64_t offset_of(const struct curl_easy *handle, int info)
{
	switch (info) {
	case 0x600032:
		return handle->total_us;
	case 0x600034:
		return handle->connect_us;
	case 0x600036:
		return handle->first_byte_us;
	default:
		return 0;
	}
}

int curl_easy_getinfo(struct curl_easy *handle, int info, ...)
{
	va_list list;
	void *to;

	handle->asked++;
	va_start(list, info);
	to = va_arg(list, void *);
	va_end(list);
	switch (info & 0xf00000) {
	case 0x100000:
		memcpy(to, &(const char *){ text_of(handle, info) }, sizeof(char *));
		return 0;
	case 0x200000:
		memcpy(to, &(long){ number_of(handle, info) }, sizeof(long));
		return 0;
	case 0x600000:
		memcpy(to, &(int64_t){ offset_of(handle, info) }, sizeof(int64_t));
		return 0;
	default:
		return 48;
	}
}

int curl_multi_add_handle(struct curl_multi *multi, struct curl_easy *handle)
{
	multi->calls++;
	if (handle->refuses)
		return handle->refuses;
	if (handle->multi)
		return 7;
	handle->multi = multi;
	return multi->code;
}

int curl_multi_remove_handle(struct curl_multi *multi, struct curl_easy *handle)
{
	multi->calls++;
	if (handle->multi && handle->multi != multi)
		return 2;
	handle->multi = NULL;
	return multi->code;
}

struct curl_message *curl_multi_info_read(struct curl_multi *multi, int *left)
{
	struct curl_easy *done = multi->done;

	multi->calls++;
	*left = 0;
	multi->done = NULL;
	if (!done)
		return NULL;
	done->message = (struct curl_message){ .kind = CURL_MESSAGE_DONE, .easy = done };
	done->message.data.result = done->code;
	return &done->message;
}

int curl_multi_cleanup(struct curl_multi *multi)
{
	multi->calls++;
	return multi->code;
}

int curl_multi_perform(struct curl_multi *multi, int *running)
{
	multi->calls++;
	*running = multi->running;
	return multi->code;
}

int curl_multi_socket_action(struct curl_multi *multi, int socket, int events, int *running)
{
	(void)socket, (void)events;
	return curl_multi_perform(multi, running);
}

int curl_multi_socket(struct curl_multi *multi, int socket, int *running)
{
	(void)socket;
	return curl_multi_perform(multi, running);
}

int curl_multi_socket_all(struct curl_multi *multi, int *running)
{
	return curl_multi_perform(multi, running);
}

int curl_url_get(const struct curl_url *url, int part, char **text, unsigned int flags)
{
	(void)part, (void)flags;
	if (!url->url)
		return 10;
	*text = strdup(url->url);
	return 0;
}

void curl_free(void *text)
{
	free(text);
}

struct curl_version *curl_version_info(int age)
{
	static struct curl_version version = { 0, "7.88.1", 0x075801 };

	(void)age;
	return &version;
}
