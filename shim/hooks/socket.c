/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions that move bytes: they tell a connection's traffic when its bytes passed,
 * for calls whose immediate caller is libpq. For all others they are the real function, two loads
 * later.
 */
#include "base/real.h"

#include "call/traffic.h"
#include "hooks/hook.h"

HOOK extern ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
HOOK extern ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags);

/* Apart, so that the common way through a hook keeps nothing over the real call. */
static __attribute__((noinline)) ssize_t received(struct traffic *traffic, ssize_t result)
{
	if (result > 0)
		traffic_received(traffic);
	return result;
}

static __attribute__((noinline)) ssize_t sent(struct traffic *traffic, ssize_t result)
{
	if (result > 0)
		traffic_sent(traffic);
	return result;
}

HOOK ssize_t read(int fd, void *buffer, size_t size)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->read(fd, buffer, size);
	return received(traffic, real()->read(fd, buffer, size));
}

HOOK ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1))
		return real()->__read_chk(fd, buffer, size, room);
	return received(traffic, real()->__read_chk(fd, buffer, size, room));
}

HOOK ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->recv(fd, buffer, size, flags);
	return received(traffic, real()->recv(fd, buffer, size, flags));
}

HOOK ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->__recv_chk(fd, buffer, size, room, flags);
	return received(traffic, real()->__recv_chk(fd, buffer, size, room, flags));
}

HOOK ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags,
		      struct sockaddr *restrict address, socklen_t *restrict length)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->recvfrom(fd, buffer, size, flags, address, length);
	return received(traffic, real()->recvfrom(fd, buffer, size, flags, address, length));
}

HOOK ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	struct traffic *traffic = traffic_of(fd, RETURN_ADDRESS);

	if (__builtin_expect(!traffic, 1) || (flags & MSG_PEEK))
		return real()->recvmsg(fd, message, flags);
	return received(traffic, real()->recvmsg(fd, message, flags));
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
