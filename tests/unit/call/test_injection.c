/* SPDX-License-Identifier: Apache-2.0 */
/* Headers in front of the program's own, which stay as they are. */
#include "tests/support/test.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/injection.h"

/* What libcurl would have: one handle, and its list. */
static const struct curl_list *current;
static unsigned int sets;

static int set(struct curl_easy *handle, int option, ...)
{
	va_list list;

	(void)handle;
	va_start(list, option);
	assert_int_equal(option, EASY_HEADERS);
	current = va_arg(list, const struct curl_list *);
	va_end(list);
	sets++;
	return 0;
}

static const struct libcurl libcurl = { .curl_easy_setopt = set };
static struct curl_easy *const handle = (struct curl_easy *)0x4000;

static const struct propagation_field fields[] = {
	{ "traceparent", { (const uint8_t *)"00-1", 4 } },
	{ "tracestate", { (const uint8_t *)"a=b", 3 } },
	{ "baggage", { (const uint8_t *)"c=d", 3 } },
};

static const char *sent(void)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (const struct curl_list *line = current; line; line = line->next)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s|", line->data);
	return text;
}

static void begin(const struct curl_list *list)
{
	injection_begin(&libcurl, handle, list, fields, 3);
}

static void ours_come_first_and_go_away(void **state)
{
	struct curl_list second = { (char *)"B: 2", NULL }, first = { (char *)"A: 1", &second };

	(void)state;
	begin(&first);
	assert_string_equal(sent(), "traceparent: 00-1|tracestate: a=b|baggage: c=d|A: 1|B: 2|");
	injection_end(&libcurl, handle);
	assert_ptr_equal(current, &first);
	assert_ptr_equal(first.next, &second);
	assert_null(second.next);
	begin(NULL);
	assert_string_equal(sent(), "traceparent: 00-1|tracestate: a=b|baggage: c=d|");
	injection_end(&libcurl, handle);
	assert_null(current);
}

static const struct {
	const char *line, *sent;
} wins[] = {
	{ "traceparent: x", "baggage: c=d|traceparent: x|" },
	{ "TraceParent:x", "baggage: c=d|TraceParent:x|" },
	{ "traceparent:", "baggage: c=d|traceparent:|" },
	{ "traceparent;", "baggage: c=d|traceparent;|" },
	{ "tracestate: x", "traceparent: 00-1|baggage: c=d|tracestate: x|" },
	{ "Baggage: x", "traceparent: 00-1|tracestate: a=b|Baggage: x|" },
	{ "traceparent", "traceparent: 00-1|tracestate: a=b|baggage: c=d|traceparent|" },
	{ "x-traceparent: x", "traceparent: 00-1|tracestate: a=b|baggage: c=d|x-traceparent: x|" },
	{ "traceparent-x: x", "traceparent: 00-1|tracestate: a=b|baggage: c=d|traceparent-x: x|" },
	{ ": x", "traceparent: 00-1|tracestate: a=b|baggage: c=d|: x|" },
	{ "", "traceparent: 00-1|tracestate: a=b|baggage: c=d||" },
};

static void what_the_program_set_wins(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wins) / sizeof(*wins); i++) {
		struct curl_list list = { (char *)(uintptr_t)wins[i].line, NULL };

		begin(&list);
		assert_string_equal(sent(), wins[i].sent);
		injection_end(&libcurl, handle);
		assert_ptr_equal(current, &list);
	}
}

static void the_list_may_be_gone_after_the_transfer(void **state)
{
	struct curl_list *list = malloc(sizeof(*list));

	(void)state;
	assert_non_null(list);
	*list = (struct curl_list){ strdup("A: 1"), NULL };
	begin(list);
	injection_end(&libcurl, handle);
	free(list->data);
	free(list);
	begin(NULL);
	assert_string_equal(sent(), "traceparent: 00-1|tracestate: a=b|baggage: c=d|");
	injection_end(&libcurl, handle);
	injection_end(&libcurl, handle);
	assert_null(current);
}

static void a_new_list_in_flight_gets_ours_too(void **state)
{
	struct curl_list first = { (char *)"A: 1", NULL }, second = { (char *)"B: 2", NULL };
	struct curl_list own = { (char *)"traceparent: x", NULL };

	(void)state;
	begin(&first);
	current = &second;
	injection_move(&libcurl, handle, &second);
	assert_string_equal(sent(), "traceparent: 00-1|tracestate: a=b|baggage: c=d|B: 2|");
	injection_move(&libcurl, handle, &own);
	assert_string_equal(sent(), "baggage: c=d|traceparent: x|");
	injection_move(&libcurl, handle, NULL);
	assert_string_equal(sent(), "traceparent: 00-1|tracestate: a=b|baggage: c=d|");
	injection_end(&libcurl, handle);
	assert_null(current);
	sets = 0;
	injection_move(&libcurl, handle, &second);
	assert_int_equal(sets, 0);
}

static void a_copy_has_the_program_s_list(void **state)
{
	struct curl_list list = { (char *)"A: 1", NULL };

	(void)state;
	begin(&list);
	injection_copied(&libcurl, handle, (struct curl_easy *)0x5000);
	assert_ptr_equal(current, &list);
	injection_end(&libcurl, handle);
	sets = 0;
	injection_copied(&libcurl, handle, (struct curl_easy *)0x5000);
	assert_int_equal(sets, 0);
}

static void what_libcurl_forgot_is_not_given_back(void **state)
{
	struct curl_list list = { (char *)"A: 1", NULL };

	(void)state;
	begin(&list);
	injection_lost(handle);
	sets = 0;
	injection_end(&libcurl, handle);
	assert_int_equal(sets, 0);
	begin(&list);
	injection_forget(handle);
	sets = 0;
	injection_end(&libcurl, handle);
	assert_int_equal(sets, 0);
}

/* The child's libcurl walks the same list. */
static void a_forked_child_has_the_nodes_and_can_give_them_back(void **state)
{
	struct curl_list list = { (char *)"A: 1", NULL };
	int status;
	pid_t child;

	(void)state;
	begin(&list);
	child = fork();
	if (child == 0) {
		bool same = !strcmp(sent(),
				    "traceparent: 00-1|tracestate: a=b|baggage: c=d|A: 1|");

		injection_end(&libcurl, handle);
		_exit(same && current == &list ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	injection_end(&libcurl, handle);
}

static void many_handles_have_their_own(void **state)
{
	struct propagation_field one = { "traceparent", { NULL, 0 } };
	char text[8];

	(void)state;
	for (uintptr_t i = 1; i <= 1000; i++) {
		one.value = slice_of(text, (size_t)snprintf(text, sizeof(text), "%d", (int)i));
		injection_begin(&libcurl, (struct curl_easy *)(i << 12), NULL, &one, 1);
	}
	for (uintptr_t i = 1; i <= 1000; i++) {
		char expected[32];

		injection_move(&libcurl, (struct curl_easy *)(i << 12), NULL);
		snprintf(expected, sizeof(expected), "traceparent: %d|", (int)i);
		assert_string_equal(sent(), expected);
		injection_forget((struct curl_easy *)(i << 12));
	}
}

static void what_is_too_long_is_left_out_unless_it_is_shared(void **state)
{
	static char text[INJECTION_TEXT];
	struct propagation_field two[] = { fields[0], { "tracestate", { NULL, 0 } } };

	(void)state;
	memset(text, 'x', sizeof(text));
	two[1].value = slice_of(text, sizeof(text));
	injection_begin(&libcurl, handle, NULL, two, 2);
	assert_string_equal(sent(), "traceparent: 00-1|");
	injection_end(&libcurl, handle);
	injection_share("tracestate", two[1].value);
	injection_begin(&libcurl, handle, NULL, two, 2);
	assert_int_equal(strlen(sent()), strlen("traceparent: 00-1|tracestate: |") + sizeof(text));
	injection_end(&libcurl, handle);
}

TESTS(cmocka_unit_test(ours_come_first_and_go_away),
      cmocka_unit_test(what_the_program_set_wins),
      cmocka_unit_test(the_list_may_be_gone_after_the_transfer),
      cmocka_unit_test(a_new_list_in_flight_gets_ours_too),
      cmocka_unit_test(a_copy_has_the_program_s_list),
      cmocka_unit_test(what_libcurl_forgot_is_not_given_back),
      cmocka_unit_test(a_forked_child_has_the_nodes_and_can_give_them_back),
      cmocka_unit_test(many_handles_have_their_own),
      cmocka_unit_test(what_is_too_long_is_left_out_unless_it_is_shared))
