/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans a second on one core, of the consumer's work: looking up, encoding as protobuf and as JSON,
 * and all of it with sending to a sink on this machine.
 *
 *	bench_exporter [SECONDS]
 *
 * Prints one "name value unit" a line, the best of five rounds: CPU time of this thread, the sink
 * has its own.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "exporter/bump.h"
#include "exporter/delivery.h"
#include "exporter/otlp_json.h"
#include "exporter/otlp_protobuf.h"
#include "exporter/resource.h"
#include "exporter/span.h"

#define SPANS 512
#define MEMORY ((size_t)96 << 20)
#define ROUNDS 5

static _Alignas(8) uint8_t record[SPANS][1024];
static struct config settings;
static struct bump memory;

static const char *no_environment(const char *name)
{
	(void)name;
	return NULL;
}

/* What one query of pgbench has. */
static void record_make(uint8_t *bytes, uint8_t number)
{
	struct record_writer writer;
	struct span_record *span = record_writer_span(&writer, bytes, sizeof(record[0]));

	memset(span->trace_id, 0x5a, sizeof(span->trace_id));
	memset(span->span_id, number | 1, sizeof(span->span_id));
	span->process_id = 1;
	span->start_ns = UINT64_C(1000000) * number;
	span->duration_ns = 123456;
	span->thread_id = 4242;
	span->scope = SCOPE_LIBPQ;
	span->kind = SPAN_CLIENT;
	span->trace_flags = 3;
	span->marks = SPAN_SAMPLED;
	record_put_string(&writer, ATTRIBUTE_DB_SYSTEM_NAME, SLICE("postgresql"));
	record_put_string(&writer, ATTRIBUTE_DB_NAMESPACE, SLICE("pgbench|public"));
	record_put_string(&writer, ATTRIBUTE_SERVER_ADDRESS, SLICE("db1.example.org"));
	record_put_integer(&writer, ATTRIBUTE_SERVER_PORT, 5432);
	record_put_integer(&writer, ATTRIBUTE_DB_BACKEND_PID, 31337);
	record_put_string(&writer, ATTRIBUTE_PG_COMMAND, SLICE("execute"));
	record_put_string(&writer, ATTRIBUTE_DB_QUERY_SUMMARY, SLICE("SELECT pgbench_accounts"));
	record_put_string(&writer, ATTRIBUTE_DB_QUERY_TEXT,
			  SLICE("SELECT abalance FROM pgbench_accounts WHERE aid = $1;"));
	record_put_hash(&writer, ATTRIBUTE_DB_QUERY_HASH, UINT64_C(0x123456789abcdef0));
	record_put_integer(&writer, ATTRIBUTE_DB_RESPONSE_RETURNED_ROWS, 1);
	record_put_integer(&writer, ATTRIBUTE_DB_FIRST_BYTE, 98765);
	record_put_integer(&writer, ATTRIBUTE_DB_FETCH, 1234);
	if (!record_writer_end(&writer))
		abort();
}

static const struct span_record *record_of(size_t i)
{
	return (const struct span_record *)(const void *)record[i];
}

static struct resource_table *table_make(void)
{
	void *place = bump_take(&memory, resource_table_size());

	return place ? resource_table_begin(place, &settings, true) : NULL;
}

static double cpu_now(void)
{
	return (double)clock_read_ns(CLOCK_THREAD_CPUTIME_ID) / 1e9;
}

struct subject {
	struct resource_table *table;
	struct otlp_protobuf *protobuf;
	uint8_t *json;
	struct delivery *delivery;
	size_t bytes;
};

static void view_once(struct subject *subject)
{
	struct span span;

	for (size_t i = 0; i < SPANS; i++) {
		span_view(NULL, record_of(i), 0, &span);
		subject->bytes += span.name.size;
	}
}

static void protobuf_once(struct subject *subject)
{
	struct span span;

	otlp_protobuf_begin(subject->protobuf);
	for (size_t i = 0; i < SPANS; i++) {
		span_view(NULL, record_of(i), 0, &span);
		otlp_protobuf_span(subject->protobuf, resource_of(subject->table, record_of(i)),
				   &span);
	}
	subject->bytes = otlp_protobuf_end(subject->protobuf).size;
}

static void json_once(struct subject *subject)
{
	struct otlp_json object;
	struct span span;

	otlp_json_begin(&object, attribute_limits_of(&settings), subject->json, OTLP_SPANS_SIZE);
	for (size_t i = 0; i < SPANS; i++) {
		span_view(NULL, record_of(i), 0, &span);
		otlp_json_span(&object, resource_of(subject->table, span.record), &span);
	}
	subject->bytes = otlp_json_end(&object).size;
}

static void send_once(struct subject *subject)
{
	for (size_t i = 0; i < SPANS; i++)
		delivery_queue(subject->delivery, record_of(i), 0, clock_now_ns());
	while (!delivery_idle(subject->delivery)) {
		delivery_step(subject->delivery, clock_now_ns(), 0, true);
		if (delivery_busy(subject->delivery))
			delivery_wait(subject->delivery, 5000000);
	}
}

static void measure(const char *name, void (*once)(struct subject *), struct subject *subject,
		    double seconds)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double begun = cpu_now(), passed;
		uint64_t spans = 0;

		do {
			for (int i = 0; i < 8; i++, spans += SPANS)
				once(subject);
			passed = cpu_now() - begun;
		} while (passed < seconds / ROUNDS);
		if ((double)spans / passed > best)
			best = (double)spans / passed;
	}
	printf("%-24s %8.2f M spans/s  (%.0f ns, %zu bytes a span)\n", name, best / 1e6, 1e9 / best,
	       subject->bytes / SPANS);
	fflush(stdout);
}

/* ---- sink ---- */

static size_t length_of(const char *head)
{
	const char *field = strstr(head, "Content-Length: ");

	return field ? strtoul(field + 16, NULL, 10) : 0;
}

static void requests_serve(int fd)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	static char bytes[1 << 20];
	size_t used = 0, wanted = 0;
	ssize_t got;

	while ((got = read(fd, bytes + (wanted ? 0 : used),
			   sizeof(bytes) - 1 - (wanted ? 0 : used))) > 0) {
		if (!wanted) {
			const char *end;

			used += (size_t)got;
			bytes[used] = '\0';
			end = strstr(bytes, "\r\n\r\n");
			if (!end)
				continue;
			wanted = length_of(bytes) + (size_t)(end + 4 - bytes);
			got = (ssize_t)used;
			used = 0;
		}
		wanted -= (size_t)got;
		if (!wanted && write(fd, answer, sizeof(answer) - 1) < 0)
			break;
	}
}

static void *sink(void *argument)
{
	int fd = accept(*(int *)argument, NULL, NULL);

	if (fd >= 0) {
		requests_serve(fd);
		close(fd);
	}
	return NULL;
}

static const char *sink_begin(int *listener, pthread_t *thread)
{
	static char endpoint[64];
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	*listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(*listener, (struct sockaddr *)&address, size) || listen(*listener, 1) ||
	    getsockname(*listener, (struct sockaddr *)&address, &size) ||
	    pthread_create(thread, NULL, sink, listener))
		abort();
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%u", ntohs(address.sin_port));
	return endpoint;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 2;
	struct subject subject = { 0 };
	struct delivery_options options = { .config = &settings };
	pthread_t thread;
	int listener;

	config_read(no_environment, &settings);
	settings.endpoint = sink_begin(&listener, &thread);
	bump_begin(&memory, mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MEMORY);
	for (size_t i = 0; i < SPANS; i++)
		record_make(record[i], (uint8_t)i);
	options.resources = subject.table = table_make();
	subject.protobuf = otlp_protobuf_make(&memory, attribute_limits_of(&settings), SPANS);
	subject.json = bump_take(&memory, OTLP_SPANS_SIZE);
	subject.delivery = delivery_make(&memory, &options);
	if (!subject.table || !subject.protobuf || !subject.json || !subject.delivery)
		return 1;
	measure("look up", view_once, &subject, seconds);
	measure("encode protobuf", protobuf_once, &subject, seconds);
	measure("encode JSON", json_once, &subject, seconds);
	measure("encode and send", send_once, &subject, seconds);
	delivery_interrupt(subject.delivery);
	close(listener);
	return delivery_counts(subject.delivery).failed != 0;
}
