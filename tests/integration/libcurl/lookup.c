/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of libcurl that are looked up at run time, and two libcurls in one process. */
#include <dlfcn.h>
#include <stdio.h>

#include "case.h"

struct library {
	void *object;
	CURL *(*init)(void);
	CURLcode (*setopt)(CURL *, CURLoption, ...);
	CURLcode (*perform)(CURL *);
	void (*cleanup)(CURL *);
};

static void *function(void *object, const char *name, const char *version)
{
	void *found = version ? dlvsym(object, name, version) : dlsym(object, name);

	require(found != NULL, name);
	return found;
}

static struct library library_open(const char *name, const char *version)
{
	struct library library = {.object = dlopen(name, RTLD_NOW | RTLD_LOCAL)};

	require(library.object != NULL, name);
	*(void **)&library.init = function(library.object, "curl_easy_init", version);
	*(void **)&library.setopt = function(library.object, "curl_easy_setopt", version);
	*(void **)&library.perform = function(library.object, "curl_easy_perform", version);
	*(void **)&library.cleanup = function(library.object, "curl_easy_cleanup", version);
	return library;
}

static void library_get(const struct library *library, const char *path)
{
	CURL *handle = library->init();

	library->setopt(handle, CURLOPT_URL, url_at("http", "HTTP", path));
	library->setopt(handle, CURLOPT_PROXY, "");
	fflush(stdout);
	library->setopt(handle, CURLOPT_WRITEDATA, stdout);
	printf("%s: %d\n", path, library->perform(handle));
	library->cleanup(handle);
}

static void versioned(void)
{
	const struct library openssl = library_open("libcurl.so.4", "CURL_OPENSSL_4");

	printf("no such version: %s\n",
	       dlvsym(openssl.object, "curl_easy_perform", "CURL_NONE_1") ? "found" : "none");
	library_get(&openssl, "/ok?versioned");
}

static void two_libraries(void)
{
	const struct library openssl = library_open("libcurl.so.4", NULL);
	const struct library gnutls = library_open("libcurl-gnutls.so.4", NULL);

	library_get(&openssl, "/ok?openssl");
	library_get(&gnutls, "/ok?gnutls");
	transfer_once(transfer_open("/ok?linked"), "linked");
	library_get(&gnutls, "/404");
	dlclose(gnutls.object);
	library_get(&openssl, "/ok?again");
}

/* What a library does while it connects to a database; then what the program does. */
static void token(void)
{
	void *object = dlopen(setting("OAUTH"), RTLD_NOW | RTLD_LOCAL);
	void *(*connect)(const char *) = NULL;
	void (*finish)(void *) = NULL;
	int (*status)(void *) = NULL;
	void *connection;

	require(object != NULL, "OAUTH");
	*(void **)&connect = function(object, "PQconnectdb", NULL);
	*(void **)&status = function(object, "PQstatus", NULL);
	*(void **)&finish = function(object, "PQfinish", NULL);
	connection = connect(url_at("http", "HTTP", "/token"));
	printf("status %d\n", status(connection));
	finish(connection);
	transfer_once(transfer_open("/ok"), "afterwards");
}

const struct curl_case lookup_cases[] = {
	{"H36", token},
	{"L05", versioned},
	{"L07", two_libraries},
	{NULL, NULL},
};
