/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several libraries a caller's name leads to, among objects that the test opens. */
#include "tests/support/test.h"

#include <link.h>

#include "base/resolve.h"
#include "tests/support/plugin.h"

/* A library that answers @text; a plugin that calls it. */
static void build_library(const char *file, const char *text, const char *flags)
{
	char source[256];

	snprintf(source, sizeof(source),
		 "const char *hooked(void) { return \"%s\"; }\n"
		 "const char *plain(void) { return \"%s\"; }\n",
		 text, text);
	plugin_build(file, source, flags);
}

static const char *const caller_source =
	"const char *hooked(void);\nconst char *plain(void);\n"
	"const char *call_hooked(void) { return hooked(); }\n"
	"const char *call_plain(void) { return plain(); }\n";

static struct resolve_object object_of(void *handle)
{
	struct resolve_object object;
	struct link_map *map;

	assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
	assert_true(resolve_owner(map->l_ld, &object));
	return object;
}

/* What "hooked" answers to the opened @handle, or null. */
static const char *answer(void *handle)
{
	static const char *const names[] = { "hooked", "newer" };
	struct resolve_object caller = object_of(handle);
	struct resolve_object owner;
	void *found[2] = { NULL, handle };

	if (!resolve_for_object(&caller, names, 2, found, &owner))
		return NULL;
	assert_true(resolve_holds(&owner, found[0]));
	assert_null(found[1]);
	return ((const char *(*)(void))found[0])();
}

static void a_library_that_came_with_its_plugin_is_found(void **state)
{
	void *plugin;

	(void)state;
	build_library("libone.so", "one", "-Wl,-soname,libone.so");
	plugin_build("plugin.so", caller_source, "-lone");
	plugin = plugin_open("plugin.so", RTLD_LOCAL);
	assert_string_equal(answer(plugin), "one");
	dlclose(plugin);
}

static void each_plugin_has_its_own_of_two_copies(void **state)
{
	void *first, *second;

	(void)state;
	build_library("libcopy1.so", "first", "-Wl,-soname,libcopy1.so");
	build_library("libcopy2.so", "second", "-Wl,-soname,libcopy2.so");
	plugin_build("plugin1.so", caller_source, "-lcopy1");
	plugin_build("plugin2.so", caller_source, "-lcopy2");
	first = plugin_open("plugin1.so", RTLD_LOCAL);
	second = plugin_open("plugin2.so", RTLD_LOCAL);
	assert_string_equal(answer(first), "first");
	assert_string_equal(answer(second), "second");
	dlclose(first);
	dlclose(second);
}

static void needs_are_followed_breadth_first(void **state)
{
	void *plugin;

	(void)state;
	build_library("libfar.so", "far", "-Wl,-soname,libfar.so");
	build_library("libnear.so", "near", "-Wl,-soname,libnear.so");
	plugin_build("libmid.so", "int mid(void) { return 0; }\n",
		     "-Wl,-soname,libmid.so -Wl,--no-as-needed -lfar");
	plugin_build("wide.so", caller_source, "-Wl,--no-as-needed -lmid -lnear");
	plugin = plugin_open("wide.so", RTLD_LOCAL);
	assert_string_equal(answer(plugin), "near");
	dlclose(plugin);
	/* Not among its own needs, but among those of what it needs. */
	plugin_build("deep.so", caller_source, "-Wl,--no-as-needed -lmid");
	plugin = plugin_open("deep.so", RTLD_LOCAL);
	assert_string_equal(answer(plugin), "far");
	dlclose(plugin);
}

static void needs_in_a_circle_come_to_an_end(void **state)
{
	void *plugin;

	(void)state;
	plugin_build("libb.so", "int b(void) { return 0; }\n", "-Wl,-soname,libb.so");
	plugin_build("liba.so", "int a(void) { return 0; }\n",
		     "-Wl,-soname,liba.so -Wl,--no-as-needed -lb");
	plugin_build("libb.so", "int b(void) { return 0; }\n",
		     "-Wl,-soname,libb.so -Wl,--no-as-needed -la");
	plugin = plugin_open("liba.so", RTLD_LOCAL);
	assert_null(answer(plugin));
	dlclose(plugin);
}

static void the_caller_itself_comes_first_of_its_needs(void **state)
{
	void *library;

	(void)state;
	build_library("libself.so", "self", "-Wl,-soname,libself.so");
	library = plugin_open("libself.so", RTLD_LOCAL);
	assert_string_equal(answer(library), "self");
	dlclose(library);
}

static void a_need_without_a_soname_is_found_by_its_file(void **state)
{
	void *plugin;

	(void)state;
	build_library("libbare.so", "bare", "");
	plugin_build("needs_bare.so", caller_source, "-lbare");
	plugin = plugin_open("needs_bare.so", RTLD_LOCAL);
	assert_string_equal(answer(plugin), "bare");
	dlclose(plugin);
}

static void without_needs_a_unique_object_is_taken_and_no_other(void **state)
{
	void *lonely, *first, *second;

	(void)state;
	plugin_build("lonely.so", "int lonely(void) { return 0; }\n", "");
	build_library("libunique1.so", "unique", "");
	build_library("libunique2.so", "twice", "");
	lonely = plugin_open("lonely.so", RTLD_LOCAL);
	assert_null(answer(lonely));
	first = plugin_open("libunique1.so", RTLD_LOCAL);
	assert_string_equal(answer(lonely), "unique");
	second = plugin_open("libunique2.so", RTLD_LOCAL);
	assert_null(answer(lonely));
	dlclose(first);
	assert_string_equal(answer(lonely), "twice");
	dlclose(second);
	dlclose(lonely);
}

static void the_version_that_the_caller_asks_for_decides(void **state)
{
	void *plugin;

	(void)state;
	plugin_write("v1.map", "V1 { global: *; };\n");
	plugin_write("v2.map", "V2 { global: *; };\n");
	build_library("libv1.so", "v1", "-Wl,-soname,libv1.so -Wl,--version-script=v1.map");
	build_library("libv2.so", "v2", "-Wl,-soname,libv2.so -Wl,--version-script=v2.map");
	plugin_build("wants1.so", caller_source, "-lv1");
	/* It needs libv1.so first, which did not define the name when it was linked. */
	plugin_build("libv1.so", "int nothing(void) { return 0; }\n",
		     "-Wl,-soname,libv1.so -Wl,--version-script=v1.map");
	plugin_build("wants2.so", caller_source, "-Wl,--no-as-needed -lv1 -lv2");
	build_library("libv1.so", "v1", "-Wl,-soname,libv1.so -Wl,--version-script=v1.map");
	plugin = plugin_open("wants1.so", RTLD_LOCAL);
	assert_string_equal(answer(plugin), "v1");
	dlclose(plugin);
	plugin = plugin_open("wants2.so", RTLD_LOCAL);
	assert_string_equal(answer(plugin), "v2");
	dlclose(plugin);
}

/* The file name of what provides "hooked" to the opened @handle in this order, or "". */
static const char *provider(void *handle, enum resolve_order order)
{
	struct resolve_object caller = object_of(handle);
	struct resolve_object owner;

	if (!resolve_provider(&caller, "hooked", order, &owner))
		return "";
	return strrchr(owner.path, '/') + 1;
}

static void what_came_with_a_caller_alone_is_its_local_scope(void **state)
{
	void *lonely, *plugin;

	(void)state;
	plugin_build("lonely2.so", "int lonely(void) { return 0; }\n", "");
	build_library("liblocal.so", "local", "-Wl,-soname,liblocal.so");
	plugin_build("local.so", caller_source, "-llocal");
	lonely = plugin_open("lonely2.so", RTLD_LOCAL);
	plugin = plugin_open("local.so", RTLD_LOCAL);
	assert_string_equal(provider(plugin, RESOLVE_LOCAL), "liblocal.so");
	/* It is the only one, and not in this one's scope. */
	assert_string_equal(provider(lonely, RESOLVE_GLOBAL_FIRST), "liblocal.so");
	assert_string_equal(provider(lonely, RESOLVE_LOCAL), "");
	dlclose(plugin);
	dlclose(lonely);
}

static void who_needs_a_caller_lends_it_its_scope(void **state)
{
	void *library, *plugin, *parent;

	(void)state;
	plugin_build("libleaf.so", "int leaf(void) { return 0; }\n", "-Wl,-soname,libleaf.so");
	build_library("libbeside.so", "beside", "-Wl,-soname,libbeside.so");
	build_library("libaside.so", "aside", "-Wl,-soname,libaside.so");
	plugin_build("parent.so", "int parent(void) { return 0; }\n",
		     "-Wl,--no-as-needed -lleaf -lbeside");
	plugin_build("stranger.so", caller_source, "-laside");
	library = plugin_open("libleaf.so", RTLD_LOCAL);
	assert_string_equal(provider(library, RESOLVE_LOCAL), "");
	plugin = plugin_open("stranger.so", RTLD_LOCAL);
	assert_string_equal(provider(library, RESOLVE_LOCAL), "");
	parent = plugin_open("parent.so", RTLD_LOCAL);
	assert_string_equal(provider(library, RESOLVE_LOCAL), "libbeside.so");
	/* Two have it: the one in the caller's scope is meant. */
	assert_string_equal(provider(library, RESOLVE_GLOBAL_FIRST), "libbeside.so");
	dlclose(parent);
	dlclose(plugin);
	dlclose(library);
}

static void the_start_up_has_no_local_scope(void **state)
{
	struct resolve_object program, owner;
	void *plugin;

	(void)state;
	build_library("libfor_main.so", "main", "-Wl,-soname,libfor_main.so");
	plugin = plugin_open("libfor_main.so", RTLD_LOCAL);
	assert_true(resolve_owner((void *)provider, &program));
	assert_true(resolve_provider(&program, "malloc", RESOLVE_GLOBAL_FIRST, &owner));
	assert_false(resolve_provider(&program, "malloc", RESOLVE_LOCAL, &owner));
	assert_false(resolve_provider(&program, "hooked", RESOLVE_LOCAL, &owner));
	dlclose(plugin);
}

static void an_object_that_is_gone_is_searched_for_all_the_same(void **state)
{
	static const char *const names[] = { "hooked" };
	struct resolve_object caller = { .link_map = names, .start = 1, .end = 2 };
	struct resolve_object owner;
	void *found = NULL;

	(void)state;
	assert_false(resolve_for_object(&caller, names, 1, &found, &owner));
	assert_null(found);
	assert_false(resolve_for_object(&caller, names, 0, &found, &owner));
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(a_library_that_came_with_its_plugin_is_found),
		cmocka_unit_test(each_plugin_has_its_own_of_two_copies),
		cmocka_unit_test(needs_are_followed_breadth_first),
		cmocka_unit_test(needs_in_a_circle_come_to_an_end),
		cmocka_unit_test(the_caller_itself_comes_first_of_its_needs),
		cmocka_unit_test(a_need_without_a_soname_is_found_by_its_file),
		cmocka_unit_test(without_needs_a_unique_object_is_taken_and_no_other),
		cmocka_unit_test(the_version_that_the_caller_asks_for_decides),
		cmocka_unit_test(what_came_with_a_caller_alone_is_its_local_scope),
		cmocka_unit_test(who_needs_a_caller_lends_it_its_scope),
		cmocka_unit_test(the_start_up_has_no_local_scope),
		cmocka_unit_test(an_object_that_is_gone_is_searched_for_all_the_same),
	};

	/* What is opened from now on does not belong to the start-up. */
	resolve_next("hooked");
	return cmocka_run_group_tests(cases, plugin_begin, plugin_end);
}
