# SPDX-License-Identifier: Apache-2.0
"""psycopg 3: server-side binding, prepared after some uses, pipelines, streams, COPY, asyncio."""
import asyncio
import os
import sys

import psycopg

print(psycopg.pq.__impl__, file=sys.stderr)
with psycopg.connect("") as db:
    with db.cursor() as cursor:
        cursor.execute("create temp table t(i int primary key, s text)")
        for number in range(8):
            cursor.execute("select %s::int * 2, 'text'", (number,))
            print(cursor.fetchone())
        cursor.executemany("insert into t values (%s, %s)", [(i, "it's %d" % i) for i in range(5)])
        print(sum(1 for _row in cursor.stream("select generate_series(1, 7)")))
        with cursor.copy("copy t from stdin") as copy:
            for number in range(10, 17):
                copy.write_row((number, "copied"))
        with cursor.copy("copy (select i from t order by i) to stdout") as copy:
            print(b"".join(map(bytes, copy)).decode().split())
        print(cursor.execute("select i, s from t where s <> %s", ("o'clock",)).fetchall())
    try:
        with db.transaction():
            db.execute("insert into t values (1, 'again')")
    except psycopg.errors.UniqueViolation as error:
        print(error.sqlstate)
    if psycopg.Pipeline.is_supported():
        with db.pipeline():
            cursors = [db.execute("select %s + 1", (number,)) for number in range(3)]
        print([each.fetchone() for each in cursors])
    with db.cursor("named") as named:
        named.itersize = 3
        named.execute("select generate_series(1, 10)")
        print(sum(row[0] for row in named))


async def one(number):
    async with await psycopg.AsyncConnection.connect("") as mine:
        cursor = await mine.execute("select %s * 3", (number,))
        return (await cursor.fetchone())[0]


async def main():
    print(await asyncio.gather(*(one(number) for number in range(4))))


asyncio.run(main())
print(sorted(map(int, os.listdir("/proc/self/fd"))))
