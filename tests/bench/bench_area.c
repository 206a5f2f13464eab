/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one span costs the thread that makes it, from area_reserve() to area_call_commit(): a record
 * with ten attributes into a lane, while a consumer drains.
 *
 *	bench_area [SPANS [THREADS [TEXT]]]	CPU time a span; default 2000000 spans, 1 thread,
 *						28 bytes of text
 *	bench_area --once SPANS			the same without a clock and without a consumer, for
 *						callgrind: spans are dropped unread
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "trace/area.h"
#include "trace/reader.h"

#define LANE_SIZE ((size_t)256 << 10)
#define THREADS_MAX 64u
#define TEXT_MAX ((size_t)4096)

static uint64_t spans_each = 2000000;
static size_t text_size = 28;
static uint8_t text[TEXT_MAX];
static uint8_t encoded[128];
static struct record_writer connection;
static _Atomic bool ended;
static uint64_t seen, drained_ns;
static _Atomic uint64_t spent_ns;

/* One database span as the call layer writes it; three attributes are the connection's. */
void bench_span(uint64_t number, struct area_call *call);

__attribute__((noinline)) void bench_span(uint64_t number, struct area_call *call)
{
	struct record_writer writer;
	struct span_record *span;
	struct area_slot slot;

	if (!area_reserve(512 + text_size, &slot)) {
		area_call_drop(call);
		return;
	}
	span = record_writer_span(&writer, slot.memory, 512 + text_size);
	memset(span->trace_id, 1, sizeof(span->trace_id));
	memcpy(span->span_id, &number, sizeof(number));
	span->span_id[7] |= 1;
	span->start_ns = number;
	span->duration_ns = 1000;
	span->kind = SPAN_CLIENT;
	span->scope = SCOPE_LIBPQ;
	record_put_encoded(&writer,
			   slice_of(connection.start,
				    (size_t)(connection.position - connection.start)),
			   connection.attributes);
	record_put_string(&writer, ATTRIBUTE_DB_QUERY_TEXT, slice_of(text, text_size));
	record_put_string(&writer, ATTRIBUTE_DB_QUERY_SUMMARY, SLICE("SELECT pgbench_accounts"));
	record_put_hash(&writer, ATTRIBUTE_DB_QUERY_HASH, number);
	record_put_integer(&writer, ATTRIBUTE_DB_RESPONSE_RETURNED_ROWS, 1);
	record_put_integer(&writer, ATTRIBUTE_THREAD_ID, 4711);
	record_put_integer(&writer, ATTRIBUTE_DB_FIRST_BYTE, 20000);
	record_put_integer(&writer, ATTRIBUTE_DB_FETCH, 3000);
	area_call_commit(call, &slot, record_writer_end(&writer));
}

static void *bench_thread(void *context)
{
	uint64_t start = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);

	(void)context;
	for (uint64_t i = 0; i < spans_each; i++)
		bench_span(i, NULL);
	atomic_fetch_add(&spent_ns, clock_read_ns(CLOCK_THREAD_CPUTIME_ID) - start);
	return NULL;
}

/* The same with an open call around it. */
static void *bench_open_thread(void *context)
{
	struct span_record span = { .kind = SPAN_CLIENT };
	uint64_t start = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);

	(void)context;
	for (uint64_t i = 0; i < spans_each; i++)
		bench_span(i, area_call_open(&span, SLICE("SELECT pgbench_accounts"),
					     slice_of(text, text_size), 0));
	atomic_fetch_add(&spent_ns, clock_read_ns(CLOCK_THREAD_CPUTIME_ID) - start);
	return NULL;
}

static void span_came(void *context, const struct span_record *span)
{
	(void)context;
	(void)span;
	seen++;
}

static void *drain_thread(void *context)
{
	uint64_t start = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);

	while (!atomic_load(&ended)) {
		if (reader_drain(context) == 0)
			reader_sleep(context, 1000000);
	}
	reader_drain(context);
	drained_ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID) - start;
	return NULL;
}

static void *mapped(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		exit(1);
	return memory;
}

static void threads_run(void *(*work)(void *), unsigned threads)
{
	pthread_t thread[THREADS_MAX];

	for (unsigned i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	for (unsigned i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
}

static struct area_header *used_area;

static void wake(void)
{
	area_wake(used_area);
}

static void measure(const char *what, void *(*work)(void *), unsigned threads)
{
	const struct reader_events events = { NULL, span_came, NULL };
	size_t size = area_size(LANE_SIZE);
	struct area_header *area = mapped(size);
	struct reader *reader;
	pthread_t consumer;
	uint64_t made = spans_each * threads;

	area_format(area, LANE_SIZE, 0);
	used_area = area;
	area_use(area, true, false, wake);
	reader = reader_begin(mapped(reader_size(size)), area, &events);
	seen = 0;
	atomic_store(&spent_ns, 0);
	atomic_store(&ended, false);
	pthread_create(&consumer, NULL, drain_thread, reader);
	threads_run(work, threads);
	atomic_store(&ended, true);
	area_wake(area);
	pthread_join(consumer, NULL);
	printf("%s: %u threads, %.1f ns a span, %.1f ns to read it, %.1f %% lost\n", what, threads,
	       (double)atomic_load(&spent_ns) / (double)made, (double)drained_ns / (double)seen,
	       100.0 * (double)reader_losses(reader).full / (double)made);
}

/* Heads and tails are set back, so that every span finds room without a consumer. */
static void once(void)
{
	struct area_header *area = mapped(area_size(LANE_SIZE));

	area_format(area, LANE_SIZE, 0);
	area_use(area, true, false, NULL);
	for (uint64_t i = 0; i < spans_each; i++) {
		bench_span(i, NULL);
		atomic_store(&area->lane[0].tail, atomic_load(&area->lane[0].head));
	}
}

int main(int argc, char **argv)
{
	unsigned threads = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	bool only = argc > 2 && strcmp(argv[1], "--once") == 0;

	if (argc > 1)
		spans_each = strtoull(argv[only ? 2 : 1], NULL, 10);
	if (argc > 3)
		text_size = strtoul(argv[3], NULL, 10);
	if (text_size > TEXT_MAX || threads < 1 || (!only && threads > THREADS_MAX)) {
		fprintf(stderr, "usage: bench_area [--once] [SPANS [THREADS [TEXT]]]\n");
		return 2;
	}
	memset(text, 'x', sizeof(text));
	record_writer_begin(&connection, encoded, sizeof(encoded));
	record_put_string(&connection, ATTRIBUTE_DB_SYSTEM_NAME, SLICE("postgresql"));
	record_put_string(&connection, ATTRIBUTE_SERVER_ADDRESS, SLICE("localhost"));
	record_put_integer(&connection, ATTRIBUTE_SERVER_PORT, 5432);
	if (only) {
		once();
		return 0;
	}
	measure("record", bench_thread, threads);
	measure("open call and record", bench_open_thread, threads);
	return 0;
}
