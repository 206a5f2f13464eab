/* SPDX-License-Identifier: Apache-2.0 */
/* Handles that are copied, nested in each other, cleaned up in a multi or created by others. */
#include <dlfcn.h>
#include <stdio.h>

#include "case.h"

static void duplicates(void)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *handle = transfer_open("/ok"), *before, *after;

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	before = curl_easy_duphandle(handle);
	transfer_show(handle, "original");
	after = curl_easy_duphandle(handle);
	curl_easy_cleanup(handle);
	transfer_once(before, "copied before");
	transfer_once(after, "copied after");
	curl_slist_free_all(list);
}

static size_t duplicate(char *data, size_t size, size_t count, void *state)
{
	CURL **handles = state;

	(void)data;
	handles[1] = curl_easy_duphandle(handles[0]);
	return size * count;
}

/* The copy outlives the original, and the list of the original's transfer. */
static void duplicated_meanwhile(void)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *handles[2] = {transfer_open("/ok"), NULL};

	curl_easy_setopt(handles[0], CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(handles[0], CURLOPT_WRITEFUNCTION, duplicate);
	curl_easy_setopt(handles[0], CURLOPT_WRITEDATA, handles);
	transfer_once(handles[0], "original");
	require(handles[1] != NULL, "curl_easy_duphandle");
	curl_easy_setopt(handles[1], CURLOPT_WRITEFUNCTION, NULL);
	curl_easy_setopt(handles[1], CURLOPT_WRITEDATA, stdout);
	transfer_once(handles[1], "copied meanwhile");
	curl_slist_free_all(list);
}

static void duplicated_in_multi(void)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *handle = transfer_open("/ok?n=1"), *copy;
	CURLM *multi = curl_multi_init();

	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	multi_add(multi, handle);
	copy = curl_easy_duphandle(handle);
	multi_drive(multi, 0);
	multi_collect(multi);
	curl_multi_cleanup(multi);
	curl_easy_setopt(copy, CURLOPT_URL, url_at("http", "HTTP", "/ok?n=2"));
	transfer_once(copy, "copy");
	curl_slist_free_all(list);
}

static size_t nest(char *data, size_t size, size_t count, void *state)
{
	CURL *outer = *(CURL **)state;

	(void)data;
	transfer_once(transfer_open("/ok?inner"), "inner");
	printf("the same: %d\n", curl_easy_perform(outer));
	return size * count;
}

static void nested(void)
{
	CURL *handle = transfer_open("/ok?outer");

	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, nest);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, &handle);
	transfer_show(handle, "outer");
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, NULL);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, stdout);
	transfer_once(handle, "afterwards");
}

/* The busy handle loses nothing: it is redirected only afterwards. */
static size_t perform_again(char *data, size_t size, size_t count, void *state)
{
	(void)data;
	printf("the same: %d\n", curl_easy_perform(*(CURL **)state));
	return size * count;
}

static void busy(void)
{
	CURL *handle = transfer_open("/redir?to=/ok");

	curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, perform_again);
	curl_easy_setopt(handle, CURLOPT_HEADERDATA, &handle);
	transfer_once(handle, "outer");
}

static void cleaned_up_in_multi(void)
{
	CURLM *multi = curl_multi_init();
	CURL *done = transfer_open("/ok?done"), *running = transfer_open("/hang");

	multi_add(multi, done);
	multi_add(multi, running);
	printf("again: %d\n", curl_multi_add_handle(multi, done));
	multi_drive(multi, 4);
	curl_easy_cleanup(done);
	curl_easy_cleanup(running);
	printf("cleanup: %d\n", curl_multi_cleanup(multi));
}

static void removed_twice(void)
{
	CURLM *multi = curl_multi_init();
	CURL *handle = transfer_open("/ok");

	printf("not in it: %d\n", curl_multi_remove_handle(multi, handle));
	multi_add(multi, handle);
	multi_drive(multi, 0);
	printf("perform: %d\n", curl_easy_perform(handle));
	printf("first: %d\n", curl_multi_remove_handle(multi, handle));
	printf("second: %d\n", curl_multi_remove_handle(multi, handle));
	transfer_once(handle, "afterwards");
	curl_multi_cleanup(multi);
}

static void multi_before_easy(void)
{
	CURLM *multi = curl_multi_init();
	CURL *done = transfer_open("/ok?n=1"), *running = transfer_open("/hang");

	multi_add(multi, done);
	multi_add(multi, running);
	multi_drive(multi, 4);
	printf("cleanup: %d\n", curl_multi_cleanup(multi));
	transfer_once(done, "afterwards");
	curl_easy_setopt(running, CURLOPT_URL, url_at("http", "HTTP", "/ok?n=2"));
	transfer_once(running, "afterwards");
}

/* Another object makes the handle, out of our sight; we see it performed. */
static void unseen(void)
{
	void *plugin = dlopen(setting("PLUGIN"), RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
	CURL *(*open_it)(const char *) = NULL;
	CURL *handle;

	require(plugin != NULL, "PLUGIN");
	*(void **)&open_it = dlsym(plugin, "plugin_open");
	require(open_it != NULL, "plugin_open");
	handle = open_it(url_at("http", "HTTP", "/ok"));
	transfer_show(handle, "unseen");
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, NULL);
	transfer_once(handle, "its headers are known");
}

const struct curl_case handle_cases[] = {
	{"H15", duplicates},
	{"H15-during", duplicated_meanwhile},
	{"H15-multi", duplicated_in_multi},
	{"H16", cleaned_up_in_multi},
	{"H16-twice", removed_twice},
	{"H16-multi", multi_before_easy},
	{"H31", unseen},
	{"L15", nested},
	{"L15-busy", busy},
	{NULL, NULL},
};
