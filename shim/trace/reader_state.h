/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the reader share. Everything here is private memory: checked once, never
 * changed by others. Only for trace/reader*.c.
 */
#ifndef TRACE_READER_STATE_H
#define TRACE_READER_STATE_H

#include "trace/reader.h"

/* Descriptions that were being written when the chain was read; more: the oldest is given up. */
#define READER_PENDING 32u

/* Processes remembered, to see that a pid became another process. */
#define READER_PROCESSES 256u

struct reader_lane {
	uint64_t position;	/* the next record begins here */
	uint64_t limit;		/* head when the drain began */
	uint64_t released;	/* what the producers know as the tail */
	uint64_t end_ns;	/* of the record in the lane's buffer */
};

struct reader_incarnation {
	uint32_t pid;
	uint64_t process_id;
};

struct reader {
	struct area_header *area;
	struct area_layout layout;
	struct reader_events events;
	uint64_t malformed;

	struct reader_lane lane[AREA_LANES];
	uint32_t active[AREA_LANES];	/* lanes that hold a record in their buffer */
	uint32_t active_count;

	size_t described;		/* offset of the first description not yet seen */
	size_t pending[READER_PENDING];
	uint32_t pending_count;
	struct reader_incarnation incarnation[READER_PROCESSES];
	uint32_t incarnations;		/* ever seen; the last READER_PROCESSES are kept */

	struct area_call call;		/* a copy, while it is buried */
	/* A bit for each number that begins one */
	uint64_t known[AREA_DESCRIPTIONS_SIZE / 8 / 64];
	_Alignas(64) uint8_t record[AREA_LANES][RECORD_SIZE_MAX];
	_Alignas(64) uint8_t descriptions[AREA_DESCRIPTIONS_SIZE];
};

/* Copies new descriptions, hands process descriptions out. */
void reader_describe(struct reader *reader);

/* Whether another process was described with @pid after the one that is known as @process_id. */
bool reader_replaced(const struct reader *reader, uint32_t pid, uint64_t process_id);

/* Whether more than @bytes wait in a lane. */
bool reader_has_more_than(const struct reader *reader, size_t bytes);

#endif
