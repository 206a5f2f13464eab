/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of environments with the variables of the current span. */
#include "call/carrier.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/cold.h"
#include "base/raw.h"
#include "base/thread.h"
#include "call/parent.h"
#include "trace/area.h"
#include "trace/propagation.h"

#define ENTRIES_MAX (CARRIER_POINTERS_SIZE / sizeof(char *) - PROPAGATION_FIELDS_MAX - 1)

/*
 * All that can be written but tracestate and baggage: "NAME=", the value, its end. A line may be
 * the value of two fields, and so may the baggage.
 */
#define NAMES_SIZE ((size_t)PROPAGATION_FIELDS_MAX * (PROPAGATION_NAME_MAX + 2))
#define LINES_SIZE (NAMES_SIZE + 2 * sizeof(struct propagation_lines))

/* Fills a room from both ends: its pointers upwards, the strings of ours downwards. */
struct draft {
	char **entry;
	size_t count;
	char *strings;		/* where the last one begins */
};

/* Set once, at load. */
static unsigned carrier_propagators;

void carrier_configure(unsigned propagators)
{
	carrier_propagators = propagators;
}

/* Null: nothing is added. */
static const struct propagated *current(void)
{
	return carrier_propagators ? parent_current(thread_peek()) : NULL;
}

/*
 * A child of vfork() runs in its parent's memory and counts nothing there. One of fork() has no
 * arena yet, and what it shares with others is theirs as well.
 */
static COLD void count_untouched(void)
{
	if (arena_process_peek() == 0 ||
	    (uint32_t)raw_call3(SYS_getpid, 0, 0, 0) == arena_process_pid())
		area_count_passed();
}

static COLD size_t measure(const struct propagated *from, char *const *environment)
{
	size_t entries = 0, strings;

	while (environment && environment[entries] && entries <= ENTRIES_MAX)
		entries++;
	if (entries > ENTRIES_MAX) {
		count_untouched();
		return 1;
	}
	strings = LINES_SIZE + from->tracestate.size + 2 * from->baggage.size;
	return entries + PROPAGATION_FIELDS_MAX + 1 + strings / sizeof(char *) + 1;
}

size_t carrier_room(char *const *environment)
{
	const struct propagated *from = current();

	return from ? measure(from, environment) : 1;
}

/* Room for @size more bytes of a string, with a place for its pointer and one for the end. */
static bool draft_has_room(const struct draft *draft, size_t size)
{
	const char *end = (const char *)(draft->entry + draft->count + 2);

	return end <= draft->strings && (size_t)(draft->strings - end) >= size;
}

static bool draft_add(struct draft *draft, char *entry)
{
	if (!draft_has_room(draft, 0))
		return false;
	draft->entry[draft->count++] = entry;
	return true;
}

static bool draft_add_field(struct draft *draft, const struct propagation_field *field)
{
	char name[PROPAGATION_NAME_MAX];
	size_t name_size = propagation_environment_name(field->name, name);
	size_t size = name_size + 1 + field->value.size + 1;

	if (!name_size || !draft_has_room(draft, size))
		return false;
	draft->strings -= size;
	memcpy(draft->strings, name, name_size);
	draft->strings[name_size] = '=';
	memcpy(draft->strings + name_size + 1, field->value.data, field->value.size);
	draft->strings[size - 1] = '\0';
	return draft_add(draft, draft->strings);
}

static bool is_baggage(struct slice name)
{
	const struct slice word = SLICE("BAGGAGE");

	return name.size >= word.size &&
	       slice_equal(slice_after(name, name.size - word.size), word);
}

/*
 * Whether the copy goes without @entry: a variable of the context is of another span, also where
 * the current one has nothing to put there. Baggage is nobody's: it stays until there is another.
 */
static bool is_replaced(const char *entry, bool baggage)
{
	const char *end = strchr(entry, '=');
	struct slice name = slice_of(entry, end ? (size_t)(end - entry) : 0);

	return name.size && propagation_names_variable(carrier_propagators, name) &&
	       (baggage || !is_baggage(name));
}

static bool draft_take(struct draft *draft, char *const *environment, bool baggage)
{
	for (; environment && *environment; environment++)
		if (!is_replaced(*environment, baggage) && !draft_add(draft, *environment))
			return false;
	return true;
}

/* False: it did not fit. A function of its own for its frame, as copy() is. */
static COLD bool draft_fill(struct draft *draft, const struct propagated *from,
			    char *const *environment, struct propagation_lines *lines)
{
	struct propagation_field field[PROPAGATION_FIELDS_MAX];
	size_t fields = propagation_inject(carrier_propagators, from, lines, field);

	if (!draft_take(draft, environment, from->baggage.size != 0))
		return false;
	for (size_t i = 0; i < fields; i++)
		if (!draft_add_field(draft, &field[i]))
			return false;
	draft->entry[draft->count] = NULL;
	return true;
}

static COLD char *const *copy(const struct propagated *from, char *const *environment, size_t size,
			      char **room)
{
	struct draft draft = { .entry = room, .strings = (char *)room + size };
	struct propagation_lines lines;

	if (draft_fill(&draft, from, environment, &lines))
		return draft.entry;
	count_untouched();
	return environment;
}

char *const *carrier_environment(char *const *environment, size_t size, char **room)
{
	const struct propagated *from = current();

	/* Without more there will be no copy, see carrier_room(). */
	if (!from || size == sizeof(*room))
		return environment;
	return copy(from, environment, size, room);
}
