/* SPDX-License-Identifier: Apache-2.0 */
/* The replaced functions of libcurl (hooks.md B.1). */
#include "hooks/libcurl.h"

#include <stdarg.h>

#include "call/multi.h"
#include "call/perform.h"

/* Whether @perform has a real @name to call. */
#define HAS(perform, name) ((perform).libcurl && (perform).libcurl->name)

/* ---- easy handles ---- */

struct curl_easy *curl_easy_init(void)
{
	struct perform perform;
	struct curl_easy *made;

	PASS_INSIDE(curl_easy_init);
	perform_begin_init(&perform, RETURN_ADDRESS);
	if (!HAS(perform, curl_easy_init))
		return NULL;
	made = perform.libcurl->curl_easy_init();
	perform_end_init(&perform, made);
	return made;
}

/*
 * Whatever comes after the option, a long, a pointer, a function or 64 bits, is one slot of the
 * calling convention, and is passed on as it is.
 */
_Static_assert(sizeof(long) == 8 && sizeof(void *) == 8, "one slot holds any option");

int curl_easy_setopt(struct curl_easy *handle, int option, ...)
{
	struct perform perform;
	uintptr_t value;
	va_list list;
	int code;

	va_start(list, option);
	value = (uintptr_t)va_arg(list, void *);
	va_end(list);
	PASS_INSIDE(curl_easy_setopt, handle, option, value);
	perform_begin_set(&perform, handle, RETURN_ADDRESS);
	if (!HAS(perform, curl_easy_setopt))
		return CURL_FAILED_INIT;
	code = perform.libcurl->curl_easy_setopt(handle, option, value);
	perform_end_set(&perform, option, value, code);
	return code;
}

int curl_easy_perform(struct curl_easy *handle)
{
	struct perform_transfer transfer;
	int code;

	PASS_INSIDE(curl_easy_perform, handle);
	perform_begin(&transfer, handle, RETURN_ADDRESS);
	if (!HAS(transfer.perform, curl_easy_perform))
		return CURL_FAILED_INIT;
	code = transfer.perform.libcurl->curl_easy_perform(handle);
	perform_end(&transfer, code);
	return code;
}

void curl_easy_reset(struct curl_easy *handle)
{
	struct perform perform;

	PASS_INSIDE(curl_easy_reset, handle);
	perform_begin_other(&perform, handle, RETURN_ADDRESS);
	if (!HAS(perform, curl_easy_reset))
		return;
	perform.libcurl->curl_easy_reset(handle);
	perform_end_reset(&perform);
}

/* A copy that libcurl makes for itself (of a pushed stream) is not told, but shares the list. */
struct curl_easy *curl_easy_duphandle(struct curl_easy *handle)
{
	const struct libcurl *inside = libcurl_inside(RETURN_ADDRESS);
	struct perform perform;
	struct curl_easy *made;

	if (inside && inside->curl_easy_duphandle) {
		made = inside->curl_easy_duphandle(handle);
		perform_copied(inside, handle, made);
		return made;
	}
	perform_begin_other(&perform, handle, RETURN_ADDRESS);
	if (!HAS(perform, curl_easy_duphandle))
		return NULL;
	made = perform.libcurl->curl_easy_duphandle(handle);
	perform_end_copy(&perform, made);
	return made;
}

void curl_easy_cleanup(struct curl_easy *handle)
{
	struct perform perform;

	PASS_INSIDE(curl_easy_cleanup, handle);
	perform_begin_cleanup(&perform, handle, RETURN_ADDRESS);
	if (HAS(perform, curl_easy_cleanup))
		perform.libcurl->curl_easy_cleanup(handle);
}

/* ---- multi handles ---- */

int curl_multi_add_handle(struct curl_multi *multi, struct curl_easy *handle)
{
	struct multi_call call;
	int code;

	PASS_INSIDE(curl_multi_add_handle, multi, handle);
	multi_begin_add(&call, multi, handle, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_add_handle))
		return CURL_MULTI_INTERNAL_ERROR;
	code = call.perform.libcurl->curl_multi_add_handle(multi, handle);
	multi_end_add(&call, code);
	return code;
}

struct curl_message *curl_multi_info_read(struct curl_multi *multi, int *left)
{
	struct multi_call call;
	struct curl_message *message;

	PASS_INSIDE(curl_multi_info_read, multi, left);
	multi_begin(&call, multi, NULL, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_info_read))
		return NULL;
	message = call.perform.libcurl->curl_multi_info_read(multi, left);
	multi_end_read(&call, message);
	return message;
}

int curl_multi_remove_handle(struct curl_multi *multi, struct curl_easy *handle)
{
	struct multi_call call;
	int code;

	PASS_INSIDE(curl_multi_remove_handle, multi, handle);
	multi_begin(&call, multi, handle, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_remove_handle))
		return CURL_MULTI_INTERNAL_ERROR;
	code = call.perform.libcurl->curl_multi_remove_handle(multi, handle);
	multi_end_remove(&call, code);
	return code;
}

int curl_multi_cleanup(struct curl_multi *multi)
{
	struct multi_call call;

	PASS_INSIDE(curl_multi_cleanup, multi);
	multi_begin_cleanup(&call, multi, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_cleanup))
		return CURL_MULTI_INTERNAL_ERROR;
	return call.perform.libcurl->curl_multi_cleanup(multi);
}

int curl_multi_perform(struct curl_multi *multi, int *running)
{
	struct multi_call call;
	int code;

	PASS_INSIDE(curl_multi_perform, multi, running);
	multi_begin_drive(&call, multi, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_perform))
		return CURL_MULTI_INTERNAL_ERROR;
	code = call.perform.libcurl->curl_multi_perform(multi, running);
	multi_end_drive(&call, code, running);
	return code;
}

int curl_multi_socket_action(struct curl_multi *multi, int socket, int events, int *running)
{
	struct multi_call call;
	int code;

	PASS_INSIDE(curl_multi_socket_action, multi, socket, events, running);
	multi_begin_drive(&call, multi, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_socket_action))
		return CURL_MULTI_INTERNAL_ERROR;
	code = call.perform.libcurl->curl_multi_socket_action(multi, socket, events, running);
	multi_end_drive(&call, code, running);
	return code;
}

int curl_multi_socket(struct curl_multi *multi, int socket, int *running)
{
	struct multi_call call;
	int code;

	PASS_INSIDE(curl_multi_socket, multi, socket, running);
	multi_begin_drive(&call, multi, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_socket))
		return CURL_MULTI_INTERNAL_ERROR;
	code = call.perform.libcurl->curl_multi_socket(multi, socket, running);
	multi_end_drive(&call, code, running);
	return code;
}

int curl_multi_socket_all(struct curl_multi *multi, int *running)
{
	struct multi_call call;
	int code;

	PASS_INSIDE(curl_multi_socket_all, multi, running);
	multi_begin_drive(&call, multi, RETURN_ADDRESS);
	if (!HAS(call.perform, curl_multi_socket_all))
		return CURL_MULTI_INTERNAL_ERROR;
	code = call.perform.libcurl->curl_multi_socket_all(multi, running);
	multi_end_drive(&call, code, running);
	return code;
}
