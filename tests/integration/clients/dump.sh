#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pg_dump in its forms and pg_restore of what it wrote, two processes each where they can.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"; dropdb --if-exists other' EXIT
pg_dump -t pgbench_branches | grep -v -E '^.(un)?restrict '
pg_dump -Fc -f "$place/custom" -T pgbench_accounts
pg_dump -Fd -j 2 -f "$place/folder" -T pgbench_accounts
createdb other
pg_restore -d other "$place/custom"
psql -d other -XAtc 'select count(*) from pgbench_branches'
dropdb other
createdb other
pg_restore -j 2 -d other "$place/folder"
psql -d other -XAtc 'select count(*) from pgbench_tellers'
vacuumdb -q -t pgbench_branches other
reindexdb -q -t pgbench_branches other
clusterdb -q other
