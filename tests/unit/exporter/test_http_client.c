/* SPDX-License-Identifier: Apache-2.0 */
/* The client's steps against a peer that the test moves. */
#include "tests/support/test.h"

#include <fcntl.h>

#include "base/clock.h"
#include "exporter/http_client.h"
#include "tests/support/http_peer.h"

static struct http_client client;
static struct endpoint endpoint;
static struct user_headers headers;
static struct http_peer peer;

static int setup(void **state)
{
	(void)state;
	http_peer_begin(&peer);
	user_headers_read(SLICE("X-Key=1"), &headers);
	http_client_begin(&client, &endpoint, &headers, "application/x-protobuf");
	return endpoint_parse(slice_of_string(peer.url), true, &endpoint) == ENDPOINT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	http_client_abort(&client);
	http_peer_end(&peer);
	return 0;
}

/* Moves both sides until the client is in @wanted, or enough is enough. */
static enum http_state move(enum http_state wanted)
{
	for (int i = 0; i < 500 && client.state != wanted; i++) {
		http_client_wait(&client, 100000);
		http_client_step(&client, clock_now_ns());
		http_peer_read(&peer);
	}
	return client.state;
}

static void post(struct slice body)
{
	client.state = HTTP_IDLE;
	http_client_post(&client, body, clock_now_ns());
}

static void expect_request(const char *body)
{
	for (int i = 0; i < 1000 && !strstr(peer.got, body); i++) {
		http_client_step(&client, clock_now_ns());
		http_peer_read(&peer);
		usleep(100);
	}
	assert_non_null(strstr(peer.got, body));
}

static void a_request_has_the_fields_that_it_needs(void **state)
{
	(void)state;
	char host[64];

	post(SLICE("the body"));
	assert_int_equal(move(HTTP_RECEIVING), HTTP_RECEIVING);
	expect_request("the body");
	assert_memory_equal(peer.got, "POST /v1/traces HTTP/1.1\r\n", 26);
	snprintf(host, sizeof(host), "\r\nHost: %.40s\r\n", peer.url + 7);
	assert_non_null(strstr(peer.got, host));
	assert_non_null(strstr(peer.got, "\r\nContent-Length: 8\r\n"));
	assert_non_null(strstr(peer.got, "\r\nContent-Type: application/x-protobuf\r\n"));
	assert_non_null(strstr(peer.got, "\r\nUser-Agent: otelshim/"));
	assert_non_null(strstr(peer.got, " OTel-OTLP-Exporter-C/"));
	assert_non_null(strstr(peer.got, "\r\nX-Key: 1\r\n\r\nthe body"));
	http_peer_say(&peer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	assert_int_equal(move(HTTP_ANSWERED), HTTP_ANSWERED);
	assert_int_equal(client.response.status, 200);
	assert_true(fcntl(client.fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(client.fd, F_GETFL) & O_NONBLOCK);
}

static void a_connection_is_used_again(void **state)
{
	(void)state;
	post(SLICE("one"));
	expect_request("one");
	http_peer_say(&peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(move(HTTP_ANSWERED), HTTP_ANSWERED);
	int fd = client.fd;

	assert_true(fd >= 0);
	post(SLICE("two"));
	assert_int_equal(client.fd, fd);
	expect_request("two");
	http_peer_say(&peer, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(move(HTTP_ANSWERED), HTTP_ANSWERED);
	assert_int_equal(client.fd, -1);
}

static void a_connection_that_was_closed_meanwhile_is_made_anew(void **state)
{
	(void)state;
	post(SLICE("one"));
	expect_request("one");
	http_peer_say(&peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(move(HTTP_ANSWERED), HTTP_ANSWERED);
	http_peer_hang_up(&peer);
	usleep(1000);
	post(SLICE("two"));
	expect_request("two");
	assert_int_equal(client.state, HTTP_RECEIVING);
}

/* The server hangs up at the very moment when the next request is on its way. */
static void a_kept_connection_that_ends_without_an_answer_is_tried_anew(void **state)
{
	(void)state;
	post(SLICE("one"));
	expect_request("one");
	http_peer_say(&peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(move(HTTP_ANSWERED), HTTP_ANSWERED);
	post(SLICE("two"));
	expect_request("two");
	http_peer_hang_up(&peer);
	expect_request("two");
	http_peer_say(&peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(move(HTTP_ANSWERED), HTTP_ANSWERED);
}

static void a_new_connection_that_ends_without_an_answer_has_failed(void **state)
{
	(void)state;
	post(SLICE("one"));
	expect_request("one");
	http_peer_hang_up(&peer);
	assert_int_equal(move(HTTP_FAILED), HTTP_FAILED);
	assert_string_equal(client.failure, "connection closed without an answer");
	assert_int_equal(client.fd, -1);
}

static void an_answer_that_is_cut_has_failed(void **state)
{
	(void)state;
	post(SLICE("one"));
	expect_request("one");
	http_peer_say(&peer, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
	http_peer_hang_up(&peer);
	assert_int_equal(move(HTTP_FAILED), HTTP_FAILED);
}

static void nobody_listens(void **state)
{
	(void)state;
	close(peer.listener);
	post(SLICE("one"));
	assert_int_equal(move(HTTP_FAILED), HTTP_FAILED);
	assert_string_equal(client.failure, "connection refused");
	peer.listener = -1;
}

static void what_is_no_http_has_failed(void **state)
{
	(void)state;
	post(SLICE("one"));
	expect_request("one");
	http_peer_say(&peer, "220 mail.example.org ESMTP\r\n");
	assert_int_equal(move(HTTP_FAILED), HTTP_FAILED);
	assert_string_equal(client.failure, "answer is not HTTP");
}

/* The peer reads nothing more, and says why. */
static void an_answer_before_the_body_was_sent_is_taken(void **state)
{
	(void)state;
	static uint8_t large[8 << 20];

	post(slice_of(large, sizeof(large)));
	for (int i = 0; i < 50 && peer.size < 100; i++) {
		http_client_step(&client, clock_now_ns());
		http_peer_read(&peer);
	}
	assert_int_equal(client.state, HTTP_SENDING);
	http_peer_say(&peer, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
	usleep(1000);
	for (int i = 0; i < 100 && client.state == HTTP_SENDING; i++)
		http_client_step(&client, clock_now_ns());
	assert_int_equal(client.state, HTTP_ANSWERED);
	assert_int_equal(client.response.status, 413);
	assert_int_equal(client.fd, -1);
}

static void a_request_can_be_given_up(void **state)
{
	(void)state;
	post(SLICE("one"));
	expect_request("one");
	assert_true(http_client_busy(&client));
	http_client_abort(&client);
	assert_int_equal(client.fd, -1);
	assert_false(http_client_busy(&client));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TESTS(CASE(a_request_has_the_fields_that_it_needs), CASE(a_connection_is_used_again),
      CASE(a_connection_that_was_closed_meanwhile_is_made_anew),
      CASE(a_kept_connection_that_ends_without_an_answer_is_tried_anew),
      CASE(a_new_connection_that_ends_without_an_answer_has_failed),
      CASE(an_answer_that_is_cut_has_failed), CASE(nobody_listens),
      CASE(what_is_no_http_has_failed), CASE(an_answer_before_the_body_was_sent_is_taken),
      CASE(a_request_can_be_given_up))
