/* SPDX-License-Identifier: Apache-2.0 */
/* Names of span files, and the old one. */
#include "tests/support/test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/span_file.h"

static void letters_are_filled_in(void **state)
{
	static const struct {
		const char *pattern, *name;
	} cases[] = {
		{ "./otelshim.jsonl", "./otelshim.jsonl" },
		{ "/x/%n-%p.jsonl", "/x/shopd-42.jsonl" },
		{ "100%%", "100%" },
		{ "%z%", "%z%" },
		{ "", "" },
	};
	char name[PROGRAM_PATH], host[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(span_file_name(cases[i].pattern, 42, "/bin/shopd", name), 0);
		assert_string_equal(name, cases[i].name);
	}
	assert_int_equal(gethostname(host, sizeof(host)), 0);
	assert_int_equal(span_file_name("%h", 42, "x", name), 0);
	assert_string_equal(name, host);
}

static void a_name_that_is_too_long_is_an_error(void **state)
{
	char name[PROGRAM_PATH], pattern[2 * PROGRAM_PATH];

	(void)state;
	memset(pattern, 'a', sizeof(pattern));
	pattern[PROGRAM_PATH] = 0;
	assert_int_equal(span_file_name(pattern, 1, "x", name), -ENAMETOOLONG);
	pattern[PROGRAM_PATH - 1] = 0;
	assert_int_equal(span_file_name(pattern, 1, "x", name), 0);
}

static void write_to(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void the_old_file_is_kept_once(void **state)
{
	char folder[] = "/tmp/otelshim-file.XXXXXX", path[64], old[64], text[16] = { 0 };
	struct stat status;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/f", folder);
	snprintf(old, sizeof(old), "%s/f.old", folder);
	assert_int_equal(span_file_prepare(path, true), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_not_equal(stat(old, &status), 0);
	write_to(path, "first");
	assert_int_equal(span_file_prepare(path, true), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
	file = fopen(old, "r");
	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text), file), 5);
	fclose(file);
	write_to(path, "second");
	assert_int_equal(span_file_prepare(path, false), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 6);
	unlink(path);
	unlink(old);
	rmdir(folder);
}

static void what_cannot_be_written_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(span_file_prepare("/nonexistent/f", true), -ENOENT);
	assert_int_equal(span_file_prepare("/", true), -EISDIR);
	assert_int_equal(span_file_prepare("/dev/null", true), 0);
}

TESTS(cmocka_unit_test(letters_are_filled_in),
      cmocka_unit_test(a_name_that_is_too_long_is_an_error),
      cmocka_unit_test(the_old_file_is_kept_once),
      cmocka_unit_test(what_cannot_be_written_is_an_error))
