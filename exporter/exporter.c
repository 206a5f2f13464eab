/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: drain, hand out, send, sleep. */
#include "exporter/exporter.h"

#include <stdatomic.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "exporter/bump.h"
#include "exporter/console.h"
#include "exporter/delivery.h"
#include "exporter/file_sink.h"
#include "exporter/otlp_protobuf.h"
#include "exporter/resource.h"
#include "trace/reader.h"

#define MS UINT64_C(1000000)
#define SLICE_NS (5 * MS)		/* between two drains while a request is under way */
#define DOZE_LEAST_NS (20 * MS)
#define DOZE_MOST_NS (1000 * MS)
#define QUIET_NS (5000 * MS)		/* then the sleep has no limit */
#define BURY_NS (1000 * MS)

struct exporter {
	struct exporter_options options;
	struct bump bump;
	struct reader *reader;
	struct resource_table *resources;
	struct summary *summary;
	struct delivery *delivery;	/* null: no network */
	struct file_sink *file;		/* null: no file */
	struct file_sink *undelivered;	/* null: none */
	bool undelivered_begun;
	bool console;
	atomic_bool stopped;
	uint64_t spans, flush_ns;
	bool ended;			/* the producers are gone: no more drains */
	bool gave_up;			/* the last flush did not deliver all, nothing ran since */
	uint64_t wall_offset_ns;	/* of the drain under way */
	uint64_t now_ns, last_span_ns, buried_ns;
};

/* Null, told: no such file. */
static struct file_sink *sink_begin(struct exporter *exporter, const char *path)
{
	struct attribute_limits limits = attribute_limits_of(exporter->options.config);
	struct file_sink *sink = bump_take(&exporter->bump, sizeof(*sink));
	uint8_t *memory = bump_take(&exporter->bump, FILE_SINK_SIZE);

	return sink && memory && file_sink_open(sink, path, limits, memory) ? sink : NULL;
}

/* ---- spans come ---- */

static void process_take(void *context, const struct reader_process *process)
{
	const struct exporter *exporter = context;

	resource_describe(exporter->resources, process);
}

static void span_take(void *context, const struct span_record *record)
{
	struct exporter *exporter = context;
	struct span span;

	exporter->spans++;
	exporter->last_span_ns = exporter->now_ns;
	if (exporter->delivery && (record->marks & SPAN_SAMPLED))
		delivery_queue(exporter->delivery, record, exporter->wall_offset_ns,
			       exporter->now_ns);
	if (!exporter->summary && !exporter->file && !exporter->console)
		return;
	span_view(exporter->reader, record, exporter->wall_offset_ns, &span);
	if (exporter->summary)
		summary_add(exporter->summary, &span);
	if (exporter->file)
		file_sink_add(exporter->file, resource_of(exporter->resources, record), &span);
	if (exporter->console && (record->marks & SPAN_SAMPLED))
		console_write(&span);
}

/* At the first span that was not delivered. */
static void undelivered_begin(struct exporter *exporter)
{
	const struct exporter_options *options = &exporter->options;

	exporter->undelivered_begun = true;
	if (exporter->file || !options->undelivered ||
	    !options->undelivered_prepare(options->undelivered))
		return;
	exporter->undelivered = sink_begin(exporter, options->undelivered);
	if (exporter->undelivered)
		exporter->undelivered->size_max = EXPORTER_UNDELIVERED_MAX;
}

static void undelivered_take(void *context, const struct span_record *record,
			     uint64_t wall_offset_ns)
{
	struct exporter *exporter = context;
	struct span span;

	if (!exporter->undelivered_begun)
		undelivered_begin(exporter);
	if (!exporter->undelivered)
		return;
	span_view(exporter->reader, record, wall_offset_ns, &span);
	file_sink_add(exporter->undelivered, resource_of(exporter->resources, record), &span);
}

static void clock_look(struct exporter *exporter)
{
	exporter->wall_offset_ns = clock_wall_offset_ns();
	exporter->now_ns = clock_now_ns();
}

static size_t drain(struct exporter *exporter)
{
	size_t spans;

	clock_look(exporter);
	if (exporter->ended)
		return 0;
	spans = reader_drain(exporter->reader);
	if (exporter->now_ns - exporter->buried_ns >= BURY_NS) {
		exporter->buried_ns = exporter->now_ns;
		spans += reader_bury(exporter->reader, exporter->now_ns, false);
	}
	if (exporter->file)
		file_sink_end_line(exporter->file);
	return spans;
}

/* ---- beginning and end ---- */

static size_t memory_size(const struct exporter_options *options)
{
	size_t spans = (size_t)options->config->max_queue_size;
	size_t requests = (size_t)options->config->max_export_batch_size;
	bool file = options->file || options->undelivered;
	const size_t slack = (size_t)1 << 20;

	return sizeof(struct exporter) + reader_size(options->area->size) + resource_table_size() +
	       (file ? sizeof(struct file_sink) + FILE_SINK_SIZE : 0) +
	       (options->network ? batch_room(spans) + requests * 16 + 4 * OTLP_SPANS_SIZE +
					   2 * OTLP_HEADS_SIZE : 0) + slack;
}

static void network_begin(struct exporter *exporter)
{
	const struct delivery_options options = {
		.config = exporter->options.config,
		.reader = exporter->reader,
		.resources = exporter->resources,
		.quiet = exporter->options.quiet_network,
		.silent = exporter->options.session,
		.compress = exporter->options.compress,
		.undelivered = undelivered_take,
		.context = exporter,
	};

	if (exporter->options.network)
		exporter->delivery = delivery_make(&exporter->bump, &options);
}

static bool parts_begin(struct exporter *exporter)
{
	const struct exporter_options *options = &exporter->options;
	const struct reader_events events = { process_take, span_take, exporter };
	void *reader = bump_take(&exporter->bump, reader_size(options->area->size));
	void *resources = bump_take(&exporter->bump, resource_table_size());

	if (!reader || !resources)
		return false;
	if (options->keep_summary && !(exporter->summary = summary_begin()))
		return false;
	exporter->reader = reader_begin(reader, options->area, &events);
	if (!exporter->reader)
		return false;
	exporter->resources = resource_table_begin(resources, options->config, options->session);
	exporter->console = options->config->exporter == CONFIG_CONSOLE;
	if (options->file && *options->file)
		exporter->file = sink_begin(exporter, options->file);
	if (!exporter->console)
		network_begin(exporter);
	return true;
}

struct exporter *exporter_begin(const struct exporter_options *options)
{
	size_t size = memory_size(options);
	struct exporter *exporter;
	struct bump bump;
	void *memory;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, size, MADV_DONTDUMP);
	bump_begin(&bump, memory, size);
	exporter = bump_take(&bump, sizeof(*exporter));
	exporter->bump = bump;
	exporter->options = *options;
	clock_look(exporter);
	exporter->last_span_ns = exporter->buried_ns = exporter->now_ns;
	if (!parts_begin(exporter)) {
		exporter_end(exporter);
		return NULL;
	}
	return exporter;
}

void exporter_end(struct exporter *exporter)
{
	struct bump bump = exporter->bump;

	if (exporter->delivery)
		delivery_interrupt(exporter->delivery);
	if (exporter->file)
		file_sink_close(exporter->file);
	if (exporter->undelivered)
		file_sink_close(exporter->undelivered);
	if (exporter->summary)
		summary_end(exporter->summary);
	munmap(bump.start, (size_t)(bump.limit - bump.start));
}

/* ---- running ---- */

void exporter_stop(struct exporter *exporter)
{
	atomic_store(&exporter->stopped, true);
	area_wake(exporter->options.area);
}

/* What remains to be done at once: the file's turn comes between two drains. */
static bool work(struct exporter *exporter)
{
	bool more = exporter->file && file_sink_write(exporter->file);

	if (exporter->delivery)
		delivery_step(exporter->delivery, exporter->now_ns, exporter->last_span_ns, false);
	if (exporter->undelivered)
		file_sink_flush(exporter->undelivered);
	return more;
}

/* How long nothing is to do if no span comes; 0: without limit. */
static uint64_t sleep_limit(const struct exporter *exporter, uint64_t doze_ns, uint64_t quiet_ns)
{
	uint64_t due = exporter->delivery ?
		delivery_due_ns(exporter->delivery, exporter->last_span_ns) : UINT64_MAX;

	if (due != UINT64_MAX) {
		uint64_t left = due > exporter->now_ns ? due - exporter->now_ns : 1;

		return left < doze_ns ? left : doze_ns;
	}
	return quiet_ns >= QUIET_NS && !exporter->options.idle_ns ? 0 : doze_ns;
}

static bool idle(const struct exporter *exporter)
{
	return exporter->options.idle_ns &&
	       exporter->now_ns - exporter->last_span_ns >= exporter->options.idle_ns &&
	       (!exporter->delivery || delivery_idle(exporter->delivery));
}

enum exporter_reason exporter_run(struct exporter *exporter)
{
	uint64_t doze_ns = DOZE_LEAST_NS;

	exporter->gave_up = false;
	exporter->last_span_ns = clock_now_ns();
	if (exporter->file)
		file_sink_reopen(exporter->file);
	while (!atomic_exchange(&exporter->stopped, false)) {
		if (drain(exporter))
			doze_ns = DOZE_LEAST_NS;
		if (work(exporter))
			continue;
		if (exporter->options.unneeded && exporter->options.unneeded())
			return EXPORTER_UNNEEDED;
		if (exporter->delivery && delivery_busy(exporter->delivery)) {
			delivery_wait(exporter->delivery, SLICE_NS);
			continue;
		}
		if (idle(exporter) && reader_retire(exporter->reader)) {
			exporter_pause(exporter);
			return EXPORTER_IDLE;
		}
		reader_sleep(exporter->reader,
			     sleep_limit(exporter, doze_ns,
					 exporter->now_ns - exporter->last_span_ns));
		doze_ns = doze_ns * 2 < DOZE_MOST_NS ? doze_ns * 2 : DOZE_MOST_NS;
	}
	return EXPORTER_STOPPED;
}

bool exporter_waits(const struct exporter *exporter)
{
	return area_waits(exporter->options.area) ||
	       (exporter->delivery && !delivery_idle(exporter->delivery));
}

void exporter_pause(struct exporter *exporter)
{
	if (exporter->delivery)
		delivery_interrupt(exporter->delivery);
	if (exporter->file)
		file_sink_close(exporter->file);
}

/* ---- at the end ---- */

/* Delivers what waits; false when time ran out. */
static bool deliver(struct exporter *exporter, uint64_t begun_ns, uint64_t limit_ns,
		    uint64_t stall_ns)
{
	struct delivery *delivery = exporter->delivery;
	uint64_t moved = delivery_moved(delivery);
	uint64_t moved_ns = begun_ns;

	while (!delivery_idle(delivery)) {
		uint64_t now = clock_now_ns();
		uint64_t left;

		delivery_step(delivery, now, exporter->last_span_ns, true);
		if (delivery_moved(delivery) != moved) {
			moved = delivery_moved(delivery);
			moved_ns = now;
		}
		if (now - begun_ns >= limit_ns || now - moved_ns >= stall_ns)
			return delivery_idle(delivery);
		left = stall_ns - (now - moved_ns);
		if (delivery_retry_ns(delivery, now) >= left)
			return false;
		if (left > SLICE_NS)
			left = SLICE_NS;
		if (delivery_busy(delivery) || delivery_retry_ns(delivery, now))
			delivery_wait(delivery, left);
	}
	return true;
}

bool exporter_flush(struct exporter *exporter, uint64_t limit_ns, uint64_t stall_ns)
{
	uint64_t begun_ns = clock_now_ns();
	bool all = true;

	/* It may come before the first run after a pause. */
	if (exporter->file)
		file_sink_reopen(exporter->file);
	drain(exporter);
	if (exporter->file)
		file_sink_flush(exporter->file);
	if (exporter->delivery) {
		all = deliver(exporter, begun_ns, limit_ns, stall_ns);
		if (!all)
			delivery_interrupt(exporter->delivery);
	}
	exporter->gave_up = !all;
	exporter->flush_ns = clock_now_ns() - begun_ns;
	return all;
}

void exporter_give_up(struct exporter *exporter)
{
	if (exporter->delivery)
		delivery_give_up(exporter->delivery);
	if (exporter->undelivered)
		file_sink_flush(exporter->undelivered);
}

void exporter_collect(struct exporter *exporter, bool ended)
{
	drain(exporter);
	if (!exporter->ended)
		reader_bury(exporter->reader, exporter->now_ns, ended);
	exporter->ended = exporter->ended || ended;
	if (exporter->file)
		file_sink_flush(exporter->file);
}

void exporter_add(struct exporter *exporter, const struct span_record *record)
{
	clock_look(exporter);
	span_take(exporter, record);
	if (exporter->file)
		file_sink_flush(exporter->file);
}

struct slice exporter_executable(const struct exporter *exporter, uint32_t pid, uint32_t parent)
{
	return resource_executable(exporter->resources, pid, parent);
}

const struct summary *exporter_summary(const struct exporter *exporter)
{
	return exporter->summary;
}

struct exporter_counts exporter_counts(const struct exporter *exporter)
{
	struct exporter_counts counts = { .spans = exporter->spans,
					  .flush_ns = exporter->flush_ns };

	if (exporter->file)
		counts.written = exporter->file->written;
	if (exporter->undelivered)
		counts.kept = exporter->undelivered->written;
	if (exporter->delivery) {
		struct delivery_counts network = delivery_counts(exporter->delivery);

		counts.delivered = network.delivered;
		counts.queue_full = network.queue_full;
		counts.failed = network.failed + (exporter->gave_up ? network.waiting : 0);
		counts.failure = network.failure;
		if (!counts.failure && exporter->gave_up && network.waiting)
			counts.failure = "no answer in time";
	}
	return counts;
}

struct reader_losses exporter_losses(const struct exporter *exporter)
{
	return reader_losses(exporter->reader);
}
