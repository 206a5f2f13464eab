/* SPDX-License-Identifier: Apache-2.0 */
/* Names to addresses: the texts, and a name server of our own. */
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "base/clock.h"
#include "exporter/resolver.h"

static void addresses_are_numbers_of_both_families(void **state)
{
	(void)state;
	union resolver_address address;

	assert_true(address_read(SLICE("10.1.2.3"), 80, &address));
	assert_int_equal(address.any.sa_family, AF_INET);
	assert_int_equal(ntohs(address.v4.sin_port), 80);
	assert_int_equal(ntohl(address.v4.sin_addr.s_addr), 0x0a010203);
	assert_true(address_read(SLICE("::1"), 4318, &address));
	assert_int_equal(address.any.sa_family, AF_INET6);
	assert_int_equal(address_size(&address), sizeof(struct sockaddr_in6));
	assert_false(address_read(SLICE("1.2.3"), 80, &address));
	assert_false(address_read(SLICE("1.2.3.4.5"), 80, &address));
	assert_false(address_read(SLICE("db1"), 80, &address));
	assert_false(address_read(SLICE(""), 80, &address));
	assert_false(
		address_read(SLICE("1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"),
			     80, &address));
}

static void hosts_are_found_by_any_of_their_names(void **state)
{
	(void)state;
	struct slice text = SLICE("# 9.9.9.9 db1\n10.0.0.1 db1.example.org DB1 # db3\n"
				  "nonsense db1\n::5 db2 db1\n10.0.0.3 db10\n10.0.0.4 db4");
	union resolver_address found[4];

	assert_int_equal(hosts_find(text, SLICE("db1"), 1, found, 4), 2);
	assert_int_equal(ntohl(found[0].v4.sin_addr.s_addr), 0x0a000001);
	assert_int_equal(found[1].any.sa_family, AF_INET6);
	assert_int_equal(hosts_find(text, SLICE("db1"), 1, found, 1), 1);
	assert_int_equal(hosts_find(text, SLICE("db4"), 1, found, 4), 1);
	assert_int_equal(hosts_find(text, SLICE("db3"), 1, found, 4), 0);
	assert_int_equal(hosts_find(text, SLICE("db"), 1, found, 4), 0);
	for (size_t size = 0; size < text.size; size++) {
		uint8_t *copy = test_exact_copy(slice_first(text, size));

		hosts_find(slice_of(copy, size), SLICE("db1"), 1, found, 4);
		free(copy);
	}
}

static void resolv_conf_gives_servers_domains_and_dots(void **state)
{
	(void)state;
	struct resolver_settings settings;

	resolv_conf_read(
		SLICE("; x\nnameserver 10.0.0.1\nnameserver bad\nnameserver ::1 # y\n"
		      "search a.org b.org\noptions timeout:1 ndots:3\nnameserver 10.0.0.2\n"
		      "nameserver 10.0.0.3\n"),
		&settings);
	assert_int_equal(settings.servers, 3);
	assert_int_equal(settings.server[1].any.sa_family, AF_INET6);
	assert_int_equal(ntohs(settings.server[0].v4.sin_port), 53);
	assert_int_equal(settings.domains, 2);
	assert_slice_equal(settings.domain[1], SLICE("b.org"));
	assert_int_equal(settings.dots, 3);
	resolv_conf_read(SLICE(""), &settings);
	assert_int_equal(settings.servers, 1);
	assert_int_equal(ntohl(settings.server[0].v4.sin_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(settings.dots, 1);
}

static void the_search_list_gives_names_in_order(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *asked[4];
	} cases[] = {
		{ "db1", { "db1.a.org", "db1.b.org", "db1", NULL } },
		{ "db1.x", { "db1.x", "db1.x.a.org", "db1.x.b.org", NULL } },
		{ "db1.", { "db1.", NULL } },
	};
	struct resolver_settings settings;

	resolv_conf_read(SLICE("search a.org b.org"), &settings);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[RESOLVER_NAME_MAX + 1];
		unsigned turn = 0;

		for (; cases[i].asked[turn]; turn++) {
			assert_true(resolver_candidate(&settings, cases[i].name, turn, name));
			assert_string_equal(name, cases[i].asked[turn]);
		}
		assert_false(resolver_candidate(&settings, cases[i].name, turn, name));
	}
}

static void numbers_and_localhost_ask_nobody(void **state)
{
	(void)state;
	static struct resolver resolver;

	resolver_begin(&resolver, "127.0.0.1", 4318, 0);
	assert_int_equal(resolver.state, RESOLVER_FOUND);
	assert_int_equal(resolver.addresses, 1);
	resolver_begin(&resolver, "LocalHost", 4318, 0);
	assert_int_equal(resolver.state, RESOLVER_FOUND);
	assert_int_equal(resolver.addresses, 2);
	assert_int_equal(resolver.address[0].any.sa_family, AF_INET);
	assert_int_equal(resolver.address[1].any.sa_family, AF_INET6);
	assert_int_equal(resolver.fd, -1);
}

/* ---- with a server ---- */

struct server {
	int fd;
	union resolver_address address;
};

static void server_begin(struct server *server)
{
	socklen_t size = sizeof(server->address.v4);

	server->address.v4 = (struct sockaddr_in){ .sin_family = AF_INET,
						   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	server->fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(server->fd, &server->address.any, size), 0);
	assert_int_equal(getsockname(server->fd, &server->address.any, &size), 0);
}

/* Answers one question: by @code, and with @count addresses of its type. */
static void server_answer(const struct server *server, uint8_t code, uint8_t count, bool other_id)
{
	uint8_t message[512];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t got =
		recvfrom(server->fd, message, sizeof(message), 0, (struct sockaddr *)&from, &size);
	size_t used = (size_t)got;
	bool v6;

	assert_true(got > 12);
	v6 = message[used - 3] == 28;
	message[0] = (uint8_t)(message[0] ^ (other_id ? 0xff : 0));
	message[2] = 0x81;
	message[3] = (uint8_t)(0x80 | code);
	message[7] = count;
	for (uint8_t i = 1; i <= count; i++) {
		const uint8_t head[] = {
			0xc0, 12, 0, v6 ? 28 : 1, 0, 1, 0, 0, 0, 9, 0, v6 ? 16 : 4
		};

		memcpy(message + used, head, sizeof(head));
		used += sizeof(head);
		memset(message + used, 0, 16);
		message[used] = v6 ? 0xfd : 10;
		message[used + (v6 ? 15 : 3)] = i;
		used += v6 ? 16 : 4;
	}
	assert_int_equal(sendto(server->fd, message, used, 0, (struct sockaddr *)&from, size),
			 used);
}

/* Asks for @name at @server instead of what /etc/resolv.conf says. */
static void ask(struct resolver *resolver, const struct server *server, const char *name)
{
	resolver_begin(resolver, name, 4318, clock_now_ns());
	resolv_conf_read(SLICE(""), &resolver->settings);
	resolver->settings.server[0] = server->address;
	resolver->state = RESOLVER_ASKING;
	resolver->deadline_ns = 0;
	resolver->attempt = UINT32_MAX; /* the next step asks our server, as its first */
	close(resolver->fd);
	resolver->fd = socket(AF_INET, SOCK_DGRAM, 0);
	resolver_step(resolver, clock_now_ns());
}

static void steps_until_over(struct resolver *resolver)
{
	for (int i = 0; i < 1000 && resolver->state == RESOLVER_ASKING; i++) {
		resolver_step(resolver, clock_now_ns());
		usleep(100);
	}
}

static void a_name_server_is_asked(void **state)
{
	(void)state;
	static struct resolver resolver;
	struct server server;

	server_begin(&server);
	ask(&resolver, &server, "db1.test");
	assert_int_equal(resolver.state, RESOLVER_ASKING);
	server_answer(&server, 0, 2, false);
	steps_until_over(&resolver);
	assert_int_equal(resolver.state, RESOLVER_FOUND);
	assert_int_equal(resolver.addresses, 2);
	assert_int_equal(ntohl(resolver.address[1].v4.sin_addr.s_addr), 0x0a000002);
	assert_int_equal(ntohs(resolver.address[1].v4.sin_port), 4318);
	assert_int_equal(resolver.fd, -1);
	close(server.fd);
}

static void ipv6_is_asked_for_when_there_is_no_ipv4(void **state)
{
	(void)state;
	static struct resolver resolver;
	struct server server;

	server_begin(&server);
	ask(&resolver, &server, "db1.test");
	server_answer(&server, 0, 0, false);
	usleep(1000);
	resolver_step(&resolver, clock_now_ns());
	server_answer(&server, 0, 1, false);
	steps_until_over(&resolver);
	assert_int_equal(resolver.state, RESOLVER_FOUND);
	assert_int_equal(resolver.address[0].any.sa_family, AF_INET6);
	close(server.fd);
}

static void a_name_that_is_not_there_is_not_found(void **state)
{
	(void)state;
	static struct resolver resolver;
	struct server server;

	server_begin(&server);
	ask(&resolver, &server, "db1.test");
	server_answer(&server, 3, 0, false);
	usleep(1000);
	resolver_step(&resolver, clock_now_ns());
	server_answer(&server, 3, 0, false);
	steps_until_over(&resolver);
	assert_int_equal(resolver.state, RESOLVER_FAILED);
	assert_string_equal(resolver.failure, "name not found");
	close(server.fd);
}

static void answers_to_other_questions_are_ignored(void **state)
{
	(void)state;
	static struct resolver resolver;
	struct server server;

	server_begin(&server);
	ask(&resolver, &server, "db1.test");
	server_answer(&server, 0, 1, true);
	usleep(1000);
	resolver_step(&resolver, clock_now_ns());
	assert_int_equal(resolver.state, RESOLVER_ASKING);
	resolver_cancel(&resolver);
	assert_int_equal(resolver.fd, -1);
	close(server.fd);
}

static void silence_ends_after_the_last_attempt(void **state)
{
	(void)state;
	static struct resolver resolver;
	struct server server;
	uint64_t now = clock_now_ns();
	unsigned steps = 0;

	server_begin(&server);
	ask(&resolver, &server, "db1.test");
	for (; resolver.state == RESOLVER_ASKING && steps < 100; steps++) {
		now += RESOLVER_TRY_NS;
		resolver_step(&resolver, now);
	}
	assert_int_equal(resolver.state, RESOLVER_FAILED);
	assert_string_equal(resolver.failure, "no answer from the name server");
	assert_true(steps <= 3);
	close(server.fd);
}

TESTS(cmocka_unit_test(addresses_are_numbers_of_both_families),
      cmocka_unit_test(hosts_are_found_by_any_of_their_names),
      cmocka_unit_test(resolv_conf_gives_servers_domains_and_dots),
      cmocka_unit_test(the_search_list_gives_names_in_order),
      cmocka_unit_test(numbers_and_localhost_ask_nobody), cmocka_unit_test(a_name_server_is_asked),
      cmocka_unit_test(ipv6_is_asked_for_when_there_is_no_ipv4),
      cmocka_unit_test(a_name_that_is_not_there_is_not_found),
      cmocka_unit_test(answers_to_other_questions_are_ignored),
      cmocka_unit_test(silence_ends_after_the_last_attempt))
