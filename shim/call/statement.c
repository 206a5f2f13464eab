/* SPDX-License-Identifier: Apache-2.0 */
/* The prepared statements of a connection, and their descriptions in the area. */
#include "call/statement.h"

#include <string.h>

#include "base/arena.h"
#include "base/cold.h"
#include "trace/area.h"

/* Descriptions by text, for all connections of the process: pools prepare the same text on each. */
#define INTERNED 1024u
#define INTERN_TRIES 8u

struct interned {
	_Atomic uint64_t key;
	_Atomic uint32_t description;
};

/* FNV-1a: names are short, and texts are hashed once when they are prepared. */
static uint64_t bytes_hash(struct slice bytes, uint64_t hash)
{
	for (size_t i = 0; i < bytes.size; i++)
		hash = (hash ^ bytes.data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t name_hash(struct slice name)
{
	return bytes_hash(name, UINT64_C(0xcbf29ce484222325));
}

static struct statement **bucket_of(const struct statement_map *map, struct slice name)
{
	return &map->bucket[name_hash(name) % STATEMENT_BUCKETS];
}

COLD const struct statement *statement_find(struct statement_map *map, struct slice name)
{
	if (!map->bucket)
		return NULL;
	for (struct statement *statement = *bucket_of(map, name); statement;
	     statement = statement->next)
		if (slice_equal(statement_name(statement), name))
			return map->last = statement;
	return NULL;
}

static COLD void statement_unlink(struct statement_map *map, struct statement *statement)
{
	struct statement **link = bucket_of(map, statement_name(statement));

	while (*link != statement)
		link = &(*link)->next;
	*link = statement->next;
	map->last = NULL;
	if (statement->older)
		statement->older->newer = statement->newer;
	else
		map->oldest = statement->newer;
	if (statement->newer)
		statement->newer->older = statement->older;
	else
		map->newest = statement->older;
	map->count--;
	map->bytes -= statement->size;
	arena_give(statement, statement->size);
}

static void statement_link(struct statement_map *map, struct statement *statement)
{
	struct statement **bucket = bucket_of(map, statement_name(statement));

	statement->next = *bucket;
	*bucket = statement;
	statement->older = map->newest;
	if (map->newest)
		map->newest->newer = statement;
	else
		map->oldest = statement;
	map->newest = statement;
	map->count++;
	map->bytes += statement->size;
}

static uint32_t statement_describe(const struct statement *statement)
{
	struct area_statement body = {
		.hash = statement->hash,
		.text_size = statement->text_size,
		.summary_size = statement->summary_size,
	};
	const struct slice texts[] = { statement_text(statement), statement_summary(statement) };

	return area_describe(AREA_STATEMENT, slice_of(&body, sizeof(body)), texts, 2);
}

/* The description of an equal text that was written before, or a new one. */
static uint32_t statement_intern(const struct statement *statement)
{
	struct interned *table = arena_root(ARENA_ROOT_STATEMENTS, INTERNED * sizeof(*table));
	uint64_t key = bytes_hash(statement_text(statement), statement->hash) | 1;
	uint32_t description;

	if (!table)
		return statement_describe(statement);
	for (size_t i = 0; i < INTERN_TRIES; i++) {
		struct interned *entry = &table[(key + i) % INTERNED];
		uint64_t free_key = 0;

		if (atomic_load_explicit(&entry->key, memory_order_relaxed) == key) {
			description = atomic_load_explicit(&entry->description,
							   memory_order_acquire);
			return description ? description : statement_describe(statement);
		}
		if (!atomic_compare_exchange_strong(&entry->key, &free_key, key))
			continue;
		description = statement_describe(statement);
		atomic_store_explicit(&entry->description, description, memory_order_release);
		return description;
	}
	return statement_describe(statement);
}

static struct statement *statement_make(const struct statement_facts *facts)
{
	size_t size = sizeof(struct statement) + facts->name.size + 1 + facts->text.size +
		      facts->summary.size;
	struct statement *statement;
	uint8_t *bytes;

	if (facts->name.size > UINT16_MAX || size > STATEMENTS_BYTES / 4)
		return NULL;
	statement = arena_take(size);
	if (!statement)
		return NULL;
	statement->hash = facts->hash;
	statement->size = (uint32_t)size;
	statement->name_size = (uint16_t)facts->name.size;
	statement->text_size = (uint32_t)facts->text.size;
	statement->summary_size = (uint16_t)facts->summary.size;
	bytes = statement->bytes;
	memcpy(bytes, facts->name.data, facts->name.size);
	bytes += facts->name.size;
	*bytes++ = '\0';
	memcpy(bytes, facts->text.data, facts->text.size);
	memcpy(bytes + facts->text.size, facts->summary.data, facts->summary.size);
	statement->description = statement_intern(statement);
	return statement;
}

void statement_remove(struct statement_map *map, struct slice name)
{
	const struct statement *known = statement_find(map, name);

	if (known)
		statement_unlink(map, (struct statement *)known);
}

const struct statement *statement_enter(struct statement_map *map,
					const struct statement_facts *facts)
{
	struct statement *statement;

	if (!map->bucket)
		map->bucket = arena_take(STATEMENT_BUCKETS * sizeof(struct statement *));
	if (!map->bucket)
		return NULL;
	statement_remove(map, facts->name);
	statement = statement_make(facts);
	if (!statement)
		return NULL;
	while (map->oldest && (map->count >= STATEMENTS_MAX ||
			       map->bytes + statement->size > STATEMENTS_BYTES))
		statement_unlink(map, map->oldest);
	statement_link(map, statement);
	return statement;
}

void statement_clear(struct statement_map *map)
{
	while (map->oldest)
		statement_unlink(map, map->oldest);
	arena_give(map->bucket, STATEMENT_BUCKETS * sizeof(struct statement *));
	map->bucket = NULL;
}
