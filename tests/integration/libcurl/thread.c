/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads, each with its own handle, and one share among them. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "case.h"

#define THREADS 16
#define EACH 5

static pthread_mutex_t locks[CURL_LOCK_DATA_LAST];
static CURLSH *share;
static atomic_int good;

static void lock(CURL *handle, curl_lock_data data, curl_lock_access access, void *state)
{
	(void)handle;
	(void)access;
	(void)state;
	pthread_mutex_lock(&locks[data]);
}

static void unlock(CURL *handle, curl_lock_data data, void *state)
{
	(void)handle;
	(void)state;
	pthread_mutex_unlock(&locks[data]);
}

static void *one_thread(void *state)
{
	struct curl_slist *list = header_list("X-A: 1", (void *)NULL);
	CURL *handle = transfer_open("/ok");

	(void)state;
	curl_easy_setopt(handle, CURLOPT_SHARE, share);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
	for (int i = 0; i < EACH; i++)
		good += curl_easy_perform(handle) == CURLE_OK;
	curl_easy_cleanup(handle);
	curl_slist_free_all(list);
	return NULL;
}

static void many_threads(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < CURL_LOCK_DATA_LAST; i++)
		pthread_mutex_init(&locks[i], NULL);
	share = curl_share_init();
	curl_share_setopt(share, CURLSHOPT_LOCKFUNC, lock);
	curl_share_setopt(share, CURLSHOPT_UNLOCKFUNC, unlock);
	curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
	curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	good = 0;
	for (int i = 0; i < THREADS; i++)
		require(!pthread_create(&threads[i], NULL, one_thread, NULL), "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d good\n", good);
	curl_share_cleanup(share);
}

/* A handle may go from thread to thread, one at a time. */
static void *pass_on(void *state)
{
	transfer_show(state, "another thread");
	return NULL;
}

static void handed_on(void)
{
	CURL *handle = transfer_open("/ok");
	pthread_t thread;

	transfer_show(handle, "first thread");
	require(!pthread_create(&thread, NULL, pass_on, handle), "pthread_create");
	pthread_join(thread, NULL);
	curl_easy_setopt(handle, CURLOPT_URL, url_at("http", "HTTP", "/404"));
	transfer_once(handle, "first thread");
}

const struct curl_case thread_cases[] = {
	{"H34", many_threads},
	{"H34-handed", handed_on},
	{NULL, NULL},
};
