/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of a connection. */
#include "call/shape.h"

#include <string.h>

#include "base/arena.h"
#include "base/cold.h"

static inline struct shape_slot *slot_of(struct shape_table *table, struct slice query)
{
	uint64_t part[2];

	memcpy(part, query.data, sizeof(part));
	part[0] = (part[0] ^ (part[1] << 1)) * UINT64_C(0x9e3779b97f4a7c15);
	return &table->slot[part[0] >> 32 & (SHAPES - 1)];
}

/* Only a statement that comes twice in a row is worth it: learning reads it once more. */
static COLD void slot_learn(struct shape_slot *slot, struct slice query, bool standard_strings,
			    const struct sql_output *out)
{
	if (!slot->shape)
		slot->shape = arena_take(sizeof(*slot->shape));
	if (!slot->shape)
		return;
	if (sql_shape_learn(slot->shape, query, standard_strings, out))
		return;
	slot->refused = out->hash;
	arena_give(slot->shape, sizeof(*slot->shape));
	slot->shape = NULL;
}

void shape_describe(struct shape_table *table, struct slice query, bool standard_strings,
		    struct sql_output *out)
{
	struct shape_slot *slot;

	if (query.size < SQL_SHAPE_MIN) {
		sql_describe(query, SQL_SANITISE, standard_strings, out);
		return;
	}
	slot = slot_of(table, query);
	if (slot->shape && sql_shape_describe(slot->shape, query, standard_strings, out))
		return;
	sql_describe(query, SQL_SANITISE, standard_strings, out);
	if (out->hash == slot->last && out->hash != slot->refused)
		slot_learn(slot, query, standard_strings, out);
	slot->last = out->hash;
}

void shape_clear(struct shape_table *table)
{
	for (size_t i = 0; i < SHAPES; i++)
		if (table->slot[i].shape)
			arena_give(table->slot[i].shape, sizeof(struct sql_shape));
	memset(table, 0, sizeof(*table));
}
