/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers as spans. */
#include "call/transfer.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cold.h"
#include "base/thread.h"
#include "call/answer.h"
#include "call/endpoint.h"
#include "call/http.h"
#include "call/http_headers.h"
#include "call/injection.h"
#include "call/module.h"
#include "call/parent.h"
#include "trace/area.h"

struct transfer_options transfer_options;

/* ---- what it is ---- */

static bool is_any_of(struct slice word, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal_any_case(word, slice_of_string(*words)))
			return true;
	return false;
}

static bool is_http(struct slice scheme)
{
	static const char *const schemes[] = { "http", "https", "ws", "wss", NULL };

	return is_any_of(scheme, schemes);
}

static bool is_encrypted(struct slice scheme)
{
	static const char *const schemes[] = { "https", "wss", NULL };

	return is_any_of(scheme, schemes);
}

/* Of a scheme other than HTTP's. */
static bool is_told(struct slice scheme)
{
	static const char *const schemes[] = { "file", NULL };

	return transfer_options.non_http && !is_any_of(scheme, schemes);
}

/* The URL that a CURLU stands for is read as libcurl itself does when it begins. */
static COLD void take_curlu(struct easy *easy)
{
	const struct libcurl *libcurl = easy->libcurl;
	char *url = NULL;

	if (!libcurl->curl_url_get || !libcurl->curl_free ||
	    libcurl->curl_url_get(easy->settings.curlu, 0, &url, 0) != 0 || !url) {
		easy_keep_url(&easy->settings.built, SLICE(""));
		return;
	}
	easy_keep_url(&easy->settings.built, slice_of_string(url));
	libcurl->curl_free(url);
}

static struct slice easy_url(const struct easy *easy)
{
	return easy_url_text(easy_target(&easy->settings));
}

/* Whether the transfer is to be told, by what is known of it before; unknown is decided later. */
static bool is_wanted(struct easy *easy)
{
	struct slice scheme;

	/* What libpq asks an authorization server is part of its connecting. */
	if (thread_peek()->connecting)
		return false;
	if (!easy->known)
		return true;
	if (easy->settings.connect_only == 1)
		return false;
	if (easy->settings.curlu)
		take_curlu(easy);
	scheme = easy_scheme(&easy->settings);
	if (!is_http(scheme))
		return is_told(scheme);
	return !endpoint_is_own(easy_url(easy), scheme);
}

/* ---- its context ---- */

/* The whole of it is on no stack: tracestate and baggage are long. */
struct carried {
	struct propagation_text text;
	struct propagated from;
};

static struct slice carrier_get(const void *data, const char *name, size_t index)
{
	struct slice value = { NULL, 0 };

	injection_value(data, name, index, &value);
	return value;
}

/* A context that the program put into its headers itself is the parent's. */
static COLD bool parent_of_headers(const struct curl_list *list, struct parent *ret)
{
	const struct carrier carrier = { carrier_get, list };
	struct carried *carried;

	if (!injection_set_by(list, transfer_options.propagators))
		return false;
	carried = arena_take(sizeof(*carried));
	if (!carried)
		return false;
	propagation_extract(transfer_options.propagators, &carrier, &carried->text,
			    &carried->from);
	*ret = (struct parent){ .source = PARENT_CURRENT };
	ret->from.context = carried->from.context;
	ret->from.context.remote = false;
	arena_give(carried, sizeof(*carried));
	return trace_context_valid(&ret->from.context);
}

static struct parent parent_of(const struct easy *easy)
{
	struct parent parent;

	if (easy->known && easy->settings.headers &&
	    parent_of_headers(easy->settings.headers, &parent))
		return parent;
	return *parent_of_call(SPAN_CLIENT);
}

static void span_begin(struct easy *easy, struct thread *thread, const struct parent *parent,
		       const void *caller)
{
	struct span_record *span = &easy->transfer.span;

	memset(span, 0, sizeof(*span));
	span->head.kind = RECORD_SPAN;
	span->process_id = thread->process_id;
	span->pid = thread->pid;
	span->thread_id = thread->id;
	span->caller = (uint64_t)(uintptr_t)caller;
	span->module = module_of(&easy->module, caller);
	span->scope = SCOPE_LIBCURL;
	span->kind = SPAN_CLIENT;
	parent_begin_span(parent, thread, span);
}

static bool is_signed(const struct easy_settings *settings)
{
	return settings->aws_signed || settings->http_signed || settings->http_signed_algorithm;
}

/* Requests of which nothing goes to a proxy's CONNECT, which is for the proxy alone. */
static bool reaches_tunnel(const struct easy *easy)
{
	return easy->settings.unified &&
	       (easy->settings.tunnel || is_encrypted(easy_scheme(&easy->settings)));
}

static bool is_injected(const struct easy *easy)
{
	return easy->known && easy->transfer.http && transfer_options.propagators &&
	       (!is_signed(&easy->settings) || transfer_options.into_signed) &&
	       !reaches_tunnel(easy);
}

static APART void inject(const struct easy *easy, const struct propagated *from)
{
	struct propagation_field fields[PROPAGATION_FIELDS_MAX];
	struct propagation_lines *lines;
	size_t count;

	lines = arena_take(sizeof(*lines));
	if (!lines) {
		area_count_passed();
		return;
	}
	count = propagation_inject(transfer_options.propagators, from, lines, fields);
	injection_begin(easy->libcurl, easy->handle, easy->settings.headers, fields, count);
	arena_give(lines, sizeof(*lines));
}

/* ---- headers that settings name ---- */

/* Where reading them is. */
struct headers {
	const struct easy *easy;
	const struct curl_list *line;
	struct curl_header *header;
};

static bool next_request_header(void *context, bool again, struct http_header *ret)
{
	struct headers *headers = context;
	const struct curl_list *line = again ? headers->easy->settings.headers :
					       headers->line;

	for (; line; line = line->next)
		if (http_header_of_entry(slice_of_string(line->data), ret)) {
			headers->line = line->next;
			return true;
		}
	headers->line = NULL;
	return false;
}

/* Those of the last response. */
static bool next_response_header(void *context, bool again, struct http_header *ret)
{
	struct headers *headers = context;
	const struct easy *easy = headers->easy;
	struct curl_header *before = again ? NULL : headers->header;

	if (!again && !before)
		return false;
	headers->header = easy->libcurl->curl_easy_nextheader(
		easy->handle, CURL_HEADER_OF_RESPONSE, -1, before);
	if (!headers->header)
		return false;
	*ret = (struct http_header){ slice_of_string(headers->header->name),
				     slice_of_string(headers->header->value) };
	return true;
}

#define SENT_ROOM (HTTP_HEADERS_MAX + 64)

/* The program's list is only read before libcurl gets it: afterwards it may be gone. */
static COLD void keep_sent(struct easy *easy)
{
	struct transfer *transfer = &easy->transfer;
	struct headers headers = { .easy = easy };
	const struct http_header_source sent = { next_request_header, &headers };
	struct record_writer writer;

	if (!easy->known || !transfer->http)
		return;
	transfer->sent = arena_take(SENT_ROOM);
	if (!transfer->sent)
		return;
	record_writer_begin(&writer, transfer->sent, SENT_ROOM);
	http_headers_describe(&writer, sent, (struct http_header_source){ NULL, NULL });
	transfer->sent_size = (uint16_t)(writer.position - writer.start);
	transfer->sent_count = writer.attributes;
}

static COLD void put_headers(struct record_writer *writer, const struct easy *easy, bool ended)
{
	const struct transfer *transfer = &easy->transfer;
	struct headers headers = { .easy = easy };
	const struct http_header_source received = { next_response_header, &headers };

	record_put_encoded(writer, slice_of(transfer->sent, transfer->sent_size),
			   transfer->sent_count);
	if (ended && transfer->http && easy->libcurl->curl_easy_nextheader)
		http_headers_describe(writer, (struct http_header_source){ NULL, NULL }, received);
}

/* ---- begin ---- */

static void keep_scheme(struct transfer *transfer, struct slice scheme)
{
	scheme = slice_first(scheme, sizeof(transfer->scheme));
	for (size_t i = 0; i < scheme.size; i++)
		transfer->scheme[i] = (char)byte_lower(scheme.data[i]);
	transfer->scheme_size = (uint8_t)scheme.size;
}

static struct slice kept_scheme(const struct transfer *transfer)
{
	return slice_of(transfer->scheme, transfer->scheme_size);
}

/* What is known of the request before it is made. */
static void request_of(const struct easy *easy, struct http_exchange *exchange)
{
	const struct easy_settings *settings = &easy->settings;

	memset(exchange, 0, sizeof(*exchange));
	if (!easy->known)
		return;
	exchange->url = easy_url(easy);
	exchange->scheme = easy_scheme(settings);
	if (easy->transfer.http)
		exchange->method = easy_method(settings);
	else
		exchange->protocol_name = kept_scheme(&easy->transfer);
}

static APART void open_call(struct easy *easy)
{
	struct transfer *transfer = &easy->transfer;
	struct http_exchange exchange;
	struct record_writer writer;

	request_of(easy, &exchange);
	transfer->open = area_call_open(&transfer->span, http_client_name(&exchange), SLICE(""), 0);
	if (transfer->open) {
		record_writer_begin(&writer, transfer->open->about, sizeof(transfer->open->about));
		http_describe_request(&writer, &exchange);
		area_call_about(transfer->open, &writer, 0);
	}
	transfer->span.start_ns = clock_now_ns();
	if (transfer->open)
		transfer->open->span.start_ns = transfer->span.start_ns;
}

APART bool transfer_begin(struct easy *easy, const void *call, const void *caller,
			  struct propagated *ret)
{
	struct thread *thread = thread_current();
	struct parent parent;

	if (!thread || !is_wanted(easy))
		return false;
	easy->transfer = (struct transfer){
		.state = call ? TRANSFER_PERFORM : TRANSFER_MULTI,
		.call = call,
		.blind = !easy->known,
		.http = !easy->known || is_http(easy_scheme(&easy->settings)),
	};
	if (!easy->transfer.http)
		keep_scheme(&easy->transfer, easy_scheme(&easy->settings));
	parent = parent_of(easy);
	span_begin(easy, thread, &parent, caller);
	parent_propagation(&parent, &easy->transfer.span, ret);
	if (http_headers_wanted())
		keep_sent(easy);
	if (is_injected(easy))
		inject(easy, ret);
	open_call(easy);
	return true;
}

static void over(struct easy *easy)
{
	easy->transfer.state = TRANSFER_NONE;
	injection_end(easy->libcurl, easy->handle);
	if (easy->transfer.sent)
		arena_give(easy->transfer.sent, SENT_ROOM);
	easy->transfer.sent = NULL;
}

void transfer_drop(struct easy *easy)
{
	if (easy->transfer.state == TRANSFER_NONE)
		return;
	area_call_drop(easy->transfer.open);
	over(easy);
}

/* ---- end ---- */

/* Times: what libcurl was given may have waited for its first turn. */
static void set_times(struct easy *easy, const struct answer *answer, uint64_t end_ns)
{
	struct transfer *transfer = &easy->transfer;
	struct span_record *span = &transfer->span;
	uint64_t now_ns = clock_now_ns();

	if (transfer->driven_ns > span->start_ns)
		span->start_ns = transfer->driven_ns;
	if (!end_ns)
		end_ns = now_ns;
	if (answer->total_ns && transfer->state == TRANSFER_MULTI && answer->over &&
	    answer->total_ns <= now_ns - span->start_ns)
		end_ns = span->start_ns + answer->total_ns;
	span->duration_ns = end_ns > span->start_ns ? end_ns - span->start_ns : 0;
}

static APART void write_span(struct easy *easy, const struct http_exchange *exchange,
			     const struct answer *answer)
{
	size_t room = sizeof(struct span_record) + http_describe_room(exchange) +
		      (http_headers_wanted() ? HTTP_HEADERS_ROOM : 0);
	struct span_record *span;
	struct record_writer writer;
	struct area_slot slot;

	if (!area_reserve(room, &slot)) {
		area_call_drop(easy->transfer.open);
		return;
	}
	span = record_writer_copy(&writer, slot.memory, room, &easy->transfer.span);
	if (!span) {
		area_call_commit(easy->transfer.open, &slot, 0);
		return;
	}
	span->status = (uint8_t)http_client_status(exchange);
	http_describe_client(&writer, exchange);
	if (http_headers_wanted())
		put_headers(&writer, easy, answer->over && !answer->lost);
	if (answer->lost)
		record_put_boolean(&writer, ATTRIBUTE_INCOMPLETE, true);
	area_call_commit(easy->transfer.open, &slot, record_writer_end(&writer));
}

/* Of a handle whose settings are not known: whether it is to be told after all. */
static COLD bool reveal(struct easy *easy, const struct answer *answer,
			struct http_exchange *exchange)
{
	struct slice scheme = answer->scheme;

	easy->transfer.http = !scheme.size || is_http(scheme);
	if (!easy->transfer.http && !is_told(scheme))
		return false;
	if (!answer->redirects)
		exchange->url = answer->effective_url;
	if (endpoint_is_own(exchange->url, scheme))
		return false;
	exchange->scheme = scheme;
	keep_scheme(&easy->transfer, scheme);
	if (easy->transfer.http)
		exchange->method = answer->effective_method.size ? answer->effective_method :
								   SLICE("GET");
	else
		exchange->protocol_name = kept_scheme(&easy->transfer);
	return true;
}

/* What libcurl made of a URL that names no scheme, unless it is another one by now. */
static void complete_url(const struct easy *easy, const struct answer *answer,
			 struct http_exchange *exchange)
{
	if (!answer->redirects && answer->effective_url.size && easy_url(easy).size &&
	    !easy_has_scheme(&easy->settings))
		exchange->url = answer->effective_url;
}

static APART void finish(struct easy *easy, const struct answer *answer, uint64_t end_ns)
{
	struct http_exchange exchange;
	bool told = true;

	request_of(easy, &exchange);
	if (easy->transfer.blind)
		told = reveal(easy, answer, &exchange);
	else
		complete_url(easy, answer, &exchange);
	set_times(easy, answer, end_ns);
	answer_describe(answer, easy->transfer.span.duration_ns, &exchange);
	if (told)
		write_span(easy, &exchange, answer);
	else
		area_call_drop(easy->transfer.open);
	over(easy);
}

/* Nothing is asked where libcurl never began: it would tell of the transfer before. */
static bool has_begun(const struct easy *easy)
{
	const struct easy_url *url = easy_target(&easy->settings);

	return !easy->known || url->size || url->lost;
}

APART void transfer_end(struct easy *easy, int code, uint64_t end_ns)
{
	struct answer answer;

	if (easy->transfer.state == TRANSFER_NONE)
		return;
	answer_begin(&answer, code);
	if (has_begun(easy))
		answer_ask(&answer, easy, transfer_options.sizes);
	finish(easy, &answer, end_ns);
}

bool transfer_leave(struct easy *easy, enum transfer_left left)
{
	struct answer answer;
	bool running;

	if (easy->transfer.state == TRANSFER_NONE)
		return left == TRANSFER_LEFT_RUNNING;
	answer_begin(&answer, CURL_OK);
	if (has_begun(easy))
		answer_ask(&answer, easy, transfer_options.sizes);
	running = left == TRANSFER_LEFT_RUNNING ||
		  (left == TRANSFER_LEFT_EITHER && !answer.status);
	if (running)
		answer_removed(&answer);
	else if (!answer.status && easy->transfer.http)
		answer_fail(&answer, "_OTHER");
	finish(easy, &answer, 0);
	return running;
}

COLD void transfer_lose(struct easy *easy)
{
	struct answer answer;

	if (easy->transfer.state == TRANSFER_NONE)
		return;
	answer_begin(&answer, CURL_OK);
	answer.lost = true;
	finish(easy, &answer, 0);
}
