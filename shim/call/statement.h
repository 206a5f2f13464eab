/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepared statements of one connection: name to text, summary and key, so that each execute has
 * its text. Bounded: the oldest leaves when a new one finds no place; an execute of it has no text
 * then.
 *
 * Ownership: the map belongs to its connection; a statement found lives until the map changes.
 * Threads: that of the connection. Memory from base/arena.
 */
#ifndef CALL_STATEMENT_H
#define CALL_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"

#define STATEMENTS_MAX 1024u
#define STATEMENTS_BYTES ((size_t)256 << 10)
#define STATEMENT_BUCKETS 256u

struct statement {
	struct statement *next;		/* of its bucket */
	struct statement *older, *newer;
	uint64_t hash;			/* query key */
	uint32_t description;		/* in the area, 0: none */
	uint32_t size;			/* of this block */
	uint16_t name_size, summary_size;
	uint32_t text_size;
	uint8_t bytes[];		/* name and a zero, text, summary */
};

struct statement_map {
	struct statement **bucket;	/* STATEMENT_BUCKETS, taken with the first statement */
	struct statement *oldest, *newest;
	const struct statement *last;	/* found, null: none */
	size_t count, bytes;
};

static inline struct slice statement_name(const struct statement *statement)
{
	return slice_of(statement->bytes, statement->name_size);
}

static inline struct slice statement_text(const struct statement *statement)
{
	return slice_of(statement->bytes + statement->name_size + 1, statement->text_size);
}

static inline struct slice statement_summary(const struct statement *statement)
{
	return slice_of(statement->bytes + statement->name_size + 1 + statement->text_size,
			statement->summary_size);
}

/* What is kept of a statement; everything is copied. */
struct statement_facts {
	struct slice name, text, summary;
	uint64_t hash;
};

/* Enters or replaces. Null, and the name is unknown from now on, when there is no memory. */
const struct statement *statement_enter(struct statement_map *map,
					const struct statement_facts *facts);

const struct statement *statement_find(struct statement_map *map, struct slice name);

/* The same for a name that ends with a zero; quick when it is the name of the last one found. */
static inline const struct statement *statement_find_again(struct statement_map *map,
							   const char *name)
{
	if (map->last && name && strcmp(name, (const char *)map->last->bytes) == 0)
		return map->last;
	return statement_find(map, slice_of_string(name));
}

/* Forgets one name; nothing happens when it is unknown. */
void statement_remove(struct statement_map *map, struct slice name);

/* Gives everything back. */
void statement_clear(struct statement_map *map);

#endif
