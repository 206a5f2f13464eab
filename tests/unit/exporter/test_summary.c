/* SPDX-License-Identifier: Apache-2.0 */
/* Counting: which calls go where, what is exact, what is bounded. */
#include "tests/support/test.h"

#include "tests/support/call.h"

#define MS UINT64_C(1000000)

static void *kept_begin(void)
{
	struct summary *summary = summary_begin();

	assert_non_null(summary);
	return summary;
}

static const struct summary_query *only_query(const struct summary *summary)
{
	const struct summary_query *query[2];

	assert_int_equal(summary_queries(summary, SUMMARY_BY_TOTAL, query, 2), 1);
	return query[0];
}

static void calls_of_one_hash_are_one_query(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_query *query;

	(void)state;
	for (uint64_t i = 1; i <= 4; i++)
		call_add(summary, &(struct call){ .text = "SELECT ?",
						  .hash = 42,
						  .rows = 10,
						  .start_ns = i * 100 * MS,
						  .duration_ns = i * MS });
	query = only_query(summary);
	assert_slice_equal(query->text, SLICE("SELECT ?"));
	assert_int_equal(query->hash, 42);
	assert_int_equal(query->calls, 4);
	assert_int_equal(query->total_ns, 10 * MS);
	assert_int_equal(query->min_ns, MS);
	assert_int_equal(query->max_ns, 4 * MS);
	assert_int_equal(query->rows, 40);
	assert_int_equal(summary_totals(summary)->queries, 4);
	assert_int_equal(summary_totals(summary)->database_ns, 10 * MS);
	assert_int_equal(summary_totals(summary)->covered_ns, 10 * MS);
	summary_end(summary);
}

static void calls_without_text_go_by_name_and_preparing_is_apart(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_query *query[4];

	(void)state;
	call_add(summary, &(struct call){ .name = "EXECUTE shop", .duration_ns = 3 * MS });
	call_add(summary, &(struct call){ .name = "EXECUTE shop", .duration_ns = 3 * MS });
	call_add(summary, &(struct call){ .name = "EXECUTE other", .duration_ns = 5 * MS });
	call_add(summary, &(struct call){ .text = "SELECT $1", .hash = 9, .duration_ns = 2 * MS });
	call_add(summary, &(struct call){ .text = "SELECT $1",
					  .hash = 9,
					  .command = "prepare",
					  .duration_ns = MS });
	assert_int_equal(summary_queries(summary, SUMMARY_BY_TOTAL, query, 4), 4);
	assert_slice_equal(query[0]->text, SLICE("EXECUTE shop"));
	assert_int_equal(query[0]->calls, 2);
	assert_int_equal(query[0]->hash, 0);
	assert_slice_equal(query[1]->text, SLICE("EXECUTE other"));
	assert_slice_equal(query[2]->text, SLICE("SELECT $1"));
	assert_slice_equal(query[3]->text, SLICE("PREPARE SELECT $1"));
	assert_int_equal(query[3]->hash, 9);
	summary_end(summary);
}

static void connects_and_resets_are_no_queries(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_connection *server[4];
	const struct call connect = { .name = "connect shop",
				      .command = "connect",
				      .server = "db1",
				      .port = 5433,
				      .database = "shop",
				      .duration_ns = 3 * MS };
	struct call other = connect;

	(void)state;
	call_add(summary, &connect);
	other.command = "reset";
	call_add(summary, &other);
	other.error = "28P01";
	call_add(summary, &other);
	other = (struct call){ .name = "connect", .command = "connect", .server = "/run/pg" };
	call_add(summary, &other);
	assert_int_equal(summary_totals(summary)->queries, 0);
	assert_int_equal(summary_totals(summary)->errors, 0);
	assert_int_equal(summary_totals(summary)->connections, 4);
	assert_int_equal(summary_totals(summary)->connect_errors, 1);
	assert_int_equal(summary_connections(summary, server, 4), 2);
	assert_slice_equal(server[0]->server, SLICE("db1:5433/shop"));
	assert_int_equal(server[0]->count, 3);
	assert_int_equal(server[0]->errors, 1);
	assert_int_equal(server[0]->total_ns, 9 * MS);
	assert_string_equal(server[0]->error[0].type, "28P01");
	assert_slice_equal(server[1]->server, SLICE("/run/pg/.s.PGSQL.5432"));
	summary_end(summary);
}

static void servers_beyond_the_list_are_counted_together(void **state)
{
	const struct summary_connection *server[SUMMARY_CONNECTIONS];
	struct summary *summary = kept_begin();

	(void)state;
	for (int i = 1; i <= 100; i++)
		call_add(summary, &(struct call){
			.name = "connect", .command = "connect", .server = "db", .port = i });
	assert_int_equal(summary_connections(summary, server, SUMMARY_CONNECTIONS),
			 SUMMARY_CONNECTIONS);
	assert_slice_equal(server[SUMMARY_CONNECTIONS - 1]->server, SLICE("others"));
	assert_int_equal(server[SUMMARY_CONNECTIONS - 1]->count, 100 - SUMMARY_CONNECTIONS + 1);
	summary_end(summary);
}

static void the_split_counts_only_measured_and_possible_parts(void **state)
{
	struct summary *summary = kept_begin();
	struct call call = { .text = "SELECT ?",
			     .hash = 1,
			     .duration_ns = 10 * MS,
			     .split = true,
			     .first_byte_ns = 7 * (int64_t)MS,
			     .fetch_ns = 2 * (int64_t)MS };
	const struct summary_query *query;

	(void)state;
	call_add(summary, &call);
	call.fetch_ns = 4 * (int64_t)MS;
	call_add(summary, &call);
	call.fetch_ns = -1;
	call_add(summary, &call);
	call.split = false;
	call_add(summary, &call);
	query = only_query(summary);
	assert_int_equal(query->calls, 4);
	assert_int_equal(query->split_calls, 1);
	assert_int_equal(query->first_byte_ns, 7 * MS);
	assert_int_equal(query->fetch_ns, 2 * MS);
	assert_int_equal(query->split_total_ns, 10 * MS);
	assert_int_equal(summary_totals(summary)->split_calls, 1);
	summary_end(summary);
}

static void errors_are_counted_by_their_kind(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_query *query;

	(void)state;
	for (int i = 0; i < 10; i++) {
		char code[6];

		snprintf(code, sizeof(code), "23%03d", i / 2);
		call_add(summary, &(struct call){ .text = "INSERT",
						  .hash = 1,
						  .error = i < 9 ? code : "",
						  .module = "/bin/shopd",
						  .offset = 16 });
	}
	query = only_query(summary);
	assert_int_equal(query->errors, 10);
	assert_int_equal(summary_totals(summary)->errors, 10);
	assert_string_equal(query->error[0].type, "23000");
	assert_int_equal(query->error[0].calls, 2);
	assert_int_equal(query->error[4].calls, 1);
	assert_string_equal(query->error[5].type, "_OTHER");
	assert_slice_equal(query->error[0].caller.module, SLICE("/bin/shopd"));
	summary_end(summary);
}

static void callers_are_places_in_files_of_any_process(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_query *query;

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		call_add(summary, &(struct call){ .text = "SELECT",
						  .hash = 1,
						  .module = "/bin/shopd",
						  .offset = 16 + i / 8,
						  .process_id = i });
	/* Without a file two processes have nothing in common. */
	call_add(summary, &(struct call){ .text = "SELECT", .hash = 1, .offset = 5 });
	call_add(summary, &(struct call){
		.text = "SELECT", .hash = 1, .offset = 5, .process_id = 2 });
	query = only_query(summary);
	assert_int_equal(query->caller[0].calls, 8);
	assert_int_equal(query->caller[1].calls, 2);
	assert_int_equal(query->caller[2].calls, 1);
	assert_int_equal(query->caller[3].calls, 1);
	assert_int_equal(query->caller[4].calls, 0);
	for (uint64_t i = 0; i < 10; i++)
		call_add(summary, &(struct call){
			.text = "SELECT", .hash = 1, .module = "/lib/x.so", .offset = 100 + i });
	assert_int_equal(query->other_callers, 8);
	summary_end(summary);
}

static void unfinished_calls_are_listed_and_not_averaged(void **state)
{
	const struct summary_incomplete *call[SUMMARY_INCOMPLETE];
	struct summary *summary = kept_begin();

	(void)state;
	for (uint32_t i = 0; i < SUMMARY_INCOMPLETE + 5; i++)
		call_add(summary, &(struct call){ .text = "SELECT pg_sleep(?)",
						  .hash = 4,
						  .incomplete = true,
						  .pid = i + 1,
						  .duration_ns = 2 * MS });
	assert_int_equal(summary_totals(summary)->incomplete, SUMMARY_INCOMPLETE + 5);
	assert_int_equal(summary_totals(summary)->queries, 0);
	assert_int_equal(summary_incomplete(summary, call, SUMMARY_INCOMPLETE), SUMMARY_INCOMPLETE);
	assert_slice_equal(call[0]->text, SLICE("SELECT pg_sleep(?)"));
	assert_int_equal(call[2]->pid, 3);
	assert_int_equal(call[0]->duration_ns, 2 * MS);
	summary_end(summary);
}

static void the_run_itself_is_no_call(void **state)
{
	struct summary *summary = kept_begin();

	(void)state;
	call_add(summary, &(struct call){ .name = "shopd", .scope = SCOPE_RUN, .duration_ns = MS });
	call_add(summary, &(struct call){ .name = "GET", .scope = SCOPE_REDIS, .duration_ns = MS });
	assert_int_equal(summary_totals(summary)->database_ns, 0);
	assert_int_equal(summary_totals(summary)->other, 1);
	summary_end(summary);
}

static void orders_put_the_greatest_first(void **state)
{
	static const struct {
		enum summary_order order;
		const char *first;
	} cases[] = {
		{ SUMMARY_BY_TOTAL, "often" }, { SUMMARY_BY_CALLS, "often" },
		{ SUMMARY_BY_MEAN, "slow" },   { SUMMARY_BY_P95, "slow" },
		{ SUMMARY_BY_MAX, "spike" },   { SUMMARY_BY_ROWS, "wide" },
		{ SUMMARY_BY_ERRORS, "wrong" },
	};
	struct summary *summary = kept_begin();

	(void)state;
	for (int i = 0; i < 100; i++) {
		call_add(summary, &(struct call){
			.text = "spike", .hash = 1, .duration_ns = i == 50 ? 90 * MS : MS });
		call_add(summary, &(struct call){ .text = "often", .hash = 2,
						  .duration_ns = 2 * MS });
		call_add(summary, &(struct call){ .text = "often", .hash = 2,
						  .duration_ns = 2 * MS });
	}
	call_add(summary, &(struct call){ .text = "slow", .hash = 3, .duration_ns = 80 * MS });
	call_add(summary, &(struct call){ .text = "wide", .hash = 4, .affected = 1000 });
	call_add(summary, &(struct call){ .text = "wrong", .hash = 5, .error = "42601" });
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct summary_query *query[5], *again[2];

		assert_int_equal(summary_queries(summary, cases[i].order, query, 5), 5);
		assert_slice_equal(query[0]->text, slice_of_string(cases[i].first));
		/* A shorter list is the beginning of the longer one. */
		assert_int_equal(summary_queries(summary, cases[i].order, again, 2), 2);
		assert_ptr_equal(again[0], query[0]);
		assert_ptr_equal(again[1], query[1]);
	}
	summary_end(summary);
}

static void quantiles_lie_between_least_and_most(void **state)
{
	struct summary *summary = kept_begin();
	const struct summary_query *query;

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		call_add(summary, &(struct call){ .text = "q", .hash = 1, .duration_ns = i * MS });
	query = only_query(summary);
	assert_int_equal(summary_quantile_ns(query, 0), MS);
	assert_int_equal(summary_quantile_ns(query, 1), 1000 * MS);
	assert_in_range(summary_quantile_ns(query, 0.5), 485 * MS, 515 * MS);
	assert_in_range(summary_quantile_ns(query, 0.95), 925 * MS, 975 * MS);
	assert_in_range(summary_quantile_ns(query, 0.999), 970 * MS, 1000 * MS);
	summary_end(summary);
}

static void queries_beyond_the_table_are_counted_in_the_totals(void **state)
{
	const struct summary_query *query[SUMMARY_QUERIES];
	struct summary *summary = kept_begin();

	(void)state;
	for (uint64_t i = 1; i <= SUMMARY_QUERIES + 50; i++)
		call_add(summary,
			 &(struct call){ .text = "q", .hash = i << 40, .duration_ns = 10 });
	call_add(summary, &(struct call){ .text = "q", .hash = UINT64_C(1) << 40 });
	assert_int_equal(summary_queries(summary, SUMMARY_BY_CALLS, query, SUMMARY_QUERIES),
			 SUMMARY_QUERIES);
	assert_int_equal(query[0]->calls, 2);
	assert_int_equal(summary_totals(summary)->queries, SUMMARY_QUERIES + 51);
	assert_int_equal(summary_totals(summary)->unlisted_queries, 50);
	summary_end(summary);
}

static void texts_that_find_no_room_are_cut_at_a_character(void **state)
{
	const struct summary_query *query[SUMMARY_QUERIES];
	struct summary *summary = kept_begin();
	char *text = malloc(RECORD_TEXT_MAX + 1);
	size_t count, used = 0;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < RECORD_TEXT_MAX; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[RECORD_TEXT_MAX - 1] = 0;
	for (uint64_t i = 1; i <= SUMMARY_QUERIES; i++)
		call_add(summary, &(struct call){ .text = text, .name = "n", .hash = i });
	count = summary_queries(summary, SUMMARY_BY_CALLS, query, SUMMARY_QUERIES);
	assert_int_equal(count, SUMMARY_QUERIES);
	for (size_t i = 0; i < count; i++) {
		const struct slice kept = query[i]->text;

		used += kept.size;
		assert_true(kept.size == 0 || kept.size == RECORD_TEXT_MAX - 1 ||
			    kept.size % 2 == 0);
	}
	assert_true(used > SUMMARY_TEXT - RECORD_TEXT_MAX && used <= SUMMARY_TEXT);
	free(text);
	summary_end(summary);
}

TESTS(cmocka_unit_test(calls_of_one_hash_are_one_query),
      cmocka_unit_test(calls_without_text_go_by_name_and_preparing_is_apart),
      cmocka_unit_test(connects_and_resets_are_no_queries),
      cmocka_unit_test(servers_beyond_the_list_are_counted_together),
      cmocka_unit_test(the_split_counts_only_measured_and_possible_parts),
      cmocka_unit_test(errors_are_counted_by_their_kind),
      cmocka_unit_test(callers_are_places_in_files_of_any_process),
      cmocka_unit_test(unfinished_calls_are_listed_and_not_averaged),
      cmocka_unit_test(the_run_itself_is_no_call),
      cmocka_unit_test(orders_put_the_greatest_first),
      cmocka_unit_test(quantiles_lie_between_least_and_most),
      cmocka_unit_test(queries_beyond_the_table_are_counted_in_the_totals),
      cmocka_unit_test(texts_that_find_no_room_are_cut_at_a_character))
