/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A statement without its literals, and what was told of it: programs send the same few statements
 * again and again with other literals, and comparing takes a tenth of describing. Pure; any bytes;
 * one thread at a time on a shape.
 *
 * A shape holds no literal, only where each stood and how it began. A statement matches when all
 * else is the same bytes and one literal, by the lexer, stands in each of these places and begins
 * alike: then each token is of the same kind, none but literals differ, and so sql_describe() would
 * give the same text, summary and key. That literals begin alike matters to the token before them,
 * which may look at what follows.
 */
#ifndef PROTOCOL_SQL_SHAPE_H
#define PROTOCOL_SQL_SHAPE_H

#include "protocol/sql.h"

enum {
	SQL_SHAPE_BYTES = 896, /* of the statement without literals, the text and the summary */
	SQL_SHAPE_LITERALS = 27,
	SQL_SHAPE_MIN = 16, /* shorter statements are quickly described */
};

struct sql_shape_literal {
	uint16_t before; /* bytes since the last literal */
	uint8_t first; /* its first byte; 0 for each digit */
};

struct sql_shape {
	uint64_t hash;
	uint16_t fixed_size, text_size, summary_size;
	uint8_t literals;
	bool standard_conforming_strings;
	struct sql_shape_literal literal[SQL_SHAPE_LITERALS];
	uint8_t bytes[SQL_SHAPE_BYTES]; /* what is not literal, text, summary */
};

/*
 * Makes @shape that of @statement, which sql_describe() gave @out for with SQL_SANITISE. False, and
 * anything in @shape, when it is too long, too short, cut, or broken.
 */
bool sql_shape_learn(struct sql_shape *shape, struct slice statement,
		     bool standard_conforming_strings, const struct sql_output *out);

/*
 * As sql_describe() with SQL_SANITISE when @statement has the shape. False, and @out untouched,
 * when it has not, or when the buffers are too small.
 */
bool sql_shape_describe(const struct sql_shape *shape, struct slice statement,
			bool standard_conforming_strings, struct sql_output *out);

#endif
