/* SPDX-License-Identifier: Apache-2.0 */
/* Batches against a peer that the test moves: when they go, what is tried again and counted. */
#include "tests/support/test.h"

#include "base/clock.h"
#include "base/log.h"
#include "exporter/delivery.h"
#include "exporter/http_client.h"
#include "tests/support/http_peer.h"
#include "tests/support/sample_span.h"

#define MS UINT64_C(1000000)
#define MEMORY ((size_t)64 << 20)
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static struct config settings;
static struct delivery *delivery;
static struct http_peer peer;
static struct bump bump;
static struct sample sample;
static uint64_t now; /* of the test's own clock: no case waits for real time */

static const char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static int setup(void **state)
{
	(void)state;
	http_peer_begin(&peer);
	log_configure(LOG_NONE, NULL);
	config_read(no_environment, &settings);
	settings.endpoint = peer.url;
	settings.max_queue_size = 8;
	settings.max_export_batch_size = 4;
	bump_begin(&bump, calloc(1, MEMORY), MEMORY);
	now = UINT64_C(1000000000000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	delivery_interrupt(delivery);
	http_peer_end(&peer);
	free(bump.start);
	return 0;
}

static unsigned given_back;

static void take_back(void *context, const struct span_record *record, uint64_t wall_offset_ns)
{
	assert_ptr_equal(context, &settings);
	assert_int_equal(wall_offset_ns, 0);
	assert_int_equal(record->head.kind, RECORD_SPAN);
	given_back++;
}

/* One byte for all, or no room at all. */
static size_t pack(struct slice body, uint8_t *to, size_t room)
{
	assert_true(body.size > 100 && room > body.size);
	if (settings.schedule_delay == 1)
		return 0;
	memcpy(to, "gzip", 4);
	return 4;
}

static void begin(bool quiet)
{
	const struct delivery_options options = {
		.config = &settings,
		.resources = resource_table_begin(bump_take(&bump, resource_table_size()),
						  &settings, true),
		.quiet = quiet,
		.compress = settings.export_timeout == 1 ? NULL : pack,
		.undelivered = take_back,
		.context = &settings,
	};

	given_back = 0;

	delivery = delivery_make(&bump, &options);
	assert_non_null(delivery);
}

static void queue(unsigned count)
{
	while (count--) {
		sample_begin(&sample);
		delivery_queue(delivery, sample_end(&sample), 0, now);
	}
}

/* Steps at the test's time, with a little real time for the kernel in between. */
static void steps(bool force)
{
	for (int i = 0; i < 30; i++) {
		delivery_step(delivery, now, now, force);
		http_peer_read(&peer);
		usleep(100);
	}
}

static void assert_counts(uint64_t delivered, uint64_t queue_full, uint64_t failed,
			  uint64_t waiting)
{
	struct delivery_counts counts = delivery_counts(delivery);

	assert_int_equal(counts.delivered, delivered);
	assert_int_equal(counts.queue_full, queue_full);
	assert_int_equal(counts.failed, failed);
	assert_int_equal(counts.waiting, waiting);
}

static void answer(const char *text)
{
	assert_non_null(strstr(peer.got, "POST /v1/traces"));
	http_peer_say(&peer, text);
}

static void a_batch_goes_when_it_is_full(void **state)
{
	(void)state;
	begin(false);
	queue(3);
	steps(false);
	assert_int_equal(peer.size, 0);
	queue(1);
	steps(false);
	answer(OK);
	steps(false);
	assert_counts(4, 0, 0, 0);
	assert_true(delivery_idle(delivery));
	assert_null(delivery_counts(delivery).failure);
}

static void a_batch_goes_after_the_delay(void **state)
{
	(void)state;
	begin(false);
	queue(1);
	assert_int_equal(delivery_due_ns(delivery, now + 10000 * MS), now + 5000 * MS);
	now += 4999 * MS;
	steps(false);
	assert_int_equal(peer.size, 0);
	now += MS;
	steps(false);
	answer(OK);
	steps(false);
	assert_counts(1, 0, 0, 0);
}

static void a_batch_goes_when_it_is_quiet(void **state)
{
	(void)state;
	begin(false);
	queue(1);
	assert_int_equal(delivery_due_ns(delivery, now), now + DELIVERY_QUIET_NS);
	delivery_step(delivery, now + DELIVERY_QUIET_NS - 1, now, false);
	assert_false(delivery_busy(delivery));
	delivery_step(delivery, now + DELIVERY_QUIET_NS, now, false);
	assert_true(delivery_busy(delivery));
}

static void a_full_queue_refuses_and_counts(void **state)
{
	(void)state;
	begin(false);
	queue(10);
	assert_counts(0, 2, 0, 8);
	steps(true);
	answer(OK);
	steps(true);
	answer(OK);
	steps(true);
	assert_counts(8, 2, 0, 0);
	assert_int_equal(given_back, 2);
}

static void a_busy_collector_is_asked_again(void **state)
{
	(void)state;
	begin(false);
	queue(4);
	steps(false);
	answer("HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n");
	steps(false);
	assert_false(delivery_busy(delivery));
	assert_false(delivery_idle(delivery));
	assert_int_equal(delivery_retry_ns(delivery, now), 3000 * MS);
	assert_int_equal(delivery_due_ns(delivery, now), now + 3000 * MS);
	now += 2999 * MS;
	steps(true);
	assert_int_equal(peer.size, 0);
	now += MS;
	steps(false);
	answer(OK);
	steps(false);
	assert_counts(4, 0, 0, 0);
}

static void a_wait_beyond_the_deadline_gives_up_at_once(void **state)
{
	(void)state;
	begin(false);
	queue(4);
	steps(false);
	answer("HTTP/1.1 429 Slow\r\nRetry-After: 11\r\nContent-Length: 0\r\n\r\n");
	steps(false);
	assert_counts(0, 0, 4, 0);
	assert_string_equal(delivery_counts(delivery).failure, "HTTP 429");
}

static void attempts_have_a_ceiling(void **state)
{
	(void)state;
	unsigned attempts = 0;

	settings.timeout = settings.traces_timeout = settings.export_timeout = 0;
	begin(false);
	queue(4);
	for (; attempts < 20 && !delivery_idle(delivery); attempts++) {
		steps(false);
		answer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
		steps(false);
		now += 6000 * MS;
	}
	assert_int_equal(attempts, 5);
	assert_counts(0, 0, 4, 0);
}

static void a_refusal_is_final(void **state)
{
	(void)state;
	begin(false);
	queue(4);
	steps(false);
	answer("HTTP/1.1 400 Bad\r\nContent-Length: 7\r\n\r\n\x08\x03\x12\x03"
	       "bad");
	steps(false);
	assert_counts(0, 0, 4, 0);
	assert_string_equal(delivery_counts(delivery).failure, "HTTP 400: bad");
	assert_int_equal(given_back, 4);
}

static void what_the_collector_rejects_is_counted(void **state)
{
	(void)state;
	begin(false);
	queue(4);
	steps(false);
	http_peer_read(&peer);
	answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x0a\x02\x08\x03");
	steps(false);
	assert_counts(1, 0, 3, 0);
	assert_string_equal(delivery_counts(delivery).failure, "rejected by the collector");
	/* More than was sent is no more than was sent. */
	queue(4);
	steps(false);
	answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x0a\x02\x08\x63");
	steps(false);
	assert_counts(1, 0, 7, 0);
	/* Nobody knows which they were. */
	assert_int_equal(given_back, 0);
}

static void a_rejection_says_why_in_either_encoding(void **state)
{
	static const struct {
		int protocol;
		const char *answer;
	} cases[] = {
		{ CONFIG_HTTP_PROTOBUF, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n"
					"\x0a\x0b\x08\x02\x12\x07too\nold" },
		{ CONFIG_HTTP_JSON, "HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n"
				    "{\"partialSuccess\":{\"rejectedSpans\":\"2\","
				    "\"errorMessage\":\"too?old\"}}" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		bump_reset(&bump);
		memset(bump.start, 0, (size_t)1 << 20);
		settings.traces_protocol = cases[i].protocol;
		settings.traces_protocol_set = true;
		if (i > 0) {
			delivery_interrupt(delivery);
			http_peer_hang_up(&peer);
		}
		begin(false);
		queue(4);
		steps(false);
		answer(cases[i].answer);
		steps(false);
		assert_counts(2, 0, 2, 0);
		assert_string_equal(delivery_counts(delivery).failure,
				    "rejected by the collector: too?old");
	}
}

/* What was logged to @path since the last look. */
static const char *logged(const char *path)
{
	static char text[1024];
	FILE *file = fopen(path, "r");
	size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[size] = 0;
	if (file)
		fclose(file);
	unlink(path);
	return text;
}

static void a_warning_of_the_collector_is_passed_on_once_a_minute(void **state)
{
	static const char warns[] = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"
				    "\x0a\x09\x12\x07too old";
	char path[] = "/tmp/otelshim-test-XXXXXX";
	int descriptor = mkstemp(path);

	(void)state;
	assert_true(descriptor >= 0);
	close(descriptor);
	log_configure(LOG_WARN, path);
	begin(false);
	for (unsigned i = 0; i < 3; i++) {
		queue(4);
		steps(false);
		answer(warns);
		steps(false);
		assert_counts(4 * ((uint64_t)i + 1), 0, 0, 0);
		if (i == 1)
			assert_string_equal(logged(path), "");
		else
			assert_non_null(strstr(logged(path), "took the spans and says: too old\n"));
		now += (uint64_t)i * 60000 * MS;
	}
	log_configure(LOG_NONE, NULL);
}

static void silence_ends_at_the_timeout(void **state)
{
	(void)state;
	begin(false);
	queue(4);
	steps(false);
	now += 9999 * MS;
	steps(false);
	assert_true(delivery_busy(delivery));
	now += MS;
	steps(false);
	assert_counts(0, 0, 4, 0);
	assert_string_equal(delivery_counts(delivery).failure, "no answer within 10 s");
}

static void where_nobody_asked_one_try_is_all_for_a_while(void **state)
{
	(void)state;
	begin(true);
	close(peer.listener);
	queue(4);
	steps(false);
	assert_counts(0, 0, 4, 0);
	assert_string_equal(delivery_counts(delivery).failure, "connection refused");
	http_peer_begin(&peer);
	now += 29000 * MS;
	queue(4);
	steps(false);
	assert_counts(0, 0, 8, 0);
	assert_int_equal(peer.size, 0);
}

static void an_interrupted_batch_goes_again(void **state)
{
	(void)state;
	begin(false);
	queue(4);
	steps(false);
	assert_true(delivery_busy(delivery));
	delivery_interrupt(delivery);
	http_peer_hang_up(&peer);
	assert_counts(0, 0, 0, 4);
	steps(false);
	answer(OK);
	steps(false);
	assert_counts(4, 0, 0, 0);
}

static void an_endpoint_that_cannot_be_used_fails_each_span(void **state)
{
	(void)state;
	static const char *const endpoints[] = { "https://c", "c:4317", "http://" };

	for (size_t i = 0; i < 3; i++) {
		bump_reset(&bump);
		memset(bump.start, 0, (size_t)1 << 20);
		settings.endpoint = endpoints[i];
		begin(false);
		queue(5);
		steps(true);
		assert_counts(0, 0, 5, 0);
		assert_non_null(delivery_counts(delivery).failure);
		assert_int_equal(given_back, 5);
	}
}

static void what_is_given_up_has_failed(void **state)
{
	(void)state;
	begin(false);
	queue(6);
	steps(false);
	assert_true(delivery_busy(delivery));
	delivery_give_up(delivery);
	assert_counts(0, 0, 6, 0);
	assert_int_equal(given_back, 6);
	assert_true(delivery_idle(delivery));
	assert_string_equal(delivery_counts(delivery).failure, "no answer in time");
	delivery_give_up(delivery);
	assert_counts(0, 0, 6, 0);
}

static void a_body_is_compressed_where_that_was_asked_for_and_is_possible(void **state)
{
	static const struct {
		int compression;
		int64_t delay, timeout;
		bool compressed;
	} cases[] = {
		{ CONFIG_UNCOMPRESSED, 0, 0, false },
		{ CONFIG_GZIP, 0, 0, true },
		{ CONFIG_GZIP, 1, 0, false },
		{ CONFIG_GZIP, 0, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bump_reset(&bump);
		memset(bump.start, 0, (size_t)1 << 20);
		settings.traces_compression = cases[i].compression;
		settings.schedule_delay = cases[i].delay;
		settings.export_timeout = cases[i].timeout;
		begin(false);
		queue(4);
		steps(false);
		assert_int_equal(strstr(peer.got, "Content-Encoding: gzip\r\n") != NULL,
				 cases[i].compressed);
		assert_int_equal(strstr(peer.got, "Content-Length: 4\r\n") != NULL,
				 cases[i].compressed);
		answer(OK);
		steps(false);
		assert_counts(4, 0, 0, 0);
		delivery_interrupt(delivery);
		http_peer_hang_up(&peer);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TESTS(CASE(a_batch_goes_when_it_is_full), CASE(a_batch_goes_after_the_delay),
      CASE(a_batch_goes_when_it_is_quiet), CASE(a_full_queue_refuses_and_counts),
      CASE(a_busy_collector_is_asked_again), CASE(a_wait_beyond_the_deadline_gives_up_at_once),
      CASE(attempts_have_a_ceiling), CASE(a_refusal_is_final),
      CASE(what_the_collector_rejects_is_counted),
      CASE(a_rejection_says_why_in_either_encoding),
      CASE(a_warning_of_the_collector_is_passed_on_once_a_minute),
      CASE(silence_ends_at_the_timeout),
      CASE(where_nobody_asked_one_try_is_all_for_a_while), CASE(an_interrupted_batch_goes_again),
      CASE(what_is_given_up_has_failed),
      CASE(a_body_is_compressed_where_that_was_asked_for_and_is_possible),
      CASE(an_endpoint_that_cannot_be_used_fails_each_span))
