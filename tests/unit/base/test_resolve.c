/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners, the next definition, and whole programs with a preload of ours in front: what they
 * answer with it is what they answer without it.
 */
#include "tests/support/test.h"

#include <gnu/libc-version.h>
#include <link.h>

#include "base/resolve.h"
#include "tests/support/plugin.h"

static int own_variable;

static void an_address_of_ours_is_the_main_programs(void **state)
{
	struct resolve_object by_code, by_data;

	(void)state;
	assert_true(resolve_owner((void *)resolve_owner, &by_code));
	assert_true(resolve_owner(&own_variable, &by_data));
	assert_true(resolve_same(&by_code, &by_data));
	assert_string_equal(by_code.path, "");
	assert_true(resolve_holds(&by_code, &own_variable));
	assert_false(resolve_holds(&by_code, (void *)(by_code.end)));
	assert_true(resolve_holds(&by_code, (void *)(by_code.end - 1)));
}

static void an_address_of_a_library_is_its_librarys(void **state)
{
	struct resolve_object object;

	(void)state;
	/* Not one that a sanitiser puts its own before. */
	assert_true(resolve_owner((void *)gnu_get_libc_version, &object));
	assert_non_null(strstr(object.path, "libc.so"));
	assert_true(object.dynamic >= object.start && object.dynamic < object.end);
}

static void an_address_of_no_object_has_no_owner(void **state)
{
	struct resolve_object object = { .path = "untouched" };
	void *heap = calloc(1, 1);

	(void)state;
	assert_false(resolve_owner(heap, &object));
	assert_false(resolve_owner(NULL, &object));
	assert_false(resolve_owner(&heap, &object));
	assert_string_equal(object.path, "untouched");
	free(heap);
}

static void the_next_definition_is_that_of_dlsym(void **state)
{
	static const char *const names[] = {
		"write", "recv", "fork", "no_such_function", "memcpy",
	};
	void *found[5];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_ptr_equal(resolve_next(names[i]), dlsym(RTLD_NEXT, names[i]));
	resolve_next_all(names, 5, found);
	for (size_t i = 0; i < 5; i++)
		assert_ptr_equal(found[i], dlsym(RTLD_NEXT, names[i]));
	assert_null(found[3]);
	assert_non_null(found[0]);
}

static void the_next_definition_is_of_the_start_up(void **state)
{
	void *library;

	(void)state;
	assert_non_null(resolve_next("write"));
	plugin_build("liblate.so", "int come_late(void) { return 1; }\n", "");
	library = plugin_open("liblate.so", RTLD_GLOBAL);
	assert_null(resolve_next("come_late"));
	dlclose(library);
}

static void the_first_definition_is_that_of_the_program(void **state)
{
	struct resolve_object first, libc;

	(void)state;
	assert_true(resolve_owner((void *)gnu_get_libc_version, &libc));
	assert_true(resolve_first("gnu_get_libc_version", &first));
	assert_true(resolve_same(&first, &libc));
	first = libc;
	assert_false(resolve_first("no_such_function", &first));
	assert_true(resolve_same(&first, &libc));
}

static void what_was_opened_is_not_of_the_start_up(void **state)
{
	struct resolve_object object;
	void *library;

	(void)state;
	assert_true(resolve_owner((void *)gnu_get_libc_version, &object));
	assert_true(resolve_is_startup(&object));
	assert_true(resolve_owner(&own_variable, &object));
	assert_true(resolve_is_startup(&object));
	plugin_build("libopened.so", "int opened(void) { return 1; }\n", "");
	library = plugin_open("libopened.so", RTLD_GLOBAL);
	assert_true(resolve_owner(dlsym(library, "opened"), &object));
	assert_false(resolve_is_startup(&object));
	dlclose(library);
}

static void what_was_unloaded_is_counted(void **state)
{
	uint64_t before;
	void *library;

	(void)state;
	plugin_build("libgone.so", "int gone(void) { return 1; }\n", "");
	library = plugin_open("libgone.so", RTLD_LOCAL);
	before = resolve_unloads();
	assert_int_equal(resolve_unloads(), before);
	dlclose(library);
	assert_int_equal(resolve_unloads(), before + 1);
}

/* The loader tends to put the second where the first was: only the count tells them apart. */
static void an_object_in_the_place_of_another_is_itself(void **state)
{
	struct resolve_object first, second;
	uint64_t unloads;
	void *library;

	(void)state;
	plugin_build("libfirst.so", "int place(void) { return 1; }\n", "");
	plugin_build("libsecond.so", "int place(void) { return 2; }\n", "");
	library = plugin_open("libfirst.so", RTLD_LOCAL);
	assert_true(resolve_owner(dlsym(library, "place"), &first));
	unloads = resolve_unloads();
	dlclose(library);
	library = plugin_open("libsecond.so", RTLD_LOCAL);
	assert_true(resolve_owner(dlsym(library, "place"), &second));
	assert_non_null(strstr(second.path, "libsecond.so"));
	assert_true(!resolve_same(&first, &second) || resolve_unloads() != unloads);
	assert_ptr_equal(resolve_in_object(second.load_address, second.dynamic, "place"),
			 dlsym(library, "place"));
	dlclose(library);
}

/* A program that says what its own call, and those of the plugins that it is given, come to. */
static const char *const program_source =
	"#include <dlfcn.h>\n#include <stdio.h>\n"
	"const char *hooked(void);\n"
	"int main(int argc, char **argv) {\n"
	"#ifdef LINKED\n	printf(\"main=%s \", hooked());\n#endif\n"
	"	for (int i = 1; i < argc; i++) {\n"
	"		void *plugin = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);\n"
	"		const char *(*one)(void) = dlsym(plugin, \"call_hooked\");\n"
	"		const char *(*two)(void) = dlsym(plugin, \"call_plain\");\n"
	"		printf(\"%s/%s \", one(), two());\n"
	"	}\n"
	"}\n";

static const char *const library_source =
	"const char *hooked(void) { return TEXT; }\nconst char *plain(void) { return TEXT; }\n";

static const char *const caller_source =
	"const char *hooked(void);\nconst char *plain(void);\n"
	"const char *call_hooked(void) { return hooked(); }\n"
	"const char *call_plain(void) { return plain(); }\n";

#ifndef SANITIZED
/* Our own hook, in miniature. */
static const char *const hook_source =
	"#include \"base/resolve.h\"\n"
	"__attribute__((constructor)) static void begin(void) { resolve_next(\"hooked\"); }\n"
	"__attribute__((visibility(\"default\"))) const char *hooked(void) {\n"
	"	static const char *const names[] = { \"hooked\" };\n"
	"	struct resolve_object caller, owner;\n"
	"	const char *(*volatile real)(void);\n"
	"	void *found;\n"
	"	if (!resolve_owner(__builtin_return_address(0), &caller) ||\n"
	"	    !resolve_for_object(&caller, names, 1, &found, &owner)) return \"nothing\";\n"
	"	real = found;\n"
	"	return real();\n"
	"}\n";
#endif

/* Somebody else's, by the book. */
static const char *const other_source =
	"#include <dlfcn.h>\n#include <stdio.h>\n"
	"const char *hooked(void) {\n"
	"	static char text[64];\n"
	"	const char *(*real)(void) = dlsym(RTLD_NEXT, \"hooked\");\n"
	"	snprintf(text, sizeof(text), \"(%s)\", real ? real() : \"none\");\n"
	"	return text;\n"
	"}\n";

/* Absolute, for the compiler runs elsewhere; to be freed. */
static char *folder(const char *variable)
{
	const char *value = getenv(variable);
	char *path = realpath(value ? value : ".", NULL);

	assert_non_null(path);
	return path;
}

static int begin(void **state)
{
	char *source = folder("top_srcdir"), *build = folder("top_builddir");
	char flags[512];

	if (plugin_begin(state) != 0)
		return -1;
	snprintf(flags, sizeof(flags), "-fvisibility=hidden -D_GNU_SOURCE -I%s/shim %s/libcore.a",
		 source, build);
	free(source);
	free(build);
#ifndef SANITIZED
	plugin_build("libhook.so", hook_source, flags);
#endif
	plugin_build("libother.so", other_source, "");
	plugin_build("libone.so", library_source, "-Wl,-soname,libone.so -DTEXT='\"one\"'");
	plugin_build("libtwo.so", library_source, "-Wl,-soname,libtwo.so -DTEXT='\"two\"'");
	plugin_write("v.map", "V1 { global: *; };\n");
	plugin_build("libthree.so", library_source,
		     "-Wl,-soname,libthree.so -DTEXT='\"three\"' -Wl,--version-script=v.map");
	plugin_write("v.map", "V2 { global: *; };\n");
	plugin_build("libfour.so", library_source,
		     "-Wl,-soname,libfour.so -DTEXT='\"four\"' -Wl,--version-script=v.map");
	plugin_build("calls_two.so", caller_source, "-ltwo");
	plugin_build("calls_one.so", caller_source, "-lone");
	plugin_build("calls_four.so", caller_source, "-lfour");
	return 0;
}

/* Runs the program, linked with @flags, with @preload (file names, ":" between) before it. */
static const char *run(const char *flags, const char *preload, const char *plugins)
{
	char command[512];

	snprintf(command, sizeof(command), "LD_LIBRARY_PATH=. LD_PRELOAD=%s ./program %s", preload,
		 plugins);
	return plugin_program(program_source, flags, command);
}

static void expect_same(const char *flags, const char *plugins, const char *expected)
{
#ifdef SANITIZED
	skip();
#endif
	assert_string_equal(run(flags, "", plugins), expected);
	assert_string_equal(run(flags, "libhook.so", plugins), expected);
}

static void a_program_that_is_linked_with_the_library_gets_it(void **state)
{
	(void)state;
	expect_same("-DLINKED -lone", "", "main=one ");
}

static void plugins_get_what_they_brought(void **state)
{
	(void)state;
	expect_same("", "./calls_two.so ./calls_one.so", "two/two one/one ");
}

static void a_plugin_gets_the_programs_copy_when_the_loader_would(void **state)
{
	(void)state;
	expect_same("-DLINKED -lone", "./calls_two.so", "main=one one/one ");
}

static void a_plugin_gets_its_own_copy_when_versions_differ(void **state)
{
	(void)state;
	expect_same("-DLINKED -lthree", "./calls_four.so", "main=three four/four ");
}

static void other_preloads_stay_in_the_chain(void **state)
{
	(void)state;
#ifdef SANITIZED
	skip();
#endif
	assert_string_equal(run("-DLINKED -lone", "libother.so", ""), "main=(one) ");
	assert_string_equal(run("-DLINKED -lone", "libother.so:libhook.so", ""), "main=(one) ");
	assert_string_equal(run("-DLINKED -lone", "libhook.so:libother.so", ""), "main=(one) ");
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(an_address_of_ours_is_the_main_programs),
		cmocka_unit_test(an_address_of_a_library_is_its_librarys),
		cmocka_unit_test(an_address_of_no_object_has_no_owner),
		cmocka_unit_test(the_next_definition_is_that_of_dlsym),
		cmocka_unit_test(the_next_definition_is_of_the_start_up),
		cmocka_unit_test(the_first_definition_is_that_of_the_program),
		cmocka_unit_test(what_was_opened_is_not_of_the_start_up),
		cmocka_unit_test(what_was_unloaded_is_counted),
		cmocka_unit_test(an_object_in_the_place_of_another_is_itself),
		cmocka_unit_test(a_program_that_is_linked_with_the_library_gets_it),
		cmocka_unit_test(plugins_get_what_they_brought),
		cmocka_unit_test(a_plugin_gets_the_programs_copy_when_the_loader_would),
		cmocka_unit_test(a_plugin_gets_its_own_copy_when_versions_differ),
		cmocka_unit_test(other_preloads_stay_in_the_chain),
	};

	return cmocka_run_group_tests(cases, begin, plugin_end);
}
