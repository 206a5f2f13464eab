/* SPDX-License-Identifier: Apache-2.0 */
/* The first element of search_path, from the places that tell it without a round trip. */
#include "call/schema.h"

#include <string.h>

/* A word of the options is read so far: "search_path=", and the longest first element, quoted. */
#define WORD_MAX 192u

struct word {
	size_t size;
	uint8_t bytes[WORD_MAX];
};

static bool is_space(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static struct slice skip_space(struct slice text)
{
	size_t size = 0;

	while (size < text.size && is_space(text.data[size]))
		size++;
	return slice_after(text, size);
}

/* ---- the path ---- */

/* Bytes of the first character; a name is never cut inside one. */
static size_t character_size(struct slice text)
{
	size_t size = 1;

	while (text.data[0] >= 0xc0 && size < text.size && size < 4 &&
	       (text.data[size] & 0xc0) == 0x80)
		size++;
	return size;
}

/* False once the name is full: the server cuts it there. */
static bool name_add(struct schema *schema, struct slice character)
{
	if (character.size > SCHEMA_NAME_MAX - schema->size)
		return false;
	memcpy(schema->name + schema->size, character.data, character.size);
	schema->size = (uint8_t)(schema->size + character.size);
	return true;
}

static struct schema quoted_name(struct slice path)
{
	static const struct schema none = { .size = 0 };
	struct schema schema = { .size = 0 };
	bool fits = true;

	while (path.size) {
		size_t size = character_size(path);

		if (path.data[0] == '"') {
			if (path.size < 2 || path.data[1] != '"')
				return schema;
			path = slice_after(path, 1);
		}
		fits = fits && name_add(&schema, slice_first(path, size));
		path = slice_after(path, size);
	}
	return none;
}

static struct schema plain_name(struct slice path)
{
	struct schema schema = { .size = 0 };

	while (path.size && path.data[0] != ',' && !is_space(path.data[0])) {
		size_t size = character_size(path);
		uint8_t first = byte_lower(path.data[0]);
		struct slice character = size == 1 ? slice_of(&first, 1) : slice_first(path, size);

		if (!name_add(&schema, character))
			break;
		path = slice_after(path, size);
	}
	return schema;
}

struct schema schema_of_path(struct slice path)
{
	struct schema schema;

	path = skip_space(path);
	if (path.size && path.data[0] == '"')
		schema = quoted_name(slice_after(path, 1));
	else
		schema = plain_name(path);
	if (slice_equal(slice_of(schema.name, schema.size), SLICE("$user")))
		schema.size = 0;
	return schema;
}

/* ---- the options ---- */

/* The next word of @options without its escapes, cut at WORD_MAX; false: there is none. */
static bool next_word(struct slice *options, struct word *word)
{
	struct slice rest = skip_space(*options);
	bool escaped = false;
	size_t at = 0;

	word->size = 0;
	for (; at < rest.size && (escaped || !is_space(rest.data[at])); at++) {
		escaped = !escaped && rest.data[at] == '\\';
		if (!escaped && word->size < WORD_MAX)
			word->bytes[word->size++] = rest.data[at];
	}
	*options = slice_after(rest, at);
	return at > 0;
}

/* A name in any case, with - for _, as ParseLongOption takes it. */
static bool names_path(struct slice name)
{
	static const char path[] = "search_path";

	if (name.size != sizeof(path) - 1)
		return false;
	for (size_t i = 0; i < name.size; i++)
		if ((name.data[i] == '-' ? '_' : byte_lower(name.data[i])) != path[i])
			return false;
	return true;
}

static void take_setting(struct slice setting, struct schema *schema)
{
	const uint8_t *equal = setting.size ? memchr(setting.data, '=', setting.size) : NULL;
	size_t size;

	if (!equal)
		return;
	size = (size_t)(equal - setting.data);
	if (names_path(slice_first(setting, size)))
		*schema = schema_of_path(slice_after(setting, size + 1));
}

/* One word of switches; one with an argument ends it, and has the next word if nothing is left. */
static bool take_switches(struct word *word, struct slice *options, struct schema *schema)
{
	for (size_t i = 1; i < word->size; i++) {
		bool sets = word->bytes[i] == 'c' || word->bytes[i] == '-';
		struct slice argument = slice_of(word->bytes + i + 1, word->size - i - 1);

		if (!strchr("BCDNSWcdfhkprtv-", word->bytes[i]) || !word->bytes[i])
			continue;
		if (!argument.size) {
			if (!next_word(options, word))
				return false;
			argument = slice_of(word->bytes, word->size);
		}
		if (sets)
			take_setting(argument, schema);
		return true;
	}
	return true;
}

struct schema schema_of_options(struct slice options)
{
	struct schema schema = { .size = 0 };
	struct word word;

	while (next_word(&options, &word)) {
		if (slice_equal(slice_of(word.bytes, word.size), SLICE("--")))
			break;
		if (word.size && word.bytes[0] == '-' &&
		    !take_switches(&word, &options, &schema))
			break;
	}
	return schema;
}

/* ---- statements ---- */

bool schema_may_change(struct slice statement)
{
	return slice_contains(statement, SLICE("search_path")) ||
	       slice_contains(statement, SLICE("set_config")) ||
	       slice_contains(statement, SLICE("discard")) ||
	       slice_contains(statement, SLICE("reset"));
}
