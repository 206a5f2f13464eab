/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers in multi handles (hooks.md B.4). */
#include "tests/support/test.h"

#include <time.h>

#include "tests/support/transfers.h"

#define GET_A "GET | UNSET | method=GET full=http://a/ status_code=200 version=1.1\n"

static struct curl_easy handles[3];
static struct curl_multi multi;

static void begin(size_t count)
{
	transfers_begin();
	multi = (struct curl_multi){ .running = (int)count };
	for (size_t i = 0; i < count; i++) {
		transfers_handle(&handles[i], "http://a/");
		assert_int_equal(curl_multi_add_handle(&multi, &handles[i]), 0);
	}
}

static void end(size_t count)
{
	assert_int_equal(curl_multi_cleanup(&multi), 0);
	for (size_t i = 0; i < count; i++)
		curl_easy_cleanup(&handles[i]);
	assert_int_equal(traced_open_calls(), 0);
	traced_clear();
}

static void drive(int running)
{
	int left;

	multi.running = running;
	assert_int_equal(curl_multi_perform(&multi, &left), 0);
	assert_int_equal(left, running);
}

static struct curl_message *read_of(struct curl_easy *handle, int code)
{
	int left;

	handle->code = code;
	multi.done = handle;
	return curl_multi_info_read(&multi, &left);
}

static void wait_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static void a_message_ends_a_transfer(void **state)
{
	(void)state;
	begin(2);
	assert_traced("");
	assert_int_equal(traced_open_calls(), 2);
	drive(2);
	scripted_send(&handles[0]);
	assert_ptr_equal(read_of(&handles[0], 0)->easy, &handles[0]);
	assert_string_equal(traced_lines(), GET_A);
	assert_true(transfers_sent_last(&handles[0]));
	assert_null(handles[0].headers);
	assert_non_null(handles[1].headers);
	read_of(&handles[1], 7);
	assert_traced(GET_A "GET | ERROR | method=GET full=http://a/ status_code=200 "
			    "type=CURLE_COULDNT_CONNECT version=1.1\n");
	assert_int_equal(curl_multi_remove_handle(&multi, &handles[0]), 0);
	assert_int_equal(curl_multi_remove_handle(&multi, &handles[1]), 0);
	assert_traced("");
	end(2);
}

static void a_message_read_late_ends_it_when_it_was_over(void **state)
{
	(void)state;
	begin(1);
	drive(1);
	handles[0].total_us = 5000;
	wait_ms(30);
	read_of(&handles[0], 0);
	assert_int_equal(traced_count(), 1);
	assert_int_equal(traced_last()->duration_ns, 5000000);
	end(1);
}

static void waiting_for_the_first_drive_is_no_part_of_it(void **state)
{
	(void)state;
	begin(1);
	wait_ms(30);
	drive(1);
	read_of(&handles[0], 0);
	assert_int_equal(traced_count(), 1);
	assert_true(traced_last()->duration_ns < 25000000);
	end(1);
}

static void an_end_that_was_not_read_is_seen_at_the_removal(void **state)
{
	(void)state;
	begin(2);
	drive(0);
	handles[1].status = 0;
	curl_multi_remove_handle(&multi, &handles[0]);
	curl_multi_remove_handle(&multi, &handles[1]);
	assert_traced(GET_A "GET | ERROR | method=GET full=http://a/ type=_OTHER version=1.1\n");
	end(2);
}

static void a_removal_while_it_runs_is_on_purpose(void **state)
{
	(void)state;
	begin(2);
	drive(2);
	handles[1].status = 0;
	curl_multi_remove_handle(&multi, &handles[0]);
	curl_multi_remove_handle(&multi, &handles[1]);
	assert_traced("GET | UNSET | method=GET full=http://a/ status_code=200 version=1.1 "
		      "removed_early=1\n"
		      "GET | UNSET | method=GET full=http://a/ version=1.1 removed_early=1\n");
	assert_null(handles[0].headers);
	end(2);
}

static void where_some_run_the_status_tells_which(void **state)
{
	(void)state;
	begin(2);
	drive(1);
	handles[1].status = 0;
	curl_multi_remove_handle(&multi, &handles[1]);
	curl_multi_remove_handle(&multi, &handles[0]);
	assert_traced("GET | UNSET | method=GET full=http://a/ version=1.1 removed_early=1\n"
		      GET_A);
	end(2);
}

static void what_was_never_driven_was_removed_early(void **state)
{
	(void)state;
	begin(1);
	handles[0].status = 0;
	curl_multi_remove_handle(&multi, &handles[0]);
	assert_traced("GET | UNSET | method=GET full=http://a/ version=1.1 removed_early=1\n");
	end(1);
}

static void a_refused_handle_is_no_transfer(void **state)
{
	(void)state;
	transfers_begin();
	multi = (struct curl_multi){ .running = 0 };
	transfers_handle(&handles[0], "http://a/");
	handles[0].refuses = 1;
	handles[0].refuses = 0;
	multi.code = 3;
	assert_int_equal(curl_multi_add_handle(&multi, &handles[0]), 3);
	multi.code = 0;
	handles[0].multi = NULL;
	assert_null(handles[0].headers);
	assert_traced("");
	end(1);
}

static void adding_twice_changes_nothing(void **state)
{
	const struct curl_list *headers;

	(void)state;
	begin(1);
	headers = handles[0].headers;
	assert_int_equal(curl_multi_add_handle(&multi, &handles[0]), 7);
	assert_ptr_equal(handles[0].headers, headers);
	assert_traced("");
	assert_int_equal(traced_open_calls(), 1);
	drive(0);
	read_of(&handles[0], 0);
	assert_traced(GET_A);
	end(1);
}

static void a_performed_handle_in_a_multi_is_passed_through(void **state)
{
	const struct curl_list *headers;

	(void)state;
	begin(1);
	headers = handles[0].headers;
	handles[0].code = 2;
	assert_int_equal(curl_easy_perform(&handles[0]), 2);
	assert_ptr_equal(handles[0].headers, headers);
	assert_traced("");
	end(1);
}

static void the_end_of_a_multi_is_the_end_of_all_in_it(void **state)
{
	(void)state;
	begin(3);
	drive(3);
	curl_multi_cleanup(&multi);
	assert_int_equal(traced_count(), 3);
	assert_int_equal(traced_open_calls(), 0);
	traced_clear();
	for (size_t i = 0; i < 3; i++) {
		assert_null(handles[i].headers);
		handles[i].multi = NULL;
		handles[i].code = 0;
		curl_easy_perform(&handles[i]);
		curl_easy_cleanup(&handles[i]);
	}
	assert_traced(GET_A GET_A GET_A);
}

static void a_handle_may_end_inside_its_multi(void **state)
{
	(void)state;
	begin(2);
	drive(2);
	curl_easy_cleanup(&handles[0]);
	assert_traced("GET | UNSET | method=GET full=http://a/ status_code=200 version=1.1 "
		      "removed_early=1\n");
	read_of(&handles[1], 0);
	assert_traced(GET_A);
	curl_multi_cleanup(&multi);
	curl_easy_cleanup(&handles[1]);
}

static void a_handle_is_used_again_and_again(void **state)
{
	(void)state;
	begin(1);
	for (int i = 0; i < 3; i++) {
		if (i)
			curl_multi_add_handle(&multi, &handles[0]);
		drive(0);
		read_of(&handles[0], 0);
		curl_multi_remove_handle(&multi, &handles[0]);
		assert_int_equal(curl_multi_remove_handle(&multi, &handles[0]), 0);
		assert_traced(GET_A);
	}
	end(1);
}

static void every_way_to_drive_counts(void **state)
{
	int left;

	(void)state;
	for (int way = 0; way < 3; way++) {
		begin(1);
		wait_ms(20);
		multi.running = 0;
		if (way == 0)
			curl_multi_socket_action(&multi, -1, 0, &left);
		else if (way == 1)
			curl_multi_socket(&multi, -1, &left);
		else
			curl_multi_socket_all(&multi, &left);
		curl_multi_remove_handle(&multi, &handles[0]);
		assert_string_equal(traced_lines(), GET_A);
		assert_true(traced_last()->duration_ns < 15000000);
		end(1);
	}
}

TESTS(cmocka_unit_test(a_message_ends_a_transfer),
      cmocka_unit_test(a_message_read_late_ends_it_when_it_was_over),
      cmocka_unit_test(waiting_for_the_first_drive_is_no_part_of_it),
      cmocka_unit_test(an_end_that_was_not_read_is_seen_at_the_removal),
      cmocka_unit_test(a_removal_while_it_runs_is_on_purpose),
      cmocka_unit_test(where_some_run_the_status_tells_which),
      cmocka_unit_test(what_was_never_driven_was_removed_early),
      cmocka_unit_test(a_refused_handle_is_no_transfer),
      cmocka_unit_test(adding_twice_changes_nothing),
      cmocka_unit_test(a_performed_handle_in_a_multi_is_passed_through),
      cmocka_unit_test(the_end_of_a_multi_is_the_end_of_all_in_it),
      cmocka_unit_test(a_handle_may_end_inside_its_multi),
      cmocka_unit_test(a_handle_is_used_again_and_again),
      cmocka_unit_test(every_way_to_drive_counts))
