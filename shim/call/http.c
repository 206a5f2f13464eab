/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges over HTTP as CLIENT spans (semconv 3.1 to 3.6; hooks.md B.3, B.5). */
#include "call/http.h"

#include "protocol/http_method.h"
#include "protocol/url.h"

#define STATUS_DIGITS 5

/* All attributes but the URL, with room for the widest values. */
#define FIXED_ROOM (1024u + 5 * HTTP_WORD_MAX)

struct http_options http_options;

_Static_assert(ATTRIBUTE_HTTP_REDIRECT - ATTRIBUTE_HTTP_QUEUE == HTTP_PHASE_REDIRECT,
	       "phases and their attributes have one order");

/* ---- name and status ---- */

static bool is_known(const struct http_exchange *exchange)
{
	return http_method_known(exchange->method, http_options.known_methods);
}

struct slice http_client_name(const struct http_exchange *exchange)
{
	if (exchange->method.size)
		return is_known(exchange) ? exchange->method : SLICE("HTTP");
	if (exchange->protocol_name.size)
		return slice_first(exchange->protocol_name, HTTP_WORD_MAX);
	return SLICE("HTTP");
}

/*
 * 600 and more, and what is below 100, are codes that nobody can interpret. Those of other
 * protocols mean other things.
 */
static bool status_failed(const struct http_exchange *exchange)
{
	uint16_t status = exchange->method.size ? exchange->status : 0;

	return status >= 400 || (status && status < 100);
}

enum span_status http_client_status(const struct http_exchange *exchange)
{
	if (exchange->cancelled)
		return STATUS_UNSET;
	return exchange->error_type.size || status_failed(exchange) ? STATUS_ERROR : STATUS_UNSET;
}

/* ---- phases ---- */

/* From the latest point before, which moves on; nothing when @mark was not reached. */
static void phase_measure(struct http_exchange *exchange, enum http_phase phase, uint64_t mark_ns,
			  uint64_t *before_ns)
{
	if (mark_ns == 0)
		return;
	if (mark_ns >= *before_ns)
		http_phase_set(exchange, phase, mark_ns - *before_ns);
	*before_ns = mark_ns;
}

void http_phases_measured(struct http_exchange *exchange, const struct http_marks *marks)
{
	uint64_t before_ns = 0;

	phase_measure(exchange, HTTP_PHASE_QUEUE, marks->queued_ns, &before_ns);
	phase_measure(exchange, HTTP_PHASE_NAME_LOOKUP, marks->name_looked_up_ns, &before_ns);
	phase_measure(exchange, HTTP_PHASE_CONNECT, marks->connected_ns, &before_ns);
	phase_measure(exchange, HTTP_PHASE_TLS, marks->tls_ns, &before_ns);
	if (marks->request_ns > before_ns)
		before_ns = marks->request_ns;
	phase_measure(exchange, HTTP_PHASE_FIRST_BYTE, marks->first_byte_ns, &before_ns);
	if (marks->first_byte_ns)
		phase_measure(exchange, HTTP_PHASE_TRANSFER, marks->end_ns, &before_ns);
	if (marks->redirected_ns)
		http_phase_set(exchange, HTTP_PHASE_REDIRECT, marks->redirected_ns);
}

static void put_phases(struct record_writer *writer, const struct http_exchange *exchange)
{
	for (unsigned phase = 0; phase < HTTP_PHASES; phase++)
		if (exchange->phases >> phase & 1)
			record_put_integer(writer,
					   (enum attribute_key)(ATTRIBUTE_HTTP_QUEUE + phase),
					   (int64_t)exchange->phase_ns[phase]);
}

/* ---- the request ---- */

static void put_word(struct record_writer *writer, enum attribute_key key, struct slice word)
{
	if (word.size)
		record_put_string(writer, key, slice_first(word, HTTP_WORD_MAX));
}

static void put_method(struct record_writer *writer, const struct http_exchange *exchange)
{
	if (!exchange->method.size)
		return;
	if (is_known(exchange)) {
		record_put_string(writer, ATTRIBUTE_HTTP_REQUEST_METHOD, exchange->method);
		return;
	}
	record_put_string(writer, ATTRIBUTE_HTTP_REQUEST_METHOD, SLICE("_OTHER"));
	record_put_string(writer, ATTRIBUTE_HTTP_REQUEST_METHOD_ORIGINAL,
			  slice_first(exchange->method, HTTP_METHOD_TEXT_MAX));
}

static void put_server(struct record_writer *writer, const struct http_exchange *exchange)
{
	struct url url;

	if (!url_parse(exchange->url, exchange->scheme, &url))
		return;
	put_word(writer, ATTRIBUTE_SERVER_ADDRESS, url.host);
	if (url.port)
		record_put_integer(writer, ATTRIBUTE_SERVER_PORT, url.port);
}

/* Redacted where it will stay: no copy of it is made. */
static void put_url(struct record_writer *writer, const struct http_exchange *exchange)
{
	size_t room;
	uint8_t *place = record_string_begin(writer, &room);

	if (!exchange->url.size)
		return;
	if (room > URL_TEXT_MAX)
		room = URL_TEXT_MAX;
	record_string_end(writer, ATTRIBUTE_URL_FULL,
			  url_redact(exchange->url, exchange->scheme, place, room));
}

void http_describe_request(struct record_writer *writer, const struct http_exchange *exchange)
{
	record_put_string(writer, ATTRIBUTE_SPAN_NAME, http_client_name(exchange));
	put_method(writer, exchange);
	put_server(writer, exchange);
	put_url(writer, exchange);
}

/* ---- the response ---- */

static void put_status_as_error(struct record_writer *writer, uint16_t status)
{
	uint8_t digits[STATUS_DIGITS];
	size_t at = sizeof(digits);

	for (unsigned rest = status; rest; rest /= 10)
		digits[--at] = (uint8_t)('0' + rest % 10);
	record_put_string(writer, ATTRIBUTE_ERROR_TYPE,
			  slice_of(digits + at, sizeof(digits) - at));
}

static void put_outcome(struct record_writer *writer, const struct http_exchange *exchange)
{
	if (exchange->status && exchange->method.size)
		record_put_integer(writer, ATTRIBUTE_HTTP_RESPONSE_STATUS_CODE, exchange->status);
	if (http_client_status(exchange) != STATUS_ERROR)
		return;
	if (exchange->error_type.size)
		put_word(writer, ATTRIBUTE_ERROR_TYPE, exchange->error_type);
	else
		put_status_as_error(writer, exchange->status);
}

static void put_network(struct record_writer *writer, const struct http_exchange *exchange)
{
	put_word(writer, ATTRIBUTE_NETWORK_PROTOCOL_NAME, exchange->protocol_name);
	put_word(writer, ATTRIBUTE_NETWORK_PROTOCOL_VERSION, exchange->protocol_version);
	put_word(writer, ATTRIBUTE_NETWORK_PEER_ADDRESS, exchange->peer_address);
	if (exchange->peer_address.size && exchange->peer_port)
		record_put_integer(writer, ATTRIBUTE_NETWORK_PEER_PORT, exchange->peer_port);
}

static void put_extent(struct record_writer *writer, const struct http_exchange *exchange)
{
	if (exchange->has_request_body)
		record_put_integer(writer, ATTRIBUTE_HTTP_REQUEST_BODY_SIZE,
				   (int64_t)exchange->request_body);
	if (exchange->has_response_body)
		record_put_integer(writer, ATTRIBUTE_HTTP_RESPONSE_BODY_SIZE,
				   (int64_t)exchange->response_body);
	if (exchange->redirects)
		record_put_integer(writer, ATTRIBUTE_CURL_REDIRECT_COUNT, exchange->redirects);
	if (exchange->removed_early)
		record_put_boolean(writer, ATTRIBUTE_CURL_REMOVED_EARLY, true);
}

size_t http_describe_room(const struct http_exchange *exchange)
{
	return FIXED_ROOM + url_redacted_most(exchange->url.size);
}

void http_describe_client(struct record_writer *writer, const struct http_exchange *exchange)
{
	http_describe_request(writer, exchange);
	put_outcome(writer, exchange);
	put_network(writer, exchange);
	put_extent(writer, exchange);
	put_phases(writer, exchange);
}
