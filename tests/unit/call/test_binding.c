/* SPDX-License-Identifier: Apache-2.0 */
/* Trampolines, with a library that exports hooks of its own as ours does. */
#include "tests/support/test.h"

#include "call/binding.h"
#include "tests/support/plugin.h"

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
		{ "", BINDING_NAMES },
		{ "P", BINDING_NAMES },
		{ "PQ", BINDING_NAMES },
		{ "PQexe", BINDING_NAMES },
		{ "PQexec ", BINDING_NAMES },
		{ "pqexec", BINDING_NAMES },
		{ "lo_", BINDING_NAMES },
		{ "lo_ope", BINDING_NAMES },
		{ "PQgetvalue", BINDING_NAMES },
		{ "read", BINDING_NAMES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(binding_name_of(cases[i].name), cases[i].expected);
}

static void a_program_that_exports_no_hook_has_no_trampoline(void **state)
{
	static const struct libpq libpq;

	(void)state;
	assert_null(binding_take(BINDING_PQexec, &libpq));
}

static void what_another_call_left_is_not_ours(void **state)
{
	static const struct libpq libpq;
	static const char here, there;

	(void)state;
	assert_null(binding_claim(&here));
	binding_call = (struct binding_call){ &libpq, &here };
	assert_ptr_equal(binding_claim(&here), &libpq);
	assert_null(binding_claim(&here));
	binding_call = (struct binding_call){ &libpq, &there };
	assert_null(binding_claim(&here));
	assert_null(binding_claim(&there));
}

#ifndef SANITIZED

/* Answers with what it was given, and leaves what it was bound to. */
static const char *const hook_source =
	"#include \"call/binding.h\"\n"
	"#define HOOK __attribute__((visibility(\"default\")))\n"
	"HOOK const void *claimed;\n"
	"HOOK long arguments[8];\n"
	"HOOK void *take(int name, void *libpq) { return binding_take(name, libpq); }\n"
	"HOOK void *PQexecParams(long a, long b, long c, long d, long e, long f, long g,\n"
	"			 long h) {\n"
	"	const long all[] = { a, b, c, d, e, f, g, h };\n"
	"	claimed = binding_claim(__builtin_return_address(0));\n"
	"	__builtin_memcpy(arguments, all, sizeof(all));\n"
	"	return (void *)(a + h);\n"
	"}\n"
	"HOOK void PQfinish(void *connection) {\n"
	"	claimed = binding_claim(__builtin_return_address(0));\n"
	"	arguments[0] = (long)connection;\n"
	"}\n";

static void *(*take)(enum binding_name name, const void *libpq);
static const void **claimed;
static long *arguments;

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
	claimed = dlsym(handle, "claimed");
	arguments = dlsym(handle, "arguments");
}

static void a_trampoline_leads_to_the_hook_with_all_arguments(void **state)
{
	static int libpq;
	void *(*params)(long, long, long, long, long, long, long, long);
	void (*finish)(void *);

	(void)state;
	open_hooks();
	*(void **)&params = take(BINDING_PQexecParams, &libpq);
	*(void **)&finish = take(BINDING_PQfinish, &libpq);
	assert_non_null(params);
	assert_non_null(finish);
	assert_ptr_equal(params(1, 2, 3, 4, 5, 6, 7, 8), (void *)9);
	assert_ptr_equal(*claimed, &libpq);
	for (long i = 0; i < 8; i++)
		assert_int_equal(arguments[i], i + 1);
	*claimed = NULL;
	finish(&libpq);
	assert_ptr_equal(*claimed, &libpq);
	assert_ptr_equal((void *)arguments[0], &libpq);
	assert_null(take(BINDING_PQexec, &libpq));
}

static void each_library_has_its_own_until_there_is_none_left(void **state)
{
	static char libpq[BINDING_EACH + 1];
	void *(*another)(long, long, long, long, long, long, long, long);
	void *taken[BINDING_EACH];
	void *first;

	(void)state;
	first = take(BINDING_PQexecParams, &libpq[0]);
	/* One is taken by the case before. */
	for (size_t i = 1; i < BINDING_EACH - 1; i++) {
		taken[i] = take(BINDING_PQexecParams, &libpq[i]);
		assert_non_null(taken[i]);
		*(void **)&another = taken[i];
		another(0, 0, 0, 0, 0, 0, 0, 0);
		assert_ptr_equal(*claimed, &libpq[i]);
	}
	for (size_t i = 1; i < BINDING_EACH - 1; i++)
		assert_ptr_equal(take(BINDING_PQexecParams, &libpq[i]), taken[i]);
	assert_null(take(BINDING_PQexecParams, &libpq[BINDING_EACH]));
	assert_ptr_equal(take(BINDING_PQexecParams, &libpq[0]), first);
	assert_non_null(take(BINDING_PQfinish, &libpq[BINDING_EACH]));
}

#endif

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(names_that_we_replace_are_known),
		cmocka_unit_test(a_program_that_exports_no_hook_has_no_trampoline),
		cmocka_unit_test(what_another_call_left_is_not_ours),
#ifndef SANITIZED
		cmocka_unit_test(a_trampoline_leads_to_the_hook_with_all_arguments),
		cmocka_unit_test(each_library_has_its_own_until_there_is_none_left),
#endif
	};

	return cmocka_run_group_tests(cases, plugin_begin, plugin_end);
}
