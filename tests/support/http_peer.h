/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of the HTTP client in unit tests: a listener on 127.0.0.1 that the test itself
 * moves, step by step, so that nothing depends on threads or time.
 */
#ifndef TESTS_SUPPORT_HTTP_PEER_H
#define TESTS_SUPPORT_HTTP_PEER_H

#include <stdlib.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct http_peer {
	int listener, fd;
	char url[64];
	char got[1 << 16];	/* what the client sent, terminated */
	size_t size;
};

static inline void http_peer_begin(struct http_peer *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	peer->fd = -1;
	peer->size = 0;
	peer->got[0] = 0;
	peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(peer->listener, (struct sockaddr *)&address, size) != 0)
		abort();
	listen(peer->listener, 4);
	getsockname(peer->listener, (struct sockaddr *)&address, &size);
	snprintf(peer->url, sizeof(peer->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
}

/* Takes a connection and bytes that wait. */
static inline void http_peer_read(struct http_peer *peer)
{
	ssize_t got;

	if (peer->fd < 0)
		peer->fd = accept4(peer->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (peer->fd < 0)
		return;
	got = recv(peer->fd, peer->got + peer->size, sizeof(peer->got) - 1 - peer->size, 0);
	if (got > 0)
		peer->size += (size_t)got;
	peer->got[peer->size] = '\0';
}

static inline void http_peer_say(struct http_peer *peer, const char *text)
{
	if (send(peer->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		perror("send");
	peer->size = 0;
	peer->got[0] = 0;
}

static inline void http_peer_hang_up(struct http_peer *peer)
{
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
	peer->size = 0;
	peer->got[0] = 0;
}

static inline void http_peer_end(struct http_peer *peer)
{
	http_peer_hang_up(peer);
	close(peer->listener);
}

#endif
