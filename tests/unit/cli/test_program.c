/* SPDX-License-Identifier: Apache-2.0 */
/* Programs as execvp finds them, and what is inside them. */
#include "tests/support/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cli/program.h"

static char folder[] = "/tmp/otelshim-program.XXXXXX";

static void file_make(const char *name, const void *bytes, size_t size)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
}

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state)
{
	static const char *const names[] = { "script", "loop", "static", "broken" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static void path_is_searched_as_given(void **state)
{
	struct program program;

	(void)state;
	program_find("true", "/nonexistent:/usr/bin", &program);
	assert_string_equal(program.path, "/usr/bin/true");
	assert_false(program.fixed || program.script);
	program_find("true", "/nonexistent", &program);
	assert_string_equal(program.path, "");
	program_find("true", NULL, &program);
	assert_string_equal(program_base_name(program.path), "true");
	program_find("/usr/bin/true", "", &program);
	assert_string_equal(program.path, "/usr/bin/true");
	program_find("/etc/passwd", NULL, &program);
	assert_string_equal(program.path, "");
}

static void a_script_runs_its_interpreter(void **state)
{
	static const char text[] = "#! /bin/sh -e\necho\n";
	struct program program;
	char path[128], shell[PROGRAM_PATH];

	(void)state;
	file_make("script", text, sizeof(text) - 1);
	snprintf(path, sizeof(path), "%s/script", folder);
	program_find(path, NULL, &program);
	assert_true(program.script);
	assert_string_equal(program.path, path);
	assert_non_null(realpath("/bin/sh", shell));
	assert_string_equal(program.executable, shell);
}

static void a_script_that_runs_itself_ends_somewhere(void **state)
{
	char text[160], path[128];
	struct program program;

	(void)state;
	snprintf(path, sizeof(path), "%s/loop", folder);
	snprintf(text, sizeof(text), "#!%s\n", path);
	file_make("loop", text, strlen(text));
	program_find(path, NULL, &program);
	assert_true(program.script);
}

static void a_program_without_interpreter_is_fixed(void **state)
{
	/* An ELF head with one segment that is no PT_INTERP. */
	uint8_t bytes[64 + 56] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	struct program program;
	char path[128];

	(void)state;
	bytes[32] = 64;
	bytes[54] = 56;
	bytes[56] = 1;
	bytes[64] = 1;
	file_make("static", bytes, sizeof(bytes));
	snprintf(path, sizeof(path), "%s/static", folder);
	program_find(path, NULL, &program);
	assert_true(program.fixed);
	bytes[64] = 3;
	file_make("static", bytes, sizeof(bytes));
	program_find(path, NULL, &program);
	assert_false(program.fixed);
	/* What cannot be told is not claimed. */
	bytes[64] = 1;
	file_make("broken", bytes, 100);
	snprintf(path, sizeof(path), "%s/broken", folder);
	program_find(path, NULL, &program);
	assert_false(program.fixed);
}

static void a_program_with_other_rights_is_privileged(void **state)
{
	static const char text[] = "not a script";
	struct program program;
	char path[128];

	(void)state;
	file_make("static", text, sizeof(text) - 1);
	snprintf(path, sizeof(path), "%s/static", folder);
	/* With our own id the bit changes nothing. */
	assert_int_equal(chmod(path, 04755), 0);
	program_find(path, NULL, &program);
	assert_false(program.privileged);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(path, 12345, 12345), 0);
	assert_int_equal(chmod(path, 04755), 0);
	program_find(path, NULL, &program);
	assert_true(program.privileged);
	assert_int_equal(chmod(path, 02755), 0);
	program_find(path, NULL, &program);
	assert_true(program.privileged);
	assert_int_equal(chmod(path, 0755), 0);
	program_find(path, NULL, &program);
	assert_false(program.privileged);
}

static void names_are_the_last_component(void **state)
{
	(void)state;
	assert_string_equal(program_base_name("/usr/bin/psql"), "psql");
	assert_string_equal(program_base_name("psql"), "psql");
	assert_string_equal(program_base_name("./x/"), "./x/");
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(path_is_searched_as_given),
		cmocka_unit_test(a_script_runs_its_interpreter),
		cmocka_unit_test(a_script_that_runs_itself_ends_somewhere),
		cmocka_unit_test(a_program_without_interpreter_is_fixed),
		cmocka_unit_test(a_program_with_other_rights_is_privileged),
		cmocka_unit_test(names_are_the_last_component),
	};

	return cmocka_run_group_tests(cases, folder_make, folder_remove);
}
