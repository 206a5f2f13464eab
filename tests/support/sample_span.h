/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small span for unit tests of the exporter: sample_begin(), attributes by record_put_*(),
 * sample_end(). Process 7, scope libpq, kind client.
 */
#ifndef TESTS_SUPPORT_SAMPLE_SPAN_H
#define TESTS_SUPPORT_SAMPLE_SPAN_H

#include <string.h>

#include "trace/record.h"

struct sample {
	_Alignas(8) uint8_t memory[RECORD_SIZE_MAX];
	struct record_writer writer;
	struct span_record *record;
};

static inline struct span_record *sample_begin(struct sample *sample)
{
	sample->record = record_writer_span(&sample->writer, sample->memory,
					    sizeof(sample->memory));
	memset((uint8_t *)sample->record + sizeof(struct record), 0,
	       sizeof(*sample->record) - sizeof(struct record));
	sample->record->process_id = 7;
	memset(sample->record->trace_id, 0xab, sizeof(sample->record->trace_id));
	memset(sample->record->span_id, 0xcd, sizeof(sample->record->span_id));
	sample->record->start_ns = 1000;
	sample->record->duration_ns = 234;
	sample->record->scope = SCOPE_LIBPQ;
	sample->record->kind = SPAN_CLIENT;
	sample->record->trace_flags = TRACE_FLAG_SAMPLED;
	sample->record->marks = SPAN_SAMPLED;
	return sample->record;
}

/* @header: name and values, each value behind a zero byte. */
static inline void sample_header(struct sample *sample, enum attribute_key key,
				 struct slice header)
{
	size_t room;
	uint8_t *place = record_string_begin(&sample->writer, &room);

	memcpy(place, header.data, header.size);
	record_header_end(&sample->writer, key, header.size);
}

static inline const struct span_record *sample_end(struct sample *sample)
{
	return record_writer_end(&sample->writer) ? sample->record : NULL;
}

#endif
