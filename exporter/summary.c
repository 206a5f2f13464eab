/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregation of spans: one mapping, tables of fixed size, texts in one growing region. */
#include "exporter/summary.h"

#include <sys/mman.h>

#include "exporter/histogram.h"
#include "exporter/summary_state.h"

struct summary *summary_begin(void)
{
	void *memory = mmap(NULL, sizeof(struct summary), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void summary_end(struct summary *summary)
{
	if (summary)
		munmap(summary, sizeof(*summary));
}

/* ---- texts ---- */

/* The longest prefix of at most @limit bytes that does not end inside a UTF-8 character. */
static struct slice cut_at_character(struct slice text, size_t limit)
{
	size_t size = limit;

	if (text.size <= limit)
		return text;
	while (size > 0 && (text.data[size] & 0xc0) == 0x80)
		size--;
	return slice_first(text, size);
}

struct slice summary_text_keep(struct summary *summary, struct slice prefix, struct slice text)
{
	size_t room = SUMMARY_TEXT - summary->text_used;
	uint8_t *place = summary->text + summary->text_used;

	if (prefix.size >= room)
		return slice_of(NULL, 0);
	text = cut_at_character(text, room - prefix.size);
	if (prefix.size > 0)
		memcpy(place, prefix.data, prefix.size);
	if (text.size > 0)
		memcpy(place + prefix.size, text.data, text.size);
	summary->text_used += prefix.size + text.size;
	return slice_of(place, prefix.size + text.size);
}

/* One copy of each path; the empty slice when there is none or the list is full. */
static struct slice module_keep(struct summary *summary, struct slice path)
{
	for (size_t i = 0; i < summary->modules; i++)
		if (slice_equal(summary->module[i], path))
			return summary->module[i];
	if (path.size == 0 || summary->modules == SUMMARY_MODULES)
		return slice_of(NULL, 0);
	summary->module[summary->modules] = summary_text_keep(summary, slice_of(NULL, 0), path);
	return summary->module[summary->modules++];
}

uint64_t summary_hash(struct slice name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.size; i++)
		hash = (hash ^ name.data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

int64_t summary_integer(const struct span *span, enum attribute_key key, int64_t absent)
{
	struct attribute_value value;

	return span_attribute(span->record, key, &value) ? value.integer : absent;
}

struct slice summary_string(const struct span *span, enum attribute_key key)
{
	struct attribute_value value;

	return span_attribute(span->record, key, &value) ? value.string : slice_of(NULL, 0);
}

static uint64_t unsigned_of(const struct span *span, enum attribute_key key)
{
	int64_t value = summary_integer(span, key, 0);

	return value > 0 ? (uint64_t)value : 0;
}

/* ---- callers and errors ---- */

static struct summary_caller caller_of(struct summary *summary, const struct span *span)
{
	return (struct summary_caller){
		.process_id = span->record->process_id,
		.module = module_keep(summary, span->module),
		.offset = span->offset,
		.address = span->record->caller,
	};
}

/*
 * The same place of the same file in any process; without a file, the same address of one process.
 */
static bool caller_same(const struct summary_caller *caller, const struct span *span)
{
	if (caller->module.size > 0)
		return caller->offset == span->offset && slice_equal(caller->module, span->module);
	return caller->address == span->record->caller &&
	       caller->process_id == span->record->process_id;
}

static void caller_count(struct summary *summary, struct summary_query *query,
			 const struct span *span)
{
	size_t i;

	for (i = 0; i < SUMMARY_CALLERS && query->caller[i].calls > 0; i++)
		if (caller_same(&query->caller[i], span))
			break;
	if (i == SUMMARY_CALLERS) {
		query->other_callers++;
		return;
	}
	if (query->caller[i].calls == 0)
		query->caller[i] = caller_of(summary, span);
	query->caller[i].calls++;
	query->caller[i].total_ns += span->record->duration_ns;
}

/* Counts under its error.type; returns false when the list is full. */
static bool error_count(struct summary *summary, struct summary_error *list,
			const struct span *span)
{
	struct slice type = summary_string(span, ATTRIBUTE_ERROR_TYPE);
	size_t i;

	if (type.size == 0)
		type = SLICE("_OTHER");
	type = cut_at_character(type, sizeof(list->type) - 1);
	for (i = 0; i < SUMMARY_ERRORS && list[i].calls > 0; i++)
		if (slice_equal(slice_of_string(list[i].type), type))
			break;
	if (i == SUMMARY_ERRORS)
		return false;
	if (list[i].calls == 0) {
		memcpy(list[i].type, type.data, type.size);
		list[i].type[type.size] = 0;
		list[i].caller = caller_of(summary, span);
	}
	list[i].calls++;
	return true;
}

/* ---- queries ---- */

static bool span_prepares(const struct span *span)
{
	return slice_equal(summary_string(span, ATTRIBUTE_PG_COMMAND), SLICE("prepare"));
}

static uint64_t key_of(const struct span *span)
{
	uint64_t key = span->hash ? span->hash : summary_hash(span->name);

	return span_prepares(span) ? ~key : key;
}

static void query_begin(struct summary *summary, struct summary_query *query,
			const struct span *span)
{
	bool prepares = span_prepares(span) && span->text.size > 0;

	query->hash = span->hash;
	query->text = summary_text_keep(summary, prepares ? SLICE("PREPARE ") : slice_of(NULL, 0),
					span->text.size > 0 ? span->text : span->name);
	query->summary = summary_text_keep(summary, slice_of(NULL, 0),
					   span->summary.size > 0 ? span->summary : span->name);
	query->min_ns = UINT64_MAX;
}

/* The entry of @span's query, new if need be; null when there is no place. */
static struct summary_query *query_find(struct summary *summary, const struct span *span)
{
	uint64_t key = key_of(span);
	uint32_t i = (uint32_t)(key ^ key >> 32) % SLOTS;

	for (; summary->slot[i] != 0; i = (i + 1) % SLOTS)
		if (summary->key[summary->slot[i] - 1] == key)
			return &summary->query[summary->slot[i] - 1];
	if (summary->queries == SUMMARY_QUERIES)
		return NULL;
	summary->key[summary->queries] = key;
	query_begin(summary, &summary->query[summary->queries], span);
	summary->slot[i] = (uint16_t)++summary->queries;
	return &summary->query[summary->queries - 1];
}

/* Returned rows; where a command returns none, those that it changed. */
static uint64_t rows_of(const struct span *span)
{
	uint64_t rows = unsigned_of(span, ATTRIBUTE_DB_ROWS);

	if (rows == 0)
		rows = unsigned_of(span, ATTRIBUTE_DB_RESPONSE_RETURNED_ROWS);
	return rows > 0 ? rows : unsigned_of(span, ATTRIBUTE_DB_AFFECTED_ROWS);
}

/* Only calls with both measurements have a split; parts that exceed the whole are not believed. */
static void split_count(struct summary *summary, struct summary_query *query,
			const struct span *span)
{
	int64_t first_byte = summary_integer(span, ATTRIBUTE_DB_FIRST_BYTE, -1);
	int64_t fetch = summary_integer(span, ATTRIBUTE_DB_FETCH, -1);
	struct summary_totals *totals = &summary->totals;
	uint64_t whole = span->record->duration_ns;

	if (first_byte < 0 || fetch < 0 || (uint64_t)first_byte > whole ||
	    (uint64_t)fetch > whole - (uint64_t)first_byte)
		return;
	totals->split_calls++;
	totals->first_byte_ns += (uint64_t)first_byte;
	totals->fetch_ns += (uint64_t)fetch;
	totals->split_total_ns += whole;
	if (!query)
		return;
	query->split_calls++;
	query->first_byte_ns += (uint64_t)first_byte;
	query->fetch_ns += (uint64_t)fetch;
	query->split_total_ns += whole;
}

void summary_query_count(struct summary *summary, struct summary_query *query,
			const struct span *span)
{
	uint64_t duration = span->record->duration_ns;

	query->calls++;
	query->total_ns += duration;
	query->min_ns = duration < query->min_ns ? duration : query->min_ns;
	query->max_ns = duration > query->max_ns ? duration : query->max_ns;
	query->rows += rows_of(span);
	histogram_add(&query->histogram, duration);
	if (span->record->caller != 0)
		caller_count(summary, query, span);
	if (span->record->status != STATUS_ERROR)
		return;
	query->errors++;
	if (!error_count(summary, query->error, span))
		query->other_errors++;
}

static void query_add(struct summary *summary, const struct span *span)
{
	struct summary_query *query = query_find(summary, span);

	summary->totals.queries++;
	summary->totals.query_ns += span->record->duration_ns;
	if (span->record->status == STATUS_ERROR)
		summary->totals.errors++;
	if (query)
		summary_query_count(summary, query, span);
	else
		summary->totals.unlisted_queries++;
	split_count(summary, query, span);
}

/* ---- connections ---- */

size_t summary_put(char *room, size_t used, size_t size, struct slice text)
{
	text = cut_at_character(text, size - used);
	if (text.size > 0)
		memcpy(room + used, text.data, text.size);
	return used + text.size;
}

size_t summary_put_port(char *room, size_t used, size_t size, uint64_t port)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + port % 10);
	while (port /= 10);
	return summary_put(room, used, size, slice_of(digits + i, sizeof(digits) - i));
}

/* "db1:5432/shop"; a directory of sockets gives "/run/postgresql/.s.PGSQL.5432/shop". */
static struct slice server_of(const struct span *span, char *room, size_t size)
{
	struct slice address = summary_string(span, ATTRIBUTE_SERVER_ADDRESS);
	struct slice namespace = summary_string(span, ATTRIBUTE_DB_NAMESPACE);
	uint64_t port = unsigned_of(span, ATTRIBUTE_SERVER_PORT);
	bool local = address.size > 0 && (address.data[0] == '/' || address.data[0] == '@');
	bool socket = local && memmem(address.data, address.size, "/.s.PGSQL.", 10);
	size_t used;

	used = summary_put(room, 0, size, address.size > 0 ? address : SLICE("unknown server"));
	if (!socket && address.size > 0) {
		used = summary_put(room, used, size, local ? SLICE("/.s.PGSQL.") : SLICE(":"));
		used = summary_put_port(room, used, size, port ? port : 5432);
	}
	if (namespace.size > 0) {
		used = summary_put(room, used, size, SLICE("/"));
		used = summary_put(room, used, size, namespace);
	}
	return slice_of(room, used);
}

/* The entry of @span's server; the last one takes all that came after the list was full. */
static struct summary_connection *connection_find(struct summary *summary, const struct span *span)
{
	char room[256];
	struct slice server = server_of(span, room, sizeof(room));
	size_t i;

	for (i = 0; i < summary->connections; i++)
		if (slice_equal(summary->connection[i].server, server))
			return &summary->connection[i];
	if (i == SUMMARY_CONNECTIONS)
		return &summary->connection[i - 1];
	if (i == SUMMARY_CONNECTIONS - 1)
		server = SLICE("others");
	summary->connection[i].server = summary_text_keep(summary, slice_of(NULL, 0), server);
	summary->connections++;
	return &summary->connection[i];
}

static void connection_add(struct summary *summary, const struct span *span)
{
	struct summary_connection *connection = connection_find(summary, span);

	connection->count++;
	connection->total_ns += span->record->duration_ns;
	summary->totals.connections++;
	summary->totals.connect_ns += span->record->duration_ns;
	if (span->record->status != STATUS_ERROR)
		return;
	connection->errors++;
	summary->totals.connect_errors++;
	error_count(summary, connection->error, span);
}

/* ---- spans ---- */

void summary_incomplete_add(struct summary *summary, const struct span *span, struct slice text)
{
	struct summary_incomplete *call;

	summary->totals.incomplete++;
	if (summary->incomplete == SUMMARY_INCOMPLETE)
		return;
	call = &summary->incomplete_call[summary->incomplete++];
	call->text = summary_text_keep(summary, slice_of(NULL, 0),
			       cut_at_character(text, SUMMARY_INCOMPLETE_TEXT));
	call->pid = span->record->pid;
	call->duration_ns = span->record->duration_ns;
	call->caller = caller_of(summary, span);
}

static bool span_connects(const struct span *span)
{
	struct slice command = summary_string(span, ATTRIBUTE_PG_COMMAND);

	return slice_equal(command, SLICE("connect")) || slice_equal(command, SLICE("reset"));
}

static void database_add(struct summary *summary, const struct span *span)
{
	const struct span_record *record = span->record;

	summary->totals.database_ns += record->duration_ns;
	coverage_add(&summary->coverage, record->start_ns, record->start_ns + record->duration_ns);
	summary->totals.covered_ns = summary->coverage.covered_ns;
	if (summary_integer(span, ATTRIBUTE_INCOMPLETE, 0)) {
		summary->totals.incomplete_ns += record->duration_ns;
		summary_incomplete_add(summary, span, span->text.size ? span->text : span->name);
	} else if (span_connects(span)) {
		connection_add(summary, span);
	} else {
		query_add(summary, span);
	}
}

void summary_add(struct summary *summary, const struct span *span)
{
	if (span->record->scope == SCOPE_LIBPQ)
		database_add(summary, span);
	else if (summary_is_request(span))
		summary_request_add(summary, span);
	else if (span->record->scope != SCOPE_RUN)
		summary->totals.other++;
}

const struct summary_totals *summary_totals(const struct summary *summary)
{
	return &summary->totals;
}

/* ---- reading ---- */

uint64_t summary_quantile_ns(const struct summary_query *query, double quantile)
{
	uint64_t value;

	if (query->calls == 0)
		return 0;
	if (quantile <= 0)
		return query->min_ns;
	if (quantile >= 1)
		return query->max_ns;
	value = histogram_quantile(&query->histogram, (uint32_t)(quantile * 1000 + 0.5));
	if (value < query->min_ns)
		return query->min_ns;
	return value > query->max_ns ? query->max_ns : value;
}

static uint64_t order_key(const struct summary_query *query, enum summary_order order)
{
	switch (order) {
	case SUMMARY_BY_CALLS:
		return query->calls;
	case SUMMARY_BY_MEAN:
		return query->total_ns / query->calls;
	case SUMMARY_BY_P95:
		return summary_quantile_ns(query, 0.95);
	case SUMMARY_BY_MAX:
		return query->max_ns;
	case SUMMARY_BY_ROWS:
		return query->rows;
	case SUMMARY_BY_ERRORS:
		return query->errors;
	case SUMMARY_BY_TOTAL:
	default:
		return query->total_ns;
	}
}

bool summary_query_before(const struct summary_query *a, const struct summary_query *b,
			 enum summary_order order)
{
	uint64_t key_a = order_key(a, order), key_b = order_key(b, order);

	if (key_a != key_b)
		return key_a > key_b;
	if (a->total_ns != b->total_ns)
		return a->total_ns > b->total_ns;
	return a < b;
}

/* Where @query belongs among @held sorted ones. */
static size_t query_place(const struct summary_query *query, const struct summary_query **sorted,
			  size_t held, enum summary_order order)
{
	size_t low = 0, high = held;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (summary_query_before(query, sorted[middle], order))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

size_t summary_queries(const struct summary *summary, enum summary_order order,
		       const struct summary_query **ret, size_t count)
{
	size_t held = 0;

	for (size_t i = 0; i < summary->queries && count > 0; i++) {
		const struct summary_query *query = &summary->query[i];
		size_t place = query_place(query, ret, held, order);

		if (place == count)
			continue;
		if (held < count)
			held++;
		memmove(&ret[place + 1], &ret[place], (held - place - 1) * sizeof(ret[0]));
		ret[place] = query;
	}
	return held;
}

size_t summary_connections(const struct summary *summary, const struct summary_connection **ret,
			   size_t count)
{
	size_t held = summary->connections < count ? summary->connections : count;

	for (size_t i = 0; i < held; i++)
		ret[i] = &summary->connection[i];
	return held;
}

size_t summary_incomplete(const struct summary *summary, const struct summary_incomplete **ret,
			  size_t count)
{
	size_t held = summary->incomplete < count ? summary->incomplete : count;

	for (size_t i = 0; i < held; i++)
		ret[i] = &summary->incomplete_call[i];
	return held;
}
