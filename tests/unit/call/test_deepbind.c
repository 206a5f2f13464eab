/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole programs with a preload of ours in front that open plugins: what these call before and
 * after dlsym was asked.
 */
#include "tests/support/test.h"

#include "call/deepbind.h"
#include "tests/support/plugin.h"

static void a_process_that_opened_nothing_has_nothing_to_mend(void **state)
{
	void *heap = calloc(1, 64);

	(void)state;
	deepbind_notice(heap);
	deepbind_enable();
	deepbind_notice(heap);
	deepbind_notice(dlopen(NULL, RTLD_NOW));
	deepbind_notice((void *)16);
	deepbind_allow(false);
	deepbind_notice(heap);
	deepbind_allow(true);
	free(heap);
}

#ifndef SANITIZED

/* Of libpq's hook: whose libpq it would call; of send's: that it was here. */
static const char *const hook_source =
	"#include <string.h>\n"
	"#include <sys/types.h>\n"
	"#include \"base/real.h\"\n"
	"#include \"call/deepbind.h\"\n"
	"#include \"call/libpq.h\"\n"
	"#define HOOK __attribute__((visibility(\"default\")))\n"
	"__attribute__((constructor)) static void begin(void) { real(); deepbind_enable(); }\n"
	"HOOK void notice(void *handle) { deepbind_notice(handle); }\n"
	"HOOK const char *PQexec(void) {\n"
	"	const struct libpq *libpq = libpq_of_caller(__builtin_return_address(0));\n"
	"	return libpq ? strrchr(libpq->library.object.path, '/') : \"/none\";\n"
	"}\n"
	"HOOK ssize_t send(int fd, const void *bytes, size_t size, int flags) { return 77; }\n";

/* Everything that a libpq must have. */
static const char *const libpq_source =
	"#define LIBPQ(name, type) const char *name(void) { return \"bypassed\"; }\n"
	"#define LIBPQ_CALLED(name, type) const char *name(void) { return \"bypassed\"; }\n"
	"#include \"call/libpq.def\"\n";

static const char *const plugin_source =
	"#include <sys/types.h>\n#include <sys/socket.h>\n"
	"const char *PQexec(void);\n"
	"const char *call_exec(void) { return PQexec(); }\n"
	"ssize_t call_send(void) { return send(-1, \"\", 0, 0); }\n";

/* How many mappings of the plugin's file can be written tells of pages that were left so. */
static const char *const program_source =
	"#include <dlfcn.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
	"#include <sys/types.h>\n"
	"#ifdef LINKED\nconst char *PQexec(void);\n#endif\n"
	"#ifdef OWN_SEND\n"
	"ssize_t send(int fd, const void *bytes, size_t size, int flags) { return 1; }\n"
	"#endif\n"
	"static int writable(const char *file) {\n"
	"	char line[512]; int count = 0;\n"
	"	FILE *maps = fopen(\"/proc/self/maps\", \"r\");\n"
	"	while (fgets(line, sizeof(line), maps))\n"
	"		count += strstr(line, file) && strstr(line, \" rw\");\n"
	"	return fclose(maps), count;\n"
	"}\n"
	"int main(int argc, char **argv) {\n"
	"	void (*notice)(void *) = dlsym(RTLD_DEFAULT, \"notice\");\n"
	"	const char *(*exec)(void); ssize_t (*call)(void); int before;\n"
	"	void *plugin = dlopen(argv[1], atoi(argv[2]));\n"
	"	if (!plugin) return puts(dlerror()), 1;\n"
	"	exec = dlsym(plugin, \"call_exec\"); call = dlsym(plugin, \"call_send\");\n"
	"	if (argc > 3) printf(\"%s %zd, \", exec(), call());\n"
	"	before = writable(\"plugin\");\n"
	"	notice(plugin);\n"
	"	printf(\"%s %zd\", exec(), call());\n"
	"	if (writable(\"plugin\") != before) printf(\" pages\");\n"
	"#ifdef LINKED\n	printf(\", program %s\", PQexec());\n#endif\n"
	"}\n";

static char include[256];

static int begin(void **state)
{
	const char *source = getenv("top_srcdir"), *made = getenv("top_builddir");
	char *top = realpath(source ? source : ".", NULL);
	char *build = realpath(made ? made : ".", NULL);
	char flags[600];

	if (plugin_begin(state) != 0)
		return -1;
	assert_non_null(top);
	assert_non_null(build);
	snprintf(include, sizeof(include), "-D_GNU_SOURCE -I%s/shim", top);
	snprintf(flags, sizeof(flags), "-fvisibility=hidden %s %s/libcore.a", include, build);
	free(top);
	free(build);
	plugin_build("libhook.so", hook_source, flags);
	snprintf(flags, sizeof(flags), "-Wl,-soname,libone.so %s", include);
	plugin_build("libone.so", libpq_source, flags);
	snprintf(flags, sizeof(flags), "-Wl,-soname,libtwo.so %s", include);
	plugin_build("libtwo.so", libpq_source, flags);
	plugin_build("libprivate.so", "long send(void) { return 55; }\n",
		     "-fno-builtin -Wl,-soname,libprivate.so");
	return 0;
}

/* What the program says; @program and @plugin: how they are linked; @flags: of dlopen. */
static const char *run(const char *program, const char *plugin, int flags, const char *before)
{
	char command[256];

	plugin_build("plugin.so", plugin_source, plugin);
	snprintf(command, sizeof(command), "LD_PRELOAD=./libhook.so ./program ./plugin.so %d %s",
		 flags, before);
	return plugin_program(program_source, program, command);
}

#define NOW "-Wl,-z,now -Wl,-z,relro "
#define LAZY "-Wl,-z,lazy "
#define TAKEN "-fno-plt "

static void calls_of_a_deeply_bound_plugin_come_to_us(void **state)
{
	(void)state;
	assert_string_equal(run("", NOW "-lone", RTLD_LAZY | RTLD_DEEPBIND, "first"),
			    "bypassed -1, /libone.so 77");
	assert_string_equal(run("", LAZY "-lone", RTLD_LAZY | RTLD_DEEPBIND, "first"),
			    "bypassed -1, /libone.so 77");
	assert_string_equal(run("", TAKEN "-lone", RTLD_LAZY | RTLD_DEEPBIND, "first"),
			    "bypassed -1, /libone.so 77");
}

static void slots_that_were_never_used_come_to_us(void **state)
{
	(void)state;
	assert_string_equal(run("", LAZY "-lone", RTLD_LAZY | RTLD_DEEPBIND, ""),
			    "/libone.so 77");
	assert_string_equal(run("", LAZY "-lone", RTLD_LAZY, ""), "/libone.so 77");
}

static void a_plugin_that_is_bound_as_usual_stays_so(void **state)
{
	(void)state;
	assert_string_equal(run("", NOW "-lone", RTLD_LAZY, "first"),
			    "/libone.so 77, /libone.so 77");
	assert_string_equal(run("", LAZY "-lone", RTLD_NOW | RTLD_GLOBAL, "first"),
			    "/libone.so 77, /libone.so 77");
}

static void a_function_that_a_plugin_brought_is_kept(void **state)
{
	(void)state;
	assert_string_equal(run("", NOW "-lone -lprivate", RTLD_NOW | RTLD_DEEPBIND, "first"),
			    "bypassed 55, /libone.so 55");
	assert_string_equal(run("", LAZY "-lone -lprivate", RTLD_LAZY | RTLD_DEEPBIND, ""),
			    "/libone.so 55");
}

static void a_function_of_the_program_is_not_ours_to_give(void **state)
{
	(void)state;
	assert_string_equal(run("-rdynamic -DOWN_SEND", NOW "-lone", RTLD_NOW | RTLD_DEEPBIND, ""),
			    "/libone.so -1");
}

static void a_plugin_keeps_its_copy_beside_that_of_the_program(void **state)
{
	(void)state;
	assert_string_equal(run("-DLINKED -lone", NOW "-ltwo", RTLD_NOW | RTLD_DEEPBIND, ""),
			    "/libtwo.so 77, program /libone.so");
	assert_string_equal(run("-DLINKED -lone", NOW "-ltwo", RTLD_NOW, ""),
			    "/libone.so 77, program /libone.so");
	/* Nothing shows yet how it is bound: the loader knows. */
	assert_string_equal(run("-DLINKED -lone", LAZY "-ltwo", RTLD_LAZY, ""),
			    "/libone.so 77, program /libone.so");
	assert_string_equal(run("-DLINKED -lone", LAZY "-ltwo", RTLD_LAZY | RTLD_DEEPBIND, ""),
			    "bypassed 77, program /libone.so");
}

#endif

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(a_process_that_opened_nothing_has_nothing_to_mend),
#ifndef SANITIZED
		cmocka_unit_test(calls_of_a_deeply_bound_plugin_come_to_us),
		cmocka_unit_test(slots_that_were_never_used_come_to_us),
		cmocka_unit_test(a_plugin_that_is_bound_as_usual_stays_so),
		cmocka_unit_test(a_function_that_a_plugin_brought_is_kept),
		cmocka_unit_test(a_function_of_the_program_is_not_ours_to_give),
		cmocka_unit_test(a_plugin_keeps_its_copy_beside_that_of_the_program),
#endif
	};

#ifdef SANITIZED
	return cmocka_run_group_tests(cases, NULL, NULL);
#else
	return cmocka_run_group_tests(cases, begin, plugin_end);
#endif
}
