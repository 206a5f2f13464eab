/* SPDX-License-Identifier: Apache-2.0 */
/* Trampolines, with a library that exports hooks of its own as ours does. */
#include "tests/support/test.h"

#include "call/binding.h"
#include "call/libcurl.h"
#include "call/libpq.h"
#include "tests/support/plugin.h"

/* 262 letters, of which a key has the lower byte. */
#define TEN "aaaaaaaaaa"
#define FIFTY TEN TEN TEN TEN TEN
#define LONG "PQ" FIFTY FIFTY FIFTY FIFTY FIFTY TEN

static void names_that_we_replace_are_known(void **state)
{
	static const struct {
		const char *name;
		enum binding_name expected;
	} cases[] = {
#define LIBPQ(name, type) { #name, BINDING_##name },
#define LIBPQ_CALLED(name, type) { #name, BINDING_NAMES },
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED
#define LIBCURL(name, type) { #name, BINDING_##name },
#define LIBCURL_CALLED(name, type) { #name, BINDING_NAMES },
#include "call/libcurl.def"
#undef LIBCURL
#undef LIBCURL_CALLED
		{ "", BINDING_NAMES },
		{ "P", BINDING_NAMES },
		{ "PQ", BINDING_NAMES },
		{ "PQexe", BINDING_NAMES },
		{ "PQexec ", BINDING_NAMES },
		{ "pqexec", BINDING_NAMES },
		{ "lo_", BINDING_NAMES },
		{ "lo_ope", BINDING_NAMES },
		{ "PQgetvalue", BINDING_NAMES },
		/* As long as others that are ours, and with the same end. */
		{ "PQclear", BINDING_NAMES },
		{ "PQefec", BINDING_NAMES },
		{ "curl_easy_aleanup", BINDING_NAMES },
		{ "curl_", BINDING_NAMES },
		{ "curl_easy_ini", BINDING_NAMES },
		{ "curl_easy_inix", BINDING_NAMES },
		{ "curl_easy_init\n", BINDING_NAMES },
		{ "Curl_easy_init", BINDING_NAMES },
		{ "curl_multi_init", BINDING_NAMES },
		{ LONG, BINDING_NAMES },
		{ "read", BINDING_NAMES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(binding_name_of(cases[i].name), cases[i].expected);
}

static void a_program_that_exports_no_hook_has_no_trampoline(void **state)
{
	static const struct library library;

	(void)state;
	assert_null(binding_take(BINDING_PQexec, &library));
	assert_null(binding_take(BINDING_curl_easy_init, &library));
}

static void a_name_leads_to_its_place_in_its_library(void **state)
{
	static const struct {
		const struct library_family *family;
		const char *name;
		size_t index;
	} cases[BINDING_NAMES] = {
#define REPLACED(family, index, name) { &family##_family, #name, index },
#include "call/replaced.def"
#undef REPLACED
	};

	(void)state;
	for (int i = 0; i < BINDING_NAMES; i++) {
		enum binding_name name = binding_name_of(cases[i].name);

		assert_int_equal(name, i);
		assert_ptr_equal(binding_family(name), cases[i].family);
		assert_int_equal(binding_index(name), cases[i].index);
		assert_string_equal(cases[i].family->names[cases[i].index], cases[i].name);
	}
}

static void what_another_call_left_is_not_ours(void **state)
{
	static const struct library library = { .family = &libpq_family };
	static const char here, there;

	(void)state;
	assert_null(binding_claim(&libpq_family, &here));
	binding_call = (struct binding_call){ &library, &here };
	assert_ptr_equal(binding_claim(&libpq_family, &here), &library);
	assert_null(binding_claim(&libpq_family, &here));
	binding_call = (struct binding_call){ &library, &there };
	assert_null(binding_claim(&libpq_family, &here));
	assert_null(binding_claim(&libpq_family, &there));
	/* All calls of libffi come from one place, whatever library they are for. */
	binding_call = (struct binding_call){ &library, &here };
	assert_null(binding_claim(&libcurl_family, &here));
}

#ifndef SANITIZED

/* Answers with what it was given, and leaves what it was bound to. */
static const char *const hook_source =
	"#include <stdarg.h>\n"
	"#include \"call/binding.h\"\n"
	"#include \"call/libcurl.h\"\n"
	"#include \"call/libpq.h\"\n"
	"#define HOOK __attribute__((visibility(\"default\")))\n"
	"HOOK const void *claimed;\n"
	"HOOK long arguments[8];\n"
	"HOOK struct library libraries[BINDING_EACH + 1];\n"
	"HOOK double number;\n"
	"HOOK struct library *library(int i, int curl) {\n"
	"	libraries[i].family = curl ? &libcurl_family : &libpq_family;\n"
	"	return &libraries[i];\n"
	"}\n"
	"HOOK void *take(int name, void *library) { return binding_take(name, library); }\n"
	"HOOK void *PQexecParams(long a, long b, long c, long d, long e, long f, long g,\n"
	"			 long h) {\n"
	"	const long all[] = { a, b, c, d, e, f, g, h };\n"
	"	claimed = binding_claim(&libpq_family, __builtin_return_address(0));\n"
	"	__builtin_memcpy(arguments, all, sizeof(all));\n"
	"	return (void *)(a + h);\n"
	"}\n"
	"HOOK void PQfinish(void *connection) {\n"
	"	claimed = binding_claim(&libpq_family, __builtin_return_address(0));\n"
	"	arguments[0] = (long)connection;\n"
	"}\n"
	/* Takes a floating-point number, too: its register must come through. */
	"HOOK int curl_easy_setopt(void *easy, int option, ...) {\n"
	"	va_list list;\n"
	"	claimed = binding_claim(&libcurl_family, __builtin_return_address(0));\n"
	"	va_start(list, option);\n"
	"	arguments[0] = va_arg(list, long);\n"
	"	number = va_arg(list, double);\n"
	"	va_end(list);\n"
	"	return option;\n"
	"}\n";

static void *(*take)(enum binding_name name, const void *libpq);
static struct library *(*library)(int number, int is_curl);
static const void **claimed;
static long *arguments;
static double *number;

static void open_hooks(void)
{
	const char *source = getenv("top_srcdir"), *build = getenv("top_builddir");
	char *top = realpath(source ? source : ".", NULL);
	char *made = realpath(build ? build : ".", NULL);
	char flags[512];
	void *handle;

	assert_non_null(top);
	assert_non_null(made);
	snprintf(flags, sizeof(flags), "-fvisibility=hidden -D_GNU_SOURCE -I%s/shim %s/libcore.a",
		 top, made);
	free(top);
	free(made);
	plugin_build("libhooks.so", hook_source, flags);
	handle = plugin_open("libhooks.so", RTLD_LOCAL);
	*(void **)&take = dlsym(handle, "take");
	*(void **)&library = dlsym(handle, "library");
	claimed = dlsym(handle, "claimed");
	number = dlsym(handle, "number");
	arguments = dlsym(handle, "arguments");
}

static void a_trampoline_leads_to_the_hook_with_all_arguments(void **state)
{
	struct library *libpq;
	void *(*params)(long, long, long, long, long, long, long, long);
	void (*finish)(void *);

	(void)state;
	open_hooks();
	libpq = library(0, false);
	*(void **)&params = take(BINDING_PQexecParams, libpq);
	*(void **)&finish = take(BINDING_PQfinish, libpq);
	assert_non_null(params);
	assert_non_null(finish);
	assert_ptr_equal(params(1, 2, 3, 4, 5, 6, 7, 8), (void *)9);
	assert_ptr_equal(*claimed, libpq);
	for (long i = 0; i < 8; i++)
		assert_int_equal(arguments[i], i + 1);
	*claimed = NULL;
	finish(libpq);
	assert_ptr_equal(*claimed, libpq);
	assert_ptr_equal((void *)arguments[0], libpq);
	assert_null(take(BINDING_PQexec, libpq));
}

static void a_trampoline_leaves_variable_arguments_as_they_are(void **state)
{
	int (*set)(void *, int, ...);

	(void)state;
	*(void **)&set = take(BINDING_curl_easy_setopt, library(0, true));
	assert_non_null(set);
	assert_int_equal(set(NULL, 77, -5L, 0.25), 77);
	assert_ptr_equal(*claimed, library(0, true));
	assert_int_equal(arguments[0], -5);
	assert_true(*number == 0.25);
}

static void each_library_has_its_own_until_there_is_none_left(void **state)
{
	void *(*another)(long, long, long, long, long, long, long, long);
	void *taken[BINDING_EACH];
	void *first;

	(void)state;
	first = take(BINDING_PQexecParams, library(0, false));
	for (size_t i = 1; i < BINDING_EACH; i++) {
		taken[i] = take(BINDING_PQexecParams, library((int)i, false));
		assert_non_null(taken[i]);
		*(void **)&another = taken[i];
		another(0, 0, 0, 0, 0, 0, 0, 0);
		assert_ptr_equal(*claimed, library((int)i, false));
	}
	for (size_t i = 1; i < BINDING_EACH; i++)
		assert_ptr_equal(take(BINDING_PQexecParams, library((int)i, false)), taken[i]);
	assert_null(take(BINDING_PQexecParams, library(BINDING_EACH, false)));
	assert_ptr_equal(take(BINDING_PQexecParams, library(0, false)), first);
	assert_non_null(take(BINDING_PQfinish, library(BINDING_EACH, false)));
}

#endif

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(names_that_we_replace_are_known),
		cmocka_unit_test(a_program_that_exports_no_hook_has_no_trampoline),
		cmocka_unit_test(a_name_leads_to_its_place_in_its_library),
		cmocka_unit_test(what_another_call_left_is_not_ours),
#ifndef SANITIZED
		cmocka_unit_test(a_trampoline_leads_to_the_hook_with_all_arguments),
		cmocka_unit_test(a_trampoline_leaves_variable_arguments_as_they_are),
		cmocka_unit_test(each_library_has_its_own_until_there_is_none_left),
#endif
	};

	return cmocka_run_group_tests(cases, plugin_begin, plugin_end);
}
