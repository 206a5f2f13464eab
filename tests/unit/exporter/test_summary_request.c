/* SPDX-License-Identifier: Apache-2.0 */
/* Counting requests: by method and server, with their phases, apart from the database. */
#include "tests/support/test.h"

#include "tests/support/call.h"
#include "tests/support/request.h"

#define MS UINT64_C(1000000)
#define PHASE_MS INT64_C(1000000)

static struct summary *kept_begin(void)
{
	struct summary *summary = summary_begin();

	assert_non_null(summary);
	return summary;
}

static const struct summary_request *only_request(const struct summary *summary)
{
	const struct summary_request *request[2];

	assert_int_equal(summary_requests(summary, SUMMARY_BY_TOTAL, request, 2), 1);
	return request[0];
}

static void calls_of_one_method_and_server_are_one_request(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_request *request;
	const struct summary_query *query;

	(void)state;
	for (uint64_t i = 1; i <= 4; i++)
		request_add(summary, &(struct request){ .name = "GET", .method = "GET",
							.server = "example.com", .port = 443,
							.url = i & 1 ? "https://example.com/a" :
								       "https://example.com/b",
							.start_ns = i * 100 * MS,
							.duration_ns = i * MS });
	request = only_request(summary);
	assert_slice_equal(request->query.text, SLICE("GET example.com:443"));
	assert_slice_equal(request->name, SLICE("GET"));
	assert_slice_equal(request->server, SLICE("example.com:443"));
	assert_int_equal(request->query.calls, 4);
	assert_int_equal(request->query.total_ns, 10 * MS);
	assert_int_equal(request->query.min_ns, MS);
	assert_int_equal(request->query.max_ns, 4 * MS);
	assert_int_equal(summary_totals(summary)->requests, 4);
	assert_int_equal(summary_totals(summary)->http_ns, 10 * MS);
	assert_int_equal(summary_totals(summary)->http_covered_ns, 10 * MS);
	/* Nothing of it is the database's. */
	assert_int_equal(summary_totals(summary)->queries, 0);
	assert_int_equal(summary_totals(summary)->database_ns, 0);
	assert_int_equal(summary_totals(summary)->covered_ns, 0);
	assert_int_equal(summary_totals(summary)->other, 0);
	assert_int_equal(summary_queries(summary, SUMMARY_BY_TOTAL, &query, 1), 0);
	summary_end(summary);
}

static void method_address_and_port_keep_requests_apart(void **state)
{
	static const struct {
		struct request request;
		const char *text, *server;
	} cases[] = {
		{ { .name = "GET", .server = "a", .port = 80 }, "GET a:80", "a:80" },
		{ { .name = "POST", .server = "a", .port = 80 }, "POST a:80", "a:80" },
		{ { .name = "GET", .server = "b", .port = 80 }, "GET b:80", "b:80" },
		{ { .name = "GET", .server = "a", .port = 81 }, "GET a:81", "a:81" },
		{ { .name = "GET", .server = "a" }, "GET a", "a" },
		{ { .name = "GET", .server = "::1", .port = 80 }, "GET [::1]:80", "[::1]:80" },
		{ { .name = "GET" }, "GET", "" },
	};
	const struct summary_request *request[16];
	const size_t count = sizeof(cases) / sizeof(cases[0]);
	struct summary *summary = kept_begin();

	(void)state;
	for (size_t i = 0; i < count; i++)
		request_add(summary, &cases[i].request);
	assert_int_equal(summary_requests(summary, SUMMARY_BY_TOTAL, request, 16), count);
	for (size_t i = 0; i < count; i++) {
		assert_slice_equal(request[i]->query.text, slice_of_string(cases[i].text));
		assert_slice_equal(request[i]->server, slice_of_string(cases[i].server));
	}
	summary_end(summary);
}

static void only_clients_of_http_are_requests(void **state)
{
	struct summary *summary = kept_begin();

	(void)state;
	request_add(summary, &(struct request){ .name = "DNS", .kind = SPAN_INTERNAL });
	request_add(summary, &(struct request){ .name = "GET", .scope = SCOPE_HTTP,
						.kind = SPAN_SERVER });
	request_add(summary, &(struct request){ .name = "shopd", .scope = SCOPE_RUN });
	assert_int_equal(summary_totals(summary)->requests, 0);
	assert_int_equal(summary_totals(summary)->other, 2);
	request_add(summary, &(struct request){ .name = "GET", .scope = SCOPE_HTTP });
	assert_int_equal(summary_totals(summary)->requests, 1);
	summary_end(summary);
}

static void errors_are_counted_by_their_kind(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_query *query;

	(void)state;
	for (int i = 0; i < 3; i++)
		request_add(summary, &(struct request){ .name = "GET", .method = "GET",
							.error = i ? "404" :
								     "CURLE_COULDNT_CONNECT" });
	request_add(summary, &(struct request){ .name = "GET", .method = "GET" });
	query = &only_request(summary)->query;
	assert_int_equal(query->errors, 3);
	assert_string_equal(query->error[0].type, "CURLE_COULDNT_CONNECT");
	assert_int_equal(query->error[1].calls, 2);
	assert_int_equal(summary_totals(summary)->request_errors, 3);
	assert_int_equal(summary_totals(summary)->errors, 0);
	assert_int_equal(summary_totals(summary)->other_protocols, 0);
	summary_end(summary);
}

static void phases_are_added_where_they_are_possible(void **state)
{
	static const struct request cases[] = {
		{ .duration_ns = 10 * MS, .phase_ns = { 0, PHASE_MS, PHASE_MS, 2 * PHASE_MS,
							3 * PHASE_MS, PHASE_MS, 4 * PHASE_MS } },
		{ .duration_ns = 5 * MS, .phase_ns = { 0, 0, 0, 0, 5 * PHASE_MS, 0, 0 } },
		/* Not measured; more than the whole; below zero; redirects alone are no part. */
		{ .duration_ns = 100 * MS },
		{ .duration_ns = 5 * MS, .phase_ns = { 0, 0, 0, 3 * PHASE_MS, 3 * PHASE_MS } },
		{ .duration_ns = 5 * MS, .phase_ns = { -1, 0, 0, 0, 1, 0, 0 } },
		{ .duration_ns = 5 * MS, .phase_ns = { 0, 0, 0, 0, 0, 0, 1 } },
		{ .duration_ns = 5 * MS, .phase_ns = { INT64_MAX, INT64_MAX, INT64_MAX } },
	};
	struct summary *summary = kept_begin();
	const struct summary_split *split = &summary_totals(summary)->http_split;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request request = cases[i];

		request.name = request.method = "GET";
		request_add(summary, &request);
	}
	assert_int_equal(split->calls, 2);
	assert_int_equal(split->total_ns, 15 * MS);
	assert_int_equal(split->phase_ns[SUMMARY_QUEUE], 0);
	assert_int_equal(split->phase_ns[SUMMARY_NAME_LOOKUP], MS);
	assert_int_equal(split->phase_ns[SUMMARY_CONNECT], MS);
	assert_int_equal(split->phase_ns[SUMMARY_TLS], 2 * MS);
	assert_int_equal(split->phase_ns[SUMMARY_FIRST_BYTE], 8 * MS);
	assert_int_equal(split->phase_ns[SUMMARY_TRANSFER], MS);
	assert_int_equal(split->phase_ns[SUMMARY_REDIRECT], 4 * MS);
	assert_memory_equal(split, &only_request(summary)->split, sizeof(*split));
	summary_end(summary);
}

static void unfinished_requests_say_where_they_went(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_incomplete *call[2];

	(void)state;
	request_add(summary, &(struct request){ .name = "GET", .method = "GET", .incomplete = true,
						.url = "http://a/b", .duration_ns = 7 * MS });
	request_add(summary, &(struct request){ .name = "PUT", .incomplete = true });
	assert_int_equal(summary_incomplete(summary, call, 2), 2);
	assert_slice_equal(call[0]->text, SLICE("GET http://a/b"));
	assert_slice_equal(call[1]->text, SLICE("PUT"));
	assert_int_equal(summary_totals(summary)->incomplete, 2);
	assert_int_equal(summary_totals(summary)->http_incomplete, 2);
	assert_int_equal(summary_totals(summary)->http_incomplete_ns, 7 * MS);
	assert_int_equal(summary_totals(summary)->incomplete_ns, 0);
	assert_int_equal(summary_totals(summary)->requests, 0);
	summary_end(summary);
}

static void servers_beyond_the_table_are_counted_in_the_totals(void **state)
{
	const struct summary_request *request[SUMMARY_REQUESTS + 1];
	struct summary *summary = kept_begin();

	(void)state;
	for (int i = 0; i < SUMMARY_REQUESTS + 10; i++)
		request_add(summary, &(struct request){ .name = "GET", .server = "h",
							.port = 1 + i, .duration_ns = MS });
	assert_int_equal(summary_requests(summary, SUMMARY_BY_TOTAL, request, SUMMARY_REQUESTS + 1),
			 SUMMARY_REQUESTS);
	assert_int_equal(summary_totals(summary)->requests, SUMMARY_REQUESTS + 10);
	assert_int_equal(summary_totals(summary)->unlisted_requests, 10);
	summary_end(summary);
}

static void orders_put_the_greatest_first(void **state)
{
	static const struct request cases[] = {
		{ .name = "A", .duration_ns = 30 * MS },
		{ .name = "B", .duration_ns = 20 * MS, .error = "404" },
		{ .name = "B", .duration_ns = 20 * MS },
		{ .name = "C", .duration_ns = 1 * MS },
	};
	const struct summary_request *request[4];
	struct summary *summary = kept_begin();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		request_add(summary, &cases[i]);
	assert_int_equal(summary_requests(summary, SUMMARY_BY_TOTAL, request, 4), 3);
	assert_slice_equal(request[0]->name, SLICE("B"));
	assert_slice_equal(request[1]->name, SLICE("A"));
	assert_slice_equal(request[2]->name, SLICE("C"));
	assert_int_equal(summary_requests(summary, SUMMARY_BY_MAX, request, 1), 1);
	assert_slice_equal(request[0]->name, SLICE("A"));
	assert_int_equal(summary_requests(summary, SUMMARY_BY_ERRORS, request, 2), 2);
	assert_slice_equal(request[0]->name, SLICE("B"));
	assert_int_equal(summary_requests(summary, SUMMARY_BY_TOTAL, request, 0), 0);
	summary_end(summary);
}

static void the_database_is_counted_beside_them(void **state)
{
	struct summary *summary = kept_begin();

	(void)state;
	request_add(summary, &(struct request){ .name = "GET", .duration_ns = 3 * MS });
	call_add(summary, &(struct call){ .text = "SELECT 1", .hash = 1, .duration_ns = 2 * MS });
	assert_int_equal(summary_totals(summary)->queries, 1);
	assert_int_equal(summary_totals(summary)->database_ns, 2 * MS);
	assert_int_equal(summary_totals(summary)->requests, 1);
	assert_int_equal(summary_totals(summary)->other_protocols, 1);
	summary_end(summary);
}

TESTS(cmocka_unit_test(calls_of_one_method_and_server_are_one_request),
      cmocka_unit_test(method_address_and_port_keep_requests_apart),
      cmocka_unit_test(only_clients_of_http_are_requests),
      cmocka_unit_test(errors_are_counted_by_their_kind),
      cmocka_unit_test(phases_are_added_where_they_are_possible),
      cmocka_unit_test(unfinished_requests_say_where_they_went),
      cmocka_unit_test(servers_beyond_the_table_are_counted_in_the_totals),
      cmocka_unit_test(orders_put_the_greatest_first),
      cmocka_unit_test(the_database_is_counted_beside_them))
