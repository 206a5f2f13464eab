/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON as those who read it see it. */
#include "tests/support/test.h"

#include <jansson.h>

#include "cli/report_json.h"
#include "tests/support/call.h"
#include "tests/support/request.h"

#define MS UINT64_C(1000000)

static json_t *loaded(const struct report_json *report)
{
	char *text = report_json_text(report);
	json_t *object;

	assert_non_null(text);
	object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	free(text);
	return object;
}

/* The member at @path: names and indexes with dots between. */
static json_t *at(json_t *object, const char *path)
{
	char name[32];

	while (object && *path) {
		size_t size = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)size, path);
		object = json_is_array(object) ? json_array_get(object, strtoul(name, NULL, 10)) :
						 json_object_get(object, name);
		path += size + (path[size] == '.');
	}
	if (!object)
		fail_msg("nothing at %s", path);
	return object;
}

static void check_query(json_t *object)
{
	assert_string_equal(json_string_value(at(object, "queries.0.hash")), "0000000000000abc");
	assert_string_equal(json_string_value(at(object, "queries.0.text")),
			    "INSERT \"\xef\xbf\xbd\"\n");
	assert_int_equal(json_integer_value(at(object, "queries.0.calls")), 2);
	assert_true(json_real_value(at(object, "queries.0.total_ms")) == 4);
	assert_true(json_real_value(at(object, "queries.0.mean_ms")) == 2);
	assert_true(json_real_value(at(object, "queries.0.p50_ms")) == 2);
	assert_true(json_real_value(at(object, "queries.0.p95_ms")) == 2);
	assert_true(json_real_value(at(object, "queries.0.p99_ms")) == 2);
	assert_true(json_real_value(at(object, "queries.0.max_ms")) == 2);
	assert_true(json_real_value(at(object, "queries.0.first_byte_ms")) == 2);
	assert_true(json_real_value(at(object, "queries.0.fetch_ms")) == 0);
	assert_true(json_real_value(at(object, "queries.0.client_ms")) == 2);
	assert_int_equal(json_integer_value(at(object, "queries.0.split_calls")), 2);
	assert_int_equal(json_integer_value(at(object, "queries.0.rows")), 6);
	assert_int_equal(json_integer_value(at(object, "queries.0.errors.23505")), 1);
	assert_true(json_is_null(at(object, "queries.0.callers.0.function")));
	assert_string_equal(json_string_value(at(object, "queries.0.callers.0.module")), "/none");
	assert_int_equal(json_integer_value(at(object, "queries.0.callers.0.offset")), 9);
	assert_int_equal(json_integer_value(at(object, "queries.0.callers.0.calls")), 2);
}

static void check_rest(json_t *object)
{
	assert_string_equal(json_string_value(at(object, "incomplete.0.text")), "SELECT 1");
	assert_int_equal(json_integer_value(at(object, "incomplete.0.pid")), 8);
	assert_true(json_real_value(at(object, "incomplete.0.ms")) == 60);
	assert_int_equal(json_integer_value(at(object, "still_running.0.pid")), 12);
	assert_int_equal(json_integer_value(at(object, "spans.recorded")), 5);
	assert_int_equal(json_integer_value(at(object, "spans.area_full")), 3);
	assert_int_equal(json_integer_value(at(object, "spans.queue_full")), 4);
	assert_int_equal(json_integer_value(at(object, "spans.exported")), 1);
	assert_int_equal(json_integer_value(at(object, "spans.failed")), 2);
}

static void every_name_of_the_schema_is_there(void **state)
{
	static char program[] = "./shopd", argument[] = "caf\xe9";
	char *command[] = { program, argument, NULL };
	const struct report_process survivor = { .pid = 12, .command = SLICE("w") };
	const struct report_run run = { .wall_ns = 1500 * UINT64_C(1000),
					.area_full = 3,
					.queue_full = 4,
					.running = &survivor,
					.running_count = 1 };
	const uint8_t trace_id[16] = { 0xab, 1 };
	struct summary *summary = summary_begin();
	struct report_json report = { .summary = summary,
				      .run = &run,
				      .command = command,
				      .exit_code = 7,
				      .trace_id = trace_id,
				      .counts = { .spans = 5, .delivered = 1, .failed = 2 } };
	json_t *object;

	(void)state;
	call_add(summary, &(struct call){ .name = "c",
					  .command = "connect",
					  .server = "db1",
					  .database = "shop",
					  .duration_ns = 3700 * UINT64_C(1000) });
	for (int i = 0; i < 2; i++)
		call_add(summary, &(struct call){ .text = "INSERT \"\xff\"\n",
						  .hash = 0xabc,
						  .duration_ns = 2 * MS,
						  .split = true,
						  .first_byte_ns = MS,
						  .fetch_ns = 0,
						  .affected = 3,
						  .error = i ? "23505" : NULL,
						  .module = "/none",
						  .offset = 9 });
	call_add(summary, &(struct call){ .text = "SELECT 1", .incomplete = true, .pid = 8,
					  .duration_ns = 60 * MS });
	object = loaded(&report);
	assert_int_equal(json_integer_value(at(object, "schema")), 1);
	assert_true(json_is_string(at(object, "otelshim")));
	assert_string_equal(json_string_value(at(object, "command.1")), "caf\xef\xbf\xbd");
	assert_int_equal(json_integer_value(at(object, "exit_code")), 7);
	assert_true(json_is_null(at(object, "signal")));
	assert_true(json_real_value(at(object, "wall_ms")) == 1.5);
	assert_true(json_real_value(at(object, "db_ms")) == 67.7);
	assert_string_equal(json_string_value(at(object, "trace_id")),
			    "ab010000000000000000000000000000");
	assert_string_equal(json_string_value(at(object, "connections.0.server")),
			    "db1:5432/shop");
	assert_true(json_real_value(at(object, "connections.0.connect_ms")) == 3.7);
	assert_int_equal(json_integer_value(at(object, "connections.0.errors")), 0);
	check_query(object);
	check_rest(object);
	json_decref(object);
	summary_end(summary);
}

static void requests_are_listed_with_their_phases(void **state)
{
	static char program[] = "./shopd";
	char *command[] = { program, NULL };
	const struct report_run run = { 0 };
	struct summary *summary = summary_begin();
	struct report_json report = { .summary = summary, .run = &run, .command = command };
	json_t *object;

	(void)state;
	request_add(summary, &(struct request){ .name = "GET", .method = "GET", .server = "a",
						.port = 80, .duration_ns = 6 * MS, .error = "404",
						.phase_ns = { 0, 1000000, 0, 0, 2000000, 0, 0 } });
	request_add(summary, &(struct request){ .name = "ftp", .duration_ns = MS });
	object = loaded(&report);
	assert_true(json_real_value(at(object, "http_ms")) == 7);
	assert_true(json_real_value(at(object, "db_ms")) == 0);
	assert_string_equal(json_string_value(at(object, "requests.0.name")), "GET");
	assert_string_equal(json_string_value(at(object, "requests.0.server")), "a:80");
	assert_int_equal(json_integer_value(at(object, "requests.0.calls")), 1);
	assert_true(json_real_value(at(object, "requests.0.p99_ms")) == 6);
	assert_true(json_real_value(at(object, "requests.0.queue_ms")) == 0);
	assert_true(json_real_value(at(object, "requests.0.name_lookup_ms")) == 1);
	assert_true(json_real_value(at(object, "requests.0.first_byte_ms")) == 2);
	assert_true(json_real_value(at(object, "requests.0.split_total_ms")) == 6);
	assert_int_equal(json_integer_value(at(object, "requests.0.split_calls")), 1);
	assert_int_equal(json_integer_value(at(object, "requests.0.errors.404")), 1);
	assert_true(json_is_null(at(object, "requests.1.server")));
	assert_true(json_is_null(at(object, "requests.1.tls_ms")));
	assert_int_equal(json_array_size(at(object, "requests.1.callers")), 0);
	assert_int_equal(json_array_size(at(object, "queries")), 0);
	json_decref(object);
	summary_end(summary);
}

static void what_is_unknown_is_null(void **state)
{
	static char program[] = "x";
	char *command[] = { program, NULL };
	const struct report_run run = { .wall_ns = 1 };
	struct summary *summary = summary_begin();
	struct report_json report = { .summary = summary, .run = &run, .command = command,
				      .exit_code = 139, .signal = "SIGSEGV" };
	json_t *object;

	(void)state;
	call_add(summary, &(struct call){ .name = "EXECUTE x", .duration_ns = MS });
	object = loaded(&report);
	assert_true(json_is_null(at(object, "trace_id")));
	assert_string_equal(json_string_value(at(object, "signal")), "SIGSEGV");
	assert_true(json_is_null(at(object, "queries.0.hash")));
	assert_true(json_is_null(at(object, "queries.0.first_byte_ms")));
	assert_int_equal(json_array_size(at(object, "connections")), 0);
	json_decref(object);
	summary_end(summary);
}

static void an_unwritable_file_is_an_error(void **state)
{
	static char program[] = "x";
	char *command[] = { program, NULL };
	const struct report_run run = { .wall_ns = 1 };
	struct summary *summary = summary_begin();
	struct report_json report = { .summary = summary, .run = &run, .command = command };

	(void)state;
	assert_true(report_json_write(&report, "/nonexistent/file") < 0);
	assert_true(report_json_write(&report, "/dev/full") < 0);
	assert_int_equal(report_json_write(&report, "/dev/null"), 0);
	summary_end(summary);
}

TESTS(cmocka_unit_test(every_name_of_the_schema_is_there),
      cmocka_unit_test(requests_are_listed_with_their_phases),
      cmocka_unit_test(what_is_unknown_is_null), cmocka_unit_test(an_unwritable_file_is_an_error))
