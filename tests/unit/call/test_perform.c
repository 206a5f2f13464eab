/* SPDX-License-Identifier: Apache-2.0 */
/* Easy handles from their making to their end, and calls inside calls (hooks.md B.1, B.4). */
#include "tests/support/test.h"

#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/parent.h"
#include "call/perform.h"
#include "tests/support/transfers.h"

#define GET_A "GET | UNSET | method=GET full=http://a/ status_code=200 version=1.1\n"

static struct curl_easy first, second;

/* ---- what is current ---- */

static struct propagated seen;

static void look(struct curl_easy *handle)
{
	const struct propagated *current = parent_current(thread_peek());

	(void)handle;
	seen = current ? *current : (struct propagated){ .debug = false };
}

static void the_transfer_is_current_in_its_callbacks(void **state)
{
	struct curl_easy *handle;

	(void)state;
	transfers_begin();
	handle = transfers_handle(&first, "http://a/");
	handle->inside = look;
	curl_easy_perform(handle);
	assert_int_equal(traced_count(), 1);
	assert_memory_equal(seen.context.span_id, traced_last()->span_id, 8);
	assert_null(parent_current(thread_peek()));
	curl_easy_cleanup(handle);
}

static void perform_second(struct curl_easy *handle)
{
	(void)handle;
	assert_int_equal(curl_easy_perform(&second), 0);
}

static void a_transfer_in_a_callback_is_its_child(void **state)
{
	uint8_t inner_parent[8];

	(void)state;
	transfers_begin();
	transfers_handle(&second, "http://b/");
	transfers_handle(&first, "http://a/");
	first.inside = perform_second;
	curl_easy_perform(&first);
	assert_string_equal(traced_lines(),
			    "GET | UNSET | method=GET full=http://b/ status_code=200 version=1.1\n"
			    GET_A);
	traced_clear();
	first.inside = look;
	curl_easy_perform(&first);
	assert_int_equal(traced_count(), 1);
	memcpy(inner_parent, traced_last()->parent_id, 8);
	assert_memory_equal(inner_parent, "\0\0\0\0\0\0\0\0", 8);
	curl_easy_cleanup(&first);
	curl_easy_cleanup(&second);
}

/* ---- busy handles ---- */

static int inner_code;

static void perform_again(struct curl_easy *handle)
{
	const struct curl_list *before = handle->headers;

	handle->inside = NULL;
	handle->code = 93;
	inner_code = curl_easy_perform(handle);
	handle->code = 0;
	assert_ptr_equal(handle->headers, before);
}

static void a_busy_handle_is_passed_through(void **state)
{
	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://a/");
	first.inside = perform_again;
	assert_int_equal(curl_easy_perform(&first), 0);
	assert_int_equal(inner_code, 93);
	assert_int_equal(first.performed, 2);
	assert_traced(GET_A);
	assert_null(first.headers);
	curl_easy_cleanup(&first);
}

static jmp_buf away;

static void jump(struct curl_easy *handle)
{
	(void)handle;
	longjmp(away, 1);
}

static void a_jump_out_of_a_callback_leaves_the_next_transfer_right(void **state)
{
	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://a/");
	transfers_handle(&second, "http://b/");
	first.inside = jump;
	if (!setjmp(away))
		curl_easy_perform(&first);
	curl_easy_perform(&second);
	assert_traced("GET | UNSET | method=GET full=http://b/ status_code=200 version=1.1\n");
	assert_memory_equal(traced_last()->parent_id, "\0\0\0\0\0\0\0\0", 8);
	curl_easy_cleanup(&first);
	assert_traced("GET | UNSET | method=GET full=http://a/ incomplete=1\n");
	assert_int_equal(traced_open_calls(), 0);
	curl_easy_cleanup(&second);
}

/* ---- settings ---- */

static void what_libcurl_refused_is_not_set(void **state)
{
	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://a/");
	first.refuses = 43;
	assert_int_equal(curl_easy_setopt(&first, EASY_URL, "http://b/"), 43);
	first.refuses = 0;
	curl_easy_perform(&first);
	assert_traced(GET_A);
	curl_easy_cleanup(&first);
}

static void set_headers(struct curl_easy *handle)
{
	static struct curl_list list = { (char *)"A: 1", NULL };

	curl_easy_setopt(handle, EASY_HEADERS, &list);
	scripted_send(handle);
}

static void headers_set_in_a_callback_have_ours_before_them(void **state)
{
	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://a/");
	first.inside = set_headers;
	curl_easy_perform(&first);
	assert_int_equal(traced_count(), 1);
	assert_true(transfers_sent_last(&first));
	assert_non_null(strstr(first.sent, "\nA: 1\n"));
	assert_string_equal(first.headers->data, "A: 1");
	curl_easy_cleanup(&first);
	traced_clear();
}

static void a_reset_forgets_what_was_set(void **state)
{
	struct curl_list list = { (char *)"A: 1", NULL };

	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://b/");
	curl_easy_setopt(&first, EASY_HEADERS, &list);
	curl_easy_setopt(&first, EASY_POST, 1L);
	curl_easy_reset(&first);
	curl_easy_setopt(&first, EASY_URL, "http://a/");
	curl_easy_perform(&first);
	assert_traced(GET_A);
	assert_null(first.headers);
	curl_easy_cleanup(&first);
}

static void a_reset_makes_a_handle_known(void **state)
{
	(void)state;
	transfers_begin();
	first = (struct curl_easy){ .status = 200, .http_version = 2 };
	curl_easy_reset(&first);
	curl_easy_setopt(&first, EASY_URL, "http://a/");
	curl_easy_perform(&first);
	assert_traced(GET_A);
	assert_true(transfers_sent_last(&first));
	curl_easy_cleanup(&first);
}

static void a_handle_that_was_not_seen_made_keeps_its_headers(void **state)
{
	struct curl_list list = { (char *)"A: 1", NULL };

	(void)state;
	transfers_begin();
	first = (struct curl_easy){ .status = 200, .http_version = 2, .headers = &list,
				    .url = "http://a/", .method = "PUT", .scheme = "HTTP" };
	curl_easy_perform(&first);
	assert_traced("PUT | UNSET | method=PUT full=http://a/ status_code=200 version=1.1\n");
	assert_string_equal(first.sent, "A: 1\n");
	assert_ptr_equal(first.headers, &list);
	first.scheme = "FILE";
	curl_easy_perform(&first);
	assert_traced("");
	assert_int_equal(traced_open_calls(), 0);
	curl_easy_cleanup(&first);
}

/* ---- copies ---- */

static void copy(struct curl_easy *handle)
{
	scripted_next(&second);
	assert_ptr_equal(curl_easy_duphandle(handle), &second);
}

static void a_copy_made_in_a_callback_has_the_program_s_headers(void **state)
{
	struct curl_list list = { (char *)"A: 1", NULL };

	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://a/");
	curl_easy_setopt(&first, EASY_HEADERS, &list);
	second = (struct curl_easy){ .status = 200, .http_version = 2 };
	first.inside = copy;
	curl_easy_perform(&first);
	assert_ptr_equal(second.headers, &list);
	traced_clear();
	curl_easy_cleanup(&first);
	curl_easy_perform(&second);
	assert_traced(GET_A);
	assert_true(transfers_sent_last(&second));
	assert_ptr_equal(second.headers, &list);
	curl_easy_cleanup(&second);
}

/* ---- fork ---- */

static pid_t child;

static void fork_here(struct curl_easy *handle)
{
	(void)handle;
	child = fork();
}

static void a_child_ends_nothing_of_its_parent_s(void **state)
{
	struct curl_list list = { (char *)"A: 1", NULL };
	int status;

	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://a/");
	curl_easy_setopt(&first, EASY_HEADERS, &list);
	first.inside = fork_here;
	curl_easy_perform(&first);
	if (child == 0) {
		bool restored = first.headers == &list;

		curl_easy_cleanup(&first);
		_exit(restored ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_traced(GET_A);
	curl_easy_cleanup(&first);
	assert_traced("");
}

/* ---- tracing ---- */

static bool never_ready(void)
{
	return false;
}

static void without_an_area_calls_pass_through(void **state)
{
	(void)state;
	transfers_begin();
	perform_enable(never_ready);
	transfers_handle(&first, "http://a/");
	assert_int_equal(curl_easy_perform(&first), 0);
	assert_int_equal(traced_lost_passed(), 1);
	assert_string_equal(first.sent, "");
	curl_easy_cleanup(&first);
	assert_traced("");
}

static void a_handle_at_the_address_of_another_is_a_new_one(void **state)
{
	(void)state;
	transfers_begin();
	transfers_handle(&first, "http://b/");
	curl_easy_setopt(&first, EASY_POST, 1L);
	transfers_handle(&first, "http://a/");
	curl_easy_perform(&first);
	assert_traced(GET_A);
	curl_easy_cleanup(&first);
	scripted_next(NULL);
	assert_null(curl_easy_init());
}

TESTS(cmocka_unit_test(the_transfer_is_current_in_its_callbacks),
      cmocka_unit_test(a_transfer_in_a_callback_is_its_child),
      cmocka_unit_test(a_busy_handle_is_passed_through),
      cmocka_unit_test(a_jump_out_of_a_callback_leaves_the_next_transfer_right),
      cmocka_unit_test(what_libcurl_refused_is_not_set),
      cmocka_unit_test(headers_set_in_a_callback_have_ours_before_them),
      cmocka_unit_test(a_reset_forgets_what_was_set),
      cmocka_unit_test(a_reset_makes_a_handle_known),
      cmocka_unit_test(a_handle_that_was_not_seen_made_keeps_its_headers),
      cmocka_unit_test(a_copy_made_in_a_callback_has_the_program_s_headers),
      cmocka_unit_test(a_child_ends_nothing_of_its_parent_s),
      cmocka_unit_test(without_an_area_calls_pass_through),
      cmocka_unit_test(a_handle_at_the_address_of_another_is_a_new_one))
