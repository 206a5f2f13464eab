/* SPDX-License-Identifier: Apache-2.0 */
/* Requests over HTTP for the tests of the summary and of what prints it, from a few facts. */
#ifndef TESTS_SUPPORT_REQUEST_H
#define TESTS_SUPPORT_REQUEST_H

#include "exporter/span.h"
#include "exporter/summary.h"
#include "trace/record.h"

struct request {
	const char *name;	/* of the span */
	const char *method;	/* null: not HTTP */
	const char *server, *url;
	const char *error;	/* error.type; null: success */
	int64_t port;		/* 0: absent */
	uint64_t start_ns, duration_ns;
	int64_t phase_ns[SUMMARY_PHASES];	/* 0: absent */
	const char *module;	/* of the caller */
	uint64_t offset;
	bool incomplete;
	uint8_t scope;		/* 0: libcurl */
	uint8_t kind;		/* 0: client */
};

static inline void request_put_string(struct record_writer *writer, enum attribute_key key,
				      const char *value)
{
	if (value)
		record_put_string(writer, key, slice_of_string(value));
}

static inline void request_put(struct record_writer *writer, const struct request *request)
{
	request_put_string(writer, ATTRIBUTE_SPAN_NAME, request->name);
	request_put_string(writer, ATTRIBUTE_HTTP_REQUEST_METHOD, request->method);
	request_put_string(writer, ATTRIBUTE_SERVER_ADDRESS, request->server);
	request_put_string(writer, ATTRIBUTE_URL_FULL, request->url);
	request_put_string(writer, ATTRIBUTE_ERROR_TYPE, request->error);
	if (request->port)
		record_put_integer(writer, ATTRIBUTE_SERVER_PORT, request->port);
	if (request->incomplete)
		record_put_boolean(writer, ATTRIBUTE_INCOMPLETE, true);
	for (unsigned i = 0; i < SUMMARY_PHASES; i++)
		if (request->phase_ns[i])
			record_put_integer(writer,
					   (enum attribute_key)(ATTRIBUTE_HTTP_QUEUE + i),
					   request->phase_ns[i]);
}

/* Hands @request to @summary as the consumer would. */
static inline void request_add(struct summary *summary, const struct request *request)
{
	_Alignas(8) uint8_t memory[4096];
	struct record_writer writer;
	struct span_record *record = record_writer_span(&writer, memory, sizeof(memory));
	struct span span;

	record->scope = request->scope ? request->scope : SCOPE_LIBCURL;
	record->kind = request->kind ? request->kind : SPAN_CLIENT;
	record->status = request->error ? STATUS_ERROR : STATUS_UNSET;
	record->start_ns = request->start_ns;
	record->duration_ns = request->duration_ns;
	record->caller = request->module ? 0x1000 + request->offset : 0;
	request_put(&writer, request);
	if (record_writer_end(&writer) == 0)
		return;
	span_view(NULL, record, 0, &span);
	span.module = slice_of_string(request->module);
	span.offset = request->offset;
	summary_add(summary, &span);
}

#endif
