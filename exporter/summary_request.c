/* SPDX-License-Identifier: Apache-2.0 */
/* Requests over HTTP, and over the other protocols of libcurl, by method and server. */
#include "exporter/summary_state.h"

#define KEY_MAX 320u	/* bytes of "GET example.com:443" */

_Static_assert(ATTRIBUTE_HTTP_REDIRECT - ATTRIBUTE_HTTP_QUEUE == SUMMARY_REDIRECT,
	       "phases and their attributes have one order");

bool summary_is_request(const struct span *span)
{
	const struct span_record *record = span->record;

	return record->kind == SPAN_CLIENT &&
	       (record->scope == SCOPE_LIBCURL || record->scope == SCOPE_HTTP);
}

/* ---- entries ---- */

/* "GET example.com:443", "GET [::1]:80"; @ret_server: where the server begins in it. */
static struct slice key_of(const struct span *span, char room[KEY_MAX], size_t *ret_server)
{
	struct slice address = summary_string(span, ATTRIBUTE_SERVER_ADDRESS);
	int64_t port = summary_integer(span, ATTRIBUTE_SERVER_PORT, 0);
	bool brackets = address.size && memchr(address.data, ':', address.size);
	size_t used = summary_put(room, 0, KEY_MAX, slice_first(span->name, 64));

	*ret_server = used;
	if (!address.size)
		return slice_of(room, used);
	used = summary_put(room, used, KEY_MAX, brackets ? SLICE(" [") : SLICE(" "));
	*ret_server += 1;
	used = summary_put(room, used, KEY_MAX, address);
	if (brackets)
		used = summary_put(room, used, KEY_MAX, SLICE("]"));
	if (port > 0) {
		used = summary_put(room, used, KEY_MAX, SLICE(":"));
		used = summary_put_port(room, used, KEY_MAX, (uint64_t)port);
	}
	return slice_of(room, used);
}

/* Null: no place. */
static struct summary_request *request_find(struct summary *summary, const struct span *span)
{
	char room[KEY_MAX];
	size_t server;
	struct slice text = key_of(span, room, &server);
	struct summary_request *request;
	uint64_t key = summary_hash(text);
	size_t i;

	for (i = 0; i < summary->requests; i++)
		if (summary->request_key[i] == key)
			return &summary->request[i];
	if (i == SUMMARY_REQUESTS)
		return NULL;
	summary->request_key[i] = key;
	summary->requests++;
	request = &summary->request[i];
	text = summary_text_keep(summary, slice_of(NULL, 0), text);
	request->query.text = request->query.summary = text;
	request->query.min_ns = UINT64_MAX;
	request->name = slice_first(text, span->name.size < 64 ? span->name.size : 64);
	request->server = slice_after(text, server);
	return request;
}

/* ---- phases ---- */

/* False: none was measured, or together they are more than the whole, and not believed. */
static bool phases_of(const struct span *span, uint64_t ret[SUMMARY_PHASES])
{
	struct attribute_cursor cursor = span_attributes(span->record);
	uint64_t left_ns = span->record->duration_ns;
	struct attribute_value value;
	bool measured = false;

	memset(ret, 0, SUMMARY_PHASES * sizeof(ret[0]));
	while (attribute_next(&cursor, &value)) {
		if (value.key < ATTRIBUTE_HTTP_QUEUE || value.key > ATTRIBUTE_HTTP_REDIRECT)
			continue;
		if (value.integer < 0)
			return false;
		ret[value.key - ATTRIBUTE_HTTP_QUEUE] = (uint64_t)value.integer;
	}
	for (unsigned i = 0; i < SUMMARY_REDIRECT; i++) {
		if (ret[i] > left_ns)
			return false;
		left_ns -= ret[i];
		measured |= key_in(&span->present, (enum attribute_key)(ATTRIBUTE_HTTP_QUEUE + i));
	}
	return measured;
}

static void split_count(struct summary_split *split, const uint64_t phase_ns[SUMMARY_PHASES],
			uint64_t whole_ns)
{
	split->calls++;
	split->total_ns += whole_ns;
	for (unsigned i = 0; i < SUMMARY_PHASES; i++)
		split->phase_ns[i] += phase_ns[i];
}

/* ---- spans ---- */

static void request_count(struct summary *summary, const struct span *span)
{
	struct summary_request *request = request_find(summary, span);
	struct summary_totals *totals = &summary->totals;
	uint64_t phase_ns[SUMMARY_PHASES];
	bool measured = phases_of(span, phase_ns);

	totals->requests++;
	totals->request_errors += span->record->status == STATUS_ERROR;
	totals->other_protocols += !key_in(&span->present, ATTRIBUTE_HTTP_REQUEST_METHOD);
	if (request)
		summary_query_count(summary, &request->query, span);
	else
		totals->unlisted_requests++;
	if (measured)
		split_count(&totals->http_split, phase_ns, span->record->duration_ns);
	if (measured && request)
		split_count(&request->split, phase_ns, span->record->duration_ns);
}

static void incomplete_count(struct summary *summary, const struct span *span)
{
	struct slice url = summary_string(span, ATTRIBUTE_URL_FULL);
	char room[SUMMARY_INCOMPLETE_TEXT];
	size_t used = summary_put(room, 0, sizeof(room), span->name);

	if (url.size) {
		used = summary_put(room, used, sizeof(room), SLICE(" "));
		used = summary_put(room, used, sizeof(room), url);
	}
	summary->totals.http_incomplete++;
	summary->totals.http_incomplete_ns += span->record->duration_ns;
	summary_incomplete_add(summary, span, slice_of(room, used));
}

void summary_request_add(struct summary *summary, const struct span *span)
{
	const struct span_record *record = span->record;

	summary->totals.http_ns += record->duration_ns;
	coverage_add(&summary->http_coverage, record->start_ns,
		     record->start_ns + record->duration_ns);
	summary->totals.http_covered_ns = summary->http_coverage.covered_ns;
	if (summary_integer(span, ATTRIBUTE_INCOMPLETE, 0))
		incomplete_count(summary, span);
	else
		request_count(summary, span);
}

/* ---- reading ---- */

size_t summary_requests(const struct summary *summary, enum summary_order order,
			const struct summary_request **ret, size_t count)
{
	size_t held = 0;

	for (size_t i = 0; i < summary->requests && count > 0; i++) {
		const struct summary_request *request = &summary->request[i];
		size_t place = held;

		while (place > 0 &&
		       summary_query_before(&request->query, &ret[place - 1]->query, order))
			place--;
		if (place == count)
			continue;
		if (held < count)
			held++;
		memmove(&ret[place + 1], &ret[place], (held - place - 1) * sizeof(ret[0]));
		ret[place] = request;
	}
	return held;
}
