/* SPDX-License-Identifier: Apache-2.0 */
/* The summary as JSON, by jansson. */
#include "cli/report_json.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/caller.h"
#include "exporter/utf8.h"
#include "exporter/version.h"
#include "trace/context.h"

#define SCHEMA 1

static json_t *milliseconds(uint64_t duration_ns)
{
	return json_real((double)duration_ns / 1e6);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* Bytes that are no UTF-8 become U+FFFD: texts are the program's, and not all of them are text. */
static json_t *text(struct slice bytes)
{
	uint8_t *repaired;
	json_t *string;

	if (utf8_valid(bytes))
		return json_stringn(bytes.size ? (const char *)bytes.data : "", bytes.size);
	repaired = malloc(3 * bytes.size);
	if (!repaired)
		return NULL;
	string = json_stringn((const char *)repaired,
			      utf8_repair(bytes, repaired, 3 * bytes.size));
	free(repaired);
	return string;
}

static json_t *text_or_null(struct slice bytes)
{
	return bytes.size > 0 ? text(bytes) : json_null();
}

static json_t *hex(const uint8_t *bytes, size_t size)
{
	char digits[2 * 16];

	if (!bytes)
		return json_null();
	hex_format(bytes, size, digits);
	return json_stringn(digits, 2 * size);
}

static json_t *hash_of(uint64_t hash)
{
	uint8_t bytes[8];

	if (hash == 0)
		return json_null();
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(hash >> (56 - 8 * i));
	return hex(bytes, sizeof(bytes));
}

static json_t *errors_of(const struct summary_error *error, uint64_t others)
{
	json_t *object = json_object();

	for (size_t i = 0; i < SUMMARY_ERRORS && error[i].calls > 0; i++)
		json_object_set_new_nocheck(object, error[i].type, number(error[i].calls));
	if (others > 0)
		json_object_set_new(object, "others", number(others));
	return object;
}

static json_t *callers_of(const struct summary_query *query, struct caller_names *names)
{
	json_t *array = json_array();

	for (size_t i = 0; i < SUMMARY_CALLERS && query->caller[i].calls > 0; i++) {
		const struct summary_caller *caller = &query->caller[i];
		json_t *object = json_object();

		json_object_set_new(object, "function",
				    text_or_null(caller_function(names, caller)));
		json_object_set_new(object, "module", text_or_null(caller->module));
		json_object_set_new(object, "offset", number(caller->offset));
		json_object_set_new(object, "calls", number(caller->calls));
		json_array_append_new(array, object);
	}
	return array;
}

static void put_times(json_t *object, const struct summary_query *query)
{
	static const struct {
		const char *name;
		double quantile;
	} quantile[] = { { "p50_ms", 0.5 }, { "p95_ms", 0.95 }, { "p99_ms", 0.99 } };

	json_object_set_new(object, "total_ms", milliseconds(query->total_ns));
	json_object_set_new(object, "mean_ms",
			    json_real((double)query->total_ns / (double)query->calls / 1e6));
	for (size_t i = 0; i < sizeof(quantile) / sizeof(quantile[0]); i++)
		json_object_set_new(object, quantile[i].name,
				    milliseconds(summary_quantile_ns(query, quantile[i].quantile)));
	json_object_set_new(object, "max_ms", milliseconds(query->max_ns));
}

/* The split over the calls for which it was measured: null when there was none. */
static void put_split(json_t *object, const struct summary_query *query)
{
	bool measured = query->split_calls > 0;
	uint64_t client_ns = query->split_total_ns - query->first_byte_ns - query->fetch_ns;

	json_object_set_new(object, "first_byte_ms",
			    measured ? milliseconds(query->first_byte_ns) : json_null());
	json_object_set_new(object, "fetch_ms",
			    measured ? milliseconds(query->fetch_ns) : json_null());
	json_object_set_new(object, "client_ms", measured ? milliseconds(client_ns) : json_null());
	json_object_set_new(object, "split_calls", number(query->split_calls));
}

static json_t *query_of(const struct summary_query *query, struct caller_names *names)
{
	json_t *object = json_object();

	json_object_set_new(object, "hash", hash_of(query->hash));
	json_object_set_new(object, "text", text(query->text));
	json_object_set_new(object, "summary", text(query->summary));
	json_object_set_new(object, "calls", number(query->calls));
	put_times(object, query);
	put_split(object, query);
	json_object_set_new(object, "rows", number(query->rows));
	json_object_set_new(object, "errors", errors_of(query->error, query->other_errors));
	json_object_set_new(object, "callers", callers_of(query, names));
	return object;
}

static json_t *queries_of(const struct summary *summary)
{
	const struct summary_query *query[SUMMARY_QUERIES];
	size_t count = summary_queries(summary, SUMMARY_BY_TOTAL, query, SUMMARY_QUERIES);
	struct caller_names names = { 0 };
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, query_of(query[i], &names));
	caller_names_end(&names);
	return array;
}

static json_t *connections_of(const struct summary *summary)
{
	const struct summary_connection *connection[SUMMARY_CONNECTIONS];
	size_t count = summary_connections(summary, connection, SUMMARY_CONNECTIONS);
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "server", text(connection[i]->server));
		json_object_set_new(object, "count", number(connection[i]->count));
		json_object_set_new(object, "errors", number(connection[i]->errors));
		json_object_set_new(object, "connect_ms", milliseconds(connection[i]->total_ns));
		json_array_append_new(array, object);
	}
	return array;
}

/* Over the calls whose parts were measured: null when there was none. */
static void put_phases(json_t *object, const struct summary_split *split)
{
	static const char *const name[SUMMARY_PHASES] = {
		[SUMMARY_QUEUE] = "queue_ms",
		[SUMMARY_NAME_LOOKUP] = "name_lookup_ms",
		[SUMMARY_CONNECT] = "connect_ms",
		[SUMMARY_TLS] = "tls_ms",
		[SUMMARY_FIRST_BYTE] = "first_byte_ms",
		[SUMMARY_TRANSFER] = "transfer_ms",
		[SUMMARY_REDIRECT] = "redirect_ms",
	};

	for (size_t i = 0; i < SUMMARY_PHASES; i++)
		json_object_set_new(object, name[i],
				    split->calls ? milliseconds(split->phase_ns[i]) : json_null());
	json_object_set_new(object, "split_calls", number(split->calls));
	json_object_set_new(object, "split_total_ms",
			    split->calls ? milliseconds(split->total_ns) : json_null());
}

static json_t *requests_of(const struct summary *summary)
{
	const struct summary_request *request[SUMMARY_REQUESTS];
	size_t count = summary_requests(summary, SUMMARY_BY_TOTAL, request, SUMMARY_REQUESTS);
	struct caller_names names = { 0 };
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct summary_query *query = &request[i]->query;
		json_t *object = json_object();

		json_object_set_new(object, "name", text(request[i]->name));
		json_object_set_new(object, "server", text_or_null(request[i]->server));
		json_object_set_new(object, "calls", number(query->calls));
		put_times(object, query);
		put_phases(object, &request[i]->split);
		json_object_set_new(object, "errors", errors_of(query->error, query->other_errors));
		json_object_set_new(object, "callers", callers_of(query, &names));
		json_array_append_new(array, object);
	}
	caller_names_end(&names);
	return array;
}

static json_t *incomplete_of(const struct summary *summary)
{
	const struct summary_incomplete *call[SUMMARY_INCOMPLETE];
	size_t count = summary_incomplete(summary, call, SUMMARY_INCOMPLETE);
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "text", text(call[i]->text));
		json_object_set_new(object, "pid", number(call[i]->pid));
		json_object_set_new(object, "ms", milliseconds(call[i]->duration_ns));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *running_of(const struct report_run *run)
{
	json_t *array = json_array();

	for (size_t i = 0; i < run->running_count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "pid", number(run->running[i].pid));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *spans_of(const struct report_json *report)
{
	json_t *object = json_object();

	json_object_set_new(object, "recorded", number(report->counts.spans));
	json_object_set_new(object, "area_full", number(report->run->area_full));
	json_object_set_new(object, "queue_full", number(report->run->queue_full));
	json_object_set_new(object, "exported", number(report->counts.delivered));
	json_object_set_new(object, "failed", number(report->counts.failed));
	json_object_set_new(object, "kept", number(report->counts.kept));
	return object;
}

static json_t *command_of(char *const *command)
{
	json_t *array = json_array();

	for (; *command; command++)
		json_array_append_new(array, text(slice_of_string(*command)));
	return array;
}

static json_t *object_of(const struct report_json *report)
{
	const struct summary_totals *totals = summary_totals(report->summary);
	json_t *object = json_object();

	json_object_set_new(object, "otelshim", json_string(PACKAGE_VERSION));
	json_object_set_new(object, "schema", json_integer(SCHEMA));
	json_object_set_new(object, "command", command_of(report->command));
	json_object_set_new(object, "exit_code", json_integer(report->exit_code));
	json_object_set_new(object, "signal",
			    report->signal ? json_string(report->signal) : json_null());
	json_object_set_new(object, "wall_ms", milliseconds(report->run->wall_ns));
	json_object_set_new(object, "wall_at_most", json_boolean(report->run->wall_at_most));
	json_object_set_new(object, "db_ms", milliseconds(totals->database_ns));
	json_object_set_new(object, "http_ms", milliseconds(totals->http_ns));
	json_object_set_new(object, "trace_id", hex(report->trace_id, 16));
	json_object_set_new(object, "connections", connections_of(report->summary));
	json_object_set_new(object, "queries", queries_of(report->summary));
	json_object_set_new(object, "requests", requests_of(report->summary));
	json_object_set_new(object, "incomplete", incomplete_of(report->summary));
	json_object_set_new(object, "still_running", running_of(report->run));
	json_object_set_new(object, "spans", spans_of(report));
	return object;
}

char *report_json_text(const struct report_json *report)
{
	json_t *object = object_of(report);
	char *dumped = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));

	json_decref(object);
	return dumped;
}

static int write_all(int descriptor, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t taken = write(descriptor, bytes, size);

		if (taken < 0 && errno != EINTR)
			return -errno;
		if (taken > 0) {
			bytes += taken;
			size -= (size_t)taken;
		}
	}
	return 0;
}

int report_json_write(const struct report_json *report, const char *path)
{
	char *dumped = report_json_text(report);
	int descriptor = STDERR_FILENO, error;

	if (!dumped)
		return -ENOMEM;
	if (path)
		descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	error = descriptor < 0 ? -errno : write_all(descriptor, dumped, strlen(dumped));
	if (error == 0)
		error = write_all(descriptor, "\n", 1);
	if (path && descriptor >= 0 && close(descriptor) != 0 && error == 0)
		error = -errno;
	free(dumped);
	return error;
}
