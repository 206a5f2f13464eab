# SPDX-License-Identifier: Apache-2.0
"""psycopg2 in its other ways: asynchronous, with LISTEN and NOTIFY, large objects, a pool."""
import concurrent.futures
import os
import select

import psycopg2
import psycopg2.extensions
import psycopg2.pool


def wait(connection):
    while True:
        state = connection.poll()
        if state == psycopg2.extensions.POLL_OK:
            return
        read = [connection] if state == psycopg2.extensions.POLL_READ else []
        write = [connection] if state == psycopg2.extensions.POLL_WRITE else []
        select.select(read, write, [], 10)


connection = psycopg2.connect("", async_=1)
wait(connection)
cursor = connection.cursor()
for number in range(3):
    cursor.execute("select %s + 1", (number,))
    wait(connection)
    print(cursor.fetchone())
try:
    cursor.execute("select 1/0")
    wait(connection)
except psycopg2.errors.DivisionByZero as error:
    print(error.pgcode)
connection.close()

first = psycopg2.connect("")
first.autocommit = True
cursor = first.cursor()
cursor.execute("listen here")
cursor.execute("notify here, 'hello'")
first.poll()
print([(each.channel, each.payload) for each in first.notifies])
first.autocommit = False
large = first.lobject(mode="wb")
large.write(b"x" * 100000)
large.close()
print(len(first.lobject(large.oid, "rb").read()))
first.commit()

pool = psycopg2.pool.ThreadedConnectionPool(2, 8, "")


def work(number):
    mine = pool.getconn()
    try:
        with mine, mine.cursor() as its:
            its.execute("select count(*) from pgbench_branches where bid > %s", (number,))
            return its.fetchone()[0]
    finally:
        pool.putconn(mine)


with concurrent.futures.ThreadPoolExecutor(8) as executor:
    print(sum(executor.map(work, range(200))))
pool.closeall()
first.close()
print(sorted(map(int, os.listdir("/proc/self/fd"))))
