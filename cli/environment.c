/* SPDX-License-Identifier: Apache-2.0 */
/* A list of VAR=VALUE entries with changes. */
#include "cli/environment.h"

#include <stdlib.h>
#include <string.h>

#include "cli/program.h"

bool environment_begin(char **source, struct environment *ret)
{
	struct environment environment = { 0 };

	while (source[environment.count])
		environment.count++;
	environment.room = environment.count + ENVIRONMENT_ADDED;
	environment.entry = calloc(environment.room + 1, sizeof(environment.entry[0]));
	if (!environment.entry)
		return false;
	memcpy(environment.entry, source, environment.count * sizeof(source[0]));
	*ret = environment;
	return true;
}

void environment_end(struct environment *environment)
{
	for (size_t i = 0; i < environment->added_count; i++)
		free(environment->added[i]);
	free(environment->entry);
	*environment = (struct environment){ 0 };
}

/* Whether @entry is that of the variable with the first @size bytes of @name. */
static bool entry_is(const char *entry, const char *name, size_t size)
{
	return strncmp(entry, name, size) == 0 && entry[size] == '=';
}

/* Takes all entries of a variable away; a list may hold one twice. */
static void take_away(struct environment *environment, const char *name, size_t size)
{
	size_t kept = 0;

	for (size_t i = 0; i < environment->count; i++)
		if (!entry_is(environment->entry[i], name, size))
			environment->entry[kept++] = environment->entry[i];
	environment->count = kept;
	environment->entry[kept] = NULL;
}

static bool add(struct environment *environment, char *entry)
{
	if (!entry || environment->count == environment->room ||
	    environment->added_count == ENVIRONMENT_ADDED) {
		free(entry);
		return false;
	}
	environment->added[environment->added_count++] = entry;
	environment->entry[environment->count++] = entry;
	environment->entry[environment->count] = NULL;
	return true;
}

bool environment_change(struct environment *environment, const char *assignment)
{
	size_t size = strcspn(assignment, "=");

	take_away(environment, assignment, size);
	return assignment[size] == 0 || add(environment, strdup(assignment));
}

bool environment_set(struct environment *environment, const char *name, const char *value)
{
	size_t name_size = strlen(name), value_size = strlen(value);
	char *entry = malloc(name_size + value_size + 2);

	if (!entry)
		return false;
	memcpy(entry, name, name_size);
	entry[name_size] = '=';
	memcpy(entry + name_size + 1, value, value_size + 1);
	take_away(environment, name, name_size);
	return add(environment, entry);
}

static bool set_field(struct environment *environment, const struct propagation_field *field)
{
	static char value[BAGGAGE_SIZE_MAX + 1];
	char name[PROPAGATION_NAME_MAX];

	if (field->value.size >= sizeof(value))
		return false;
	memcpy(value, field->value.data, field->value.size);
	value[field->value.size] = '\0';
	propagation_environment_name(field->name, name);
	return environment_set(environment, name, value);
}

bool environment_hand_on(struct environment *environment, unsigned propagators,
			 const struct propagated *from)
{
	struct propagation_field fields[PROPAGATION_FIELDS_MAX];
	struct propagation_lines room;
	size_t count = propagation_inject(propagators, from, &room, fields);
	char name[PROPAGATION_NAME_MAX];
	const char *field;
	bool made = true;

	for (size_t i = 0; (field = propagation_field_name(propagators, i)) != NULL; i++)
		take_away(environment, name, propagation_environment_name(field, name));
	for (size_t i = 0; i < count && made; i++)
		made = set_field(environment, &fields[i]);
	return made;
}

const char *environment_get(const struct environment *environment, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < environment->count; i++)
		if (entry_is(environment->entry[i], name, size))
			return environment->entry[i] + size + 1;
	return NULL;
}

static bool is_ours(const char *path, size_t size)
{
	static const char name[] = "libotelshim.so";
	const size_t length = sizeof(name) - 1;

	return size >= length && memcmp(path + size - length, name, length) == 0 &&
	       (size == length || path[size - length - 1] == '/');
}

bool environment_preload(struct environment *environment, const char *library)
{
	const char *others = environment_get(environment, "LD_PRELOAD");
	size_t used = strlen(library);
	char *list = malloc(used + (others ? strlen(others) : 0) + 2);
	bool done;

	if (!list)
		return false;
	memcpy(list, library, used);
	while (others && *others) {
		size_t size = strcspn(others, " :");

		if (size > 0 && !is_ours(others, size)) {
			list[used++] = ':';
			memcpy(list + used, others, size);
			used += size;
		}
		others += size + (others[size] != 0);
	}
	list[used] = 0;
	done = environment_set(environment, "LD_PRELOAD", list);
	free(list);
	return done;
}
