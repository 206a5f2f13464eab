-- What psql has beyond plain statements.
\set FETCH_COUNT 2
select generate_series(1, 7);
\unset FETCH_COUNT
select 1 as one, 'x' as two \gdesc
create temp table t(i int, s text);
\copy t from program 'printf "1\\tone\\n2\\ttwo\\n"'
\copy (select * from t) to stdout
\d t
select 'select ' || i from t \gexec
begin;
insert into t values (3, 'three');
savepoint a;
select 1/0;
rollback to a;
commit;
prepare p(int) as select $1 + 1;
execute p(41);
deallocate p;
explain (costs off) select * from t;
do $$ begin perform 1; end $$;
with w as (select 1) select * from w;
declare c cursor with hold for select generate_series(1, 3);
fetch 2 from c;
close c;
lock table pgbench_branches in access share mode;
\! ls /proc/$PPID/fd
