/* SPDX-License-Identifier: Apache-2.0 */
/* Whole reports as the user sees them. */
#include "tests/support/test.h"

#include "exporter/report.h"
#include "tests/support/call.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

struct output {
	size_t used;
	unsigned widest;
	char text[32768];
};

static void take(void *context, struct slice line)
{
	struct output *output = context;

	assert_true(line.size > 0 && line.data[line.size - 1] == '\n');
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
	return caller->offset == 0x11d0 ? SLICE("load_customer") :
	       caller->offset == 0x1200 ? SLICE("dup") :
					  slice_of(NULL, 0);
}

static struct report_run run_of(uint64_t wall_ns)
{
	return (struct report_run){ .command = SLICE("shopd"), .ended = SLICE("exit 7"),
				    .wall_ns = wall_ns };
}

static struct report_style style_of(unsigned width)
{
	return (struct report_style){ .width = width,
				      .top = REPORT_TOP,
				      .slow_ns = 100 * MS,
				      .function = name_of };
}

static const char *written(struct summary *summary, const struct report_run *run,
			   const struct report_style *style, struct output *output)
{
	output->used = output->widest = 0;
	report_write(summary, run, style, take, output);
	return output->text;
}

/* The shop of the manual, made smaller. */
static struct summary *shop(void)
{
	struct summary *summary = summary_begin();
	const struct call customer = { .text = "SELECT name, email FROM customers WHERE id = $1",
				       .hash = 1,
				       .duration_ns = 852 * US,
				       .split = true,
				       .first_byte_ns = 800 * INT64_C(1000),
				       .fetch_ns = 20 * INT64_C(1000),
				       .rows = 1,
				       .module = "/usr/bin/shopd",
				       .offset = 0x11d0 };
	struct call call = customer;

	assert_non_null(summary);
	call_add(summary, &(struct call){ .name = "connect shop",
					  .command = "connect",
					  .server = "db1",
					  .database = "shop",
					  .duration_ns = 3700 * US });
	for (uint64_t i = 0; i < 4000; i++) {
		call.start_ns = 4 * MS + i * MS;
		call_add(summary, &call);
	}
	for (int i = 0; i < 2; i++)
		call_add(summary, &(struct call){ .text = "INSERT INTO customers VALUES (?)",
						  .hash = 2,
						  .start_ns = 5 * SECOND,
						  .duration_ns = 1150 * US,
						  .error = "23505",
						  .module = "/usr/bin/shopd",
						  .offset = 0x1200 });
	return summary;
}

static void a_slow_run_has_a_table(void **state)
{
	static struct output output;
	struct summary *summary = shop();
	struct report_run run = run_of(4370 * MS);
	struct report_style style = style_of(200);

	(void)state;
	assert_string_equal(
		written(summary, &run, &style, &output),
		"otelshim  shopd  4.37 s  exit 7     db1:5432/shop  1 connection (3.70 "
		"ms)  4002 queries  2 errors\n"
		"Waited on the database 3.41 s, 78% of the run: first byte 3.20 s, "
		"fetching 80.0 ms, "
		"libpq 128 ms\n"
		"  (measured for 4000 of 4002)\n"
		"\n"
		"  TOTAL  RUN  CALLS    MEAN     P95     MAX    ROWS  QUERY / CALLER\n"
		" 3.41 s  78%   4000   852us   852us   852us       1  SELECT name, "
		"email FROM customers WHERE id...\n"
		"                                                     load_customer  shopd\n"
		"2.30 ms   0%      2  1.15ms  1.15ms  1.15ms       0  INSERT INTO "
		"customers VALUES (?)\n"
		"                                                     dup  shopd       "
		"       2 x 23505\n"
		"\n"
		"! Error  2 x 23505 unique_violation  dup  shopd\n");
	summary_end(summary);
}

static void at_80_columns_two_columns_go_and_the_query_shrinks(void **state)
{
	static struct output output;
	struct summary *summary = shop();
	struct report_run run = run_of(4370 * MS);
	struct report_style style = style_of(80);
	const char *text = written(summary, &run, &style, &output);

	(void)state;
	assert_non_null(strstr(
		text, "\n  TOTAL  CALLS    MEAN     MAX    ROWS  QUERY / CALLER\n"
		      " 3.41 s   4000   852us   852us       1  SELECT name, email FROM "
		      "customers WHE...\n"
		      "                                        load_customer  shopd\n"));
	assert_non_null(strstr(text, "otelshim  shopd  4.37 s  exit 7\n"
				     "          db1:5432/shop  1 connection (3.70 ms)"));
	summary_end(summary);
}

static void an_end_that_nobody_saw_is_a_limit(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(4370 * MS);
	struct report_style style = style_of(98);
	const char *text;

	(void)state;
	run.wall_at_most = true;
	text = written(summary, &run, &style, &output);
	assert_non_null(strstr(text, "otelshim  shopd  at most 4.37 s  exit 7  "));
	assert_non_null(strstr(text, "\n! Missed the end: otelshim itself was stopped when "));
	summary_end(summary);
}

/* Long names of everything, several of everything. */
static struct summary *crowd(void)
{
	static const char long_name[] = "averyveryveryverylongnameofaserver.in.some.domain.example";
	struct summary *summary = summary_begin();

	assert_non_null(summary);
	for (int i = 1; i < 100; i++) {
		char code[16];

		snprintf(code, sizeof(code), "%05d", 10000 + i);
		call_add(summary, &(struct call){ .name = "c", .command = "connect", .port = i,
						  .server = long_name, .error = code });
		call_add(summary, &(struct call){ .text = "SELECT a, b FROM a_table WHERE x = $1 "
							  "AND y = $2 ORDER BY whatever_there_is",
						  .hash = (uint64_t)i % 3,
						  .name = "n",
						  .duration_ns = (uint64_t)i * 10 * MS,
						  .error = code,
						  .rows = 1000000,
						  .module = "/lib/averyveryveryverylongname.so.7",
						  .offset = 0xabcdef01 * (uint64_t)i });
		call_add(summary, &(struct call){ .text = long_name, .incomplete = true,
						  .duration_ns = 5, .pid = (uint32_t)i });
	}
	return summary;
}

static void every_width_is_kept(void **state)
{
	struct report_process running[30];
	static struct output output;
	struct summary *summary[2] = { shop(), crowd() };
	struct report_run run = run_of(4370 * MS);

	(void)state;
	for (size_t i = 0; i < 30; i++)
		running[i] = (struct report_process){ .pid = 4000000, .command = SLICE("worker") };
	run.running = running;
	run.running_count = 30;
	run.area_full = run.queue_full = 123456;
	run.wall_at_most = true;
	run.ended = SLICE("killed by SIGRTMIN+12");
	for (unsigned i = 0; i < 2 * 130; i++) {
		struct report_style style = style_of(i / 2);
		unsigned most = i / 2 < REPORT_WIDTH_MIN ? REPORT_WIDTH_MIN : i / 2;

		written(summary[i % 2], &run, &style, &output);
		if (output.widest > (most < REPORT_WIDTH ? most : REPORT_WIDTH))
			fprintf(stderr, "at %u:\n%s", i / 2, output.text);
		assert_true(output.widest <= (most < REPORT_WIDTH ? most : REPORT_WIDTH));
	}
	summary_end(summary[0]);
	summary_end(summary[1]);
}

static void a_run_with_nothing_slow_has_two_lines(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(31 * MS);
	struct report_style style = style_of(98);

	(void)state;
	call_add(summary, &(struct call){ .name = "connect shop",
					  .command = "connect",
					  .server = "db1",
					  .database = "shop",
					  .duration_ns = 900 * US });
	call_add(summary, &(struct call){ .text = "SELECT ?", .hash = 3, .start_ns = SECOND,
					  .duration_ns = 340 * US });
	assert_string_equal(
		written(summary, &run, &style, &output),
		"otelshim  shopd  31.0 ms  exit 7     db1:5432/shop  1 connection (900 "
		"us)  1 query  0 errors\n"
		"Waited on the database 1.24 ms, 4% of the run. Slowest: 340 us  SELECT ?\n");
	style.full = true;
	assert_non_null(strstr(written(summary, &run, &style, &output), "TOTAL"));
	summary_end(summary);
}

static void threads_that_wait_together_are_told_apart_from_one(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(2 * SECOND);
	struct report_style style = style_of(98);

	(void)state;
	for (int i = 0; i < 4; i++)
		call_add(summary, &(struct call){ .text = "SELECT pg_sleep(?)", .hash = 3,
						  .start_ns = SECOND, .duration_ns = SECOND });
	assert_non_null(strstr(written(summary, &run, &style, &output),
			       "Waited on the database 4.00 s in parallel calls, 1.00 s (50%) of "
			       "the run\n"));
	summary_end(summary);
}

static void what_was_lost_or_unfinished_is_said(void **state)
{
	const struct report_process survivor = { .pid = 77, .command = SLICE("worker") };
	static struct output output;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(SECOND);
	struct report_style style = style_of(98);
	const char *shown;

	(void)state;
	run.area_full = 12;
	run.queue_full = 1;
	run.running = &survivor;
	run.running_count = 1;
	run.ended = SLICE("killed by SIGKILL");
	call_add(summary, &(struct call){ .text = "SELECT pg_sleep(?)",
					  .hash = 3,
					  .incomplete = true,
					  .pid = 4711,
					  .duration_ns = 800 * MS });
	shown = written(summary, &run, &style, &output);
	assert_non_null(strstr(shown, "1.00 s  killed by SIGKILL  "));
	assert_non_null(strstr(shown, "80% of the run: unfinished calls 800 ms\n"));
	assert_non_null(strstr(shown, "\n! Running when killed  800 ms  pid 4711  "
	"SELECT pg_sleep(?)\n"));
	assert_non_null(strstr(shown, "\n! Still running  77 worker; --follow waits\n"));
	assert_non_null(strstr(shown, "\n! Lost   12 calls: area full"));
	assert_non_null(strstr(shown, "\n! Lost   1 call: queue full"));
	summary_end(summary);
}

static void failed_connections_name_their_server(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(SECOND);
	struct report_style style = style_of(98);

	(void)state;
	call_add(summary, &(struct call){ .name = "connect", .command = "connect",
					  .server = "db1", .error = "28P01" });
	assert_non_null(strstr(written(summary, &run, &style, &output),
			       "! Error  1 x 28P01 invalid_password  connecting to db1:5432\n"));
	summary_end(summary);
}

static void several_servers_and_callers_are_listed(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(SECOND);
	struct report_style style = style_of(98);
	const char *shown;

	(void)state;
	for (int i = 1; i <= 2; i++)
		call_add(summary, &(struct call){ .name = "connect", .command = "connect",
						  .server = "db", .port = i });
	for (uint64_t i = 0; i < 5; i++)
		call_add(summary, &(struct call){ .text = "SELECT", .hash = 1,
						  .duration_ns = 100 * MS, .module = "/x/shopd",
						  .offset = i < 2 ? 0x1200 : 0xbeef });
	shown = written(summary, &run, &style, &output);
	assert_non_null(strstr(shown, "  2 servers  2 connections"));
	assert_non_null(strstr(shown, "\n  db:1  "));
	assert_non_null(strstr(shown, "\n  db:2  "));
	assert_non_null(strstr(shown, " shopd+0xbeef  3x\n"));
	assert_true(strstr(shown, "dup  shopd  2x\n") > strstr(shown, "shopd+0xbeef"));
	summary_end(summary);
}

static void the_rest_of_a_long_list_is_counted(void **state)
{
	static struct output output;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(SECOND);
	struct report_style style = style_of(98);

	(void)state;
	for (uint64_t i = 1; i <= 20; i++)
		call_add(summary, &(struct call){ .text = "SELECT", .hash = i,
						  .duration_ns = i * MS });
	style.top = 3;
	assert_non_null(strstr(written(summary, &run, &style, &output),
			       "and 17 calls of other queries\n"));
	summary_end(summary);
}

static void colours_mark_what_is_slow_and_nothing_else_changes(void **state)
{
	static struct output output, plain;
	struct summary *summary = summary_begin();
	struct report_run run = run_of(4 * SECOND);
	struct report_style style = style_of(98);
	size_t kept = 0;

	(void)state;
	call_add(summary, &(struct call){ .text = "SELECT", .hash = 1, .duration_ns = 200 * MS });
	call_add(summary, &(struct call){ .text = "SELECT", .hash = 2, .duration_ns = 2 * SECOND });
	written(summary, &run, &style, &plain);
	style.color = true;
	written(summary, &run, &style, &output);
	assert_non_null(strstr(output.text, "\033[33m   200ms\033[0m"));
	assert_non_null(strstr(output.text, "\033[31m   2.00s\033[0m"));
	for (size_t i = 0; i < output.used; i++) {
		if (output.text[i] == '\033')
			while (output.text[i] != 'm')
				i++;
		else
			output.text[kept++] = output.text[i];
	}
	output.text[kept] = 0;
	assert_string_equal(output.text, plain.text);
	summary_end(summary);
}

TESTS(cmocka_unit_test(a_slow_run_has_a_table),
      cmocka_unit_test(at_80_columns_two_columns_go_and_the_query_shrinks),
      cmocka_unit_test(every_width_is_kept),
      cmocka_unit_test(an_end_that_nobody_saw_is_a_limit),
      cmocka_unit_test(a_run_with_nothing_slow_has_two_lines),
      cmocka_unit_test(threads_that_wait_together_are_told_apart_from_one),
      cmocka_unit_test(what_was_lost_or_unfinished_is_said),
      cmocka_unit_test(failed_connections_name_their_server),
      cmocka_unit_test(several_servers_and_callers_are_listed),
      cmocka_unit_test(the_rest_of_a_long_list_is_counted),
      cmocka_unit_test(colours_mark_what_is_slow_and_nothing_else_changes))
