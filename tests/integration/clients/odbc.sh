#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# psqlODBC through unixODBC's isql.
set -eu
server="Server=$PGHOST;Port=$PGPORT;Database=$PGDATABASE;Uid=$PGUSER"
isql -b -k "Driver=PostgreSQL Unicode;$server" <<END
select 1 as one
create temp table t(i int, s text)
insert into t values (1, 'one'), (2, 'two')
select * from t
select 1/0
END
