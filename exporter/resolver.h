/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the name of a collector to its addresses, without libc's resolver: a program that forks
 * while getaddrinfo() holds its locks leaves a child that hangs. Numeric addresses, `localhost`,
 * /etc/hosts, then DNS: messages are made and read by c-ares; the socket, the waiting and the
 * reading of /etc/resolv.conf are ours, because c-ares would use stdio, getenv and sockets that
 * nobody can interrupt.
 *
 * Ownership: the maker's structure owns one socket while it is busy. Threads: one. Never blocks but
 * for reading the two files. Failure: no address, in words in `failure`.
 */
#ifndef EXPORTER_RESOLVER_H
#define EXPORTER_RESOLVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define RESOLVER_ADDRESSES 8
#define RESOLVER_SERVERS 3	/* as libc */
#define RESOLVER_DOMAINS 6
#define RESOLVER_NAME_MAX 255
#define RESOLVER_FILE ((size_t)64 << 10)	/* what is read of /etc/hosts */
#define RESOLVER_TRY_NS UINT64_C(2000000000)

union resolver_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* What /etc/resolv.conf says; texts point into what was read. */
struct resolver_settings {
	union resolver_address server[RESOLVER_SERVERS];
	struct slice domain[RESOLVER_DOMAINS];
	size_t servers, domains;
	unsigned dots;
};

enum resolver_state { RESOLVER_IDLE, RESOLVER_ASKING, RESOLVER_FOUND, RESOLVER_FAILED };

struct resolver {
	enum resolver_state state;
	union resolver_address address[RESOLVER_ADDRESSES];
	size_t addresses;
	const char *failure;
	int fd;			/* -1: none */
	char name[RESOLVER_NAME_MAX + 1];
	uint16_t port;
	struct resolver_settings settings;
	unsigned candidate, attempt;
	bool ipv6;		/* asking for AAAA, after A had no answer */
	uint64_t deadline_ns;	/* of the question that is open */
	uint8_t question[512];
	size_t question_size;
	uint8_t file[RESOLVER_FILE];	/* last: not cleared for each name */
};

void resolver_begin(struct resolver *resolver, const char *name, uint16_t port, uint64_t now_ns);

/* Goes on after the socket became readable, or its deadline passed. */
void resolver_step(struct resolver *resolver, uint64_t now_ns);

/* Closes what is open. */
void resolver_cancel(struct resolver *resolver);

/* ---- pure parts, for tests ---- */

/* "10.0.0.1", "::1" (also with brackets taken off); port in host order. */
bool address_read(struct slice text, uint16_t port, union resolver_address *ret);

/* Addresses of @name in the text of a hosts file; how many, at most @room. */
size_t hosts_find(struct slice text, struct slice name, uint16_t port, union resolver_address *ret,
		  size_t room);

void resolv_conf_read(struct slice text, struct resolver_settings *ret);

/* The name to ask for at turn @candidate, with the search list; false when there are no more. */
bool resolver_candidate(const struct resolver_settings *settings, const char *name,
			unsigned candidate, char ret[RESOLVER_NAME_MAX + 1]);

static inline socklen_t address_size(const union resolver_address *address)
{
	return address->any.sa_family == AF_INET6 ? sizeof(address->v6) : sizeof(address->v4);
}

#endif
