/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTELSHIM_FILE: every finished call as OTLP JSON, one TracesData a line, appended, mode 0600.
 * Lines are collected in memory and written whole, many at once, so that several processes may
 * append to one file, and so that draining goes on while the disk is slow.
 *
 * Ownership: memory is the maker's; one descriptor. Threads: one. Failure: told once, the spans
 * counted; after that each write is tried anew.
 */
#ifndef EXPORTER_FILE_SINK_H
#define EXPORTER_FILE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/attributes.h"
#include "exporter/otlp_json.h"
#include "exporter/resource.h"
#include "exporter/span.h"

#define FILE_SINK_SIZE ((size_t)16 << 20)	/* collected lines */
#define FILE_SINK_LINE ((size_t)128 << 10)	/* a line ends when it is that long */
#define FILE_SINK_LINES 1024
#define FILE_SINK_WRITE ((size_t)512 << 10)	/* of one write(2), unless one line is longer */

struct file_sink_line {
	uint32_t end, spans;
};

struct file_sink {
	int fd;				/* -1: there is no file */
	uint8_t *memory;
	struct attribute_limits limits;
	struct otlp_json line;		/* the open one, when it has spans */
	size_t start, used;		/* closed lines that wait */
	size_t first, lines;		/* of the table */
	struct file_sink_line table[FILE_SINK_LINES];
	uint64_t written, lost;		/* spans */
	uint64_t size, size_max;	/* bytes written by us, and their ceiling; 0: none */
	bool told;
	bool inside;			/* the last write ended inside a line */
	bool broken;			/* and what follows it was dropped */
	char path[512];
};

/* Replaces %p by @pid. False when it does not fit. */
bool file_sink_path(const char *pattern, uint32_t pid, char *ret, size_t room);

/* @memory of FILE_SINK_SIZE bytes. False, told by log_error(): it could not be opened. */
bool file_sink_open(struct file_sink *sink, const char *pattern, struct attribute_limits limits,
		    uint8_t *memory);

/* Opens again what file_sink_close() closed; nothing happens when it is open. */
void file_sink_reopen(struct file_sink *sink);

void file_sink_add(struct file_sink *sink, const struct resource *resource,
		   const struct span *span);

/* Closes the open line. */
void file_sink_end_line(struct file_sink *sink);

/* One write(2) of whole lines; true while more wait. */
bool file_sink_write(struct file_sink *sink);

/* Writes all that waits, unless it fails. */
void file_sink_flush(struct file_sink *sink);

void file_sink_close(struct file_sink *sink);

#endif
