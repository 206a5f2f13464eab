/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span as the consumer sees it: the record, with what its numbers stand for looked up (prepared
 * text, caller's module, process), the wall-clock time added and the name made by semconv 2.2.
 * Everything downstream (summary, file, encoders) takes this and nothing else of the area.
 *
 * Ownership: borrows everything, also from itself (not to be copied); valid only during the call
 * that it is handed to. Pure but for the reader's look-ups.
 */
#ifndef EXPORTER_SPAN_H
#define EXPORTER_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "trace/reader.h"
#include "trace/record.h"

#define SPAN_NAME_MAX 256	/* bytes of a composed name; longer ones are cut at a character */
#define SPAN_BUILD_ID_MAX 32	/* bytes; longer ones are left out */

/* Which attributes were met. */
struct key_set {
	uint64_t bits[2];
};

_Static_assert(ATTRIBUTE_COUNT <= 128, "struct key_set has a bit for each attribute");

static inline void key_add(struct key_set *set, enum attribute_key key)
{
	set->bits[key / 64u] |= UINT64_C(1) << key % 64u;
}

static inline bool key_in(const struct key_set *set, enum attribute_key key)
{
	return set->bits[key / 64u] >> key % 64u & 1;
}

struct span {
	const struct span_record *record;
	struct slice name;
	uint64_t start_ns, end_ns;	/* wall clock, Unix epoch */
	/* db.query.*, from the record or its prepared statement; empty: absent */
	struct slice text, summary;
	uint64_t hash;			/* 0: absent */
	struct slice module, build_id;	/* of the caller, path and bytes; empty: unknown */
	uint64_t offset;		/* of the return address in the module */
	struct key_set present;		/* what the record itself carries */
	char composed[SPAN_NAME_MAX];	/* what a slice above points to when it is in no record */
	char build_id_hex[2 * SPAN_BUILD_ID_MAX];
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

/* SpanKind and flags of OTLP: kind never 0, parent's remoteness known (otel-spec 4). */
static inline uint32_t span_kind_of(const struct span_record *record)
{
	return record->kind >= SPAN_INTERNAL && record->kind <= SPAN_CONSUMER ? record->kind :
	       SPAN_INTERNAL;
}

static inline uint32_t span_flags_of(const struct span_record *record)
{
	return record->trace_flags | 0x100u |
	       (record->marks & SPAN_PARENT_REMOTE ? 0x200u : 0);
}

#endif
