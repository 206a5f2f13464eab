/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two statements, parted by a zero byte; the first byte of the input is the setting. What must
 * hold: a shape that was learnt from the first tells the second, where it does, as the lexer does,
 * and holds no literal of the first.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/sql_shape.h"

#define ROOM 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

struct description {
	struct sql_output out;
	uint8_t text[ROOM], summary[256];
};

static void description_begin(struct description *description)
{
	description->out = (struct sql_output){
		.text = description->text,
		.text_capacity = sizeof(description->text),
		.summary = description->summary,
		.summary_capacity = sizeof(description->summary),
	};
}

static void require_same(const struct sql_output *one, const struct sql_output *other)
{
	require(one->hash == other->hash && one->truncated == other->truncated);
	require(one->text_size == other->text_size && one->summary_size == other->summary_size);
	require(memcmp(one->text, other->text, one->text_size) == 0);
	require(memcmp(one->summary, other->summary, one->summary_size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct description first, second, told;
	struct sql_shape shape;
	const uint8_t *zero;
	struct slice one, other;
	bool standard;

	if (size < 3 || size > 2048)
		return 0;
	standard = data[0] & 1;
	zero = memchr(data + 1, 0, size - 1);
	if (!zero)
		return 0;
	one = slice_of(data + 1, (size_t)(zero - data - 1));
	other = slice_of(zero + 1, (size_t)(data + size - zero - 1));
	description_begin(&first);
	sql_describe(one, SQL_SANITISE, standard, &first.out);
	if (!sql_shape_learn(&shape, one, standard, &first.out))
		return 0;
	description_begin(&told);
	require(sql_shape_describe(&shape, one, standard, &told.out));
	require_same(&told.out, &first.out);
	description_begin(&told);
	if (!sql_shape_describe(&shape, other, standard, &told.out))
		return 0;
	description_begin(&second);
	sql_describe(other, SQL_SANITISE, standard, &second.out);
	require_same(&told.out, &second.out);
	return 0;
}
