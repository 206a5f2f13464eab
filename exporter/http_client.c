/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 over a non-blocking socket. */
#include "exporter/http_client.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/real.h"
#include "exporter/number.h"
#include "exporter/version.h"

void http_client_begin(struct http_client *client, const struct endpoint *endpoint,
		       const struct user_headers *headers, const char *content_type)
{
	client->endpoint = endpoint;
	client->headers = headers;
	client->content_type = content_type;
	client->gzip = false;
	client->state = HTTP_IDLE;
	client->failure = NULL;
	client->fd = -1;
	client->resolver.fd = -1;
	client->resolver.state = RESOLVER_IDLE;
	client->moved = 0;
}

/* ---- head ---- */

static void put(struct http_client *client, struct slice text)
{
	/* All parts have ceilings whose sum is HTTP_HEAD_MAX. */
	if (text.size > sizeof(client->head) - client->head_size)
		text.size = sizeof(client->head) - client->head_size;
	if (text.size)
		memcpy(client->head + client->head_size, text.data, text.size);
	client->head_size += text.size;
}

static void head_make(struct http_client *client)
{
	char digits[NUMBER_SIZE];

	client->head_size = 0;
	put(client, SLICE("POST "));
	put(client, slice_of_string(client->endpoint->target));
	put(client, SLICE(" HTTP/1.1\r\nHost: "));
	put(client, slice_of_string(client->endpoint->authority));
	if (!client->headers->user_agent)
		put(client, SLICE("\r\nUser-Agent: otelshim/" PACKAGE_VERSION
				  " OTel-OTLP-Exporter-C/" PACKAGE_VERSION));
	put(client, SLICE("\r\nContent-Type: "));
	put(client, slice_of_string(client->content_type));
	if (client->gzip)
		put(client, SLICE("\r\nContent-Encoding: gzip"));
	put(client, SLICE("\r\nContent-Length: "));
	put(client, slice_of(digits, number_format(client->body.size, digits)));
	put(client, SLICE("\r\n"));
	put(client, slice_of(client->headers->text, client->headers->used));
	put(client, SLICE("\r\n"));
}

/* ---- connection ---- */

static void disconnect(struct http_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	client->reused = false;
}

void http_client_abort(struct http_client *client)
{
	disconnect(client);
	if (client->resolver.state == RESOLVER_ASKING)
		resolver_cancel(&client->resolver);
	client->state = HTTP_IDLE;
}

static const char *error_text(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "connection refused";
	case ECONNRESET:
	case EPIPE:
		return "connection reset";
	case ETIMEDOUT:
		return "connection timed out";
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "network unreachable";
	case EACCES:
	case EPERM:
		return "not permitted";
	case EMFILE:
	case ENFILE:
		return "no descriptor left";
	case EAFNOSUPPORT:
		return "address family not supported";
	default:
		return "connection failed";
	}
}

static void fail(struct http_client *client, const char *failure)
{
	disconnect(client);
	client->state = HTTP_FAILED;
	client->failure = failure;
}

static void connected(struct http_client *client)
{
	client->state = HTTP_SENDING;
	client->sent = 0;
	client->moved++;
	response_begin(&client->response, client->answer, sizeof(client->answer));
}

/* Begins to connect to the address that is next; false with errno. */
static bool address_connect(struct http_client *client, uint64_t now_ns)
{
	const union resolver_address *address = &client->resolver.address[client->address];
	const int on = 1;

	client->fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (client->fd < 0)
		return false;
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	client->connect_ns = now_ns;
	client->state = HTTP_CONNECTING;
	if (real()->connect(client->fd, &address->any, address_size(address)) == 0)
		connected(client);
	else if (errno != EINPROGRESS)
		return false;
	return true;
}

/* Tries addresses from the current one on; the last error decides. */
static void addresses_connect(struct http_client *client, int error, uint64_t now_ns)
{
	for (; client->address < client->resolver.addresses; client->address++) {
		disconnect(client);
		if (address_connect(client, now_ns))
			return;
		error = errno;
	}
	fail(client, error_text(error));
}

static void resolving_step(struct http_client *client, uint64_t now_ns)
{
	resolver_step(&client->resolver, now_ns);
	if (client->resolver.state == RESOLVER_FAILED) {
		fail(client, client->resolver.failure);
	} else if (client->resolver.state == RESOLVER_FOUND) {
		client->address = 0;
		addresses_connect(client, ENOENT, now_ns);
	}
}

static void connection_make(struct http_client *client, uint64_t now_ns)
{
	disconnect(client);
	client->state = HTTP_RESOLVING;
	resolver_begin(&client->resolver, client->endpoint->host, client->endpoint->port, now_ns);
	resolving_step(client, now_ns);
}

static void connecting_step(struct http_client *client, uint64_t now_ns)
{
	struct pollfd wanted = { .fd = client->fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = ETIMEDOUT;

	if (poll(&wanted, 1, 0) > 0) {
		if (real()->getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
		    !error) {
			connected(client);
			return;
		}
	} else if (client->address + 1 == client->resolver.addresses ||
		   now_ns - client->connect_ns < HTTP_CONNECT_NS) {
		return;
	}
	client->address++;
	addresses_connect(client, error, now_ns);
}

/* A connection that the server closed meanwhile, or on which it said something unasked. */
static bool connection_stale(const struct http_client *client)
{
	uint8_t byte;

	return real()->recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
	       (errno != EAGAIN && errno != EINTR);
}

/* ---- request ---- */

void http_client_post(struct http_client *client, struct slice body, uint64_t now_ns)
{
	client->body = body;
	client->failure = NULL;
	head_make(client);
	if (client->fd < 0 || connection_stale(client)) {
		connection_make(client, now_ns);
		return;
	}
	client->reused = true;
	connected(client);
}

/*
 * The connection ended without an answer. One that had been used before may have been closed by the
 * server at the very moment: the request goes out again, on a new one.
 */
static void ended(struct http_client *client, int error, uint64_t now_ns)
{
	if (client->reused && !response_begun(&client->response))
		connection_make(client, now_ns);
	else
		fail(client, error ? error_text(error) : "connection closed without an answer");
}

static ssize_t send_some(struct http_client *client)
{
	union { const void *from; void *to; } head, body;
	struct iovec parts[2];
	struct msghdr message = { .msg_iov = parts };
	size_t sent = client->sent;

	head.from = client->head;
	body.from = client->body.data;
	if (sent < client->head_size) {
		parts[0].iov_base = (uint8_t *)head.to + sent;
		parts[0].iov_len = client->head_size - sent;
		parts[1].iov_base = body.to;
		parts[1].iov_len = client->body.size;
		message.msg_iovlen = 2;
	} else {
		sent -= client->head_size;
		parts[0].iov_base = (uint8_t *)body.to + sent;
		parts[0].iov_len = client->body.size - sent;
		message.msg_iovlen = 1;
	}
	return real()->sendmsg(client->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void answered(struct http_client *client)
{
	bool all_sent = client->sent == client->head_size + client->body.size;

	if (client->response.state == RESPONSE_MALFORMED) {
		fail(client, "answer is not HTTP");
		return;
	}
	client->state = HTTP_ANSWERED;
	if (!client->response.keep_alive || !all_sent ||
	    client->response.state != RESPONSE_COMPLETE)
		disconnect(client);
}

static void closed_by_peer(struct http_client *client, int error, uint64_t now_ns)
{
	if (!error && response_close(&client->response))
		answered(client);
	else
		ended(client, error, now_ns);
}

static void receiving_step(struct http_client *client, uint64_t now_ns)
{
	uint8_t bytes[3072];

	for (;;) {
		ssize_t got = real()->recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (got <= 0) {
			closed_by_peer(client, got < 0 ? errno : 0, now_ns);
			return;
		}
		client->moved += (uint64_t)got;
		response_take(&client->response, slice_of(bytes, (size_t)got));
		if (response_over(&client->response)) {
			answered(client);
			return;
		}
	}
}

static void sending_step(struct http_client *client, uint64_t now_ns)
{
	while (client->sent < client->head_size + client->body.size) {
		ssize_t sent = send_some(client);

		if (sent >= 0) {
			client->sent += (size_t)sent;
			client->moved += (uint64_t)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		/* A server may refuse early: what it said is waiting to be read. */
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			receiving_step(client, now_ns);
		else if (errno == EPIPE || errno == ECONNRESET)
			client->state = HTTP_RECEIVING;
		else
			ended(client, errno, now_ns);
		return;
	}
	client->state = HTTP_RECEIVING;
}

enum http_state http_client_step(struct http_client *client, uint64_t now_ns)
{
	if (client->state == HTTP_RESOLVING)
		resolving_step(client, now_ns);
	if (client->state == HTTP_CONNECTING)
		connecting_step(client, now_ns);
	if (client->state == HTTP_SENDING)
		sending_step(client, now_ns);
	if (client->state == HTTP_RECEIVING)
		receiving_step(client, now_ns);
	return client->state;
}

void http_client_wait(const struct http_client *client, uint64_t limit_ns)
{
	const struct timespec limit = { .tv_sec = (time_t)(limit_ns / 1000000000),
					.tv_nsec = (long)(limit_ns % 1000000000) };
	struct pollfd wanted = { .fd = client->fd, .events = POLLIN };

	if (client->state == HTTP_RESOLVING)
		wanted.fd = client->resolver.fd;
	else if (client->state == HTTP_CONNECTING)
		wanted.events = POLLOUT;
	else if (client->state == HTTP_SENDING)
		wanted.events = POLLIN | POLLOUT;
	ppoll(&wanted, 1, &limit, NULL);
}
