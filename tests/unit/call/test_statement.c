/* SPDX-License-Identifier: Apache-2.0 */
/* The prepared statements of a connection: ceilings, eviction, descriptions. */
#include "tests/support/test.h"

#include "base/arena.h"
#include "call/statement.h"
#include "tests/support/traced.h"

static const struct statement *enter(struct statement_map *map, const char *name,
				     struct slice text)
{
	const struct statement_facts facts = {
		.name = slice_of_string(name), .text = text, .summary = SLICE("SELECT t"),
		.hash = text.size,
	};

	return statement_enter(map, &facts);
}

static const struct statement *find(struct statement_map *map, const char *name)
{
	return statement_find(map, slice_of_string(name));
}

static void a_statement_is_found_by_its_name_until_it_is_removed(void **state)
{
	struct statement_map map = { .count = 0 };

	(void)state;
	traced_area();
	assert_null(find(&map, "a"));
	statement_remove(&map, SLICE("a"));
	assert_non_null(enter(&map, "a", SLICE("SELECT a FROM t")));
	assert_non_null(enter(&map, "", SLICE("SELECT b FROM t")));
	assert_slice_equal(statement_text(find(&map, "a")), SLICE("SELECT a FROM t"));
	assert_slice_equal(statement_summary(find(&map, "a")), SLICE("SELECT t"));
	assert_slice_equal(statement_name(find(&map, "a")), SLICE("a"));
	assert_slice_equal(statement_text(find(&map, "")), SLICE("SELECT b FROM t"));
	assert_null(find(&map, "aa"));
	statement_remove(&map, SLICE("a"));
	assert_null(find(&map, "a"));
	assert_int_equal(map.count, 1);
	statement_clear(&map);
	assert_null(find(&map, ""));
	assert_int_equal(map.count + map.bytes, 0);
}

static void a_name_that_comes_again_has_the_new_text(void **state)
{
	struct statement_map map = { .count = 0 };

	(void)state;
	enter(&map, "a", SLICE("SELECT 1"));
	enter(&map, "a", SLICE("SELECT 2, 3"));
	assert_slice_equal(statement_text(find(&map, "a")), SLICE("SELECT 2, 3"));
	assert_int_equal(map.count, 1);
	statement_clear(&map);
}

static void the_oldest_leaves_when_there_are_too_many(void **state)
{
	struct statement_map map = { .count = 0 };
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < 3 * STATEMENTS_MAX; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		assert_non_null(enter(&map, name, SLICE("SELECT a FROM t")));
		assert_true(map.count <= STATEMENTS_MAX);
		assert_non_null(find(&map, name));
	}
	assert_int_equal(map.count, STATEMENTS_MAX);
	for (unsigned int i = 0; i < 3 * STATEMENTS_MAX; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		assert_int_equal(find(&map, name) != NULL, i >= 2 * STATEMENTS_MAX);
	}
	statement_clear(&map);
}

static void the_oldest_leave_when_there_are_too_many_bytes(void **state)
{
	static uint8_t text[RECORD_TEXT_MAX];
	struct statement_map map = { .count = 0 };
	char name[16];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (unsigned int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		assert_non_null(enter(&map, name, slice_of(text, sizeof(text))));
		assert_true(map.bytes <= STATEMENTS_BYTES);
		assert_non_null(find(&map, name));
	}
	assert_true(map.count >= 30);
	assert_null(find(&map, "s0"));
	/* One that would push out a quarter of all is not kept. */
	assert_null(enter(&map, "s199", slice_of(text, STATEMENTS_BYTES / 4)));
	assert_null(find(&map, "s199"));
	statement_clear(&map);
	assert_int_equal(map.count + map.bytes, 0);
}

static void equal_texts_are_described_once(void **state)
{
	struct statement_map one = { .count = 0 }, other = { .count = 0 };
	uint32_t first, again;

	(void)state;
	first = enter(&one, "a", SLICE("SELECT once FROM t"))->description;
	again = enter(&other, "b", SLICE("SELECT once FROM t"))->description;
	assert_true(first != 0);
	assert_int_equal(first, again);
	assert_true(enter(&other, "c", SLICE("SELECT twice FROM t"))->description != first);
	statement_clear(&one);
	statement_clear(&other);
}

/* The descriptions are full: records carry the text itself then. */
static void a_statement_without_a_description_keeps_its_text(void **state)
{
	static uint8_t text[RECORD_TEXT_MAX];
	struct statement_map map = { .count = 0 };
	const struct statement *statement = NULL;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		memset(text, 'a' + (int)(i % 26), sizeof(text));
		memcpy(text, &i, sizeof(i));
		statement = enter(&map, "s", slice_of(text, sizeof(text)));
	}
	assert_non_null(statement);
	assert_int_equal(statement->description, 0);
	assert_slice_equal(statement_text(statement), slice_of(text, sizeof(text)));
	assert_true(atomic_load(&traced_area()->refused_descriptions) > 0);
	statement_clear(&map);
}

static void coming_and_going_takes_no_memory(void **state)
{
	uint64_t refused = arena_refused();

	(void)state;
	for (unsigned int i = 0; i < 100000; i++) {
		struct statement_map map = { .count = 0 };

		assert_non_null(enter(&map, "a", SLICE("SELECT 1")));
		assert_non_null(enter(&map, "a", SLICE("SELECT 2")));
		assert_non_null(enter(&map, "b", SLICE("SELECT 3")));
		statement_clear(&map);
	}
	assert_int_equal(arena_refused(), refused);
}

TESTS(cmocka_unit_test(a_statement_is_found_by_its_name_until_it_is_removed),
      cmocka_unit_test(a_name_that_comes_again_has_the_new_text),
      cmocka_unit_test(the_oldest_leaves_when_there_are_too_many),
      cmocka_unit_test(the_oldest_leave_when_there_are_too_many_bytes),
      cmocka_unit_test(equal_texts_are_described_once),
      cmocka_unit_test(a_statement_without_a_description_keeps_its_text),
      cmocka_unit_test(coming_and_going_takes_no_memory))
