/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record: one finished span as flat bytes, no pointers, written by the thread that made the
 * call and read by the consumer, perhaps in another process. Integers are of the machine; every
 * record and every attribute begins at a multiple of 8.
 *
 *	struct span_record | attribute | attribute | ...
 *
 * The layout is part of the area's version (trace/area.h): change RECORD_VERSION with it.
 *
 * Writing: the writer has room that the area gave it; putting what does not fit leaves it out and
 * marks the writer as overrun (the record is then dropped and counted). No allocation, no system
 * call.
 * Reading: span_record_check() first, on a private copy; afterwards the cursor needs no bounds.
 */
#ifndef TRACE_RECORD_H
#define TRACE_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"
#include "trace/context.h"

#define RECORD_VERSION 3

/* A whole record; what may be larger is cut before (query text at 8 KiB). */
#define RECORD_SIZE_MAX ((size_t)16 << 10)

/* Stored text of one query, sanitised, never cut inside a character. */
#define RECORD_TEXT_MAX ((size_t)8 << 10)

/* The name of a header that a record can carry. */
#define RECORD_HEADER_NAME_MAX 64u

enum record_kind { RECORD_PAD = 1, RECORD_SPAN = 2 };

enum span_kind { SPAN_INTERNAL = 1, SPAN_SERVER, SPAN_CLIENT, SPAN_PRODUCER, SPAN_CONSUMER };

enum span_status { STATUS_UNSET, STATUS_OK, STATUS_ERROR };

enum scope {
#define SCOPE(identifier, name) SCOPE_##identifier,
#include "trace/scope.def"
#undef SCOPE
	SCOPE_COUNT
};

enum attribute_key {
#define ATTRIBUTE(identifier, name, type) ATTRIBUTE_##identifier,
#include "trace/attribute.def"
#undef ATTRIBUTE
	ATTRIBUTE_COUNT
};

/*
 * HASH is a 64-bit key, shown as 16 hex digits. HEADER is a name in small letters and one or more
 * values, each behind a zero byte; its attribute's name ends in the header's, and several with
 * other names may stand in one record.
 */
enum attribute_type {
	ATTRIBUTE_STRING,
	ATTRIBUTE_INTEGER,
	ATTRIBUTE_BOOLEAN,
	ATTRIBUTE_HASH,
	ATTRIBUTE_HEADER
};

struct record {
	uint32_t size;		/* all of it, a multiple of 8 */
	uint16_t kind;		/* enum record_kind */
	uint16_t attributes;	/* how many follow */
};

/* Bits of span_record.marks */
#define SPAN_PARENT_REMOTE 0x01u
#define SPAN_SAMPLED 0x02u	/* the sampler's decision: for the network only */

struct span_record {
	struct record head;
	uint64_t process_id;	/* whose: the description of a process carries the same number */
	uint8_t trace_id[16];
	uint8_t span_id[8];
	uint8_t parent_id[8];	/* zero: root */
	uint64_t start_ns;	/* monotonic clock */
	uint64_t duration_ns;
	uint64_t caller;	/* return address of the call, 0 unknown */
	uint32_t module;	/* description of the caller's module, 0 none */
	/* Description of the prepared text, 0 none: text, summary and hash come from it */
	uint32_t statement;
	uint32_t pid;
	uint32_t thread_id;
	uint8_t scope;		/* enum scope */
	uint8_t kind;		/* enum span_kind */
	uint8_t status;		/* enum span_status */
	uint8_t trace_flags;	/* of this span's context */
	uint8_t marks;		/* SPAN_* */
	uint8_t reserved[3];
};

struct attribute {
	uint16_t key;		/* enum attribute_key */
	uint16_t type;		/* enum attribute_type */
	uint32_t size;		/* of the value, without padding; 8 but for strings and headers */
};

_Static_assert(sizeof(struct record) == 8, "records are read by other processes");
_Static_assert(sizeof(struct span_record) == 96, "records are read by other processes");
_Static_assert(sizeof(struct attribute) == 8, "records are read by other processes");

/* ---- writing ---- */

struct record_writer {
	uint8_t *start, *position, *limit;
	uint16_t attributes;
	bool overrun;
};

/* Bytes that a string or an integer attribute takes. */
static inline size_t attribute_room(size_t value_size)
{
	return sizeof(struct attribute) + ((value_size + 7) & ~(size_t)7);
}

/* Begins a writer over @room bytes at @memory, aligned to 8, that holds attributes only. */
static inline void record_writer_begin(struct record_writer *writer, uint8_t *memory, size_t room)
{
	writer->start = memory;
	writer->position = memory;
	writer->limit = memory + room;
	writer->attributes = 0;
	writer->overrun = false;
}

/* Begins a span in the same way; the caller fills the returned head. Null when there is no room. */
struct span_record *record_writer_span(struct record_writer *writer, uint8_t *memory, size_t room);

/* The same with the fields of @from, but for its head; it may be left as it is. */
static inline struct span_record *record_writer_copy(struct record_writer *writer, uint8_t *memory,
						     size_t room, const struct span_record *from)
{
	struct span_record *span = (struct span_record *)(void *)memory;

	record_writer_begin(writer, memory, room);
	if (room < sizeof(*span)) {
		writer->overrun = true;
		return NULL;
	}
	memcpy(span, from, sizeof(*span));
	span->head = (struct record){ .kind = RECORD_SPAN };
	writer->position += sizeof(*span);
	return span;
}

/* Room for one more attribute, its head written; null: it does not fit. */
static inline __attribute__((always_inline)) uint8_t *
writer_take(struct record_writer *writer, enum attribute_key key, enum attribute_type type,
	    size_t size)
{
	size_t rest = (size_t)(writer->limit - writer->position);
	struct attribute head = { (uint16_t)key, (uint16_t)type, (uint32_t)size };
	uint8_t *place = writer->position;

	if (size > RECORD_SIZE_MAX || attribute_room(size) > rest) {
		writer->overrun = true;
		return NULL;
	}
	memcpy(place, &head, sizeof(head));
	writer->position = place + attribute_room(size);
	writer->attributes++;
	return place + sizeof(head);
}

static inline void writer_put_number(struct record_writer *writer, enum attribute_key key,
				     enum attribute_type type, uint64_t value)
{
	uint8_t *place = writer_take(writer, key, type, sizeof(value));

	if (place)
		memcpy(place, &value, sizeof(value));
}

static inline void record_put_string(struct record_writer *writer, enum attribute_key key,
				     struct slice value)
{
	static const uint64_t zero;
	uint8_t *place = writer_take(writer, key, ATTRIBUTE_STRING, value.size);

	if (!place || value.size == 0)
		return;
	/* The padding goes first: what an older record left must not reach another process. */
	memcpy(writer->position - sizeof(zero), &zero, sizeof(zero));
	memcpy(place, value.data, value.size);
}

/*
 * For a string that is written where it stays: a place in the record and the room that is there.
 * Nothing is taken before record_string_end(), and nothing else is put in between.
 */
static inline uint8_t *record_string_begin(const struct record_writer *writer, size_t *ret_room)
{
	size_t rest = (size_t)(writer->limit - writer->position) & ~(size_t)7;

	*ret_room = rest > sizeof(struct attribute) ? rest - sizeof(struct attribute) : 0;
	return writer->position + sizeof(struct attribute);
}

/* Takes the first @size bytes of that room; padding is zeroed. */
static inline void writer_end_text(struct record_writer *writer, enum attribute_key key,
				   enum attribute_type type, size_t size)
{
	uint8_t *place = writer_take(writer, key, type, size);

	while (place && place + size < writer->position)
		place[size++] = 0;
}

static inline void record_string_end(struct record_writer *writer, enum attribute_key key,
				     size_t size)
{
	writer_end_text(writer, key, ATTRIBUTE_STRING, size);
}

/* The same for a header: what was written is its name and its values. */
static inline void record_header_end(struct record_writer *writer, enum attribute_key key,
				     size_t size)
{
	writer_end_text(writer, key, ATTRIBUTE_HEADER, size);
}

static inline void record_put_integer(struct record_writer *writer, enum attribute_key key,
				      int64_t value)
{
	writer_put_number(writer, key, ATTRIBUTE_INTEGER, (uint64_t)value);
}

static inline void record_put_boolean(struct record_writer *writer, enum attribute_key key,
				      bool value)
{
	writer_put_number(writer, key, ATTRIBUTE_BOOLEAN, value);
}

static inline void record_put_hash(struct record_writer *writer, enum attribute_key key,
				   uint64_t value)
{
	writer_put_number(writer, key, ATTRIBUTE_HASH, value);
}

/* Copies @count attributes that another writer encoded: what is the same for each of many calls. */
static inline void record_put_encoded(struct record_writer *writer, struct slice encoded,
				      uint16_t count)
{
	if (encoded.size > (size_t)(writer->limit - writer->position)) {
		writer->overrun = true;
		return;
	}
	if (encoded.size)
		memcpy(writer->position, encoded.data, encoded.size);
	writer->position += encoded.size;
	writer->attributes = (uint16_t)(writer->attributes + count);
}

/* Completes the head; the size of the record, or 0 when it was overrun. */
uint32_t record_writer_end(struct record_writer *writer);

/* ---- reading ---- */

struct attribute_value {
	enum attribute_key key;
	enum attribute_type type;
	struct slice string;	/* ATTRIBUTE_STRING; of ATTRIBUTE_HEADER name and values */
	int64_t integer;	/* the others; a hash as its bits */
};

struct attribute_cursor {
	const uint8_t *position, *end;
};

/*
 * Everything that a reader relies on: sizes, kinds, types, each attribute inside. For untrusted
 * bytes.
 */
bool span_record_check(struct slice bytes);

/* @size bytes of attributes without a head (a description): the same check, for @count of them. */
bool attributes_check(struct slice bytes, size_t count);

/* Over the attributes of a checked record. */
struct attribute_cursor span_attributes(const struct span_record *span);
bool attribute_next(struct attribute_cursor *cursor, struct attribute_value *ret);

/* Looks one up; false when it is absent. */
bool span_attribute(const struct span_record *span, enum attribute_key key,
		    struct attribute_value *ret);

/* Whether a header of that name, in any case, has a place in records: printable, not too long. */
bool record_header_name(struct slice name);

/* The name that the value of a header begins with, and behind it one value after the other. */
struct slice header_name(struct slice header);
bool header_next_value(struct slice *rest, struct slice *ret);

/*
 * Names of the lists: "db.system.name", "otelshim.libpq", of a header what goes before its own.
 * Null for a number outside.
 */
const char *attribute_name(unsigned key);
enum attribute_type attribute_type_of(enum attribute_key key);
const char *scope_name(unsigned scope);

#endif
