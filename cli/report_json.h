/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary for machines: one JSON object, schema 1. Names are never changed within a schema;
 * times are milliseconds as numbers; what is not known is null.
 *
 * Main thread (jansson). Failure: negative errno, after as much as could be written.
 */
#ifndef CLI_REPORT_JSON_H
#define CLI_REPORT_JSON_H

#include <stdint.h>

#include "exporter/exporter.h"
#include "exporter/report.h"
#include "exporter/summary.h"

struct report_json {
	const struct summary *summary;
	const struct report_run *run;
	char *const *command;		/* null-terminated */
	int exit_code;
	const char *signal;		/* null: none */
	const uint8_t *trace_id;	/* 16 bytes; null: no span of the run */
	struct exporter_counts counts;
};

/* Replaces the file at @path; null: standard error. */
int report_json_write(const struct report_json *report, const char *path);

/* The object as text in new memory, to be freed; null: no memory. */
char *report_json_text(const struct report_json *report);

#endif
