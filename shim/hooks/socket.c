/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions of sockets: they tell a connection's traffic when its bytes passed, and
 * why it could not be made, and tag the sockets of libpq, for calls whose immediate caller is
 * libpq. That is asked first: it is a comparison of two numbers, takes no lock and may be asked
 * inside a signal handler, where PQcancel connects. All other callers are at the real function by
 * then.
 */
#include "base/real.h"

#include <errno.h>

#include "call/attempt.h"
#include "call/libpq.h"
#include "call/traffic.h"
#include "hooks/hook.h"

HOOK extern ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
HOOK extern ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags);

/*
 * What moved nothing tells nothing. The look-up comes after the real call, so that nothing of ours
 * is kept over it but the arguments.
 */
#define AFTER static inline __attribute__((always_inline)) ssize_t

static __attribute__((noinline)) ssize_t received_otherwise(int fd, const void *buffer,
							    ssize_t result)
{
	const struct descriptor *descriptor = descriptor_peek(fd);
	struct traffic *traffic = descriptor ? traffic_at(descriptor) : NULL;

	if (traffic && traffic->armed)
		traffic_received(traffic);
	else if (descriptor && !traffic && descriptor_is_tagged(descriptor))
		attempt_answered(buffer, (size_t)result);
	return result;
}

AFTER received(int fd, const void *buffer, ssize_t result)
{
	struct traffic *traffic = traffic_begun(fd);

	if (__builtin_expect(!traffic, 0))
		return received_otherwise(fd, buffer, result);
	traffic_received(traffic);
	return result;
}

/* The same for what fills several buffers: libpq reads no first answer so. */
AFTER measured(int fd, ssize_t result)
{
	struct traffic *traffic = traffic_of(fd);

	if (traffic)
		traffic_received(traffic);
	return result;
}

AFTER sent(int fd, ssize_t result)
{
	struct traffic *traffic = traffic_of(fd);

	if (traffic)
		traffic_sent(traffic);
	return result;
}

/*
 * NAME_by_libpq() is apart from its hook, so that all others' way through one is a comparison and a
 * jump. Others arrive there as well, and are sorted out, before the first call of real() and where
 * there are several copies of libpq.
 */
#define BY_LIBPQ static APART ssize_t
#define IS_OTHERS __builtin_expect(!libpq_may_be_inside(RETURN_ADDRESS), 1)

BY_LIBPQ read_by_libpq(int fd, void *buffer, size_t size, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller))
		return real_filled()->read(fd, buffer, size);
	result = real_filled()->read(fd, buffer, size);
	return result > 0 ? received(fd, buffer, result) : result;
}

HOOK ssize_t read(int fd, void *buffer, size_t size)
{
	if (IS_OTHERS)
		return real_filled()->read(fd, buffer, size);
	return read_by_libpq(fd, buffer, size, RETURN_ADDRESS);
}

BY_LIBPQ read_chk_by_libpq(int fd, void *buffer, size_t size, size_t room, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller))
		return real_filled()->__read_chk(fd, buffer, size, room);
	result = real_filled()->__read_chk(fd, buffer, size, room);
	return result > 0 ? received(fd, buffer, result) : result;
}

HOOK ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
	if (IS_OTHERS)
		return real_filled()->__read_chk(fd, buffer, size, room);
	return read_chk_by_libpq(fd, buffer, size, room, RETURN_ADDRESS);
}

BY_LIBPQ recv_by_libpq(int fd, void *buffer, size_t size, int flags, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller) || (flags & MSG_PEEK))
		return real_filled()->recv(fd, buffer, size, flags);
	result = real_filled()->recv(fd, buffer, size, flags);
	return result > 0 ? received(fd, buffer, result) : result;
}

HOOK ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
	if (IS_OTHERS)
		return real_filled()->recv(fd, buffer, size, flags);
	return recv_by_libpq(fd, buffer, size, flags, RETURN_ADDRESS);
}

BY_LIBPQ recv_chk_by_libpq(int fd, void *buffer, size_t size, size_t room, int flags,
			   const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller) || (flags & MSG_PEEK))
		return real_filled()->__recv_chk(fd, buffer, size, room, flags);
	result = real_filled()->__recv_chk(fd, buffer, size, room, flags);
	return result > 0 ? received(fd, buffer, result) : result;
}

HOOK ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags)
{
	if (IS_OTHERS)
		return real_filled()->__recv_chk(fd, buffer, size, room, flags);
	return recv_chk_by_libpq(fd, buffer, size, room, flags, RETURN_ADDRESS);
}

BY_LIBPQ recvfrom_by_libpq(int fd, void *restrict buffer, size_t size, int flags,
			   struct sockaddr *restrict address, socklen_t *restrict length,
			   const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller) || (flags & MSG_PEEK))
		return real_filled()->recvfrom(fd, buffer, size, flags, address, length);
	result = real_filled()->recvfrom(fd, buffer, size, flags, address, length);
	return result > 0 ? received(fd, buffer, result) : result;
}

HOOK ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags,
		      struct sockaddr *restrict address, socklen_t *restrict length)
{
	if (IS_OTHERS)
		return real_filled()->recvfrom(fd, buffer, size, flags, address, length);
	return recvfrom_by_libpq(fd, buffer, size, flags, address, length, RETURN_ADDRESS);
}

BY_LIBPQ recvmsg_by_libpq(int fd, struct msghdr *message, int flags, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller) || (flags & MSG_PEEK))
		return real_filled()->recvmsg(fd, message, flags);
	result = real_filled()->recvmsg(fd, message, flags);
	return result > 0 ? measured(fd, result) : result;
}

HOOK ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	if (IS_OTHERS)
		return real_filled()->recvmsg(fd, message, flags);
	return recvmsg_by_libpq(fd, message, flags, RETURN_ADDRESS);
}

BY_LIBPQ write_by_libpq(int fd, const void *buffer, size_t size, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller))
		return real_filled()->write(fd, buffer, size);
	result = real_filled()->write(fd, buffer, size);
	return result > 0 ? sent(fd, result) : result;
}

HOOK ssize_t write(int fd, const void *buffer, size_t size)
{
	if (IS_OTHERS)
		return real_filled()->write(fd, buffer, size);
	return write_by_libpq(fd, buffer, size, RETURN_ADDRESS);
}

BY_LIBPQ send_by_libpq(int fd, const void *buffer, size_t size, int flags, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller))
		return real_filled()->send(fd, buffer, size, flags);
	result = real_filled()->send(fd, buffer, size, flags);
	return result > 0 ? sent(fd, result) : result;
}

HOOK ssize_t send(int fd, const void *buffer, size_t size, int flags)
{
	if (IS_OTHERS)
		return real_filled()->send(fd, buffer, size, flags);
	return send_by_libpq(fd, buffer, size, flags, RETURN_ADDRESS);
}

BY_LIBPQ sendto_by_libpq(int fd, const void *buffer, size_t size, int flags,
			 const struct sockaddr *address, socklen_t length, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller))
		return real_filled()->sendto(fd, buffer, size, flags, address, length);
	result = real_filled()->sendto(fd, buffer, size, flags, address, length);
	return result > 0 ? sent(fd, result) : result;
}

HOOK ssize_t sendto(int fd, const void *buffer, size_t size, int flags,
		    const struct sockaddr *address, socklen_t length)
{
	if (IS_OTHERS)
		return real_filled()->sendto(fd, buffer, size, flags, address, length);
	return sendto_by_libpq(fd, buffer, size, flags, address, length, RETURN_ADDRESS);
}

BY_LIBPQ sendmsg_by_libpq(int fd, const struct msghdr *message, int flags, const void *caller)
{
	ssize_t result;

	if (!libpq_confirm(caller))
		return real_filled()->sendmsg(fd, message, flags);
	result = real_filled()->sendmsg(fd, message, flags);
	return result > 0 ? sent(fd, result) : result;
}

HOOK ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (IS_OTHERS)
		return real_filled()->sendmsg(fd, message, flags);
	return sendmsg_by_libpq(fd, message, flags, RETURN_ADDRESS);
}

/* ---- connections that are being made, by libpq alone ---- */

/* Tagged as soon as bytes may pass, and whoever asked for it: PQcancel, another host, a reset. */
static __attribute__((noinline)) int connected(const void *caller, int fd, int result)
{
	const struct libpq *libpq = libpq_inside(caller);
	int error = result ? errno : 0;

	if (!libpq)
		return result;
	attempt_connected(error);
	if (libpq->library.whole && (!error || error == EINPROGRESS || error == EINTR))
		descriptor_tag(fd, DESCRIPTOR_PG);
	return result;
}

HOOK int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	if (IS_OTHERS)
		return real()->connect(fd, address, length);
	return connected(RETURN_ADDRESS, fd, real()->connect(fd, address, length));
}

static __attribute__((noinline)) int told(const void *caller, const void *value, int result)
{
	if (!result && value && libpq_confirm(caller))
		attempt_told(*(const int *)value);
	return result;
}

HOOK int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length)
{
	if (IS_OTHERS || level != SOL_SOCKET || name != SO_ERROR)
		return real()->getsockopt(fd, level, name, value, length);
	return told(RETURN_ADDRESS, value, real()->getsockopt(fd, level, name, value, length));
}

static __attribute__((noinline)) int resolved(const void *caller, int result)
{
	if (result && libpq_confirm(caller))
		attempt_unresolved();
	return result;
}

HOOK int getaddrinfo(const char *restrict node, const char *restrict service,
		     const struct addrinfo *restrict hints, struct addrinfo **restrict ret)
{
	if (IS_OTHERS)
		return real()->getaddrinfo(node, service, hints, ret);
	return resolved(RETURN_ADDRESS, real()->getaddrinfo(node, service, hints, ret));
}
