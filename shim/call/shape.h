/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes of the statements that a connection repeats (protocol/sql_shape.h): a small table over
 * their first sixteen bytes. Ownership: the connection's, given back by shape_clear(). Threads:
 * that of the connection. Failure: without memory, statements are described each time. Memory: at
 * most SHAPES kilobytes a connection, from base/arena, taken when a statement comes twice.
 */
#ifndef CALL_SHAPE_H
#define CALL_SHAPE_H

#include "base/slice.h"
#include "protocol/sql_shape.h"

#define SHAPES 8u			/* a power of two */

struct shape_slot {
	uint64_t last;			/* key of the last statement described for this slot */
	uint64_t refused;		/* key of the last that has no shape */
	struct sql_shape *shape;	/* null: none */
};

struct shape_table {
	struct shape_slot slot[SHAPES];
};

/* sql_describe() with SQL_SANITISE, by the table where that has the statement's shape. */
void shape_describe(struct shape_table *table, struct slice query, bool standard_strings,
		    struct sql_output *out);

/* Gives everything back. */
void shape_clear(struct shape_table *table);

#endif
