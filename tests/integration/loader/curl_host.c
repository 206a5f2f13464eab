/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that comes to libcurl by the dynamic linker's ways, and says what it sees.
 *
 *	curl_host absent			what dlsym knows of libcurl
 *	curl_host plugin FLAGS URL FILE...	opens each, has each make two transfers by turns
 *	curl_host handle VERSION URL FILE...	calls each libcurl by its handle, by turns
 *	curl_host ways FLAGS FILE...		which objects the calls of each plugin lead to, and
 *						what dlsym gives for its handle
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES 8

/* Of curl.h, which makes a macro of it: what a program by its handle calls is a function. */
#undef curl_easy_setopt

static void show(const char *how, const void *found)
{
	const char *error = dlerror();

	printf("%s: %s %s\n", how, found ? "found" : "null", error ? "and an error" : "no error");
}

static int absent(void)
{
	show("RTLD_DEFAULT", dlsym(RTLD_DEFAULT, "curl_easy_perform"));
	show("RTLD_NEXT", dlsym(RTLD_NEXT, "curl_easy_setopt"));
	show("program", dlsym(dlopen(NULL, RTLD_NOW), "curl_multi_perform"));
	show("openssl", dlvsym(RTLD_DEFAULT, "curl_easy_perform", "CURL_OPENSSL_4"));
	show("gnutls", dlvsym(RTLD_DEFAULT, "curl_easy_perform", "CURL_GNUTLS_3"));
	show("not ours", dlsym(RTLD_DEFAULT, "curl_easy_getinfo"));
	return 0;
}

static void *open_or_die(const char *file, int flags)
{
	void *handle = dlopen(file, flags);

	if (handle)
		return handle;
	puts(dlerror());
	exit(1);
}

static void *function_or_die(void *handle, const char *name)
{
	void *found = dlsym(handle, name);

	if (found)
		return found;
	puts(dlerror());
	exit(1);
}

static int flags_of(const char *text)
{
	return (strstr(text, "now") ? RTLD_NOW : RTLD_LAZY) |
	       (strstr(text, "global") ? RTLD_GLOBAL : RTLD_LOCAL) |
	       (strstr(text, "deep") ? RTLD_DEEPBIND : 0);
}

static int plugins(int flags, const char *url, char **files, int count)
{
	void *opened[FILES] = { NULL };
	int failed = 0;

	for (int i = 0; i < count; i++)
		opened[i] = open_or_die(files[i], flags);
	for (int i = 0; i < 2 * count; i++) {
		int (*fetch)(const char *) = NULL;

		*(void **)&fetch = function_or_die(opened[i % count], "plugin_fetch");
		failed |= fetch(url);
	}
	return failed;
}

struct functions {
	CURL *(*init)(void);
	CURLcode (*set)(CURL *, CURLoption, ...);
	CURLcode (*perform)(CURL *);
	void (*cleanup)(CURL *);
	char *(*version)(void);
};

#define CALLED(as, handle, name) ((__typeof__(as))(uintptr_t)function_or_die(handle, name))

static struct functions functions_of(void *handle, const char *version)
{
	struct functions functions;
	const void *versioned;

	functions.init = CALLED(functions.init, handle, "curl_easy_init");
	functions.set = CALLED(functions.set, handle, "curl_easy_setopt");
	functions.perform = CALLED(functions.perform, handle, "curl_easy_perform");
	functions.cleanup = CALLED(functions.cleanup, handle, "curl_easy_cleanup");
	functions.version = CALLED(functions.version, handle, "curl_version");
	versioned = dlvsym(handle, "curl_easy_perform", version);
	printf("the version %s: %s\n", version,
	       versioned == (void *)(uintptr_t)functions.perform ? "the same" : "another");
	show("no such version", dlvsym(handle, "curl_easy_perform", "CURL_NONE_1"));
	return functions;
}

static int handles(const char *version, const char *url, char **files, int count)
{
	struct functions functions[FILES] = { { .init = NULL } };
	CURL *easy[FILES];
	int failed = 0;

	for (int i = 0; i < count; i++) {
		functions[i] = functions_of(open_or_die(files[i], RTLD_NOW), version);
		easy[i] = functions[i].init();
		functions[i].set(easy[i], CURLOPT_URL, url);
		functions[i].set(easy[i], CURLOPT_PROXY, "");
	}
	fflush(stdout);
	for (int turn = 0; turn < 2; turn++)
		for (int i = 0; i < count; i++)
			failed |= functions[i].perform(easy[i]) != CURLE_OK;
	for (int i = 0; i < count; i++) {
		functions[i].cleanup(easy[i]);
		puts(functions[i].version());
	}
	return failed;
}

static const char *object_of(const void *address)
{
	Dl_info info;
	const char *slash;

	if (!address || !dladdr(address, &info))
		return "nothing";
	slash = strrchr(info.dli_fname, '/');
	return slash ? slash + 1 : info.dli_fname;
}

static int ways(int flags, char **files, int count)
{
	for (int i = 0; i < count; i++) {
		void *handle = open_or_die(files[i], flags);
		const void *(*calls)(void);

		*(void **)&calls = function_or_die(handle, "plugin_calls");
		printf("%s %s\n", object_of(calls()),
		       object_of(dlsym(handle, "curl_easy_perform")));
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "absent") == 0)
		return absent();
	if (strcmp(what, "plugin") == 0 && argc <= 4 + FILES)
		return plugins(flags_of(argv[2]), argv[3], argv + 4, argc - 4);
	if (strcmp(what, "handle") == 0 && argc <= 4 + FILES)
		return handles(argv[2], argv[3], argv + 4, argc - 4);
	if (strcmp(what, "ways") == 0 && argc <= 3 + FILES)
		return ways(flags_of(argv[2]), argv + 3, argc - 3);
	return 2;
}
