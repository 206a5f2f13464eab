/* SPDX-License-Identifier: Apache-2.0 */
/* Batches on their way. */
#include "exporter/delivery.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "exporter/delivery_settings.h"
#include "exporter/failure.h"
#include "exporter/http_client.h"
#include "exporter/otlp_answer.h"
#include "exporter/otlp_json.h"
#include "exporter/otlp_protobuf.h"
#include "exporter/retry.h"

#define MS UINT64_C(1000000)
#define ANSWER_SIZE ((size_t)256 << 10)	/* decoded answers */

enum step { STEP_IDLE, STEP_POSTING, STEP_WAITING };

struct delivery {
	struct delivery_options options;
	struct delivery_settings settings;
	struct batch batch;
	enum step step;
	size_t taken;			/* spans of the queue's front in the request under way */
	struct slice body;
	unsigned attempt;
	uint64_t begun_ns, retry_ns;
	uint64_t quiet_until_ns;	/* nobody listened: no try before */
	uint64_t told_ns, warned_ns;	/* 0: never */
	struct delivery_counts counts;
	struct otlp_protobuf *protobuf;
	uint8_t *json_memory;
	struct bump answer;
	uint8_t *packed;		/* room for a compressed body; null: none is */
	struct http_client client;
	struct failure failure;
};

/* ---- beginning ---- */

static bool encoder_make(struct delivery *delivery, struct bump *bump)
{
	const struct delivery_settings *settings = &delivery->settings;

	if (settings->json)
		return (delivery->json_memory = bump_take(bump, OTLP_SPANS_SIZE)) != NULL;
	delivery->protobuf = otlp_protobuf_make(bump, settings->limits, settings->batch_spans);
	return delivery->protobuf != NULL;
}

struct delivery *delivery_make(struct bump *bump, const struct delivery_options *options)
{
	struct delivery *delivery = bump_take(bump, sizeof(*delivery));
	size_t spans = (size_t)options->config->max_queue_size;
	void *queue = bump_take(bump, batch_room(spans));
	void *answer = bump_take(bump, ANSWER_SIZE);

	if (!delivery || !queue || !answer)
		return NULL;
	delivery->options = *options;
	delivery_settings_read(options->config, options->compress != NULL, &delivery->settings);
	delivery->counts.failure = delivery->settings.unusable;
	http_client_begin(&delivery->client, &delivery->settings.endpoint,
			  &delivery->settings.headers,
			  delivery->settings.json ? "application/json" : "application/x-protobuf");
	batch_begin(&delivery->batch, queue, batch_room(spans), spans);
	bump_begin(&delivery->answer, answer, ANSWER_SIZE);
	if (delivery->settings.gzip)
		delivery->packed = bump_take(bump, OTLP_SPANS_SIZE);
	return encoder_make(delivery, bump) ? delivery : NULL;
}

static void hand_back(const struct delivery *delivery, const struct span_record *record,
		      uint64_t wall_offset_ns)
{
	if (delivery->options.undelivered)
		delivery->options.undelivered(delivery->options.context, record, wall_offset_ns);
}

void delivery_queue(struct delivery *delivery, const struct span_record *record,
		    uint64_t wall_offset_ns, uint64_t now_ns)
{
	if (!delivery->settings.unusable &&
	    batch_put(&delivery->batch, record, wall_offset_ns, now_ns))
		return;
	if (delivery->settings.unusable)
		delivery->counts.failed++;
	else
		delivery->counts.queue_full++;
	hand_back(delivery, record, wall_offset_ns);
}

/* ---- encoding ---- */

static bool span_encode(struct delivery *delivery, struct otlp_json *object,
			const struct batch_span *waiting)
{
	struct resource_table *resources = delivery->options.resources;
	const struct resource *resource = resource_of(resources, &waiting->record);
	struct span span;

	span_view(delivery->options.reader, &waiting->record, waiting->wall_offset_ns, &span);
	if (delivery->settings.json)
		return otlp_json_span(object, resource, &span);
	return otlp_protobuf_span(delivery->protobuf, resource, &span);
}

/* A body that does not get smaller goes as it is. */
static void body_compress(struct delivery *delivery)
{
	size_t size = 0;

	if (delivery->packed)
		size = delivery->options.compress(delivery->body, delivery->packed,
						  OTLP_SPANS_SIZE);
	delivery->client.gzip = size > 0;
	if (size)
		delivery->body = slice_of(delivery->packed, size);
}

/* Encodes the front of the queue; sets taken and body. */
static void batch_encode(struct delivery *delivery)
{
	const struct batch_span *waiting = NULL;
	struct otlp_json object;

	delivery->taken = 0;
	if (delivery->settings.json)
		otlp_json_begin(&object, delivery->settings.limits, delivery->json_memory,
				OTLP_SPANS_SIZE);
	else
		otlp_protobuf_begin(delivery->protobuf);
	while (delivery->taken < delivery->settings.batch_spans &&
	       (waiting = batch_next(&delivery->batch, waiting)) != NULL) {
		if (!span_encode(delivery, &object, waiting))
			break;
		delivery->taken++;
	}
	if (!delivery->taken)
		return;
	delivery->body = delivery->settings.json ? otlp_json_end(&object) :
						   otlp_protobuf_end(delivery->protobuf);
	body_compress(delivery);
}

/* ---- results ---- */

static enum otlp_encoding encoding_of(const struct delivery *delivery)
{
	return delivery->settings.json ? OTLP_JSON : OTLP_PROTOBUF;
}

static const struct slice nothing;

static void failed(struct delivery *delivery, struct slice ours, struct slice theirs)
{
	failure_set(&delivery->failure, ours, theirs);
	delivery->counts.failure = delivery->failure.text;
}

static void tell(struct delivery *delivery, uint64_t spans, uint64_t now_ns)
{
	if (delivery->options.quiet || delivery->options.silent)
		return;
	if (delivery->told_ns && now_ns - delivery->told_ns < DELIVERY_TOLD_NS)
		return;
	delivery->told_ns = now_ns;
	log_warn("%lu spans not delivered to %s: %s", (unsigned long)spans,
		 delivery->settings.endpoint.shown, delivery->counts.failure);
}

/* The request is over, @rejected of its spans were not taken. */
static void batch_over(struct delivery *delivery, uint64_t rejected, uint64_t now_ns)
{
	uint64_t spans = delivery->taken;

	if (rejected > spans)
		rejected = spans;
	batch_drop(&delivery->batch, delivery->taken);
	delivery->taken = 0;
	delivery->step = STEP_IDLE;
	delivery->counts.delivered += spans - rejected;
	delivery->counts.failed += rejected;
	if (rejected)
		tell(delivery, rejected, now_ns);
}

/* The @count oldest, which are about to be dropped. */
static void batch_hand_back(const struct delivery *delivery, size_t count)
{
	const struct batch_span *span = NULL;

	while (count-- && (span = batch_next(&delivery->batch, span)) != NULL)
		hand_back(delivery, &span->record, span->wall_offset_ns);
}

static void batch_failed(struct delivery *delivery, uint64_t now_ns)
{
	batch_hand_back(delivery, delivery->taken);
	if (delivery->options.quiet)
		delivery->quiet_until_ns = now_ns + DELIVERY_BACKOFF_NS;
	batch_over(delivery, delivery->taken, now_ns);
}

/* Plans another try after @delay_ns, or gives the batch up when that is not within the rules. */
static void retry_plan(struct delivery *delivery, uint64_t delay_ns, uint64_t now_ns)
{
	uint64_t passed = now_ns - delivery->begun_ns;

	if (delivery->options.quiet || delivery->attempt >= RETRY_ATTEMPTS ||
	    (delivery->settings.timeout_ns && passed + delay_ns >= delivery->settings.timeout_ns)) {
		batch_failed(delivery, now_ns);
		return;
	}
	delivery->step = STEP_WAITING;
	delivery->retry_ns = now_ns + delay_ns;
}

/* It took everything and warns all the same; not where nobody asked for a collector. */
static void warning_take(struct delivery *delivery, struct slice message, uint64_t now_ns)
{
	struct failure words;

	if (delivery->options.quiet ||
	    (delivery->warned_ns && now_ns - delivery->warned_ns < DELIVERY_TOLD_NS))
		return;
	delivery->warned_ns = now_ns;
	failure_set(&words, nothing, message);
	log_warn("%s took the spans and says: %s", delivery->settings.endpoint.shown, words.text);
}

static void partial_take(struct delivery *delivery, const struct response *response,
			 uint64_t now_ns)
{
	struct otlp_answer answer = { 0 };
	struct slice body = slice_of(response->body, response->body_size);

	if (!otlp_answer_read(encoding_of(delivery), body, &delivery->answer, &answer))
		log_debug("the collector's answer cannot be read");
	if (answer.rejected && answer.message.size)
		failed(delivery, SLICE("rejected by the collector: "), answer.message);
	else if (answer.rejected)
		failed(delivery, SLICE("rejected by the collector"), nothing);
	else if (answer.message.size)
		warning_take(delivery, answer.message, now_ns);
	batch_over(delivery, answer.rejected, now_ns);
}

static void status_failure(struct delivery *delivery, const struct response *response)
{
	struct slice body = slice_of(response->body, response->body_size);
	struct slice why = nothing;

	if (response->status >= 400)
		why = otlp_failure_read(encoding_of(delivery), body, &delivery->answer);
	failure_set_status(&delivery->failure, response->status, why);
	delivery->counts.failure = delivery->failure.text;
}

static void answer_take(struct delivery *delivery, uint64_t now_ns)
{
	const struct response *response = &delivery->client.response;
	struct slice after = slice_of(response->retry_after, response->retry_after_size);
	uint64_t wall_ns = now_ns + clock_wall_offset_ns();
	uint64_t delay_ns;

	if (response->state == RESPONSE_TOO_LARGE) {
		failed(delivery, SLICE("answer too large"), nothing);
		batch_failed(delivery, now_ns);
	} else if (response->status == 200) {
		partial_take(delivery, response, now_ns);
	} else if (response->status > 200 && response->status < 300) {
		batch_over(delivery, 0, now_ns);
	} else if (retry_wanted(response->status)) {
		status_failure(delivery, response);
		if (!retry_after_read(after, wall_ns, &delay_ns))
			delay_ns = retry_delay_ns(delivery->attempt, random_next());
		retry_plan(delivery, delay_ns, now_ns);
	} else {
		status_failure(delivery, response);
		batch_failed(delivery, now_ns);
	}
}

static void timeout_check(struct delivery *delivery, uint64_t now_ns)
{
	uint64_t limit_ns = delivery->settings.timeout_ns;

	if (!limit_ns || now_ns - delivery->begun_ns < limit_ns)
		return;
	http_client_abort(&delivery->client);
	failure_set_timeout(&delivery->failure, limit_ns);
	delivery->counts.failure = delivery->failure.text;
	batch_failed(delivery, now_ns);
}

/* ---- steps ---- */

static void post(struct delivery *delivery, uint64_t now_ns)
{
	delivery->attempt++;
	delivery->step = STEP_POSTING;
	http_client_post(&delivery->client, delivery->body, now_ns);
}

static void posting_step(struct delivery *delivery, uint64_t now_ns)
{
	switch (http_client_step(&delivery->client, now_ns)) {
	case HTTP_ANSWERED:
		delivery->client.state = HTTP_IDLE;
		answer_take(delivery, now_ns);
		break;
	case HTTP_FAILED:
		delivery->client.state = HTTP_IDLE;
		failed(delivery, slice_of_string(delivery->client.failure), nothing);
		retry_plan(delivery, retry_delay_ns(delivery->attempt, random_next()), now_ns);
		break;
	default:
		timeout_check(delivery, now_ns);
	}
}

static bool batch_due(const struct delivery *delivery, uint64_t now_ns, uint64_t last_span_ns)
{
	const struct batch_span *oldest = batch_next(&delivery->batch, NULL);

	if (!oldest)
		return false;
	return delivery->batch.spans >= delivery->settings.batch_spans ||
	       now_ns >= oldest->queued_ns + delivery->settings.delay_ns ||
	       now_ns >= last_span_ns + DELIVERY_QUIET_NS;
}

static void batch_start(struct delivery *delivery, uint64_t now_ns)
{
	batch_encode(delivery);
	if (!delivery->taken) {
		/* One span alone is larger than a request may be. */
		delivery->taken = 1;
		failed(delivery, SLICE("span too large"), nothing);
		batch_hand_back(delivery, 1);
		batch_over(delivery, 1, now_ns);
		return;
	}
	delivery->attempt = 0;
	delivery->begun_ns = now_ns;
	if (now_ns < delivery->quiet_until_ns) {
		batch_over(delivery, delivery->taken, now_ns);
		return;
	}
	post(delivery, now_ns);
}

void delivery_step(struct delivery *delivery, uint64_t now_ns, uint64_t last_span_ns, bool force)
{
	if (delivery->step == STEP_WAITING && now_ns >= delivery->retry_ns)
		post(delivery, now_ns);
	if (delivery->step == STEP_IDLE &&
	    (batch_due(delivery, now_ns, last_span_ns) || (force && delivery->batch.spans)))
		batch_start(delivery, now_ns);
	if (delivery->step == STEP_POSTING)
		posting_step(delivery, now_ns);
}

bool delivery_busy(const struct delivery *delivery)
{
	return delivery->step == STEP_POSTING;
}

void delivery_wait(const struct delivery *delivery, uint64_t limit_ns)
{
	http_client_wait(&delivery->client, limit_ns);
}

uint64_t delivery_due_ns(const struct delivery *delivery, uint64_t last_span_ns)
{
	const struct batch_span *oldest = batch_next(&delivery->batch, NULL);
	uint64_t quiet = last_span_ns + DELIVERY_QUIET_NS;
	uint64_t late;

	if (delivery->step == STEP_WAITING)
		return delivery->retry_ns;
	if (!oldest)
		return UINT64_MAX;
	late = oldest->queued_ns + delivery->settings.delay_ns;
	return quiet < late ? quiet : late;
}

bool delivery_idle(const struct delivery *delivery)
{
	return delivery->step == STEP_IDLE && !delivery->batch.spans;
}

uint64_t delivery_moved(const struct delivery *delivery)
{
	return delivery->client.moved + delivery->counts.delivered + delivery->counts.failed;
}

uint64_t delivery_retry_ns(const struct delivery *delivery, uint64_t now_ns)
{
	if (delivery->step != STEP_WAITING || now_ns >= delivery->retry_ns)
		return 0;
	return delivery->retry_ns - now_ns;
}

void delivery_interrupt(struct delivery *delivery)
{
	http_client_abort(&delivery->client);
	delivery->step = STEP_IDLE;
	delivery->taken = 0;
}

void delivery_give_up(struct delivery *delivery)
{
	size_t spans = delivery->batch.spans;

	delivery_interrupt(delivery);
	if (spans && !delivery->counts.failure)
		failed(delivery, SLICE("no answer in time"), nothing);
	batch_hand_back(delivery, spans);
	batch_drop(&delivery->batch, spans);
	delivery->counts.failed += spans;
}

struct delivery_counts delivery_counts(const struct delivery *delivery)
{
	struct delivery_counts counts = delivery->counts;

	counts.waiting = delivery->batch.spans;
	return counts;
}
