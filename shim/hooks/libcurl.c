/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions of libcurl. Where no real function exists for the caller, each returns
 * what curl.h documents as its failure.
 */
#include "call/libcurl.h"

#include <stdarg.h>

#include "call/binding.h"
#include "hooks/libcurl.h"

/* Each value that curl_easy_setopt takes fills one slot of the arguments. */
_Static_assert(sizeof(long) == 8 && sizeof(void *) == 8, "LP64");

/* Whether @libcurl has a real @name to call. */
#define HAS(libcurl, name) ((libcurl) && (libcurl)->name)

/* The libcurl that @caller means. */
static const struct libcurl *called(const void *caller)
{
	const struct library *bound = binding_claim(&libcurl_family, caller);

	return bound ? (const struct libcurl *)bound : libcurl_of_caller(caller);
}

/* ---- one transfer ---- */

struct curl_easy *curl_easy_init(void)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_easy_init);
	library_refresh();
	libcurl = called(RETURN_ADDRESS);
	return HAS(libcurl, curl_easy_init) ? libcurl->curl_easy_init() : NULL;
}

/*
 * The value goes on as its slot came: programs pass an int where a long is meant, and libcurl takes
 * from the slot what the option says.
 */
int curl_easy_setopt(struct curl_easy *easy, int option, ...)
{
	const struct libcurl *libcurl;
	va_list arguments;
	void *value;

	va_start(arguments, option);
	value = va_arg(arguments, void *);
	va_end(arguments);
	PASS_INSIDE(curl_easy_setopt, easy, option, value);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_easy_setopt))
		return CURL_FAILED_INIT;
	return libcurl->curl_easy_setopt(easy, option, value);
}

int curl_easy_perform(struct curl_easy *easy)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_easy_perform, easy);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_easy_perform))
		return CURL_FAILED_INIT;
	return libcurl->curl_easy_perform(easy);
}

void curl_easy_reset(struct curl_easy *easy)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_easy_reset, easy);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_easy_reset))
		return;
	libcurl->curl_easy_reset(easy);
}

struct curl_easy *curl_easy_duphandle(struct curl_easy *easy)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_easy_duphandle, easy);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_easy_duphandle))
		return NULL;
	return libcurl->curl_easy_duphandle(easy);
}

void curl_easy_cleanup(struct curl_easy *easy)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_easy_cleanup, easy);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_easy_cleanup))
		return;
	libcurl->curl_easy_cleanup(easy);
}

/* ---- transfers at the same time ---- */

int curl_multi_add_handle(struct curl_multi *multi, struct curl_easy *easy)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_add_handle, multi, easy);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_add_handle))
		return CURL_MULTI_INTERNAL_ERROR;
	return libcurl->curl_multi_add_handle(multi, easy);
}

struct curl_message *curl_multi_info_read(struct curl_multi *multi, int *left)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_info_read, multi, left);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_info_read))
		return NULL;
	return libcurl->curl_multi_info_read(multi, left);
}

int curl_multi_remove_handle(struct curl_multi *multi, struct curl_easy *easy)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_remove_handle, multi, easy);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_remove_handle))
		return CURL_MULTI_INTERNAL_ERROR;
	return libcurl->curl_multi_remove_handle(multi, easy);
}

int curl_multi_cleanup(struct curl_multi *multi)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_cleanup, multi);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_cleanup))
		return CURL_MULTI_INTERNAL_ERROR;
	return libcurl->curl_multi_cleanup(multi);
}

int curl_multi_perform(struct curl_multi *multi, int *running)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_perform, multi, running);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_perform))
		return CURL_MULTI_INTERNAL_ERROR;
	return libcurl->curl_multi_perform(multi, running);
}

int curl_multi_socket_action(struct curl_multi *multi, int fd, int events, int *running)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_socket_action, multi, fd, events, running);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_socket_action))
		return CURL_MULTI_INTERNAL_ERROR;
	return libcurl->curl_multi_socket_action(multi, fd, events, running);
}

int curl_multi_socket(struct curl_multi *multi, int fd, int *running)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_socket, multi, fd, running);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_socket))
		return CURL_MULTI_INTERNAL_ERROR;
	return libcurl->curl_multi_socket(multi, fd, running);
}

int curl_multi_socket_all(struct curl_multi *multi, int *running)
{
	const struct libcurl *libcurl;

	PASS_INSIDE(curl_multi_socket_all, multi, running);
	libcurl = called(RETURN_ADDRESS);
	if (!HAS(libcurl, curl_multi_socket_all))
		return CURL_MULTI_INTERNAL_ERROR;
	return libcurl->curl_multi_socket_all(multi, running);
}
