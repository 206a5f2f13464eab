/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions of sockets: they tell a connection's traffic when its bytes passed, and
 * why it could not be made, for calls whose immediate caller is libpq. For all others they are the
 * real function, two loads later.
 */
#include "base/real.h"

#include <errno.h>

#include "call/attempt.h"
#include "call/traffic.h"
#include "hooks/hook.h"

HOOK extern ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
HOOK extern ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags);

/* Apart, so that the common way through a hook keeps nothing over the real call. */
static __attribute__((noinline)) ssize_t received(struct traffic *traffic, const void *buffer,
						  ssize_t result)
{
	if (result > 0 && traffic->greeting)
		attempt_answered(buffer, (size_t)result);
	else if (result > 0)
		traffic_received(traffic);
	return result;
}

/* The same for what fills several buffers: libpq reads no first answer so. */
static __attribute__((noinline)) ssize_t measured(struct traffic *traffic, ssize_t result)
{
	if (result > 0 && !traffic->greeting)
		traffic_received(traffic);
	return result;
}

static __attribute__((noinline)) ssize_t sent(struct traffic *traffic, ssize_t result)
{
	if (result > 0 && !traffic->greeting)
		traffic_sent(traffic);
	return result;
}

HOOK ssize_t read(int fd, void *buffer, size_t size)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->read(fd, buffer, size);
	return received(traffic, buffer, real()->read(fd, buffer, size));
}

HOOK ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->__read_chk(fd, buffer, size, room);
	return received(traffic, buffer, real()->__read_chk(fd, buffer, size, room));
}

HOOK ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->recv(fd, buffer, size, flags);
	return received(traffic, buffer, real()->recv(fd, buffer, size, flags));
}

HOOK ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->__recv_chk(fd, buffer, size, room, flags);
	return received(traffic, buffer, real()->__recv_chk(fd, buffer, size, room, flags));
}

HOOK ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags,
		      struct sockaddr *restrict address, socklen_t *restrict length)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->recvfrom(fd, buffer, size, flags, address, length);
	return received(traffic, buffer,
			real()->recvfrom(fd, buffer, size, flags, address, length));
}

HOOK ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->recvmsg(fd, message, flags);
	return measured(traffic, real()->recvmsg(fd, message, flags));
}

HOOK ssize_t write(int fd, const void *buffer, size_t size)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->write(fd, buffer, size);
	return sent(traffic, real()->write(fd, buffer, size));
}

HOOK ssize_t send(int fd, const void *buffer, size_t size, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->send(fd, buffer, size, flags);
	return sent(traffic, real()->send(fd, buffer, size, flags));
}

HOOK ssize_t sendto(int fd, const void *buffer, size_t size, int flags,
		    const struct sockaddr *address, socklen_t length)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->sendto(fd, buffer, size, flags, address, length);
	return sent(traffic, real()->sendto(fd, buffer, size, flags, address, length));
}

HOOK ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->sendmsg(fd, message, flags);
	return sent(traffic, real()->sendmsg(fd, message, flags));
}

/* ---- connections that are being made, by libpq alone ---- */

static __attribute__((noinline)) int connected(const struct libpq *libpq, int fd, int result)
{
	attempt_connected(libpq, fd, result ? errno : 0);
	return result;
}

HOOK int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	const struct libpq *libpq = libpq_inside(RETURN_ADDRESS);

	if (__builtin_expect(!libpq, 1))
		return real()->connect(fd, address, length);
	return connected(libpq, fd, real()->connect(fd, address, length));
}

static __attribute__((noinline)) int told(int name, const void *value, int result)
{
	if (!result && name == SO_ERROR && value)
		attempt_told(*(const int *)value);
	return result;
}

HOOK int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length)
{
	if (__builtin_expect(!libpq_inside(RETURN_ADDRESS), 1) || level != SOL_SOCKET)
		return real()->getsockopt(fd, level, name, value, length);
	return told(name, value, real()->getsockopt(fd, level, name, value, length));
}

static __attribute__((noinline)) int resolved(int result)
{
	if (result)
		attempt_unresolved();
	return result;
}

HOOK int getaddrinfo(const char *restrict node, const char *restrict service,
		     const struct addrinfo *restrict hints, struct addrinfo **restrict ret)
{
	if (__builtin_expect(!libpq_inside(RETURN_ADDRESS), 1))
		return real()->getaddrinfo(node, service, hints, ret);
	return resolved(real()->getaddrinfo(node, service, hints, ret));
}
