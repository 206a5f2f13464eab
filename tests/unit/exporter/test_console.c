/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people. */
#include "tests/support/test.h"

#include <unistd.h>

#include "exporter/console.h"
#include "tests/support/sample_span.h"

static struct sample sample;

static struct slice line_of(char memory[CONSOLE_LINE_MAX])
{
	struct span span;

	span_view(NULL, sample_end(&sample), 0, &span);
	return slice_of(memory, console_format(&span, memory));
}

static void a_span_is_one_line(void **state)
{
	(void)state;
	char memory[CONSOLE_LINE_MAX];

	sample_begin(&sample)->duration_ns = 12345678;
	record_put_string(&sample.writer, ATTRIBUTE_SPAN_NAME, SLICE("SELECT t"));
	record_put_string(&sample.writer, ATTRIBUTE_DB_QUERY_TEXT, SLICE("SELECT\n\x1b[31m1"));
	assert_slice_equal(line_of(memory),
			   SLICE("1970-01-01T00:00:00.000Z  12.345 ms  SELECT t  trace "
				 "abababababababababababababababab  SELECT  [31m1\n"));
}

static void an_error_is_shown(void **state)
{
	(void)state;
	char memory[CONSOLE_LINE_MAX + 1] = "";

	sample_begin(&sample)->status = STATUS_ERROR;
	record_put_string(&sample.writer, ATTRIBUTE_ERROR_TYPE, SLICE("23505"));
	memory[line_of(memory).size] = '\0';
	assert_non_null(strstr(memory, "  ERROR 23505  "));
}

static void a_request_shows_its_url(void **state)
{
	(void)state;
	char memory[CONSOLE_LINE_MAX];

	sample_begin(&sample)->status = STATUS_ERROR;
	record_put_string(&sample.writer, ATTRIBUTE_SPAN_NAME, SLICE("GET"));
	record_put_string(&sample.writer, ATTRIBUTE_ERROR_TYPE, SLICE("404"));
	record_put_string(&sample.writer, ATTRIBUTE_URL_FULL, SLICE("http://a/b"));
	assert_slice_equal(line_of(memory),
			   SLICE("1970-01-01T00:00:00.000Z  0.000 ms  GET  ERROR 404  trace "
				 "abababababababababababababababab  http://a/b\n"));
}

static void a_long_line_is_cut(void **state)
{
	(void)state;
	static char text[8000];
	char memory[CONSOLE_LINE_MAX];

	memset(text, 'x', sizeof(text));
	sample_begin(&sample);
	record_put_string(&sample.writer, ATTRIBUTE_DB_QUERY_TEXT, slice_of(text, sizeof(text)));
	assert_int_equal(line_of(memory).size, CONSOLE_LINE_MAX);
	assert_int_equal(memory[CONSOLE_LINE_MAX - 1], '\n');
}

TESTS(cmocka_unit_test(a_span_is_one_line), cmocka_unit_test(an_error_is_shown),
      cmocka_unit_test(a_request_shows_its_url), cmocka_unit_test(a_long_line_is_cut))
