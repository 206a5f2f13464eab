/* SPDX-License-Identifier: Apache-2.0 */
/* The multi interface: how transfers are driven, and how their ends are learned of, or not. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case.h"

#define MANY 10
#define MULTIPLEXED 20
#define SOCKETS 64

static CURLM *filled(int count, const char *scheme, const char *server, const char *path)
{
	CURLM *multi = curl_multi_init();

	require(multi != NULL, "curl_multi_init");
	for (int i = 0; i < count; i++)
		multi_add(multi, transfer_open_url(url_at(scheme, server, path)));
	return multi;
}

static void loop(void)
{
	CURLM *multi = filled(MANY, "http", "HTTP", "/slow?ms=50");

	multi_drive(multi, 0);
	/* What the program does meanwhile is not the transfers'. */
	pause_for(600);
	printf("%d good\n", multi_collect(multi));
	curl_multi_cleanup(multi);
}

static void failing(void)
{
	CURLM *multi = curl_multi_init();

	multi_add(multi, transfer_open("/404"));
	multi_add(multi, transfer_open("/close"));
	multi_add(multi, transfer_open_url("http://127.0.0.1:1/"));
	multi_add(multi, transfer_open_url("http://[bad/"));
	multi_drive(multi, 0);
	printf("%d good\n", multi_collect(multi));
	curl_multi_cleanup(multi);
}

/* As many PHP scripts do. */
static void unread(void)
{
	CURL *handles[MANY];
	CURLM *multi = curl_multi_init();

	for (int i = 0; i < MANY; i++) {
		handles[i] = transfer_open("/ok");
		multi_add(multi, handles[i]);
	}
	multi_drive(multi, 0);
	for (int i = 0; i < MANY; i++) {
		long status = 0;

		curl_easy_getinfo(handles[i], CURLINFO_RESPONSE_CODE, &status);
		printf("remove: %d, status %ld\n", curl_multi_remove_handle(multi, handles[i]),
		       status);
		curl_easy_cleanup(handles[i]);
	}
	curl_multi_cleanup(multi);
}

static void unread_failures(void)
{
	CURL *refused = transfer_open_url("http://127.0.0.1:1/"), *missing = transfer_open("/404");
	CURLM *multi = curl_multi_init();

	multi_add(multi, refused);
	multi_add(multi, missing);
	multi_drive(multi, 0);
	curl_multi_remove_handle(multi, refused);
	curl_multi_remove_handle(multi, missing);
	curl_easy_cleanup(refused);
	curl_easy_cleanup(missing);
	curl_multi_cleanup(multi);
}

static void removed_early(void)
{
	CURL *handle = transfer_open("/hang"), *never = transfer_open("/ok?never");
	CURLM *multi = curl_multi_init();

	multi_add(multi, handle);
	printf("running: %d\n", multi_drive(multi, 6));
	multi_add(multi, never);
	printf("remove: %d\n", curl_multi_remove_handle(multi, handle));
	printf("remove: %d\n", curl_multi_remove_handle(multi, never));
	curl_easy_cleanup(handle);
	curl_easy_setopt(never, CURLOPT_URL, url_at("http", "HTTP", "/ok"));
	transfer_once(never, "afterwards");
	curl_multi_cleanup(multi);
}

/* One handle, again and again in one multi. */
static void reused(void)
{
	CURL *handle = transfer_open("/ok");
	CURLM *multi = curl_multi_init();
	const CURLMsg *message;
	int left;

	for (int i = 0; i < 3; i++) {
		multi_add(multi, handle);
		multi_drive(multi, 0);
		message = curl_multi_info_read(multi, &left);
		require(message && message->easy_handle == handle, "curl_multi_info_read");
		transfer_tell(handle, "reused", message->data.result);
		curl_multi_remove_handle(multi, handle);
	}
	curl_easy_cleanup(handle);
	curl_multi_cleanup(multi);
}

/* ---- curl_multi_socket_action ---- */

static struct {
	struct pollfd polled[SOCKETS];
	nfds_t count;
	long timeout_ms;
} watched;

static int watch(CURL *handle, curl_socket_t socket, int what, void *state, void *of_socket)
{
	nfds_t i = 0;

	(void)handle;
	(void)state;
	(void)of_socket;
	while (i < watched.count && watched.polled[i].fd != socket)
		i++;
	if (what == CURL_POLL_REMOVE) {
		if (i < watched.count)
			watched.polled[i] = watched.polled[--watched.count];
		return 0;
	}
	if (i == watched.count)
		watched.count++;
	require(i < SOCKETS, "too many sockets");
	watched.polled[i].fd = socket;
	watched.polled[i].events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
					   (what & CURL_POLL_OUT ? POLLOUT : 0));
	return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *state)
{
	(void)multi;
	(void)state;
	watched.timeout_ms = timeout_ms;
	return 0;
}

static int turn(CURLM *multi)
{
	struct pollfd ready[SOCKETS];
	int running = 0;
	nfds_t count;

	if (!poll(watched.polled, watched.count, (int)watched.timeout_ms)) {
		curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
		return running;
	}
	count = watched.count;
	memcpy(ready, watched.polled, sizeof(ready));
	for (nfds_t i = 0; i < count; i++) {
		const int in = ready[i].revents & ~POLLOUT ? CURL_CSELECT_IN : 0;
		const int out = ready[i].revents & POLLOUT ? CURL_CSELECT_OUT : 0;

		if (in | out)
			curl_multi_socket_action(multi, ready[i].fd, in | out, &running);
	}
	return running;
}

static void event_loop(void)
{
	CURLM *multi = curl_multi_init();
	int running = 0;

	watched.count = 0;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
	for (int i = 0; i < MANY; i++)
		multi_add(multi, transfer_open("/slow?ms=50"));
	curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
	while (running)
		running = turn(multi);
	pause_for(600);
	printf("%d good\n", multi_collect(multi));
	curl_multi_cleanup(multi);
}

/* ---- HTTP/2 ---- */

static void multiplexed(const char *server)
{
	CURLM *multi = curl_multi_init();
	CURL *first = transfer_open_url(url_at("https", server, "/ok"));

	curl_easy_setopt(first, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	multi_add(multi, first);
	multi_drive(multi, 0);
	multi_collect(multi);
	for (int i = 0; i < MULTIPLEXED; i++) {
		CURL *handle = transfer_open_url(url_at("https", server, "/ok"));

		curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
		curl_easy_setopt(handle, CURLOPT_PIPEWAIT, 1L);
		multi_add(multi, handle);
	}
	multi_drive(multi, 0);
	printf("%d good\n", multi_collect(multi));
	curl_multi_cleanup(multi);
}

static void on_nginx(void)
{
	multiplexed("NGINX_TLS");
}

static void on_apache(void)
{
	multiplexed("APACHE_TLS");
}

static void easy_http2(const char *scheme, const char *server, const char *path)
{
	CURL *handle = transfer_open_url(url_at(scheme, server, path));

	curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
	transfer_once(handle, path);
}

static void web_servers(void)
{
	easy_http2("http", "NGINX", "/moved");
	easy_http2("https", "NGINX_TLS", "/ok?x=1");
	easy_http2("https", "NGINX_TLS", "/error");
	easy_http2("http", "APACHE", "/ok");
	easy_http2("https", "APACHE_TLS", "/moved");
	easy_http2("https", "APACHE_TLS", "/missing");
}

/* ---- what else a multi lives through ---- */

/* The child ends without a word, as after exec. */
static void forking(void)
{
	CURLM *multi = filled(3, "http", "HTTP", "/slow?ms=200");
	int status = 0;
	pid_t child;

	multi_drive(multi, 3);
	fflush(stdout);
	child = fork();
	if (!child) {
		transfer_once(transfer_open("/ok?child"), "child");
		fflush(stdout);
		_exit(0);
	}
	require(child > 0 && waitpid(child, &status, 0) == child, "fork");
	printf("child: %d\n", status);
	multi_drive(multi, 0);
	printf("%d good\n", multi_collect(multi));
	curl_multi_cleanup(multi);
}

/* Newer than the headers of Debian 12: curl 8.17. */
#define OPTION_NOTIFYFUNCTION ((CURLMoption)20018)

extern CURLMcode curl_multi_notify_enable(CURLM *, unsigned int) __attribute__((weak));

static void notified(CURLM *multi, unsigned int notification, CURL *handle, void *state)
{
	(void)handle;
	if (notification == 0)
		*(int *)state += multi_collect(multi);
}

static void notifications(void)
{
	CURLM *multi = filled(3, "http", "HTTP", "/ok");
	int good = 0;

	require(curl_multi_notify_enable != NULL, "libcurl is too old");
	(curl_multi_setopt)(multi, OPTION_NOTIFYFUNCTION, notified);
	(curl_multi_setopt)(multi, (CURLMoption)10019, &good);
	curl_multi_notify_enable(multi, 0);
	multi_drive(multi, 0);
	good += multi_collect(multi);
	printf("%d good\n", good);
	curl_multi_cleanup(multi);
}

const struct curl_case multi_cases[] = {
	{"H17", loop},
	{"H17-failures", failing},
	{"H17-reused", reused},
	{"H18", unread},
	{"H18-failures", unread_failures},
	{"H19", removed_early},
	{"H20", event_loop},
	{"H26", on_nginx},
	{"H26-apache", on_apache},
	{"H26-easy", web_servers},
	{"H37", forking},
	{"H39", notifications},
	{NULL, NULL},
};
