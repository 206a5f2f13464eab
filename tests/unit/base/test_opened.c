/* SPDX-License-Identifier: Apache-2.0 */
/* What came with which dlopen, among objects that the test opens. */
#include "tests/support/test.h"

#include "base/opened.h"
#include "tests/support/plugin.h"

#define ROOM 8

static struct opened opened[ROOM];

/* The file names of what came with @handle, in brackets. */
static const char *together(const void *handle, size_t room)
{
	static char text[512];
	size_t count = opened_collect(handle, opened, room);
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "[%s]",
					 strrchr(opened[i].object.path, '/') + 1);
	return text;
}

static void build(const char *file, const char *soname, const char *needs)
{
	char flags[256];

	snprintf(flags, sizeof(flags), "-Wl,-soname,%s -Wl,--no-as-needed %s", soname, needs);
	plugin_build(file, "int nothing(void) { return 0; }\n", flags);
}

static void an_object_comes_with_what_it_needs(void **state)
{
	void *plugin, *after;

	(void)state;
	build("libdeep.so", "libdeep.so", "");
	build("libleft.so", "libleft.so", "-ldeep");
	build("libright.so", "libright.so", "-ldeep");
	build("open1.so", "open1.so", "-lleft -lright");
	build("open2.so", "open2.so", "");
	plugin = plugin_open("open1.so", RTLD_LOCAL);
	after = plugin_open("open2.so", RTLD_LOCAL);
	assert_true(opened_any());
	assert_string_equal(together(plugin, ROOM),
			    "[open1.so][libleft.so][libright.so][libdeep.so]");
	assert_string_equal(together(after, ROOM), "[open2.so]");
	assert_string_equal(together(plugin, 2), "[open1.so][libleft.so]");
	assert_string_equal(together(plugin, 0), "");
	assert_true(opened[0].relro_end > opened[0].relro_start);
	assert_true(resolve_holds(&opened[0].object, (void *)opened[0].relro_start));
	dlclose(after);
	dlclose(plugin);
}

static void what_was_there_before_came_with_another(void **state)
{
	void *first, *second;

	(void)state;
	build("libshared.so", "libshared.so", "");
	build("open3.so", "open3.so", "-lshared");
	build("open4.so", "open4.so", "-lshared");
	first = plugin_open("open3.so", RTLD_LOCAL);
	second = plugin_open("open4.so", RTLD_LOCAL);
	assert_string_equal(together(first, ROOM), "[open3.so][libshared.so]");
	assert_string_equal(together(second, ROOM), "[open4.so]");
	dlclose(first);
	dlclose(second);
}

static void what_is_no_handle_has_nothing(void **state)
{
	void *heap = calloc(1, 64);

	(void)state;
	assert_string_equal(together(NULL, ROOM), "");
	assert_string_equal(together((void *)-1, ROOM), "");
	assert_string_equal(together((void *)16, ROOM), "");
	assert_string_equal(together(heap, ROOM), "");
	assert_string_equal(together(dlopen(NULL, RTLD_NOW), ROOM), "");
	free(heap);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(an_object_comes_with_what_it_needs),
		cmocka_unit_test(what_was_there_before_came_with_another),
		cmocka_unit_test(what_is_no_handle_has_nothing),
	};

	/* What is opened from now on does not belong to the start-up. */
	if (opened_any())
		return 1;
	return cmocka_run_group_tests(cases, plugin_begin, plugin_end);
}
