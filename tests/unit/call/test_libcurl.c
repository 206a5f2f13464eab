/* SPDX-License-Identifier: Apache-2.0 */
/* Which libcurl a caller means, with libraries that have its functions by name only. */
#include "tests/support/test.h"

#include "call/libcurl.h"
#include "tests/support/plugin.h"

/* All of them, but for those that the flags take away. */
static const char *const libcurl_source =
	"#define LIBCURL(name, type) void name(void) { }\n"
	"#define LIBCURL_CALLED(name, type) void name(void) { }\n"
	"#ifdef OLD\n"
	"#define curl_url_get curl_url_later\n"
	"#endif\n"
	"#ifdef LACKS\n"
	"#define curl_easy_getinfo curl_easy_lost\n"
	"#endif\n"
	"#include \"call/libcurl.def\"\n";

static const char *const plugin_source = "void curl_easy_init(void);\n"
					 "void call(void) { curl_easy_init(); }\n";

static const void *address_in(const char *plugin)
{
	void *address = dlsym(plugin_open(plugin, RTLD_NOW | RTLD_LOCAL), "call");

	assert_non_null(address);
	return address;
}

static int begin(void **state)
{
	const char *source = getenv("top_srcdir");
	char *top = realpath(source ? source : ".", NULL);
	char flags[512];

	if (plugin_begin(state) != 0 || !top)
		return -1;
	resolve_begin();
	snprintf(flags, sizeof(flags), "-I%s/shim -Wl,-soname,libcurl-all.so", top);
	plugin_build("libcurl-all.so", libcurl_source, flags);
	snprintf(flags, sizeof(flags), "-I%s/shim -DOLD -Wl,-soname,libcurl-old.so", top);
	plugin_build("libcurl-old.so", libcurl_source, flags);
	snprintf(flags, sizeof(flags), "-I%s/shim -DLACKS -Wl,-soname,libcurl-part.so", top);
	plugin_build("libcurl-part.so", libcurl_source, flags);
	free(top);
	plugin_build("all.so", plugin_source, "-lcurl-all");
	plugin_build("old.so", plugin_source, "-lcurl-old");
	plugin_build("part.so", plugin_source, "-lcurl-part");
	return 0;
}

static void a_plugin_finds_the_libcurl_that_it_needs(void **state)
{
	const void *plugin = address_in("all.so");
	const struct libcurl *libcurl = libcurl_of_caller(plugin);

	(void)state;
	assert_non_null(libcurl);
	assert_true(libcurl->library.whole);
	assert_ptr_equal(libcurl->library.family, &libcurl_family);
	for (size_t i = 0; i < LIBCURL_FUNCTIONS; i++) {
		assert_non_null(libcurl->function[i]);
		assert_ptr_equal(library_function(&libcurl->library, i), libcurl->function[i]);
		assert_true(libcurl_is_inside(libcurl, libcurl->function[i]));
		assert_ptr_equal(libcurl_inside(libcurl->function[i]), libcurl);
	}
	assert_false(libcurl_is_inside(libcurl, plugin));
	assert_ptr_equal(libcurl_first(), libcurl);
}

static void libcurl_itself_calls_itself(void **state)
{
	const struct libcurl *libcurl = libcurl_of_caller(address_in("all.so"));

	(void)state;
	assert_ptr_equal(libcurl_of_caller((void *)(uintptr_t)libcurl->curl_easy_setopt), libcurl);
}

static void an_old_copy_lacks_what_came_later(void **state)
{
	const struct libcurl *libcurl = libcurl_of_caller(address_in("old.so"));

	(void)state;
	assert_non_null(libcurl);
	assert_true(libcurl->library.whole);
	assert_null(libcurl->curl_url_get);
	assert_ptr_equal(libcurl_inside((void *)(uintptr_t)libcurl->curl_easy_init), libcurl);
}

static void what_cannot_be_asked_is_only_passed_on_to(void **state)
{
	const struct libcurl *libcurl = libcurl_of_caller(address_in("part.so"));

	(void)state;
	assert_non_null(libcurl);
	assert_false(libcurl->library.whole);
	assert_non_null(libcurl->curl_easy_init);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(a_plugin_finds_the_libcurl_that_it_needs),
		cmocka_unit_test(libcurl_itself_calls_itself),
		cmocka_unit_test(an_old_copy_lacks_what_came_later),
		cmocka_unit_test(what_cannot_be_asked_is_only_passed_on_to),
	};

	return cmocka_run_group_tests(cases, begin, plugin_end);
}
