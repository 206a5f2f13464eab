/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values that a program binds to $1, $2 ... as attributes db.query.parameter.0, .1 ..., where a
 * setting asks for them. Values in text format are told as they are, made valid UTF-8; binary ones
 * where the type is given with them and simple enough; null and all else have no attribute. Never
 * the values of a statement that names a password or another secret, nor of one whose text is not
 * known as a whole.
 *
 * Ownership: encoded once at submission, since the program's memory is its own again afterwards;
 * the block belongs to whoever encoded it. Threads: any; memory from base/arena.
 */
#ifndef CALL_PARAMETER_H
#define CALL_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Keys 0 to 15; a statement may have more, see parameter_block.left_out. */
#define PARAMETERS_MAX 16u
#define PARAMETERS_ALL 0xffffu

/* Of one value, cut between two characters; of all of a statement, with their heads. */
#define PARAMETER_VALUE_MAX ((size_t)1 << 10)
#define PARAMETERS_SIZE_MAX ((size_t)4 << 10)

/* As libpq's functions take them: types, lengths and formats may be null. */
struct parameter_list {
	int count;
	const unsigned int *types;
	const char *const *values;
	const int *lengths, *formats;
};

/* Encoded attributes, see trace/record.h. */
struct parameter_block {
	uint8_t *bytes;		/* null: none */
	uint16_t size, count;
	uint16_t left_out;	/* asked for, and past a ceiling or of an unknown type */
};

/* Bit i: db.query.parameter.i is asked for. */
static inline bool parameter_is_asked(uint32_t keys, unsigned int index)
{
	return index < PARAMETERS_MAX && (keys >> index & 1);
}

/* Whether the values of @statement may be told; @whole: it was not cut. */
bool parameter_may_be_told(struct slice statement, bool whole);

/* Encodes those of @list that @keys asks for. False when there is no memory; @ret is set else. */
bool parameter_encode(const struct parameter_list *list, uint32_t keys,
		      struct parameter_block *ret);

/* Gives the block back. */
void parameter_clear(struct parameter_block *block);

#endif
