/* SPDX-License-Identifier: Apache-2.0 */
/* Names to addresses. */
#include "exporter/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cold.h"
#include "base/random.h"
#include "base/real.h"
#include "exporter/small_file.h"

/* ---- pure parts ---- */

bool address_read(struct slice text, uint16_t port, union resolver_address *ret)
{
	union resolver_address address = { .v6 = { 0 } };
	char string[INET6_ADDRSTRLEN];

	if (!text.size || text.size >= sizeof(string))
		return false;
	memcpy(string, text.data, text.size);
	string[text.size] = '\0';
	if (inet_pton(AF_INET, string, &address.v4.sin_addr) == 1) {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(port);
	} else if (inet_pton(AF_INET6, string, &address.v6.sin6_addr) == 1) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(port);
	} else {
		return false;
	}
	*ret = address;
	return true;
}

static struct slice uncomment(struct slice line, const char *marks)
{
	for (size_t i = 0; i < line.size; i++)
		if (strchr(marks, line.data[i]))
			return slice_first(line, i);
	return line;
}

size_t hosts_find(struct slice text, struct slice name, uint16_t port, union resolver_address *ret,
		  size_t room)
{
	struct slice line, word;
	size_t found = 0;

	while (found < room && line_next(&text, &line)) {
		line = uncomment(line, "#");
		if (!address_read(word_next(&line), port, &ret[found]))
			continue;
		while ((word = word_next(&line)).size) {
			if (!slice_equal_any_case(word, name))
				continue;
			found++;
			break;
		}
	}
	return found;
}

static unsigned dots_read(struct slice option)
{
	if (option.size != 7 || memcmp(option.data, "ndots:", 6) != 0 || option.data[6] < '0' ||
	    option.data[6] > '9')
		return 0;
	return (unsigned)(option.data[6] - '0');
}

static void search_read(struct slice line, struct resolver_settings *ret)
{
	struct slice word;

	ret->domains = 0;
	while (ret->domains < RESOLVER_DOMAINS && (word = word_next(&line)).size)
		ret->domain[ret->domains++] = word;
}

void resolv_conf_read(struct slice text, struct resolver_settings *ret)
{
	struct slice line, word;

	*ret = (struct resolver_settings){ .dots = 1 };
	while (line_next(&text, &line)) {
		line = uncomment(line, "#;");
		word = word_next(&line);
		if (slice_equal(word, SLICE("nameserver")) && ret->servers < RESOLVER_SERVERS) {
			if (address_read(word_next(&line), 53, &ret->server[ret->servers]))
				ret->servers++;
		} else if (slice_equal(word, SLICE("search")) ||
			   slice_equal(word, SLICE("domain"))) {
			search_read(line, ret);
		} else if (slice_equal(word, SLICE("options"))) {
			while ((word = word_next(&line)).size)
				ret->dots = dots_read(word) ? dots_read(word) : ret->dots;
		}
	}
	if (!ret->servers && address_read(SLICE("127.0.0.1"), 53, &ret->server[0]))
		ret->servers = 1;
}

bool resolver_candidate(const struct resolver_settings *settings, const char *name,
			unsigned candidate, char ret[RESOLVER_NAME_MAX + 1])
{
	size_t size = strlen(name), dots = 0;
	struct slice domain = { 0 };
	bool rooted = size && name[size - 1] == '.';
	unsigned own;

	for (size_t i = 0; i < size; i++)
		dots += name[i] == '.';
	own = rooted || dots >= settings->dots ? 0 : (unsigned)settings->domains;
	if (candidate > (rooted ? 0 : settings->domains))
		return false;
	if (candidate != own)
		domain = settings->domain[candidate < own || own ? candidate : candidate - 1];
	if (size + 1 + domain.size > RESOLVER_NAME_MAX)
		domain.size = 0;
	memcpy(ret, name, size);
	if (domain.size) {
		ret[size++] = '.';
		memcpy(ret + size, domain.data, domain.size);
		size += domain.size;
	}
	ret[size] = '\0';
	return true;
}

/* ---- memory for c-ares ---- */

/*
 * c-ares knows one allocator in a process and no context for it. It is called here only within one
 * function, on the consumer's thread, so that a stretch that begins anew with each call is enough.
 */
#define CARES_SIZE ((size_t)64 << 10)

static struct {
	_Alignas(16) uint8_t memory[CARES_SIZE];
	size_t used;
	bool begun;
} cares COLD_TABLE;

static void *cares_take(size_t size)
{
	size_t room = ((size + 15) & ~(size_t)15) + 16;
	uint8_t *block = cares.memory + cares.used;

	if (size > CARES_SIZE || room > CARES_SIZE - cares.used)
		return NULL;
	cares.used += room;
	memcpy(block, &size, sizeof(size));
	return block + 16;
}

static void cares_give(void *block)
{
	(void)block;
}

static void *cares_change(void *block, size_t size)
{
	void *new = cares_take(size);
	size_t old = 0;

	if (!block || !new)
		return new;
	memcpy(&old, (uint8_t *)block - 16, sizeof(old));
	memcpy(new, block, old < size ? old : size);
	return new;
}

static bool cares_begin(void)
{
	cares.used = 0;
	if (!cares.begun)
		cares.begun = ares_library_init_mem(ARES_LIB_INIT_NONE, cares_take, cares_give,
						    cares_change) == ARES_SUCCESS;
	return cares.begun;
}

/* ---- asking ---- */

static void fail(struct resolver *resolver, const char *failure)
{
	resolver_cancel(resolver);
	resolver->state = RESOLVER_FAILED;
	resolver->failure = failure;
}

void resolver_cancel(struct resolver *resolver)
{
	if (resolver->fd >= 0)
		close(resolver->fd);
	resolver->fd = -1;
	resolver->state = RESOLVER_IDLE;
}

static bool question_make(struct resolver *resolver)
{
	char name[RESOLVER_NAME_MAX + 1];
	const unsigned short id = (unsigned short)random_next();
	unsigned char *message;
	int size, result;

	if (!resolver_candidate(&resolver->settings, resolver->name, resolver->candidate, name) ||
	    !cares_begin())
		return false;
	result = ares_create_query(name, ns_c_in, resolver->ipv6 ? ns_t_aaaa : ns_t_a, id, 1,
				   &message, &size, 0);
	if (result != ARES_SUCCESS || size <= 0 || (size_t)size > sizeof(resolver->question))
		return false;
	memcpy(resolver->question, message, (size_t)size);
	resolver->question_size = (size_t)size;
	return true;
}

/* A socket of its own for each question: answers to others never reach it. */
static bool question_send(struct resolver *resolver, uint64_t now_ns)
{
	const union resolver_address *server =
		&resolver->settings.server[resolver->attempt % resolver->settings.servers];

	resolver_cancel(resolver);
	resolver->state = RESOLVER_ASKING;
	resolver->deadline_ns = now_ns + RESOLVER_TRY_NS;
	resolver->fd = socket(server->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (resolver->fd < 0)
		return false;
	if (real()->connect(resolver->fd, &server->any, address_size(server)) != 0)
		return false;
	return real()->send(resolver->fd, resolver->question, resolver->question_size,
			    MSG_NOSIGNAL) == (ssize_t)resolver->question_size;
}

/* Asks the open question of the next server that can be reached. */
static void ask(struct resolver *resolver, uint64_t now_ns)
{
	const unsigned attempts = 2 * (unsigned)resolver->settings.servers;

	for (; resolver->attempt < attempts; resolver->attempt++)
		if (question_send(resolver, now_ns))
			return;
	fail(resolver, "no answer from the name server");
}

static void ask_first(struct resolver *resolver, uint64_t now_ns)
{
	resolver->attempt = 0;
	if (question_make(resolver))
		ask(resolver, now_ns);
	else
		fail(resolver, "name not found");
}

/* The name has no such address: the other family, then the next name of the search list. */
static void ask_further(struct resolver *resolver, uint64_t now_ns)
{
	if (resolver->ipv6)
		resolver->candidate++;
	resolver->ipv6 = !resolver->ipv6;
	ask_first(resolver, now_ns);
}

static size_t take_v4(struct resolver *resolver, const uint8_t *message, int size)
{
	struct ares_addrttl found[RESOLVER_ADDRESSES];
	int count = RESOLVER_ADDRESSES;

	if (ares_parse_a_reply(message, size, NULL, found, &count) != ARES_SUCCESS)
		return 0;
	for (int i = 0; i < count; i++) {
		struct sockaddr_in *to = &resolver->address[i].v4;

		*to = (struct sockaddr_in){ .sin_family = AF_INET,
					    .sin_port = htons(resolver->port) };
		memcpy(&to->sin_addr, &found[i].ipaddr, sizeof(to->sin_addr));
	}
	return (size_t)count;
}

static size_t take_v6(struct resolver *resolver, const uint8_t *message, int size)
{
	struct ares_addr6ttl found[RESOLVER_ADDRESSES];
	int count = RESOLVER_ADDRESSES;

	if (ares_parse_aaaa_reply(message, size, NULL, found, &count) != ARES_SUCCESS)
		return 0;
	for (int i = 0; i < count; i++) {
		struct sockaddr_in6 *to = &resolver->address[i].v6;

		*to = (struct sockaddr_in6){ .sin6_family = AF_INET6,
					     .sin6_port = htons(resolver->port) };
		memcpy(&to->sin6_addr, &found[i].ip6addr, sizeof(to->sin6_addr));
	}
	return (size_t)count;
}

/* An answer to exactly our question: its number, its question, the bit that says "answer". */
static bool answers(const struct resolver *resolver, const uint8_t *message, size_t size)
{
	return size >= resolver->question_size && (message[2] & 0x80) &&
	       memcmp(message, resolver->question, 2) == 0 &&
	       memcmp(message + 12, resolver->question + 12, resolver->question_size - 12) == 0;
}

/* Codes by which a server says that it could not, and another may. */
static bool server_failed(const uint8_t *message)
{
	uint8_t code = message[3] & 15;

	return code != ns_r_noerror && code != ns_r_nxdomain;
}

static void answer_take(struct resolver *resolver, const uint8_t *message, size_t size,
			uint64_t now_ns)
{
	if (!answers(resolver, message, size))
		return;
	if (server_failed(message) || !cares_begin()) {
		resolver->attempt++;
		ask(resolver, now_ns);
		return;
	}
	resolver->addresses = resolver->ipv6 ? take_v6(resolver, message, (int)size) :
					       take_v4(resolver, message, (int)size);
	if (!resolver->addresses) {
		ask_further(resolver, now_ns);
		return;
	}
	resolver_cancel(resolver);
	resolver->state = RESOLVER_FOUND;
}

void resolver_step(struct resolver *resolver, uint64_t now_ns)
{
	uint8_t message[1500];
	ssize_t size;

	if (resolver->state != RESOLVER_ASKING)
		return;
	size = real()->recv(resolver->fd, message, sizeof(message), MSG_DONTWAIT);
	if (size >= 12) {
		answer_take(resolver, message, (size_t)size, now_ns);
		return;
	}
	if ((size < 0 && (errno == EAGAIN || errno == EINTR) && now_ns < resolver->deadline_ns) ||
	    size >= 0)
		return;
	resolver->attempt++;
	ask(resolver, now_ns);
}

static bool found_without_asking(struct resolver *resolver)
{
	struct slice name = slice_of_string(resolver->name);
	struct slice hosts;

	if (address_read(name, resolver->port, &resolver->address[0])) {
		resolver->addresses = 1;
		return true;
	}
	if (slice_equal_any_case(name, SLICE("localhost")) ||
	    slice_equal_any_case(name, SLICE("localhost."))) {
		address_read(SLICE("127.0.0.1"), resolver->port, &resolver->address[0]);
		address_read(SLICE("::1"), resolver->port, &resolver->address[1]);
		resolver->addresses = 2;
		return true;
	}
	hosts = small_file_read("/etc/hosts", resolver->file, sizeof(resolver->file));
	resolver->addresses = hosts_find(hosts, name, resolver->port, resolver->address,
					 RESOLVER_ADDRESSES);
	return resolver->addresses > 0;
}

void resolver_begin(struct resolver *resolver, const char *name, uint16_t port, uint64_t now_ns)
{
	size_t size = strlen(name);
	struct slice settings;

	memset(resolver, 0, offsetof(struct resolver, file));
	resolver->fd = -1;
	resolver->port = port;
	if (size > RESOLVER_NAME_MAX) {
		fail(resolver, "name too long");
		return;
	}
	memcpy(resolver->name, name, size + 1);
	if (found_without_asking(resolver)) {
		resolver->state = RESOLVER_FOUND;
		return;
	}
	settings = small_file_read("/etc/resolv.conf", resolver->file, sizeof(resolver->file));
	resolv_conf_read(settings, &resolver->settings);
	ask_first(resolver, now_ns);
}
