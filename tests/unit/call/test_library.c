/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of a library, with one of three functions of our own. */
#include "tests/support/test.h"

#include <pthread.h>

#include "call/library.h"
#include "tests/support/plugin.h"

static const char *const names[] = { "one_open", "one_close", "one_ask" };

struct one {
	struct library library;
	void *function[3];
};

static bool has_all(const struct library *library)
{
	return library_function(library, 0) && library_function(library, 1) &&
	       library_function(library, 2);
}

static struct one tables[LIBRARY_COPIES];
static _Atomic int states[LIBRARY_COPIES];
static struct library_caller callers[LIBRARY_CALLERS];
static struct library_copies copies = { .first = &library_nothing };

static const struct library_family family = {
	.names = names,
	.count = 3,
	.anchor = 2,
	.size = sizeof(struct one),
	.functions = offsetof(struct one, function),
	.is_whole = has_all,
	.copies = &copies,
	.states = states,
	.tables = tables,
	.callers = callers,
};

static const char *const library_source =
	"void one_open(void) { }\nvoid one_close(void) { }\nvoid one_ask(void) { }\n";
/* Stands before the library for one of its functions. */
static const char *const before_source = "void one_open(void) { }\n";
static const char *const plugin_source = "void one_open(void);\n"
					 "void call(void) { one_open(); }\n";

static int begin(void **state)
{
	static const char *const copy[] = { "first", "second" };
	char file[64], flags[128];

	if (plugin_begin(state) != 0)
		return -1;
	resolve_begin();
	for (size_t i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), "lib%s.so", copy[i]);
		snprintf(flags, sizeof(flags), "-Wl,-soname,%s", file);
		plugin_build(file, library_source, flags);
		snprintf(file, sizeof(file), "%s.so", copy[i]);
		snprintf(flags, sizeof(flags), "-l%s", copy[i]);
		plugin_build(file, plugin_source, flags);
	}
	plugin_build("libbefore.so", before_source, "-Wl,-soname,libbefore.so");
	plugin_build("before.so", plugin_source, "-Wl,--no-as-needed -lbefore -lfirst");
	plugin_build("alone.so", plugin_source, "-lbefore");
	return 0;
}

static const void *address_of(void *plugin)
{
	void *address = dlsym(plugin, "call");

	assert_non_null(address);
	return address;
}

static const void *address_in(const char *plugin)
{
	return address_of(plugin_open(plugin, RTLD_NOW | RTLD_LOCAL));
}

static const struct library *called_from(const char *plugin)
{
	return library_of_caller(&family, address_in(plugin));
}

static const char *path_of(const struct library *library)
{
	const char *slash = library ? strrchr(library->object.path, '/') : NULL;

	return slash ? slash + 1 : "none";
}

static void where_there_is_none_nothing_is_found(void **state)
{
	(void)state;
	assert_null(library_of_caller(&family, NULL));
	assert_null(library_of_caller(&family, (const void *)(uintptr_t)has_all));
	assert_ptr_equal(library_first(&copies), &library_nothing);
	assert_false(library_is_inside(library_first(&copies), NULL));
	assert_null(library_inside_other(&family, &copies, (const void *)(uintptr_t)has_all));
}

static void an_address_is_inside_the_first_copy(void **state)
{
	const void *plugin = address_in("first.so");
	const struct library *library = library_of_caller(&family, plugin);
	const void *inside;

	(void)state;
	assert_string_equal(path_of(library), "libfirst.so");
	inside = library_function(library, 1);
	assert_ptr_equal(library_first(&copies), library);
	assert_true(library_in_first(&copies, inside));
	assert_false(library_in_first(&copies, plugin));
	/* At first real functions are to be found, too. */
	assert_true(library_may_be_inside(&copies, plugin));
	assert_false(library_confirm(&family, &copies, plugin));
	assert_false(library_may_be_inside(&copies, plugin));
	assert_true(library_may_be_inside(&copies, inside));
	assert_true(library_confirm(&family, &copies, inside));
}

static void each_caller_finds_its_own_copy(void **state)
{
	const struct library *first = called_from("first.so");
	const struct library *second = called_from("second.so");
	const void *inside;

	(void)state;
	assert_string_equal(path_of(first), "libfirst.so");
	assert_string_equal(path_of(second), "libsecond.so");
	assert_ptr_equal(called_from("first.so"), first);
	inside = library_function(second, 0);
	assert_ptr_equal(library_inside_other(&family, &copies, inside), second);
	assert_true(library_may_be_inside(&copies, inside));
	assert_true(library_confirm(&family, &copies, inside));
	assert_false(library_confirm(&family, &copies, address_in("second.so")));
	assert_ptr_equal(library_of_object(&family, &second->object), second);
}

static void what_stands_before_a_copy_is_called(void **state)
{
	const struct library *library = called_from("before.so");
	struct resolve_object owner;

	(void)state;
	assert_string_equal(path_of(library), "libfirst.so");
	/* A copy that was known already stays as it is. */
	assert_ptr_equal(library, called_from("first.so"));
	library = called_from("alone.so");
	assert_string_equal(path_of(library), "libbefore.so");
	assert_false(library->whole);
	assert_null(library_function(library, 2));
	assert_true(resolve_owner(library_function(library, 0), &owner));
	assert_null(library_of_object(&family, &owner));
}

static void a_deep_caller_is_asked_again(void **state)
{
	struct resolve_object caller;

	(void)state;
	assert_true(resolve_owner(address_in("second.so"), &caller));
	assert_true(library_set_deep(&family, &caller));
	assert_true(library_set_deep(&family, &caller));
	assert_string_equal(path_of(called_from("second.so")), "libsecond.so");
	assert_string_equal(path_of(library_called_by(&family, &caller, RESOLVE_OWN_FIRST)),
			    "libsecond.so");
}

static void a_copy_that_left_is_not_called(void **state)
{
	static const char *const plugins[] = { "third.so", "fourth.so" };

	(void)state;
	plugin_build("libthird.so", library_source, "-Wl,-soname,libthird.so");
	plugin_build("libfourth.so", library_source, "-Wl,-soname,libfourth.so");
	plugin_build("third.so", plugin_source, "-lthird");
	plugin_build("fourth.so", plugin_source, "-lfourth");
	for (size_t i = 0; i < 20; i++) {
		void *plugin = dlopen(plugin_path(plugins[i % 2]), RTLD_NOW);
		const struct library *library;

		assert_non_null(plugin);
		library_refresh();
		library = library_of_caller(&family, address_of(plugin));
		assert_non_null(library);
		/* The loader looks in what the plugin needs, too. */
		assert_ptr_equal(library_function(library, 0), dlsym(plugin, "one_open"));
		assert_ptr_equal(library_function(library, 2), dlsym(plugin, "one_ask"));
		dlclose(plugin);
	}
}

static void *look_up(void *address)
{
	for (int i = 0; i < 1000; i++)
		if (strcmp(path_of(library_of_caller(&family, address)), "libsecond.so") != 0)
			return address;
	return NULL;
}

static void threads_look_up_at_once(void **state)
{
	void *address = (void *)(uintptr_t)address_in("second.so");
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_up, address), 0);
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(where_there_is_none_nothing_is_found),
		cmocka_unit_test(an_address_is_inside_the_first_copy),
		cmocka_unit_test(each_caller_finds_its_own_copy),
		cmocka_unit_test(what_stands_before_a_copy_is_called),
		cmocka_unit_test(a_deep_caller_is_asked_again),
		cmocka_unit_test(a_copy_that_left_is_not_called),
		cmocka_unit_test(threads_look_up_at_once),
	};

	return cmocka_run_group_tests(cases, begin, plugin_end);
}
