/* SPDX-License-Identifier: Apache-2.0 */
/* Other protocols than HTTP, and connections that the program uses by itself. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "case.h"

static void files(void)
{
	char url[512];

	snprintf(url, sizeof(url), "file://%s", setting("CA"));
	transfer_once(transfer_open_url(url), "file");
}

static void ftp(void)
{
	char url[512];

	transfer_once(transfer_open_url(url_at("ftp", "FTP", "/ok")), "ftp");
	transfer_once(transfer_open_url(url_at("ftp", "FTP", "/missing")), "missing");
	snprintf(url, sizeof(url), "ftp://user:pw@%s/ok", setting("FTP"));
	transfer_once(transfer_open_url(url), "wrong password");
}

static void mail(void)
{
	struct curl_slist *to = header_list("<to@localhost>", (void *)NULL);
	struct curl_slist *headers = header_list("Subject: a mail", (void *)NULL);
	CURL *handle = transfer_open_url(url_at("smtp", "SMTP", ""));
	curl_mime *mime = curl_mime_init(handle);

	curl_mime_data(curl_mime_addpart(mime), "the text\r\n", CURL_ZERO_TERMINATED);
	curl_easy_setopt(handle, CURLOPT_MAIL_FROM, "<from@localhost>");
	curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(handle, CURLOPT_MIMEPOST, mime);
	transfer_once(handle, "smtp");
	curl_mime_free(mime);
	curl_slist_free_all(headers);
	curl_slist_free_all(to);
}

static void connect_only(void)
{
	CURL *handle = transfer_open("/ok");
	size_t sent = 0, received = 0;
	char answer[512], request[256];
	CURLcode result = CURLE_AGAIN;

	curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
	transfer_show(handle, "connected");
	snprintf(request, sizeof(request), "GET /ok?by-hand HTTP/1.1\r\nHost: %s\r\n\r\n",
		 setting("HTTP"));
	printf("send: %d\n", curl_easy_send(handle, request, strlen(request), &sent));
	for (int i = 0; i < 100 && result == CURLE_AGAIN; i++) {
		pause_for(20);
		result = curl_easy_recv(handle, answer, sizeof(answer), &received);
	}
	printf("receive: %d, %.15s\n", result, answer);
	curl_easy_cleanup(handle);
}

static void upgraded(void)
{
	CURL *handle = transfer_open_url(url_at("ws", "HTTP", "/101"));

	curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 2L);
	transfer_once(handle, "upgraded");
}

/* ---- sockets of the program's own ---- */

static curl_socket_t open_socket(void *state, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose;
	++*(int *)state;
	return socket(address->family, address->socktype, address->protocol);
}

static int close_socket(void *state, curl_socket_t socket)
{
	(void)state;
	return close(socket);
}

static void own_socket(void)
{
	int opened = 0;
	CURL *handle = transfer_open("/ok");

	curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &opened);
	curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	transfer_once(handle, "own socket");
	printf("%d opened\n", opened);
}

static void names(void)
{
	char url[512];
	CURL *handle;

	snprintf(url, sizeof(url), "http://localhost:%s/ok", strchr(setting("HTTP"), ':') + 1);
	handle = transfer_open_url(url);
	curl_easy_setopt(handle, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
	transfer_once(handle, "localhost");
	snprintf(url, sizeof(url), "http://shop.example:%s/ok", strchr(setting("HTTP"), ':') + 1);
	handle = transfer_open_url(url);
	curl_easy_setopt(handle, CURLOPT_DOH_URL, url_at("https", "TLS", "/dns-query"));
	curl_easy_setopt(handle, CURLOPT_DOH_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(handle, CURLOPT_DOH_SSL_VERIFYHOST, 0L);
	transfer_once(handle, "DNS over HTTPS");
}

const struct curl_case scheme_cases[] = {
	{"H22-file", files},
	{"H22-ftp", ftp},
	{"H22-smtp", mail},
	{"H25", connect_only},
	{"H25-upgrade", upgraded},
	{"H35", names},
	{"H40", own_socket},
	{NULL, NULL},
};
