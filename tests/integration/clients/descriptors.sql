-- What pgbench has open while it runs.
select 1;
\shell ls /proc/$PPID/fd
