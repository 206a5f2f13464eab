/* SPDX-License-Identifier: Apache-2.0 */
/* Inquiries, large objects and PQfn: with a span or without. */
#include "call/inquiry.h"

#include "call/option.h"

void inquiry_begin_send(struct submit *submit, const struct submit_request *request)
{
	if (call_options.describes)
		submit_begin_send(submit, request);
	else
		submit_begin_other(submit, request->handle, request->caller);
}

/* A statement that is closed has no name from now on, whatever the server will say. */
void inquiry_end_send(struct submit *submit, const struct submit_request *request, int sent)
{
	bool closes = request->kind == COMMAND_CLOSE && request->name;

	if (call_options.describes) {
		submit_end_send(submit, request, sent);
		if (closes && sent)
			submit_end_close(submit, request->name);
		return;
	}
	submit_end_untold(submit, sent);
	if (closes && sent)
		submit_end_close(submit, request->name);
}

void inquiry_begin(struct submit *submit, const struct submit_request *request)
{
	if (call_options.describes)
		submit_begin_synchronous(submit, request);
	else
		submit_begin_silent(submit, request->handle, request->caller);
}

void inquiry_end(struct submit *submit, const struct submit_request *request,
		 struct pg_result *result)
{
	if (call_options.describes)
		submit_end_synchronous(submit, result);
	else
		submit_end_silent(submit);
	if (request->kind == COMMAND_CLOSE && request->name)
		submit_end_closed(submit, request->name, result);
}

static void begin_function(struct submit *submit, const struct submit_request *request)
{
	if (call_options.large_objects)
		submit_begin_synchronous(submit, request);
	else
		submit_begin_silent(submit, request->handle, request->caller);
}

void inquiry_begin_object(struct submit *submit, struct pg_conn *handle, const char *name,
			  const void *caller)
{
	begin_function(submit, &(struct submit_request){
		.kind = COMMAND_FUNCTION, .handle = handle, .name = name, .caller = caller });
}

void inquiry_end_object(struct submit *submit, bool failed)
{
	if (call_options.large_objects)
		submit_end_function(submit, failed);
	else
		submit_end_silent(submit);
}

void inquiry_begin_function(struct submit *submit, struct pg_conn *handle, const void *caller)
{
	begin_function(submit, &(struct submit_request){
		.kind = COMMAND_FUNCTION, .handle = handle, .caller = caller });
}

void inquiry_end_function(struct submit *submit, struct pg_result *result)
{
	if (call_options.large_objects)
		submit_end_synchronous(submit, result);
	else
		submit_end_silent(submit);
}
