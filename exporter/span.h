/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span as the consumer sees it: the record, with what its numbers stand for looked up (prepared
 * text, caller's module, process), the wall-clock time added and the name made by semconv 2.2.
 * Everything downstream (summary, file, encoders) takes this and nothing else of the area.
 *
 * Ownership: borrows everything; valid only during the call that it is handed to. Pure but for the
 * reader's look-ups.
 */
#ifndef EXPORTER_SPAN_H
#define EXPORTER_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "trace/reader.h"
#include "trace/record.h"

struct span {
	const struct span_record *record;
	struct slice name;
	uint64_t start_ns, end_ns;	/* wall clock, Unix epoch */
	/* db.query.*, from the record or its prepared statement; empty: absent */
	struct slice text, summary;
	uint64_t hash;			/* 0: absent */
	struct slice module, build_id;	/* of the caller; empty: unknown */
	uint64_t offset;		/* of the return address in the module */
};

/* @wall_offset_ns: clock_wall_offset_ns() of now. */
void span_view(const struct reader *reader, const struct span_record *record,
	       uint64_t wall_offset_ns, struct span *ret);

/*
 * All attributes that are exported, in order: those of the record, then what was looked up. @index
 * counts from 0. False at the end. Keys are attribute_name(key).
 */
struct span_attribute_cursor {
	struct attribute_cursor record;
	unsigned derived;
};

struct span_attribute_cursor span_attributes_of(const struct span *span);
bool span_attribute_next(const struct span *span, struct span_attribute_cursor *cursor,
			 struct attribute_value *ret);

#endif
