/* SPDX-License-Identifier: Apache-2.0 */
/* Database calls for the tests of the summary and of what prints it, from a few facts. */
#ifndef TESTS_SUPPORT_CALL_H
#define TESTS_SUPPORT_CALL_H

#include "exporter/span.h"
#include "exporter/summary.h"
#include "trace/record.h"

struct call {
	const char *text;	/* null: none */
	const char *name;	/* of the span; null: the text */
	const char *command;	/* otelshim.pg.command */
	const char *error;	/* SQLSTATE; null: success */
	const char *server, *database;
	const char *module;	/* of the caller */
	uint64_t hash, offset;
	uint64_t start_ns, duration_ns;
	int64_t rows, affected;	/* 0: absent */
	bool split;
	int64_t first_byte_ns, fetch_ns;
	int64_t port;
	bool incomplete;
	uint32_t pid;
	uint64_t process_id;
	uint8_t scope;		/* 0: libpq */
};

static inline void call_put_string(struct record_writer *writer, enum attribute_key key,
				   const char *value)
{
	if (value)
		record_put_string(writer, key, slice_of_string(value));
}

static inline void call_put_integer(struct record_writer *writer, enum attribute_key key,
				    int64_t value)
{
	if (value)
		record_put_integer(writer, key, value);
}

static inline void call_put(struct record_writer *writer, const struct call *call)
{
	call_put_string(writer, ATTRIBUTE_PG_COMMAND, call->command);
	call_put_string(writer, ATTRIBUTE_ERROR_TYPE, call->error);
	call_put_string(writer, ATTRIBUTE_SERVER_ADDRESS, call->server);
	call_put_string(writer, ATTRIBUTE_DB_NAMESPACE, call->database);
	call_put_integer(writer, ATTRIBUTE_SERVER_PORT, call->port);
	call_put_integer(writer, ATTRIBUTE_DB_ROWS, call->rows);
	call_put_integer(writer, ATTRIBUTE_DB_AFFECTED_ROWS, call->affected);
	if (call->split) {
		record_put_integer(writer, ATTRIBUTE_DB_FIRST_BYTE, call->first_byte_ns);
		record_put_integer(writer, ATTRIBUTE_DB_FETCH, call->fetch_ns);
	}
	if (call->incomplete)
		record_put_boolean(writer, ATTRIBUTE_INCOMPLETE, true);
}

/* Hands @call to @summary as the consumer would. */
static inline void call_add(struct summary *summary, const struct call *call)
{
	_Alignas(8) uint8_t memory[1024];
	struct record_writer writer;
	struct span_record *record = record_writer_span(&writer, memory, sizeof(memory));
	struct span span = { .record = record };

	record->scope = call->scope ? call->scope : SCOPE_LIBPQ;
	record->kind = SPAN_CLIENT;
	record->status = call->error ? STATUS_ERROR : STATUS_UNSET;
	record->start_ns = call->start_ns;
	record->duration_ns = call->duration_ns;
	record->caller = call->module || call->offset ? 0x1000 + call->offset : 0;
	record->process_id = call->process_id;
	record->pid = call->pid;
	call_put(&writer, call);
	if (record_writer_end(&writer) == 0)
		return;
	span.name = slice_of_string(call->name ? call->name : call->text);
	span.text = slice_of_string(call->text);
	span.hash = call->hash;
	span.module = slice_of_string(call->module);
	span.offset = call->offset;
	summary_add(summary, &span);
}

#endif
