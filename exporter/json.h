/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON into memory that somebody else owns. Nothing is written beyond it; what did not fit
 * is remembered in `overrun`, so that whole pieces can be written and then taken back.
 *
 * Pure; threads: one for each writer.
 */
#ifndef EXPORTER_JSON_H
#define EXPORTER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct json_writer {
	uint8_t *start, *position, *limit;
	bool overrun;
};

static inline void json_begin(struct json_writer *writer, uint8_t *memory, size_t room)
{
	*writer = (struct json_writer){ memory, memory, memory + room, false };
}

static inline size_t json_size(const struct json_writer *writer)
{
	return (size_t)(writer->position - writer->start);
}

/*
 * Bytes as they are: punctuation and what is known to need no escape. Here, so that a literal is
 * copied by its known size.
 */
static inline void json_put_raw(struct json_writer *writer, struct slice text)
{
	if (!text.size)
		return;
	if (writer->overrun || text.size > (size_t)(writer->limit - writer->position)) {
		writer->overrun = true;
		return;
	}
	memcpy(writer->position, text.data, text.size);
	writer->position += text.size;
}

#define JSON_RAW(writer, literal) json_put_raw(writer, SLICE(literal))

/* Valid UTF-8 with quotes around it; control characters, quotes and backslashes escaped. */
void json_put_string(struct json_writer *writer, struct slice text);

/* Decimal digits without quotes. */
void json_put_integer(struct json_writer *writer, int64_t number);
void json_put_unsigned(struct json_writer *writer, uint64_t number);

/* Quoted lower-case hex, and quoted standard base64 with padding. */
void json_put_hex(struct json_writer *writer, struct slice bytes);
void json_put_base64(struct json_writer *writer, struct slice bytes);

#endif
