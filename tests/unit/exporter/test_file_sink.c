/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in files: whole, counted, appended. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "exporter/file_sink.h"
#include "tests/support/sample_span.h"

static const struct attribute_limits no_limits = { UINT64_MAX, UINT64_MAX };
static struct resource resource = { .process_id = 7 };
static struct file_sink sink;
static struct sample sample;
static uint8_t *memory;
static char path[] = "/tmp/otelshim-test-XXXXXX";

static int setup(void **state)
{
	(void)state;
	memcpy(path + sizeof(path) - 7, "XXXXXX", 7);
	close(mkstemp(path));
	unlink(path);
	memory = malloc(FILE_SINK_SIZE);
	log_configure(LOG_NONE, NULL);
	return file_sink_open(&sink, path, no_limits, memory) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	file_sink_close(&sink);
	unlink(path);
	free(memory);
	return 0;
}

static void add(size_t text_size)
{
	static char text[8192];
	struct span span;

	memset(text, 'q', sizeof(text));
	sample_begin(&sample);
	record_put_string(&sample.writer, ATTRIBUTE_DB_QUERY_TEXT, slice_of(text, text_size));
	span_view(NULL, sample_end(&sample), 0, &span);
	file_sink_add(&sink, &resource, &span);
}

/* Lines of the file; each must begin and end as an object. */
static size_t lines_of_file(void)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0, lines = 0;
	ssize_t size;

	assert_non_null(file);
	while ((size = getline(&line, &room, file)) > 0) {
		assert_true(size > 4 && line[size - 1] == '\n');
		assert_memory_equal(line, "{\"resourceSpans\":[", 18);
		assert_memory_equal(line + size - 3, "]}\n", 3);
		lines++;
	}
	free(line);
	fclose(file);
	return lines;
}

static void the_file_is_ours_alone_and_appended(void **state)
{
	(void)state;
	struct stat status;

	add(10);
	file_sink_flush(&sink);
	file_sink_close(&sink);
	file_sink_reopen(&sink);
	add(10);
	file_sink_flush(&sink);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_true(fcntl(sink.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(lines_of_file(), 2);
	assert_int_equal(sink.written, 2);
}

static void many_spans_share_a_line_until_it_is_long(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		add(1000);
	file_sink_flush(&sink);
	assert_int_equal(sink.written, 1000);
	assert_int_equal(sink.lost, 0);
	assert_in_range(lines_of_file(), 5, 100);
}

static void more_than_the_memory_holds_is_written_meanwhile(void **state)
{
	(void)state;
	for (int i = 0; i < 5000; i++)
		add(8000);
	file_sink_flush(&sink);
	assert_int_equal(sink.written, 5000);
	assert_true(lines_of_file() > 100);
}

static void what_cannot_be_written_is_counted(void **state)
{
	(void)state;
	close(sink.fd);
	sink.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < 100; i++)
		add(100);
	file_sink_flush(&sink);
	assert_int_equal(sink.written, 0);
	assert_int_equal(sink.lost, 100);
}

/* A pipe takes as much as it has room for: inside a line. */
static void a_line_that_was_cut_by_an_error_spoils_no_other(void **state)
{
	(void)state;
	static char bytes[1 << 20];
	size_t used = 0;
	ssize_t got;
	int ends[2];
	uint64_t first;

	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	close(sink.fd);
	sink.fd = ends[1];
	for (int i = 0; i < 40; i++)
		add(4000);
	file_sink_flush(&sink);
	first = sink.written;
	assert_true(sink.lines > 0 && sink.inside);
	/* The rest of it meets an error. */
	int keep = sink.fd;

	sink.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	file_sink_flush(&sink);
	close(sink.fd);
	sink.fd = keep;
	assert_int_equal(sink.written + sink.lost, 40);
	while ((got = read(ends[0], bytes + used, sizeof(bytes) - used)) > 0)
		used += (size_t)got;
	add(10);
	file_sink_flush(&sink);
	assert_int_equal(sink.written, first + 1);
	got = read(ends[0], bytes, sizeof(bytes));
	assert_true(got > 20);
	assert_memory_equal(bytes, "\n{\"resourceSpans\"", 17);
	close(ends[0]);
}

static void spans_that_come_while_it_is_closed_are_counted(void **state)
{
	(void)state;
	file_sink_close(&sink);
	add(10);
	assert_int_equal(sink.lost, 1);
}

static void a_ceiling_ends_the_file_with_a_whole_line(void **state)
{
	(void)state;
	struct stat status;

	sink.size_max = 400000;
	for (int i = 0; i < 2000; i++) {
		add(1000);
		if (i % 100 == 0)
			file_sink_flush(&sink);
	}
	file_sink_flush(&sink);
	assert_int_equal(stat(path, &status), 0);
	assert_in_range(status.st_size, 400000, 400000 + 2 * FILE_SINK_LINE);
	assert_int_equal(sink.written + sink.lost, 2000);
	assert_true(sink.written > 200);
	assert_true(lines_of_file() > 2);
}

static void the_name_may_hold_the_process_id(void **state)
{
	(void)state;
	char name[32];

	assert_true(file_sink_path("/a/%p.jsonl", 4242, name, sizeof(name)));
	assert_string_equal(name, "/a/4242.jsonl");
	assert_true(file_sink_path("100%", 1, name, sizeof(name)));
	assert_string_equal(name, "100%");
	assert_false(file_sink_path("/a/name/that/is/longer/than/the/room", 1, name, sizeof(name)));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TESTS(CASE(the_file_is_ours_alone_and_appended), CASE(many_spans_share_a_line_until_it_is_long),
      CASE(more_than_the_memory_holds_is_written_meanwhile),
      CASE(what_cannot_be_written_is_counted),
      CASE(a_line_that_was_cut_by_an_error_spoils_no_other),
      CASE(spans_that_come_while_it_is_closed_are_counted),
      CASE(a_ceiling_ends_the_file_with_a_whole_line),
      CASE(the_name_may_hold_the_process_id))
