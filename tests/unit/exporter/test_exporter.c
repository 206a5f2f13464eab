/* SPDX-License-Identifier: Apache-2.0 */
/* The whole consumer over a real area: what is counted, how it sleeps, stops, flushes and ends. */
#include "tests/support/test.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "exporter/exporter.h"
#include "tests/support/http_peer.h"
#include "tests/support/sample_span.h"

#define MS UINT64_C(1000000)

static struct config settings;
static struct area_header *area;
static size_t size;
static struct exporter *exporter;
static struct http_peer peer;
static char path[] = "/tmp/otelshim-test-XXXXXX";

static const char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static void wake(void)
{
	area_wake(area);
}

static int setup(void **state)
{
	(void)state;
	http_peer_begin(&peer);
	log_configure(LOG_NONE, NULL);
	config_read(no_environment, &settings);
	settings.endpoint = peer.url;
	size = area_size(AREA_LANE_SIZE_MIN);
	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	area_format(area, AREA_LANE_SIZE_MIN, 0);
	area_use(area, false, false, wake);
	memcpy(path + sizeof(path) - 7, "XXXXXX", 7);
	close(mkstemp(path));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	exporter_end(exporter);
	munmap(area, size);
	http_peer_end(&peer);
	unlink(path);
	return 0;
}

static void begin(bool network, uint64_t idle_ns)
{
	const struct exporter_options options = {
		.config = &settings, .area = area, .network = network, .file = path,
		.keep_summary = true, .idle_ns = idle_ns,
	};

	exporter = exporter_begin(&options);
	assert_non_null(exporter);
}

static void make(unsigned count, bool sampled)
{
	static struct sample sample;

	while (count--) {
		struct area_slot slot;

		sample_begin(&sample)->process_id = arena_process_id();
		sample.record->start_ns = clock_now_ns();
		if (!sampled)
			sample.record->marks = 0;
		assert_non_null(sample_end(&sample));
		assert_true(area_reserve(sample.record->head.size, &slot));
		memcpy(slot.memory, sample.memory, sample.record->head.size);
		area_commit(&slot, sample.record->head.size);
	}
}

static void *run(void *ret)
{
	*(enum exporter_reason *)ret = exporter_run(exporter);
	return NULL;
}

static void without_network_every_span_is_in_file_and_summary(void **state)
{
	(void)state;
	begin(false, 0);
	make(10, true);
	make(5, false);
	exporter_collect(exporter, true);
	assert_int_equal(exporter_counts(exporter).spans, 15);
	assert_int_equal(exporter_counts(exporter).written, 15);
	assert_non_null(exporter_summary(exporter));
	assert_true(exporter_flush(exporter, 100 * MS, 100 * MS));
	assert_int_equal(exporter_losses(exporter).full, 0);
}

static void only_sampled_spans_wait_for_the_network(void **state)
{
	(void)state;
	struct exporter_counts counts;

	begin(true, 0);
	make(10, true);
	make(5, false);
	exporter_collect(exporter, true);
	assert_false(exporter_flush(exporter, 60 * MS, 60 * MS));
	counts = exporter_counts(exporter);
	assert_int_equal(counts.failed, 10);
	assert_int_equal(counts.written, 15);
	assert_string_equal(counts.failure, "no answer in time");
	assert_in_range(counts.flush_ns, 60 * MS, 160 * MS);
}

/* The peer takes the connection and says nothing. */
static void a_run_stops_soon_while_a_request_hangs(void **state)
{
	(void)state;
	enum exporter_reason reason = EXPORTER_IDLE;
	uint64_t least = UINT64_MAX;

	begin(true, 0);
	for (int i = 0; i < 5; i++) {
		pthread_t thread;
		uint64_t begun;

		make(1, true);
		pthread_create(&thread, NULL, run, &reason);
		usleep(250000);
		begun = clock_now_ns();
		exporter_stop(exporter);
		pthread_join(thread, NULL);
		begun = clock_now_ns() - begun;
		least = begun < least ? begun : least;
		assert_int_equal(reason, EXPORTER_STOPPED);
	}
	/* The best of some: other programs have their turns as well. */
	assert_true(least < 6 * MS);
}

static void an_idle_run_returns_and_begins_again(void **state)
{
	(void)state;
	enum exporter_reason reason = EXPORTER_STOPPED;
	pthread_t thread;

	begin(false, 30 * MS);
	make(3, true);
	for (int i = 0; i < 2; i++) {
		pthread_create(&thread, NULL, run, &reason);
		pthread_join(thread, NULL);
		assert_int_equal(reason, EXPORTER_IDLE);
		assert_int_equal(exporter_counts(exporter).written, 3 + i);
		make(1, true);
	}
}

static void a_stop_before_the_run_is_not_forgotten(void **state)
{
	(void)state;
	begin(false, 0);
	exporter_stop(exporter);
	assert_int_equal(exporter_run(exporter), EXPORTER_STOPPED);
}

static bool allowed;

static bool prepare(const char *name)
{
	assert_string_equal(name, path);
	return allowed;
}

static void begin_undelivered(bool allow)
{
	const struct exporter_options options = {
		.config = &settings, .area = area, .network = true, .session = true,
		.undelivered = path, .undelivered_prepare = prepare,
	};

	allowed = allow;
	settings.max_queue_size = settings.max_export_batch_size = 8;
	exporter = exporter_begin(&options);
	assert_non_null(exporter);
}

static size_t spans_in_file(void)
{
	static char text[65536];
	FILE *file = fopen(path, "r");
	size_t spans = 0, used = fread(text, 1, sizeof(text) - 1, file);

	fclose(file);
	text[used] = 0;
	for (const char *at = text; (at = strstr(at, "\"traceId\"")) != NULL; at++)
		spans++;
	return spans;
}

static void what_the_network_does_not_take_is_in_the_file(void **state)
{
	(void)state;
	begin_undelivered(true);
	/* Two more than the queue holds, and nobody answers the others. */
	make(10, true);
	assert_false(exporter_flush(exporter, 50 * MS, 20 * MS));
	assert_int_equal(exporter_counts(exporter).queue_full, 2);
	exporter_give_up(exporter);
	assert_int_equal(exporter_counts(exporter).failed, 8);
	assert_int_equal(exporter_counts(exporter).kept, 10);
	assert_int_equal(spans_in_file(), 10);
	assert_string_equal(exporter_counts(exporter).failure, "no answer in time");
}

static void nothing_is_kept_where_it_may_not(void **state)
{
	(void)state;
	begin_undelivered(false);
	make(10, true);
	exporter_flush(exporter, 50 * MS, 20 * MS);
	exporter_give_up(exporter);
	assert_int_equal(exporter_counts(exporter).failed, 8);
	assert_int_equal(exporter_counts(exporter).kept, 0);
	assert_int_equal(spans_in_file(), 0);
}

static void a_span_of_our_own_goes_the_same_way(void **state)
{
	(void)state;
	static struct sample sample;

	begin(false, 0);
	sample_begin(&sample)->scope = SCOPE_RUN;
	exporter_collect(exporter, true);
	exporter_add(exporter, sample_end(&sample));
	assert_int_equal(exporter_counts(exporter).spans, 1);
	assert_int_equal(exporter_counts(exporter).written, 1);
}

static void a_flush_after_a_pause_writes_the_file(void **state)
{
	(void)state;
	begin(false, 0);
	make(1, true);
	exporter_collect(exporter, false);
	exporter_pause(exporter);
	make(2, true);
	assert_true(exporter_flush(exporter, 50 * MS, 50 * MS));
	assert_int_equal(exporter_counts(exporter).written, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TESTS(CASE(without_network_every_span_is_in_file_and_summary),
      CASE(only_sampled_spans_wait_for_the_network), CASE(a_run_stops_soon_while_a_request_hangs),
      CASE(an_idle_run_returns_and_begins_again), CASE(a_stop_before_the_run_is_not_forgotten),
      CASE(a_span_of_our_own_goes_the_same_way), CASE(a_flush_after_a_pause_writes_the_file),
      CASE(what_the_network_does_not_take_is_in_the_file),
      CASE(nothing_is_kept_where_it_may_not))
