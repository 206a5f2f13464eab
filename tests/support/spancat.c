/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes records of every kind by hand and sends them through the real area and exporter, as the
 * environment configures it:
 *
 *	spancat [--cases] [--spans N] [--rounds N] [--pause MS] [--flush MS] [--stall MS] [--quiet]
 *
 * --cases: one span of each case below; --spans: N usual ones a round, --pause between rounds. At
 * the end flushes and prints the exporter's counts as one JSON object.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "exporter/exporter.h"

#define UNDESCRIBED 0xb0b	/* a process that no description is of */

static struct {
	uint32_t module, statement;
	uint64_t made;
} known;

static uint32_t describe(enum area_description_kind kind, const void *body, size_t size,
			 const struct slice *texts, size_t count)
{
	uint32_t number = area_describe(kind, slice_of(body, size), texts, count);

	if (!number)
		abort();
	return number;
}

static void describe_all(void)
{
	const struct slice texts[] = {
		SLICE("/opt/shop/bin/shopd"),
		slice_of_string(getenv("OTEL_SERVICE_NAME")),
		slice_of_string(getenv("OTEL_RESOURCE_ATTRIBUTES")),
		SLICE("vendor=1,other=two"),
		SLICE("./shopd"),
	};
	const struct area_process process = {
		.start_ns = UINT64_C(1700558734853000000),
		.pid = (uint32_t)getpid(), .parent_pid = 1,
		.executable_size = (uint16_t)texts[0].size, .service_size = (uint16_t)texts[1].size,
		.resource_size = (uint16_t)texts[2].size,
		.tracestate_size = (uint16_t)texts[3].size,
		.command_size = (uint16_t)texts[4].size,
	};
	const struct slice path[] = { SLICE("/usr/lib/libshop.so"),
				      SLICE("\x01\x23\xab\xcd\xef") };
	const struct area_module module = {
		.load_address = 0x7000000000, .start = 0x7000001000, .end = 0x7000100000,
		.path_size = (uint16_t)path[0].size, .build_id_size = (uint16_t)path[1].size,
	};
	const struct slice sql[] = { SLICE("SELECT name FROM customers WHERE id = $1"),
				     SLICE("SELECT customers") };
	const struct area_statement statement = {
		.hash = UINT64_C(0xfedcba9876543210), .text_size = (uint32_t)sql[0].size,
		.summary_size = (uint16_t)sql[1].size,
	};

	describe(AREA_PROCESS, &process, sizeof(process), texts, 5);
	known.module = describe(AREA_MODULE, &module, sizeof(module), path, 2);
	known.statement = describe(AREA_STATEMENT, &statement, sizeof(statement), sql, 2);
}

/* ---- spans ---- */

struct making {
	struct area_slot slot;
	struct record_writer writer;
	struct span_record *span;
};

static void span_begin(struct making *making, struct slice name)
{
	struct span_record *span;

	if (!area_reserve(RECORD_SIZE_MAX, &making->slot)) {
		fprintf(stderr, "spancat: the area is full\n");
		exit(1);
	}
	span = record_writer_span(&making->writer, making->slot.memory, RECORD_SIZE_MAX);
	memset((uint8_t *)span + sizeof(span->head), 0, sizeof(*span) - sizeof(span->head));
	making->span = span;
	span->process_id = arena_process_id();
	memset(span->trace_id, 0x5a, sizeof(span->trace_id));
	known.made++;
	memcpy(span->span_id, &known.made, sizeof(span->span_id));
	span->start_ns = clock_now_ns() - 5000000;
	span->duration_ns = 1234567 + known.made;
	span->pid = (uint32_t)getpid();
	span->thread_id = 4242;
	span->kind = SPAN_CLIENT;
	span->trace_flags = TRACE_FLAG_SAMPLED | TRACE_FLAG_RANDOM;
	span->marks = SPAN_SAMPLED;
	if (name.size)
		record_put_string(&making->writer, ATTRIBUTE_SPAN_NAME, name);
}

static void span_end(struct making *making)
{
	uint32_t size = record_writer_end(&making->writer);

	if (!size)
		abort();
	area_commit(&making->slot, size);
}

static void made_whole(void)
{
	struct making making;
	struct record_writer *writer = &making.writer;

	span_begin(&making, (struct slice){ 0 });
	making.span->scope = SCOPE_LIBPQ;
	making.span->caller = 0x7000001234;
	making.span->module = known.module;
	record_put_string(writer, ATTRIBUTE_DB_SYSTEM_NAME, SLICE("postgresql"));
	record_put_string(writer, ATTRIBUTE_DB_NAMESPACE, SLICE("shop"));
	record_put_string(writer, ATTRIBUTE_DB_OPERATION_NAME, SLICE("INSERT"));
	record_put_string(writer, ATTRIBUTE_DB_QUERY_SUMMARY, SLICE("INSERT orders"));
	record_put_string(writer, ATTRIBUTE_DB_QUERY_TEXT, SLICE("INSERT INTO orders VALUES (?)"));
	record_put_hash(writer, ATTRIBUTE_DB_QUERY_HASH, UINT64_C(0x00000000deadbeef));
	record_put_string(writer, ATTRIBUTE_SERVER_ADDRESS, SLICE("db1"));
	record_put_integer(writer, ATTRIBUTE_SERVER_PORT, 5432);
	record_put_integer(writer, ATTRIBUTE_DB_RESPONSE_RETURNED_ROWS, 0);
	record_put_integer(writer, ATTRIBUTE_DB_BACKEND_PID, INT64_MAX);
	record_put_integer(writer, ATTRIBUTE_DB_ROWS, INT64_MIN);
	record_put_integer(writer, ATTRIBUTE_DB_AFFECTED_ROWS, -1);
	record_put_boolean(writer, ATTRIBUTE_INCOMPLETE, true);
	record_put_boolean(writer, ATTRIBUTE_PG_INCOMPLETE, false);
	record_put_string(writer, ATTRIBUTE_PG_COPY, SLICE(""));
	record_put_string(writer, ATTRIBUTE_ERROR_TYPE, SLICE("23505"));
	making.span->status = STATUS_ERROR;
	span_end(&making);
}

static void made_prepared(void)
{
	struct making making;

	span_begin(&making, (struct slice){ 0 });
	making.span->scope = SCOPE_LIBPQ;
	making.span->statement = known.statement;
	making.span->caller = 0x7000002000;
	making.span->module = known.module;
	memset(making.span->parent_id, 0x77, sizeof(making.span->parent_id));
	record_put_string(&making.writer, ATTRIBUTE_DB_SYSTEM_NAME, SLICE("postgresql"));
	span_end(&making);
}

static void put_header(struct making *making, enum attribute_key key, struct slice header)
{
	size_t room;
	uint8_t *place = record_string_begin(&making->writer, &room);

	if (header.size > room)
		abort();
	memcpy(place, header.data, header.size);
	record_header_end(&making->writer, key, header.size);
}

static void made_remote_child(void)
{
	static const char value[300] = "x-long\0";
	struct making making;

	span_begin(&making, SLICE("GET"));
	making.span->scope = SCOPE_LIBCURL;
	making.span->trace_flags = TRACE_FLAG_SAMPLED;
	making.span->marks |= SPAN_PARENT_REMOTE;
	making.span->status = STATUS_OK;
	memset(making.span->parent_id, 0x11, sizeof(making.span->parent_id));
	put_header(&making, ATTRIBUTE_HTTP_REQUEST_HEADER, SLICE("x-id\0" "7"));
	put_header(&making, ATTRIBUTE_HTTP_RESPONSE_HEADER,
		   SLICE("set-cookie\0a=\"1\"\0\0caf\xe9"));
	put_header(&making, ATTRIBUTE_HTTP_RESPONSE_HEADER, SLICE("x-id\0\xc3\xa9"));
	/* Very many values, all of them empty. */
	put_header(&making, ATTRIBUTE_HTTP_RESPONSE_HEADER, slice_of(value, sizeof(value)));
	put_header(&making, ATTRIBUTE_HTTP_RESPONSE_HEADER, SLICE("x-id\0twice"));
	span_end(&making);
}

static void made_hostile_text(void)
{
	static const char text[] = "quote \" back \\ tab \t line \n bell \a del \x7f "
				   "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x98 end";
	struct making making;

	span_begin(&making, SLICE("bad \xff\xfe name"));
	making.span->scope = SCOPE_HTTP;
	making.span->kind = SPAN_SERVER;
	record_put_string(&making.writer, ATTRIBUTE_DB_QUERY_TEXT, slice_of_string(text));
	record_put_string(&making.writer, ATTRIBUTE_DB_NAMESPACE, SLICE("caf\xe9"));
	record_put_string(&making.writer, ATTRIBUTE_SERVER_ADDRESS, SLICE("\0nul\0"));
	record_put_string(&making.writer, ATTRIBUTE_DB_NAMESPACE, SLICE("twice"));
	span_end(&making);
}

static void made_long_text(void)
{
	static char text[RECORD_TEXT_MAX];
	struct making making;

	memset(text, '\x01', sizeof(text));
	span_begin(&making, SLICE("long"));
	making.span->scope = SCOPE_LIBPQ;
	record_put_string(&making.writer, ATTRIBUTE_DB_QUERY_TEXT, slice_of(text, sizeof(text)));
	span_end(&making);
}

/* Names by semconv 2.2, from what the record has. */
static void made_names(void)
{
	struct making making;

	span_begin(&making, (struct slice){ 0 });
	record_put_string(&making.writer, ATTRIBUTE_DB_OPERATION_NAME, SLICE("COMMIT"));
	record_put_string(&making.writer, ATTRIBUTE_DB_NAMESPACE, SLICE("shop"));
	span_end(&making);
	span_begin(&making, (struct slice){ 0 });
	record_put_string(&making.writer, ATTRIBUTE_SERVER_ADDRESS, SLICE("db1"));
	record_put_integer(&making.writer, ATTRIBUTE_SERVER_PORT, 5433);
	span_end(&making);
	span_begin(&making, (struct slice){ 0 });
	record_put_string(&making.writer, ATTRIBUTE_DB_SYSTEM_NAME, SLICE("postgresql"));
	span_end(&making);
	span_begin(&making, (struct slice){ 0 });
	making.span->scope = SCOPE_SOCKET;
	span_end(&making);
}

static void made_undescribed(void)
{
	struct making making;

	span_begin(&making, SLICE("shopd"));
	making.span->scope = SCOPE_RUN;
	making.span->process_id = UNDESCRIBED;
	making.span->kind = SPAN_INTERNAL;
	record_put_string(&making.writer, ATTRIBUTE_PROCESS_EXECUTABLE_NAME, SLICE("shopd"));
	record_put_integer(&making.writer, ATTRIBUTE_PROCESS_EXIT_CODE, 7);
	span_end(&making);
}

static void made_unsampled(void)
{
	struct making making;

	span_begin(&making, SLICE("unsampled"));
	making.span->scope = SCOPE_LIBPQ;
	making.span->trace_flags = 0;
	making.span->marks = 0;
	span_end(&making);
}

static void made_cases(void)
{
	made_whole();
	made_prepared();
	made_remote_child();
	made_hostile_text();
	made_long_text();
	made_names();
	made_undescribed();
	made_unsampled();
	made_prepared();
}

static void made_usual(unsigned long count)
{
	while (count--)
		made_prepared();
}

/* ---- program ---- */

static struct area_header *area;

static void consumer_wake(void)
{
	area_wake(area);
}

static void *consumer(void *exporter)
{
	exporter_run(exporter);
	return NULL;
}

struct wanted {
	bool cases, quiet;
	unsigned long spans, rounds, pause_ms, flush_ms, stall_ms;
};

static void wanted_read(int argc, char **argv, struct wanted *ret)
{
	static const struct option options[] = {
		{ "cases", no_argument, NULL, 'c' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "spans", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "pause", required_argument, NULL, 'p' },
		{ "flush", required_argument, NULL, 'f' },
		{ "stall", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*ret = (struct wanted){ .rounds = 1, .flush_ms = 5000, .stall_ms = 5000 };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		unsigned long number = optarg ? strtoul(optarg, NULL, 10) : 0;

		ret->cases |= option == 'c';
		ret->quiet |= option == 'q';
		if (option == 's')
			ret->spans = number;
		else if (option == 'r')
			ret->rounds = number;
		else if (option == 'p')
			ret->pause_ms = number;
		else if (option == 'f')
			ret->flush_ms = number;
		else if (option == 't')
			ret->stall_ms = number;
		else if (option == '?')
			exit(125);
	}
}

static void pause_ms(unsigned long ms)
{
	const struct timespec wait = { .tv_sec = (time_t)(ms / 1000),
				       .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&wait, NULL);
}

static void area_make(void)
{
	const size_t lane = (size_t)256 << 10;
	const size_t size = area_size(lane);

	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		abort();
	area_format(area, lane, 0);
	area_use(area, false, false, consumer_wake);
}

static void counts_print(const struct exporter *exporter, uint64_t stop_ns)
{
	struct exporter_counts counts = exporter_counts(exporter);

	printf("{\"made\":%llu,\"spans\":%llu,\"written\":%llu,\"delivered\":%llu,"
	       "\"queue_full\":%llu,\"failed\":%llu,\"area_full\":%llu,\"flush_ms\":%llu,"
	       "\"stop_us\":%llu,\"failure\":\"%s\"}\n",
	       (unsigned long long)known.made, (unsigned long long)counts.spans,
	       (unsigned long long)counts.written, (unsigned long long)counts.delivered,
	       (unsigned long long)counts.queue_full, (unsigned long long)counts.failed,
	       (unsigned long long)exporter_losses(exporter).full,
	       (unsigned long long)counts.flush_ns / 1000000, (unsigned long long)stop_ns / 1000,
	       counts.failure ? counts.failure : "");
}

int main(int argc, char **argv)
{
	struct exporter_options options = { .network = true };
	struct exporter *exporter;
	struct wanted wanted;
	uint64_t begun_ns;
	pthread_t thread;

	wanted_read(argc, argv, &wanted);
	config_load();
	log_configure((enum log_level)config()->log_level, NULL);
	area_make();
	options.config = config();
	options.area = area;
	options.quiet_network = wanted.quiet;
	options.network = config()->exporter != CONFIG_NONE;
	options.file = config()->file;
	exporter = exporter_begin(&options);
	if (!exporter)
		return 1;
	describe_all();
	pthread_create(&thread, NULL, consumer, exporter);
	if (wanted.cases)
		made_cases();
	for (unsigned long i = 0; i < wanted.rounds; i++) {
		made_usual(wanted.spans);
		pause_ms(wanted.pause_ms);
	}
	begun_ns = clock_now_ns();
	exporter_stop(exporter);
	pthread_join(thread, NULL);
	begun_ns = clock_now_ns() - begun_ns;
	exporter_flush(exporter, wanted.flush_ms * 1000000, wanted.stall_ms * 1000000);
	counts_print(exporter, begun_ns);
	exporter_end(exporter);
	return 0;
}
