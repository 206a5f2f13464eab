-- What the referee test has psql say; the server's log says what arrived.
SELECT 1;
SELECT 'it''s a literal' AS a, 2.5e10, TRUE, NULL, $$dollar$$, $q$quoted$q$, E'back\'slash', X'1F', B'01';
select "Quoted Column" from (select 1 as "Quoted Column") t /* a comment */ where 1=1;
CREATE TABLE made (id serial PRIMARY KEY, name varchar(20) DEFAULT 'x', at date, n numeric(10,2));
INSERT INTO made (name, at, n) VALUES ('a', DATE '2026-01-01', 1.5), ('b', '2026-02-02', -2), ('c', NULL, +3);
UPDATE made SET n = n * 2 - 1 WHERE name IN ('a', 'b', 'c') AND at IS DISTINCT FROM '2026-02-02';
SELECT trim(both '.' FROM '..x..'), substring('abc' FROM '^.'), extract(year FROM at), position('b' IN name) FROM made;
SELECT * FROM nothing WHERE secret = 'leaked?';
INSERT INTO made (id) VALUES (1);
SELECT 1/0;
SELEC 1;
SELECT 'unterminated is not sent' || ';' ;
SELECT 1\; SELECT 'two' AS b\; SELECT 3;
SELECT 1\; SELECT 'x'::int\; SELECT 3;
BEGIN;
DELETE FROM made WHERE id = 2;
SAVEPOINT s;
SELECT x;
SELECT 1;
ROLLBACK TO s;
COMMIT;
BEGIN;
SELECT y;
COMMIT;
PREPARE p (int) AS SELECT * FROM made WHERE id = $1 AND name <> 'z';
EXECUTE p(1);
EXECUTE p('x');
EXECUTE q(1);
DEALLOCATE p;
COPY made (name) TO STDOUT;
COPY made (name, n) FROM STDIN WITH (FORMAT csv);
d,4
e,5
\.
COPY made (n) FROM STDIN;
not a number
\.
WITH x AS (SELECT id FROM made WHERE n > 1), y AS (SELECT max(id) m FROM made) SELECT * FROM x, y WHERE x.id = y.m;
SELECT name FROM made UNION ALL SELECT 'literal' ORDER BY 1 LIMIT 3 OFFSET 0;
SET search_path TO public, pg_catalog;
SHOW search_path;
SELECT count(*) FILTER (WHERE n > 0) FROM made GROUP BY name HAVING count(*) > 0;
DO $body$ BEGIN PERFORM 'inside'; END $body$;
SELECT 1 AS gdesc \gdesc
EXPLAIN (COSTS OFF) SELECT * FROM made WHERE id = 3;
SELECT U&'d\0061t\+000061', N'national', 'Größe';
SELECT ARRAY[1,2,3], ROW(1,'a'), made.* FROM made WHERE id = ANY('{1,2}') AND name ~ '^a' OR n-1 = 5;
TRUNCATE made;
DROP TABLE made;
