/* SPDX-License-Identifier: Apache-2.0 */
/* Learning and comparing of shapes. Both go by the lexer, from literal to literal. */
#include "protocol/sql_shape.h"

#include "protocol/sql_token.h"

static inline uint8_t first_of(const uint8_t *literal)
{
	return *literal >= '0' && *literal <= '9' ? 0 : *literal;
}

static bool shape_append(struct sql_shape *shape, size_t *used, const uint8_t *data, size_t size)
{
	if (size > sizeof(shape->bytes) - *used)
		return false;
	if (size)
		memcpy(shape->bytes + *used, data, size);
	*used += size;
	return true;
}

/* Notes the literal that the lexer just read; what is before it begins at @after. */
static bool shape_add_literal(struct sql_shape *shape, const struct sql_lexer *lexer,
			      const uint8_t *after)
{
	size_t used = shape->fixed_size;
	size_t before = (size_t)(lexer->start - after);

	if (shape->literals == SQL_SHAPE_LITERALS || !shape_append(shape, &used, after, before))
		return false;
	shape->literal[shape->literals++] = (struct sql_shape_literal){
		.before = (uint16_t)before,
		.first = first_of(lexer->start),
	};
	shape->fixed_size = (uint16_t)used;
	return true;
}

/* What of the statement is no literal. */
static bool shape_cut(struct sql_shape *shape, struct sql_lexer *lexer)
{
	const uint8_t *after = lexer->at;
	enum sql_token_kind kind;
	size_t used;

	while ((kind = sql_token_next(lexer)) != SQL_TOKEN_END) {
		if (kind == SQL_TOKEN_BROKEN)
			return false;
		if (kind != SQL_TOKEN_LITERAL)
			continue;
		if (!shape_add_literal(shape, lexer, after))
			return false;
		after = lexer->at;
	}
	used = shape->fixed_size;
	if (!shape_append(shape, &used, after, (size_t)(lexer->end - after)))
		return false;
	shape->fixed_size = (uint16_t)used;
	return true;
}

bool sql_shape_learn(struct sql_shape *shape, struct slice statement,
		     bool standard_conforming_strings, const struct sql_output *out)
{
	struct sql_lexer lexer = sql_lexer_of(statement, standard_conforming_strings);
	size_t used;

	if (out->truncated || statement.size < SQL_SHAPE_MIN || statement.size > SQL_READ_MAX)
		return false;
	shape->fixed_size = 0;
	shape->literals = 0;
	if (!shape_cut(shape, &lexer))
		return false;
	used = shape->fixed_size;
	if (!shape_append(shape, &used, out->text, out->text_size) ||
	    !shape_append(shape, &used, out->summary, out->summary_size))
		return false;
	shape->text_size = (uint16_t)out->text_size;
	shape->summary_size = (uint16_t)out->summary_size;
	shape->hash = out->hash;
	shape->standard_conforming_strings = standard_conforming_strings;
	return true;
}

static bool shape_fits(const struct sql_shape *shape, struct slice statement)
{
	struct sql_lexer lexer = sql_lexer_of(statement, shape->standard_conforming_strings);
	const uint8_t *fixed = shape->bytes, *fixed_end = fixed + shape->fixed_size;

	for (size_t i = 0; i < shape->literals; i++) {
		const struct sql_shape_literal *literal = &shape->literal[i];
		const uint8_t *start = lexer.at + literal->before;

		if ((size_t)(lexer.end - lexer.at) <= literal->before ||
		    memcmp(lexer.at, fixed, literal->before) != 0 ||
		    first_of(start) != literal->first)
			return false;
		fixed += literal->before;
		lexer.at = start;
		if (sql_token_next(&lexer) != SQL_TOKEN_LITERAL || lexer.start != start)
			return false;
	}
	return slice_equal(slice_of(lexer.at, (size_t)(lexer.end - lexer.at)),
			   slice_of(fixed, (size_t)(fixed_end - fixed)));
}

bool sql_shape_describe(const struct sql_shape *shape, struct slice statement,
			bool standard_conforming_strings, struct sql_output *out)
{
	const uint8_t *text = shape->bytes + shape->fixed_size;

	if (shape->standard_conforming_strings != standard_conforming_strings ||
	    shape->text_size > out->text_capacity || shape->summary_size > out->summary_capacity ||
	    statement.size < SQL_SHAPE_MIN || statement.size > SQL_READ_MAX ||
	    !shape_fits(shape, statement))
		return false;
	memcpy(out->text, text, shape->text_size);
	memcpy(out->summary, text + shape->text_size, shape->summary_size);
	out->text_size = shape->text_size;
	out->summary_size = shape->summary_size;
	out->hash = shape->hash;
	out->truncated = false;
	return true;
}
