/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of runs that made requests over HTTP, as the user sees them. */
#include "tests/support/test.h"

#include "exporter/report.h"
#include "tests/support/call.h"
#include "tests/support/request.h"

#define MS UINT64_C(1000000)
#define PHASE_MS INT64_C(1000000)
#define INDENT "                                                     "

struct output {
	size_t used;
	unsigned widest;
	char text[16384];
};

static void take(void *context, struct slice line)
{
	struct output *output = context;

	assert_true(output->used + line.size < sizeof(output->text));
	memcpy(output->text + output->used, line.data, line.size);
	output->used += line.size;
	output->text[output->used] = 0;
	if (line.size - 1 > output->widest)
		output->widest = (unsigned)line.size - 1;
}

static struct slice name_of(void *context, const struct summary_caller *caller)
{
	(void)context;
	return caller->offset == 0x11d0 ? SLICE("fetch_prices") : slice_of(NULL, 0);
}

static const char *written(struct summary *summary, unsigned width, bool full,
			   struct output *output)
{
	const struct report_run run = { .command = SLICE("shopd"), .ended = SLICE("exit 0"),
					.wall_ns = 2000 * MS };
	const struct report_style style = { .width = width, .top = REPORT_TOP, .full = full,
					    .slow_ns = 100 * MS, .function = name_of };

	output->used = output->widest = 0;
	report_write(summary, &run, &style, take, output);
	return output->text;
}

/* One server that is slow to answer, one that is slow to reach and fails. */
static struct summary *shop(void)
{
	struct summary *summary = summary_begin();
	struct request get = { .name = "GET", .method = "GET", .server = "api.example.com",
			       .port = 443, .duration_ns = 100 * MS, .module = "/usr/bin/shopd",
			       .offset = 0x11d0,
			       .phase_ns = { 0, PHASE_MS, 2 * PHASE_MS, 7 * PHASE_MS,
					     80 * PHASE_MS, 5 * PHASE_MS, 0 } };
	const struct request post = { .name = "POST", .method = "POST", .server = "10.0.0.7",
				      .port = 8080, .start_ns = 1200 * MS, .duration_ns = 200 * MS,
				      .error = "503",
				      .phase_ns = { 0, 0, 190 * PHASE_MS, 0, 10 * PHASE_MS } };

	assert_non_null(summary);
	for (uint64_t i = 0; i < 10; i++) {
		get.start_ns = i * 100 * MS;
		request_add(summary, &get);
	}
	request_add(summary, &post);
	return summary;
}

static void a_run_with_slow_requests_has_a_table_of_them(void **state)
{
	static struct output output;
	struct summary *summary = shop();

	(void)state;
	assert_string_equal(
		written(summary, 200, false, &output),
		"otelshim  shopd  2.00 s  exit 0     11 requests  1 error\n"
		"Waited on HTTP 1.20 s, 60% of the run: connect 210 ms, TLS 70.0 ms, "
		"first byte 810 ms,\n"
		"  transfer 50.0 ms, rest 50.0 ms\n"
		"\n"
		"  TOTAL  RUN  CALLS     P50     P99     MAX  ERRORS  REQUEST / CALLER\n"
		" 1.00 s  50%     10   100ms   100ms   100ms       0  GET api.example.com:443\n"
		INDENT "name look-up 10.0 ms, connect 20.0 ms,\n"
		INDENT "TLS 70.0 ms, first byte 800 ms,\n"
		INDENT "transfer 50.0 ms, rest 50.0 ms\n"
		INDENT "fetch_prices  shopd\n"
		" 200 ms  10%      1   200ms   200ms   200ms       1  POST 10.0.0.7:8080\n"
		INDENT "connect 190 ms, first byte 10.0 ms\n"
		INDENT "1 x 503\n"
		"\n"
		"! Error  1 x 503  POST 10.0.0.7:8080\n");
	assert_true(output.widest <= REPORT_WIDTH);
	summary_end(summary);
}

static void at_80_columns_the_table_is_narrow(void **state)
{
	static struct output output;
	struct summary *summary = shop();
	const char *rows = "  TOTAL  CALLS     P50     MAX  ERRORS  REQUEST / CALLER\n"
			   " 1.00 s     10   100ms   100ms       0  GET api.example.com:443\n";

	(void)state;
	assert_non_null(strstr(written(summary, 80, false, &output), rows));
	assert_true(output.widest <= 80);
	summary_end(summary);
}

static void a_run_with_nothing_slow_has_two_lines(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();

	(void)state;
	request_add(summary, &(struct request){ .name = "GET", .method = "GET", .server = "::1",
						.port = 80, .duration_ns = 21 * MS });
	assert_string_equal(
		written(summary, 98, false, &output),
		"otelshim  shopd  2.00 s  exit 0     1 request  0 errors\n"
		"Waited on HTTP 21.0 ms, 1% of the run. Slowest: 21.0 ms  GET [::1]:80\n");
	summary_end(summary);
}

static void both_kinds_of_waiting_stand_beside_each_other(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();

	(void)state;
	request_add(summary, &(struct request){ .name = "GET", .method = "GET", .server = "a",
						.port = 80, .duration_ns = 21 * MS });
	call_add(summary, &(struct call){ .text = "SELECT ?", .hash = 1, .duration_ns = 40 * MS });
	assert_string_equal(
		written(summary, 98, false, &output),
		"otelshim  shopd  2.00 s  exit 0     1 query  1 request  0 errors\n"
		"Waited on the database 40.0 ms, 2% of the run. Slowest: 40.0 ms  SELECT ?\n"
		"Waited on HTTP 21.0 ms, 1% of the run. Slowest: 21.0 ms  GET a:80\n");
	assert_string_equal(
		written(summary, 98, true, &output),
		"otelshim  shopd  2.00 s  exit 0     1 query  1 request  0 errors\n"
		"Waited on the database 40.0 ms, 2% of the run\n"
		"Waited on HTTP 21.0 ms, 1% of the run\n"
		"\n"
		"  TOTAL  RUN  CALLS    MEAN     P95     MAX    ROWS  QUERY / CALLER\n"
		"40.0 ms   2%      1  40.0ms  40.0ms  40.0ms       0  SELECT ?\n"
		"\n"
		"  TOTAL  RUN  CALLS     P50     P99     MAX  ERRORS  REQUEST / CALLER\n"
		"21.0 ms   1%      1  21.0ms  21.0ms  21.0ms       0  GET a:80\n");
	summary_end(summary);
}

static void what_is_not_http_is_not_called_so(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();

	(void)state;
	request_add(summary, &(struct request){ .name = "ftp", .server = "a", .port = 21,
						.duration_ns = 21 * MS });
	assert_non_null(strstr(written(summary, 98, false, &output),
			       "Waited on transfers 21.0 ms, 1% of the run. "
			       "Slowest: 21.0 ms  ftp a:21\n"));
	summary_end(summary);
}

static void requests_side_by_side_are_told_apart_from_waiting(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();

	(void)state;
	for (int i = 0; i < 10; i++)
		request_add(summary, &(struct request){ .name = "GET", .method = "GET",
							.duration_ns = 500 * MS });
	assert_non_null(strstr(written(summary, 98, false, &output),
			       "Waited on HTTP 5.00 s in parallel calls, 500 ms (25%) of the "
			       "run\n"));
	summary_end(summary);
}

static void what_was_not_measured_or_not_finished_is_said(void **state)
{
	static struct output output;
	struct summary *summary = shop();
	const char *text;

	(void)state;
	request_add(summary, &(struct request){ .name = "GET", .method = "GET", .server = "b",
						.start_ns = 1500 * MS, .duration_ns = MS });
	request_add(summary, &(struct request){ .name = "GET", .method = "GET", .incomplete = true,
						.url = "http://b/hang", .start_ns = 1600 * MS,
						.duration_ns = 300 * MS });
	text = written(summary, 98, false, &output);
	assert_non_null(strstr(text, "run: unfinished calls 300 ms, connect 210 ms,"));
	assert_non_null(strstr(text, "(measured for 11 of 12)\n"));
	assert_non_null(strstr(text, "! Running when killed  300 ms  pid 0  GET http://b/hang\n"));
	assert_null(strstr(text, "database"));
	assert_true(output.widest <= REPORT_WIDTH);
	summary_end(summary);
}

static void the_rest_of_a_long_list_is_counted(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();
	const char *text, *line;
	unsigned lines = 0;

	(void)state;
	for (int i = 0; i < 27; i++)
		request_add(summary, &(struct request){ .name = "GET", .method = "GET",
							.server = "h", .port = 1 + i,
							.error = "404", .duration_ns = 10 * MS });
	text = written(summary, 98, false, &output);
	assert_non_null(strstr(text, "and 17 calls of other requests\n"));
	for (line = strstr(text, "! Error"); line; line = strstr(line + 1, "! Error"))
		lines++;
	assert_int_equal(lines, REPORT_ERRORS);
	summary_end(summary);
}

TESTS(cmocka_unit_test(a_run_with_slow_requests_has_a_table_of_them),
      cmocka_unit_test(at_80_columns_the_table_is_narrow),
      cmocka_unit_test(a_run_with_nothing_slow_has_two_lines),
      cmocka_unit_test(both_kinds_of_waiting_stand_beside_each_other),
      cmocka_unit_test(what_is_not_http_is_not_called_so),
      cmocka_unit_test(requests_side_by_side_are_told_apart_from_waiting),
      cmocka_unit_test(what_was_not_measured_or_not_finished_is_said),
      cmocka_unit_test(the_rest_of_a_long_list_is_counted))
