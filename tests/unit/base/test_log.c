/* SPDX-License-Identifier: Apache-2.0 */
/* What a line looks like, where it goes, and when it is held back. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

static char directory[] = "/tmp/test_log.XXXXXX";
static char path[64];

/* In place of libc's, for this program: minutes pass when we say so. */
static time_t now = 1000;

int clock_gettime(clockid_t id, struct timespec *ret)
{
	(void)id;
	*ret = (struct timespec){ now, 0 };
	return 0;
}

static int begin(void **state)
{
	(void)state;
	now += 60;
	unlink(path);
	log_configure(LOG_DEBUG, path);
	return 0;
}

/* What the file holds, without "otelshim[PID]: " at the start of the first line. */
static const char *written(void)
{
	static char text[65536];
	char prefix[32];
	FILE *file = fopen(path, "r");
	size_t size;

	if (!file)
		return "";
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[size] = '\0';
	snprintf(prefix, sizeof(prefix), "otelshim[%d]: ", (int)getpid());
	assert_memory_equal(text, prefix, strlen(prefix));
	return text + strlen(prefix);
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void a_line_names_its_level(void **state)
{
	(void)state;
	log_warn("cannot write");
	assert_string_equal(written(), "warn: cannot write\n");
}

static void conversions_are_those_of_printf(void **state)
{
	char expected[512];
	const char *volatile null = NULL;

	(void)state;
	log_info("%s|%d|%d|%u|%lu|%ld|%lld|%zu|%x|%lx|%c|%%|%.*s|%.*s|%s", "text", 0,
		 -2147483647 - 1, 4294967295u, 18446744073709551615ul,
		 -9223372036854775807l - 1, -5ll, (size_t)7,
		 0xbeefu, 0xfedcba9876543210ul, 'c', 3, "abcdef", 10, "ab", null);
	snprintf(expected, sizeof(expected),
		 "info: text|0|-2147483648|4294967295|18446744073709551615|"
		 "-9223372036854775808|-5|7|beef|fedcba9876543210|c|%%|abc|ab|(null)\n");
	assert_string_equal(written(), expected);
}

static void a_limited_text_needs_no_end(void **state)
{
	char *bytes = malloc(3);

	(void)state;
	memcpy(bytes, "abc", 3);
	log_info("%.*s", 3, bytes);
	free(bytes);
	assert_string_equal(written(), "info: abc\n");
}

static void a_line_stays_one_line(void **state)
{
	(void)state;
	log_info("%s", "a\nb\tc\033[31m\x7f\xc3\xa9");
	assert_string_equal(written(), "info: a?b\tc?[31m?\xc3\xa9\n");
}

static void a_line_is_cut_at_512_bytes(void **state)
{
	char text[2000];
	const char *line;
	int prefix = snprintf(NULL, 0, "otelshim[%d]: ", (int)getpid());

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_error("%s%d", text, 5);
	line = written();
	assert_int_equal(count_lines(line), 1);
	assert_int_equal(strlen(line) + (size_t)prefix, 512);
	assert_null(strchr(line, '5'));
}

static void what_is_above_the_level_is_not_written(void **state)
{
	(void)state;
	log_configure(LOG_WARN, path);
	log_info("one");
	log_debug("two");
	assert_string_equal(written(), "");
	log_error("three");
	assert_string_equal(written(), "error: three\n");
	log_configure(LOG_NONE, path);
	log_error("four");
	assert_int_equal(count_lines(written()), 1);
}

static void a_minute_has_so_many_lines_and_the_next_tells(void **state)
{
	uint64_t before = log_held_back();

	(void)state;
	for (int i = 0; i < LOG_LINES_A_MINUTE + 7; i++)
		log_info("line %d", i);
	assert_int_equal(count_lines(written()), LOG_LINES_A_MINUTE);
	assert_int_equal(log_held_back(), before + 7);
	now += 59;
	log_info("too early");
	assert_int_equal(log_held_back(), before + 8);
	now += 1;
	log_info("again");
	log_info("and again");
	assert_int_equal(count_lines(written()), LOG_LINES_A_MINUTE + 2);
	assert_non_null(strstr(written(), "info: again (held back before: 8)\n"));
	assert_non_null(strstr(written(), "info: and again\n"));
}

static void the_file_is_for_its_owner_alone_and_appended_to(void **state)
{
	struct stat status;
	mode_t mask = umask(0);

	(void)state;
	log_info("one");
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	log_configure(LOG_INFO, path);
	log_info("two");
	assert_int_equal(count_lines(written()), 2);
}

static void a_link_is_not_followed_and_the_loss_is_counted(void **state)
{
	uint64_t before = log_held_back();
	char target[80];

	(void)state;
	snprintf(target, sizeof(target), "%s/target", directory);
	assert_int_equal(symlink(target, path), 0);
	log_info("through a link");
	assert_int_equal(access(target, F_OK), -1);
	assert_int_equal(log_held_back(), before + 1);
}

static void no_descriptor_stays_open(void **state)
{
	int before = open("/dev/null", O_RDONLY);
	int after;

	(void)state;
	close(before);
	log_info("one");
	after = open("/dev/null", O_RDONLY);
	close(after);
	assert_int_equal(before, after);
}

static void without_a_file_it_is_standard_error(void **state)
{
	char text[200] = "";
	int ends[2], kept = dup(STDERR_FILENO);
	ssize_t size;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_configure(LOG_INFO, NULL);
	log_info("to %s", "stderr");
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(ends[1]);
	size = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	assert_true(size > 0);
	assert_non_null(strstr(text, "]: info: to stderr"));
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/log", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test_setup(a_line_names_its_level, begin),
		cmocka_unit_test_setup(conversions_are_those_of_printf, begin),
		cmocka_unit_test_setup(a_limited_text_needs_no_end, begin),
		cmocka_unit_test_setup(a_line_stays_one_line, begin),
		cmocka_unit_test_setup(a_line_is_cut_at_512_bytes, begin),
		cmocka_unit_test_setup(what_is_above_the_level_is_not_written, begin),
		cmocka_unit_test_setup(a_minute_has_so_many_lines_and_the_next_tells, begin),
		cmocka_unit_test_setup(the_file_is_for_its_owner_alone_and_appended_to, begin),
		cmocka_unit_test_setup(a_link_is_not_followed_and_the_loss_is_counted, begin),
		cmocka_unit_test_setup(no_descriptor_stays_open, begin),
		cmocka_unit_test_setup(without_a_file_it_is_standard_error, begin),
	};

	return cmocka_run_group_tests(cases, make_directory, remove_directory);
}
