/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Summaries of statements. In the tables the letter Q stands in literals only, and so must never be
 * part of a summary, wherever the statement is cut.
 */
#include "tests/support/test.h"

#include "protocol/sql.h"
#include "protocol/sql_summary.h"

static const struct {
	const char *input;
	const char *summary;
} queries[] = {
	/* Examples and rules of the semantic conventions. */
	{ "SELECT * FROM wuser_table WHERE username = ?", "SELECT wuser_table" },
	{ "INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders "
	  "WHERE order_id = 1",
	  "INSERT shipping_details SELECT orders" },
	{ "SELECT * FROM songs, artists WHERE songs.artist_id = artists.id",
	  "SELECT songs artists" },
	{ "SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.a = c.a)",
	  "SELECT SELECT orders customers" },
	{ "SELEcT * from (sELECT from orders o JOIN customers c)",
	  "SELEcT sELECT orders customers" },
	{ "SELECT * FROM \"song list\", 'Qartists'", "SELECT \"song list\"" },
	{ "SELECT * FROM dbo.Table, a . b", "SELECT dbo.Table a.b" },
	{ "SELECT c FROM table", "SELECT table" },
	{ "CREATE  TABLE MyTable (id int)", "CREATE TABLE MyTable" },
	{ "SELECT 1", "SELECT" },
	/* Selections. */
	{ "SELECT abalance FROM pgbench_accounts WHERE aid = 123", "SELECT pgbench_accounts" },
	{ "SELECT a FROM t AS x, LATERAL (SELECT 1 FROM u) y, ONLY v", "SELECT t SELECT u v" },
	{ "SELECT a FROM b CROSS JOIN c NATURAL LEFT JOIN d JOIN (e JOIN f ON 1=1) USING (g)",
	  "SELECT b c d e f" },
	{ "SELECT a FROM b JOIN c ON b.x = f(c.y, 1), d WHERE x IN (1, y), z", "SELECT b c d" },
	{ "SELECT a FROM b GROUP BY c, d ORDER BY e, f LIMIT 1, 2", "SELECT b" },
	{ "SELECT * FROM f(1, 'Q'), unnest(ARRAY[a, b]) AS g(h, i), j", "SELECT f unnest j" },
	{ "SELECT * FROM (VALUES (1, 2), (3, b), (DEFAULT, c)) AS v(a, b), w", "SELECT w" },
	{ "SELECT (SELECT x FROM y), z FROM w", "SELECT SELECT y w" },
	{ "SELECT a FROM b UNION ALL (SELECT c FROM d) EXCEPT SELECT e, f FROM g",
	  "SELECT b SELECT d SELECT g" },
	{ "SELECT a, t.from, t.select, x FROM u", "SELECT u" },
	{ "SELECT t.* FROM u", "SELECT u" },
	{ "SELECT count(t . *), \"v\".* FROM u, w", "SELECT u w" },
	{ "SELECT t. /* x */ from FROM u", "SELECT u" },
	{ "GRANT ALL ON d.* TO u", "GRANT d" },
	{ "SELECT a INTO TEMP b FROM c", "SELECT b c" },
	{ "SELECT a FROM b FOR UPDATE OF c, d", "SELECT b" },
	{ "SELECT a FROM b TABLESAMPLE system (10), c", "SELECT b c" },
	{ "TABLE t", "TABLE t" },
	{ "VALUES (1, 'Q'), (2, 'Q')", "VALUES" },
	{ "WITH x AS (SELECT a FROM t1) SELECT b FROM x", "WITH SELECT t1 SELECT x" },
	{ "WITH RECURSIVE x(n) AS NOT MATERIALIZED (VALUES (1) UNION SELECT n + 1 FROM x), y AS "
	  "(DELETE FROM d RETURNING *) INSERT INTO z SELECT * FROM x, y",
	  "WITH VALUES SELECT x DELETE d INSERT z SELECT x y" },
	{ "WITH x AS (SELECT 1) UPDATE t SET a = 1 FROM x, y WHERE 1=1",
	  "WITH SELECT UPDATE t x y" },
	{ "SELECT a; SELECT b FROM c;", "SELECT SELECT c" },
	/* FROM that is no clause. */
	{ "SELECT trim(both '.' FROM 'Q'), trim(LEADING FROM x) FROM t", "SELECT t" },
	{ "SELECT extract(year FROM d), substring(a FROM 'Q' FOR 2) FROM t", "SELECT t" },
	{ "SELECT overlay(a PLACING 'Q' FROM b FOR c), position(a IN b)", "SELECT" },
	{ "SELECT substring((SELECT x FROM y) FROM z)", "SELECT SELECT y" },
	{ "SELECT 1 FROM t WHERE a IS DISTINCT FROM 'Q' AND b IS NOT DISTINCT FROM c", "SELECT t" },
	{ "SELECT 1 FROM 'Q' x", "SELECT" },
	{ "SELECT 1 FROM $Q$Q$Q$, t", "SELECT t" },
	{ "SELECT 1 FROM E'Q', $1, t", "SELECT t" },
	{ "SELECT 1 FROM \"unfinished Q", "SELECT" },
	{ "SELECT 1 FROM a.\"unfinished Q", "SELECT a" },
	{ "SELECT 1 FROM /* unfinished Q", "SELECT" },
	/* Changes. */
	{ "UPDATE pgbench_accounts SET abalance = abalance + 5 WHERE aid = 1",
	  "UPDATE pgbench_accounts" },
	{ "UPDATE ONLY a.t AS x SET b = 1, c = 2 FROM d, e WHERE f IN (SELECT g FROM h)",
	  "UPDATE a.t d e SELECT h" },
	{ "DELETE FROM ONLY t", "DELETE t" },
	{ "DELETE FROM t USING a, b JOIN c USING (d) WHERE e", "DELETE t a b c" },
	{ "INSERT INTO t AS x (a, b) VALUES (1, 'Q') ON CONFLICT (a) DO UPDATE SET b = 'Q'",
	  "INSERT t" },
	{ "INSERT INTO t DEFAULT VALUES RETURNING a", "INSERT t" },
	{ "MERGE INTO t AS x USING s ON x.a = s.a WHEN MATCHED THEN UPDATE SET a = 1, b = 2 "
	  "WHEN NOT MATCHED THEN INSERT (a, b) VALUES (1, 2)",
	  "MERGE t s" },
	{ "MERGE INTO t USING (SELECT 1 FROM u) s ON 1=1 WHEN MATCHED THEN DELETE",
	  "MERGE t SELECT u" },
	{ "TRUNCATE a", "TRUNCATE a" },
	{ "TRUNCATE TABLE ONLY a, b.c CASCADE", "TRUNCATE TABLE a b.c" },
	{ "COPY t FROM '/Q/path'", "COPY t" },
	{ "COPY s.t (a, b) TO STDOUT WITH (FORMAT csv, DELIMITER 'Q')", "COPY s.t" },
	{ "COPY (SELECT a FROM t) TO PROGRAM 'Q'", "COPY SELECT t" },
	{ "CALL s.p(1, 'Q')", "CALL s.p" },
	/* Definitions. */
	{ "CREATE TEMP TABLE IF NOT EXISTS s.t AS SELECT a FROM b", "CREATE TABLE s.t SELECT b" },
	{ "CREATE TABLE t AS TABLE u", "CREATE TABLE t TABLE u" },
	{ "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "CREATE INDEX i" },
	{ "CREATE INDEX ON t (a)", "CREATE INDEX" },
	{ "CREATE OR REPLACE VIEW v AS WITH q AS (SELECT 1) SELECT a FROM q",
	  "CREATE VIEW v WITH SELECT SELECT q" },
	{ "CREATE MATERIALIZED VIEW v AS (SELECT a FROM b)",
	  "CREATE MATERIALIZED VIEW v SELECT b" },
	{ "CREATE OR REPLACE FUNCTION f(a int) RETURNS int AS $$SELECT Q FROM Q$$ LANGUAGE sql",
	  "CREATE FUNCTION f" },
	{ "CREATE TRIGGER g BEFORE INSERT OR UPDATE ON t EXECUTE FUNCTION f()",
	  "CREATE TRIGGER g" },
	{ "CREATE POLICY p ON t FOR SELECT USING (x IN (SELECT y FROM z))",
	  "CREATE POLICY p SELECT z" },
	{ "CREATE USER MAPPING FOR u SERVER s OPTIONS (password 'Q')", "CREATE USER MAPPING" },
	{ "CREATE USER u PASSWORD 'Q'", "CREATE USER u" },
	{ "ALTER ROLE u PASSWORD 'Q'", "ALTER ROLE u" },
	{ "ALTER TABLE IF EXISTS ONLY t ADD COLUMN x text DEFAULT 'Q'", "ALTER TABLE t" },
	{ "ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT SELECT ON TABLES TO u", "ALTER" },
	{ "ALTER SYSTEM SET x = 'Q'", "ALTER SYSTEM" },
	{ "DROP TABLE IF EXISTS t", "DROP TABLE t" },
	{ "DROP TABLE t, \"B\".c CASCADE", "DROP TABLE t \"B\".c" },
	{ "DROP FUNCTION f(int, text), g(a)", "DROP FUNCTION f g" },
	{ "DROP CAST (a AS b) CASCADE", "DROP CAST" },
	{ "COMMENT ON TABLE t IS 'Q'", "COMMENT TABLE t" },
	{ "COMMENT ON COLUMN t.c IS 'Q'", "COMMENT COLUMN t.c" },
	{ "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "REFRESH MATERIALIZED VIEW v" },
	{ "REINDEX (VERBOSE) TABLE CONCURRENTLY t", "REINDEX TABLE t" },
	{ "GRANT SELECT, INSERT (a, b) ON TABLE s.t, u TO r", "GRANT s.t u" },
	{ "GRANT ALL ON ALL TABLES IN SCHEMA s TO r", "GRANT" },
	{ "GRANT a TO b", "GRANT" },
	{ "REVOKE SELECT ON t FROM u", "REVOKE t" },
	/* The rest. */
	{ "BEGIN", "BEGIN" },
	{ "begin; UPDATE t SET a = 'Q'; COMMIT", "begin UPDATE t COMMIT" },
	{ "ROLLBACK TO SAVEPOINT x", "ROLLBACK" },
	{ "SAVEPOINT x", "SAVEPOINT" },
	{ "SET x = 'Q'", "SET" },
	{ "SET SESSION x TO 'Q', 'Q'", "SET" },
	{ "SET PASSWORD = 'Q'", "SET" },
	{ "SHOW x", "SHOW" },
	{ "USE db", "USE db" },
	{ "LOCK TABLE a, b IN SHARE MODE", "LOCK TABLE a b" },
	{ "VACUUM (FULL, ANALYZE) t (a, b), u", "VACUUM t u" },
	{ "VACUUM FULL VERBOSE t", "VACUUM t" },
	{ "ANALYZE", "ANALYZE" },
	{ "EXPLAIN SELECT a FROM b", "EXPLAIN SELECT b" },
	{ "EXPLAIN ANALYZE VERBOSE DELETE FROM t", "EXPLAIN DELETE t" },
	{ "EXPLAIN (ANALYZE, FORMAT json) WITH x AS (SELECT 1) SELECT a FROM b",
	  "EXPLAIN WITH SELECT SELECT b" },
	{ "EXPLAIN (BUFFERS) INSERT INTO t VALUES (1)", "EXPLAIN INSERT t" },
	{ "PREPARE n (int) AS UPDATE t SET a = $1", "PREPARE n UPDATE t" },
	{ "EXECUTE n (1, 'Q')", "EXECUTE n" },
	{ "DEALLOCATE n", "DEALLOCATE" },
	{ "DECLARE c CURSOR FOR SELECT a FROM t", "DECLARE SELECT t" },
	{ "FETCH FORWARD 10 FROM c", "FETCH" },
	{ "DO $$BEGIN Q; END$$", "DO" },
	{ "LISTEN ch", "LISTEN ch" },
	{ "NOTIFY ch, 'Q'", "NOTIFY ch" },
	{ "", "" },
	{ " ;; ", "" },
	{ "-- only a comment\n", "" },
	{ "whatever this FROM is", "" },
	{ "'Q'", "" },
	{ "{call some_procedure}", "call some_procedure" },
};

static size_t summarise(struct slice input, uint8_t *summary, size_t capacity)
{
	uint8_t text[16];
	struct sql_output out = {
		.text = text,
		.text_capacity = sizeof(text),
		.summary = summary,
		.summary_capacity = capacity,
	};

	sql_describe(input, SQL_SANITISE, true, &out);
	assert_true(out.summary_size <= capacity && out.summary_size <= SQL_SUMMARY_MAX);
	return out.summary_size;
}

static void commands_and_targets_are_listed_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		struct slice whole = slice_of_string(queries[i].input);
		uint8_t summary[512];
		size_t size = 0;

		for (size_t cut = 0; cut <= whole.size; cut++) {
			uint8_t *copy = test_exact_copy(slice_first(whole, cut));

			size = summarise(slice_of(copy, cut), summary, sizeof(summary));
			assert_null(memchr(summary, 'Q', size));
			free(copy);
		}
		assert_slice_equal(slice_of(summary, size), slice_of_string(queries[i].summary));
	}
}

static void text_of_any_size_is_cut_between_parts(void **state)
{
	const struct slice input =
		SLICE("SELECT 1 FROM first_table, s.second, \"third\"; DROP TABLE t");
	const struct slice whole = SLICE("SELECT first_table s.second \"third\" DROP TABLE t");

	(void)state;
	for (size_t capacity = 0; capacity < whole.size + 2; capacity++) {
		uint8_t *summary = malloc(capacity + 1);
		size_t size = summarise(input, summary, capacity);

		assert_slice_equal(slice_of(summary, size), slice_first(whole, size));
		assert_true(size == 0 || size == whole.size || whole.data[size] == ' ');
		/* The next part would not have fitted. */
		for (size_t next = size + 1; size < whole.size && next <= capacity; next++)
			assert_true(next < whole.size && whole.data[next] != ' ');
		free(summary);
	}
}

static void no_summary_is_longer_than_the_limit(void **state)
{
	char input[2048] = "SELECT * FROM t";
	uint8_t summary[2048];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		strncat(input, ", table_1", sizeof(input) - strlen(input) - 1);

	size_t size = summarise(slice_of_string(input), summary, sizeof(summary));

	assert_true(size <= SQL_SUMMARY_MAX && size > SQL_SUMMARY_MAX - sizeof(" table_1"));
	assert_memory_equal(summary + size - 8, " table_1", 8);
}

static void deep_parentheses_lose_targets_only(void **state)
{
	char input[4096] = "";
	uint8_t summary[255];
	size_t size;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		strncat(input, "SELECT (", sizeof(input) - strlen(input) - 1);
	strncat(input, "SELECT 1 FROM a", sizeof(input) - strlen(input) - 1);
	for (size_t i = 0; i < 300; i++)
		strncat(input, ")", sizeof(input) - strlen(input) - 1);
	size = summarise(slice_of_string(input), summary, sizeof(summary));
	assert_true(size > 200);
	for (size_t i = 0; i + 7 <= size; i += 7)
		assert_memory_equal(summary + i, "SELECT ", i + 7 < size ? 7 : 6);
}

static void invalid_bytes_in_a_target_are_replaced(void **state)
{
	uint8_t summary[255];
	size_t size = summarise(SLICE("SELECT 1 FROM a\xff, \"\xc3\xa9\x80\""), summary, 255);

	(void)state;
	assert_slice_equal(slice_of(summary, size),
			   SLICE("SELECT a\xef\xbf\xbd \"\xc3\xa9\xef\xbf\xbd\""));
}

TESTS(cmocka_unit_test(commands_and_targets_are_listed_in_order),
      cmocka_unit_test(text_of_any_size_is_cut_between_parts),
      cmocka_unit_test(no_summary_is_longer_than_the_limit),
      cmocka_unit_test(deep_parentheses_lose_targets_only),
      cmocka_unit_test(invalid_bytes_in_a_target_are_replaced))
