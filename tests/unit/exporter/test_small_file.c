/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, lines, words. */
#include "tests/support/test.h"

#include <unistd.h>

#include "exporter/small_file.h"

static void a_file_is_read_up_to_its_room(void **state)
{
	(void)state;
	char path[] = "/tmp/otelshim-test-XXXXXX";
	uint8_t memory[8];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	close(fd);
	assert_slice_equal(small_file_read(path, memory, sizeof(memory)), SLICE("01234567"));
	unlink(path);
	assert_int_equal(small_file_read(path, memory, sizeof(memory)).size, 0);
	assert_int_equal(small_file_read("/", memory, sizeof(memory)).size, 0);
}

static void lines_end_with_a_newline_or_the_text(void **state)
{
	(void)state;
	struct slice text = SLICE("one\n\nthree"), line;

	assert_true(line_next(&text, &line));
	assert_slice_equal(line, SLICE("one"));
	assert_true(line_next(&text, &line));
	assert_slice_equal(line, SLICE(""));
	assert_true(line_next(&text, &line));
	assert_slice_equal(line, SLICE("three"));
	assert_false(line_next(&text, &line));
}

static void a_path_ends_in_its_base_name(void **state)
{
	(void)state;
	assert_slice_equal(text_base_name(SLICE("/usr/bin/psql")), SLICE("psql"));
	assert_slice_equal(text_base_name(SLICE("psql")), SLICE("psql"));
	assert_int_equal(text_base_name(SLICE("/usr/bin/")).size, 0);
	assert_int_equal(text_base_name(SLICE("")).size, 0);
}

static void words_stand_between_blanks(void **state)
{
	(void)state;
	struct slice text = SLICE(" \tone  two\r\n");

	assert_slice_equal(text_trim(text), SLICE("one  two"));
	assert_slice_equal(word_next(&text), SLICE("one"));
	assert_slice_equal(word_next(&text), SLICE("two"));
	assert_int_equal(word_next(&text).size, 0);
	assert_int_equal(text_trim(SLICE(" \t ")).size, 0);
}

TESTS(cmocka_unit_test(a_file_is_read_up_to_its_room),
      cmocka_unit_test(lines_end_with_a_newline_or_the_text),
      cmocka_unit_test(a_path_ends_in_its_base_name),
      cmocka_unit_test(words_stand_between_blanks))
