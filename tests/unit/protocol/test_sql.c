/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sanitised text and key. In the tables the letter Q and the digit 7 stand in literals only: they
 * must survive nowhere, wherever the statement is cut.
 */
#include "tests/support/test.h"

#include "protocol/sql.h"
#include "protocol/sql_secret.h"

enum { TEXT_ROOM = 8192, SUMMARY_ROOM = 255, GENERATED = 4000, STATEMENT_ROOM = 2048 };

struct described {
	uint8_t text[TEXT_ROOM];
	uint8_t summary[SUMMARY_ROOM];
	struct sql_output out;
};

static void describe(struct described *described, struct slice statement, enum sql_mode mode)
{
	described->out = (struct sql_output){
		.text = described->text,
		.text_capacity = sizeof(described->text),
		.summary = described->summary,
		.summary_capacity = sizeof(described->summary),
	};
	sql_describe(statement, mode, true, &described->out);
}

static struct slice text_of(const struct described *described)
{
	return slice_of(described->text, described->out.text_size);
}

static uint64_t hash_of(const char *statement)
{
	struct described described;

	describe(&described, slice_of_string(statement), SQL_SANITISE);
	return described.out.hash;
}

static const struct {
	const char *input;
	const char *text;
} texts[] = {
	{ "", "" },
	{ "SELECT a  FROM\tt\n", "SELECT a  FROM\tt\n" },
	{ "SELECT * FROM t WHERE a = 7", "SELECT * FROM t WHERE a = ?" },
	{ "SELECT 'Q', 7", "SELECT ?, ?" },
	/* Rules of the semantic conventions' own cases. */
	{ "SELECT 77+777", "SELECT ??" },
	{ "SELECT a-7, a - 7, a - -7", "SELECT a?, a - ?, a - ?" },
	{ "CREATE TABLE x (a varchar(77), b numeric(7,7))",
	  "CREATE TABLE x (a varchar(?), b numeric(?,?))" },
	{ "SELECT c3po, covid19, n1h1=7 FROM t", "SELECT c3po, covid19, n1h1=? FROM t" },
	{ "SELECT 'Q''Q', 'Q\nQ'", "SELECT ?, ?" },
	{ "SELECT column --Q\nFROM /* Q7 */ table", "SELECT column \nFROM  table" },
	{ "SELECT a/*Q*/b", "SELECT ab" },
	{ "CREATE  TABLE t", "CREATE  TABLE t" },
	/* Numbers. */
	{ "SELECT 7., .7, 7.7e-77, 0x7F, 0o77, 7_777, -7", "SELECT ?, ?, ?, ?, ?, ?, ?" },
	{ "SELECT a[7:7], b[7]", "SELECT a[?:?], b[?]" },
	/* Strings. */
	{ "SELECT E'Q\\'Q', U&'Q''Q', X'7F', b'777', N'Q'", "SELECT ?, ?, ?, ?, ?" },
	{ "SELECT $$Q'Q$$, $a$Q$$Q$a$", "SELECT ?, ?" },
	{ "SELECT 'Q'\n  'Q', E'Q'\n'\\'Q'", "SELECT ?, ?" },
	{ "SELECT DATE '7-7-7', INTERVAL '7' DAY, 'Q'::text",
	  "SELECT DATE ?, INTERVAL ? DAY, ?::text" },
	{ "SELECT TRUE, false, NULL, t.true", "SELECT ?, ?, NULL, t.true" },
	{ "SELECT 'Q' || a.e'Q\\'Q'", "SELECT ? || a.?" },
	{ "SELECT \"a\"\"b\", U&\"c\", \"it's\"", "SELECT \"a\"\"b\", U&\"c\", \"it's\"" },
	/* Parameters. */
	{ "SELECT $1, ?, :name, @p, %s WHERE a=$1 AND b ?| c",
	  "SELECT $1, ?, :name, @p, %s WHERE a=$1 AND b ?| c" },
	/* Without an end. */
	{ "SELECT a, 'Q", "SELECT a, ?" },
	{ "SELECT a, \"Q, 'Q'", "SELECT a, ?" },
	{ "SELECT a /* Q 'Q'", "SELECT a ?" },
	{ "SELECT $Q$Q", "SELECT ?" },
	{ "SELECT E'Q\\'", "SELECT ?" },
	/* Lists. */
	{ "a IN (7, 'Q', E'Q', TRUE)", "a IN (?)" },
	{ "a in(7,7)AND b NOT IN ( 7 )", "a in(?)AND b NOT IN (?)" },
	{ "a IN ($1, $2, $3) OR b IN (?, ?)", "a IN ($1) OR b IN (?)" },
	{ "a IN (7 /* Q */, 7)", "a IN (?)" },
	{ "a IN (7, b, 7)", "a IN (?, b, ?)" },
	{ "a IN (7, NULL)", "a IN (?, NULL)" },
	{ "a IN (7, 'Q'::text)", "a IN (?, ?::text)" },
	{ "a IN ()", "a IN ()" },
	{ "a IN (SELECT 7)", "a IN (SELECT ?)" },
	{ "a IN (7, 'Q", "a IN (?, ?" },
	{ "t.in (7, 7)", "t.in (?, ?)" },
	{ "INSERT INTO t VALUES (7, 'Q'), (7, 'Q') ON CONFLICT DO NOTHING",
	  "INSERT INTO t VALUES (?, ?) ON CONFLICT DO NOTHING" },
	{ "INSERT INTO t VALUES (7, NULL), (NULL, DEFAULT), ($1, 'Q'); SELECT 7",
	  "INSERT INTO t VALUES (?, NULL); SELECT ?" },
	{ "INSERT INTO t VALUES (7, now()), (7, now())",
	  "INSERT INTO t VALUES (?, now()), (?, now())" },
	{ "INSERT INTO t VALUES (7), (now()), (7)", "INSERT INTO t VALUES (?), (now()), (?)" },
	{ "INSERT INTO t VALUES (7), (7, 'Q", "INSERT INTO t VALUES (?), (?, ?" },
	/* Passwords. */
	{ "ALTER ROLE u PASSWORD 'Q'", "ALTER ROLE u PASSWORD ?" },
	{ "CREATE USER MAPPING FOR u SERVER s OPTIONS (password 'Q')",
	  "CREATE USER MAPPING FOR u SERVER s OPTIONS (password ?)" },
	{ "SET x = 'Q', 7, on", "SET x = ?, ?, on" },
	{ "COPY t FROM '/Q' WITH (DELIMITER E'Q')", "COPY t FROM ? WITH (DELIMITER ?)" },
	/* Anything. */
	{ "\x01 \\ ` { } ~ #", "\x01 \\ ` { } ~ #" },
	{ "SELECT \xc3\xa9, \xff, 'Q\xff'", "SELECT \xc3\xa9, \xef\xbf\xbd, ?" },
};

static void literals_are_replaced_and_nothing_else(void **state)
{
	struct described *described = malloc(sizeof(*described));

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct slice whole = slice_of_string(texts[i].input);

		for (size_t cut = 0; cut <= whole.size; cut++) {
			uint8_t *copy = test_exact_copy(slice_first(whole, cut));

			describe(described, slice_of(copy, cut), SQL_SANITISE);
			assert_null(memchr(described->text, 'Q', described->out.text_size));
			assert_null(memchr(described->text, '7', described->out.text_size));
			assert_null(memchr(described->summary, 'Q', described->out.summary_size));
			assert_null(memchr(described->summary, '7', described->out.summary_size));
			assert_false(described->out.truncated);
			free(copy);
		}
		assert_slice_equal(text_of(described), slice_of_string(texts[i].text));
	}
	free(described);
}

static void sanitised_text_is_left_as_it_is(void **state)
{
	struct described *described = malloc(2 * sizeof(*described));

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct slice text = slice_of_string(texts[i].text);

		/* Two comments less may make two words one; then a sign may meet a number. */
		describe(described, text, SQL_SANITISE);
		describe(described + 1, text_of(described), SQL_SANITISE);
		assert_slice_equal(text_of(described + 1), text_of(described));
		assert_int_equal(described[0].out.hash, described[1].out.hash);
	}
	free(described);
}

static void backslash_escapes_follow_the_setting(void **state)
{
	const struct slice statement = SLICE("SELECT 'Q\\' Q', a");
	uint8_t text[64], summary[64];
	struct sql_output out = { .text = text,
				  .text_capacity = sizeof(text),
				  .summary = summary,
				  .summary_capacity = sizeof(summary) };

	(void)state;
	sql_describe(statement, SQL_SANITISE, false, &out);
	assert_slice_equal(slice_of(text, out.text_size), SLICE("SELECT ?, a"));
	sql_describe(SLICE("SELECT 'Q\\', a"), SQL_SANITISE, true, &out);
	assert_slice_equal(slice_of(text, out.text_size), SLICE("SELECT ?, a"));
}

static void verbatim_keeps_text_and_changes_no_key(void **state)
{
	struct described *described = malloc(2 * sizeof(*described));

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct slice input = slice_of_string(texts[i].input);

		describe(described, input, SQL_VERBATIM);
		describe(described + 1, input, SQL_SANITISE);
		assert_int_equal(described[0].out.hash, described[1].out.hash);
		assert_slice_equal(slice_of(described[0].summary, described[0].out.summary_size),
				   slice_of(described[1].summary, described[1].out.summary_size));
		if (sql_names_secret(input))
			assert_slice_equal(text_of(described), text_of(described + 1));
		else if (!memchr(input.data, 0xff, input.size))
			assert_slice_equal(text_of(described), input);
	}
	describe(described, SLICE("SELECT '\xff' -- \xc3"), SQL_VERBATIM);
	assert_slice_equal(text_of(described), SLICE("SELECT '\xef\xbf\xbd' -- \xef\xbf\xbd"));
	free(described);
}

static void keys_are_of_the_shape_and_not_of_the_literals(void **state)
{
	(void)state;
	assert_int_equal(hash_of("SELECT 1 WHERE a = 'x' AND b = TRUE"),
			 hash_of("SELECT -22.5e7 WHERE a = $$y$$ AND b = false"));
	assert_int_equal(hash_of("a IN (1)"), hash_of("a IN ('x', 'y', 'z')"));
	assert_int_equal(hash_of("INSERT INTO t VALUES (1, 2)"),
			 hash_of("INSERT INTO t VALUES (3, 4), (5, 6)"));
	assert_int_equal(hash_of("a IN ($1)"), hash_of("a IN ($1, $2)"));
	assert_int_not_equal(hash_of("SELECT a"), hash_of("SELECT b"));
	assert_int_not_equal(hash_of("SELECT 1 FROM t"), hash_of("SELECT 1 FROM u"));
	assert_int_not_equal(hash_of("SELECT $1"), hash_of("SELECT $2"));
	assert_int_not_equal(hash_of("SELECT NULL"), hash_of("SELECT 1"));
	/* The key is kept in files and compared between runs: it may not change unnoticed. */
	assert_int_equal(hash_of(""), 0xef46db3751d8e999);
}

static void capped_text_has_the_key_of_the_whole(void **state)
{
	const struct slice statement =
		SLICE("SELECT '\xc3\xa9', \xc3\xa9, \xe2\x82\xac FROM \xf0\x9f\x98\x80"
		      " WHERE a IN (1, 2) AND b = 'long enough for a stripe'");
	struct described *whole = malloc(sizeof(*whole));

	(void)state;
	describe(whole, statement, SQL_SANITISE);
	for (size_t capacity = 0; capacity < 80; capacity++) {
		uint8_t *text = malloc(capacity + 1);
		struct sql_output out = { .text = text, .text_capacity = capacity };

		sql_describe(statement, SQL_SANITISE, true, &out);
		assert_int_equal(out.hash, whole->out.hash);
		assert_int_equal(out.truncated, capacity < whole->out.text_size);
		assert_int_equal(out.summary_size, 0);
		assert_slice_equal(slice_of(text, out.text_size),
				   slice_first(text_of(whole), out.text_size));
		sql_describe(statement, SQL_VERBATIM, true, &out);
		assert_int_equal(out.hash, whole->out.hash);
		assert_slice_equal(slice_of(text, out.text_size),
				   slice_first(statement, out.text_size));
		free(text);
	}
	free(whole);
}

/* A statement of @size bytes that ends in a literal without an end. */
static uint8_t *long_statement(size_t size, char last)
{
	static const char head[] = "SELECT aaaa";
	uint8_t *statement = malloc(size);

	assert_non_null(statement);
	memset(statement, 'a', size);
	memcpy(statement, head, sizeof(head) - 1);
	statement[SQL_READ_MAX - 10] = ' ';
	statement[SQL_READ_MAX - 9] = '\'';
	statement[size - 1] = (uint8_t)last;
	return statement;
}

static void what_is_not_read_counts_by_its_length(void **state)
{
	const size_t size = SQL_READ_MAX + 100;
	uint8_t *one = long_statement(size, 'x'), *two = long_statement(size, 'y');
	struct described *described = malloc(2 * sizeof(*described));

	(void)state;
	describe(described, slice_of(one, size), SQL_SANITISE);
	describe(described + 1, slice_of(two, size), SQL_SANITISE);
	assert_true(described[0].out.truncated);
	assert_int_equal(described[0].out.text_size, TEXT_ROOM);
	assert_int_equal(described[0].out.hash, described[1].out.hash);
	describe(described + 1, slice_of(one, size - 1), SQL_SANITISE);
	assert_int_not_equal(described[0].out.hash, described[1].out.hash);
	free(described);
	free(one);
	free(two);
}

static void no_statement_is_an_empty_one(void **state)
{
	struct described *described = malloc(sizeof(*described));

	(void)state;
	describe(described, slice_of_string(NULL), SQL_SANITISE);
	assert_int_equal(described->out.text_size, 0);
	assert_int_equal(described->out.summary_size, 0);
	assert_int_equal(described->out.hash, hash_of(""));
	free(described);
}

/*
 * Statements made up by a seeded generator. Each literal holds the letter Q or the digit 7, nothing
 * else does.
 */
struct generator {
	char statement[STATEMENT_ROOM];
	size_t size;
	uint64_t seed;
};

static unsigned int pick(struct generator *generator, unsigned int count)
{
	generator->seed = generator->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(generator->seed >> 33) % count;
}

static void put(struct generator *generator, const char *text)
{
	size_t size = strlen(text);

	if (generator->size + size > sizeof(generator->statement))
		return;
	memcpy(generator->statement + generator->size, text, size);
	generator->size += size;
}

#define PUT_ONE(generator, list) put(generator, list[pick(generator, sizeof(list) / sizeof(*list))])

static void put_literal(struct generator *generator)
{
	static const char *const literals[] = {
		"7",
		"-7.7e7",
		".7",
		"0x7f",
		"7_7",
		"'Q'",
		"'Q''Q'",
		"E'Q\\'Q'",
		"e'\\\\Q\\\\'",
		"N'Q'",
		"U&'Q\\0041Q'",
		"X'7'",
		"b'77'",
		"$$Q$$",
		"$a$Q$$'Q$a$",
		"$Q$ from Q $Q$",
		"'Q -- Q'",
		"'Q /* Q'",
		"'Q'\n'Q'",
		"E'Q'\n'\\'Q'",
		"'Q' -- Q\n'Q'",
		"'from Q, Q'",
		"'\"Q'",
		"'Q\\'",
		"'Q\xc3\xa9\xff'",
		"''",
		"TRUE",
		"false",
		"date 'Q'",
		"'Q'::text",
		"'Q;Q'",
	};

	PUT_ONE(generator, literals);
}

static void put_name(struct generator *generator)
{
	static const char *const names[] = {
		"a",	      "accounts", "s.t",      "\"b c\"", "\"it''s\"",
		"\"d\"\"e\"", "x_1",	  "\xc3\xa9", "t.\"u\"", "database.schema.relation",
		"e",	      "n",	  "u&\"f\"",  "from_",	 "a$b",
	};

	PUT_ONE(generator, names);
}

static void put_gap(struct generator *generator)
{
	static const char *const gaps[] = {
		" ",  " ",  " ",	 " ",		"  ",
		"\n", "\t", " -- Q '\n", " /* Q ' */ ", " /* /* Q */ Q */ ",
	};

	PUT_ONE(generator, gaps);
}

static void put_words(struct generator *generator, const char *text)
{
	put_gap(generator);
	put(generator, text);
	put_gap(generator);
}

static void put_list(struct generator *generator, bool literals_only)
{
	put(generator, "(");
	for (unsigned int i = pick(generator, 4) + 1; i > 0; i--) {
		if (literals_only || pick(generator, 2))
			put_literal(generator);
		else
			put_name(generator);
		if (i > 1)
			put(generator, pick(generator, 2) ? ", " : ",");
	}
	put(generator, ")");
}

static void put_select(struct generator *generator, unsigned int depth);

static void put_expression(struct generator *generator, unsigned int depth)
{
	switch (pick(generator, depth ? 12 : 4)) {
	case 0:
	case 1:
		put_name(generator);
		return;
	case 2:
		put(generator, "trim(both ");
		put_literal(generator);
		put_words(generator, "FROM");
		put_literal(generator);
		break;
	case 3:
		put_literal(generator);
		return;
	case 4:
		put(generator, "substring(");
		put_expression(generator, depth - 1);
		put_words(generator, "FROM");
		put_literal(generator);
		break;
	case 5:
		put(generator, "extract(year FROM d");
		break;
	case 6:
		put(generator, "(");
		put_select(generator, depth - 1);
		break;
	case 7:
		put_name(generator);
		put_words(generator, "IS DISTINCT FROM");
		put_literal(generator);
		return;
	case 8:
		put_name(generator);
		put_words(generator, "IN");
		put_list(generator, pick(generator, 2));
		return;
	case 9:
		put(generator, "ARRAY[");
		put_literal(generator);
		put(generator, ", ");
		put_literal(generator);
		put(generator, "]");
		return;
	default:
		put_name(generator);
		put(generator, pick(generator, 2) ? " = " : "||");
		put_expression(generator, depth - 1);
		return;
	}
	put(generator, ")");
}

static void put_select(struct generator *generator, unsigned int depth)
{
	put(generator, "SELECT");
	put_gap(generator);
	put_expression(generator, depth);
	put_words(generator, "FROM");
	put_name(generator);
	if (pick(generator, 2)) {
		put(generator, pick(generator, 2) ? " x, " : " JOIN ");
		put_name(generator);
	}
	put_words(generator, "WHERE");
	put_expression(generator, depth);
	if (pick(generator, 4) == 0) {
		put(generator, " UNION ");
		if (depth)
			put_select(generator, depth - 1);
	}
}

static void put_command(struct generator *generator)
{
	static const char *const heads[] = {
		"SET x = ",
		"ALTER ROLE u PASSWORD ",
		"COPY t FROM ",
		"NOTIFY ch, ",
		"COMMENT ON TABLE t IS ",
		"CREATE USER MAPPING FOR u SERVER s OPTIONS (password ",
		"ALTER TABLE t ADD c text DEFAULT ",
		"DO ",
		"CALL p(",
		"EXECUTE q(",
		"PREPARE q AS SELECT ",
		"EXPLAIN ANALYZE SELECT ",
		"DECLARE c CURSOR FOR SELECT ",
		"CREATE FUNCTION f() RETURNS int AS ",
		"FETCH ",
		"VALUES ",
		"SELECT 1 FROM ",
		"LOCK ",
		"TABLE ",
		"DELETE FROM ",
		"UPDATE ",
		"INSERT INTO ",
		"SHOW ",
		"DROP TABLE ",
		"GRANT SELECT ON ",
		"LISTEN ",
		"",
		"WITH x AS (SELECT ",
	};

	switch (pick(generator, 5)) {
	case 0:
		put(generator, "INSERT INTO t VALUES ");
		put_list(generator, true);
		for (unsigned int i = pick(generator, 4); i > 0; i--) {
			put(generator, ",");
			put_list(generator, pick(generator, 4) > 0);
		}
		break;
	case 1:
		put(generator, "UPDATE t SET a =");
		put_gap(generator);
		put_expression(generator, 2);
		break;
	case 2:
		PUT_ONE(generator, heads);
		put_literal(generator);
		put(generator, " x ");
		put_literal(generator);
		break;
	default:
		put_select(generator, 3);
	}
}

static void assert_no_mark(struct slice output, const struct generator *generator)
{
	if (!memchr(output.data, 'Q', output.size) && !memchr(output.data, '7', output.size))
		return;
	print_error("statement %.*s\nleaks     %.*s\n", (int)generator->size, generator->statement,
		    (int)output.size, (const char *)output.data);
	fail();
}

static void no_literal_of_a_generated_statement_survives(void **state)
{
	struct described *described = malloc(sizeof(*described));
	struct generator *generator = malloc(sizeof(*generator));
	size_t marks = 0;

	(void)state;
	generator->seed = 20;
	for (unsigned int i = 0; i < GENERATED; i++) {
		generator->size = 0;
		for (unsigned int j = pick(generator, 3); j < 3; j++) {
			put_command(generator);
			put(generator, ";");
		}
		marks += memchr(generator->statement, 'Q', generator->size) != NULL;
		for (unsigned int j = 0; j < 20; j++) {
			size_t size = generator->size -
				      (j ? pick(generator, (unsigned int)generator->size | 1) : 0);
			uint8_t *copy = test_exact_copy(slice_of(generator->statement, size));

			describe(described, slice_of(copy, size), SQL_SANITISE);
			assert_no_mark(text_of(described), generator);
			assert_no_mark(slice_of(described->summary, described->out.summary_size),
				       generator);
			free(copy);
		}
	}
	assert_true(marks > GENERATED / 2);
	free(generator);
	free(described);
}

TESTS(cmocka_unit_test(literals_are_replaced_and_nothing_else),
      cmocka_unit_test(sanitised_text_is_left_as_it_is),
      cmocka_unit_test(backslash_escapes_follow_the_setting),
      cmocka_unit_test(verbatim_keeps_text_and_changes_no_key),
      cmocka_unit_test(keys_are_of_the_shape_and_not_of_the_literals),
      cmocka_unit_test(capped_text_has_the_key_of_the_whole),
      cmocka_unit_test(what_is_not_read_counts_by_its_length),
      cmocka_unit_test(no_statement_is_an_empty_one),
      cmocka_unit_test(no_literal_of_a_generated_statement_survives))
