/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who made a span: one OTLP Resource for each process of the session, by otel-spec 6 and semantic
 * conventions 1.44. What describes the process comes from its own description in the area (its
 * environment, not ours); what describes the machine is read once.
 *
 * Precedence, low to high: telemetry.* and the default name, process, host and os,
 * OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME. Command lines are never taken: they may hold
 * secrets.
 *
 * Ownership: the table belongs to its maker, who gives it memory; descriptions are borrowed from
 * the reader and live as long as that. Threads: one. Bounded: RESOURCE_PROCESSES; later processes
 * share one resource that says nothing of the process.
 */
#ifndef EXPORTER_RESOURCE_H
#define EXPORTER_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/slice.h"
#include "exporter/resource_list.h"
#include "trace/reader.h"
#include "trace/record.h"

#define RESOURCE_PROCESSES 4096
#define RESOURCE_ATTRIBUTES 128
#define RESOURCE_TEXT ((size_t)80 << 10)	/* decoded texts of one resource */

struct resource {
	uint64_t process_id;
	struct slice tracestate;	/* inherited by the process; empty: none */
	uint32_t dropped;		/* attributes beyond the table */
	size_t count;
	struct resource_attribute attribute[RESOURCE_ATTRIBUTES];
};

struct resource_table;

size_t resource_table_size(void);

/* Begins in zeroed @memory. @session: processes are others than ourselves. */
struct resource_table *resource_table_begin(void *memory, const struct config *config,
					    bool session);

/* A process appeared. */
void resource_describe(struct resource_table *table, const struct reader_process *process);

/*
 * The program that a process executed last, as far as it described itself: the path of its
 * executable; empty when it is unknown. @parent tells it from a later process of the same pid.
 */
struct slice resource_executable(const struct resource_table *table, uint32_t pid, uint32_t parent);

/*
 * The resource of @span's process; valid until the next call. A process that was never described
 * gets what is known: the settings, the machine, and the executable that the span itself names.
 */
const struct resource *resource_of(struct resource_table *table, const struct span_record *span);

/* "2023-11-21T09:25:34.853Z", 24 characters. */
void resource_time_format(uint64_t wall_ns, char ret[24]);

#endif
