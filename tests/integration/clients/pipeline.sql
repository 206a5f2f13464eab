\startpipeline
select abalance from pgbench_accounts where aid = 1;
select 2;
\endpipeline
