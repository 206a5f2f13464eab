# SPDX-License-Identifier: Apache-2.0
"""What programs do with psycopg2: values, errors, transactions, COPY, cursors, threads, a fork."""
import io
import os
import threading

import psycopg2
import psycopg2.errors

db = psycopg2.connect("")
cursor = db.cursor()
cursor.execute("create temp table t(i int primary key, s text)")
cursor.executemany("insert into t values (%s, %s)", [(i, "it's %d" % i) for i in range(5)])
cursor.execute("select i, s from t where s <> %s order by i", ("o'clock",))
print(cursor.fetchall())
cursor.execute("savepoint a")
try:
    cursor.execute("insert into t values (1, 'again')")
except psycopg2.errors.UniqueViolation as error:
    print(error.pgcode)
cursor.execute("rollback to a")
cursor.copy_expert("copy t from stdin with (format csv)", io.StringIO("10,ten\n11,eleven\n"))
text = io.StringIO()
cursor.copy_expert("copy (select * from t where i >= 10 order by i) to stdout", text)
print(text.getvalue().split())
named = db.cursor("named")
named.itersize = 3
named.execute("select generate_series(1, 10)")
print(sum(row[0] for row in named))
db.commit()


def other(number, results):
    with psycopg2.connect("") as mine, mine.cursor() as its:
        its.execute("select %s * 2", (number,))
        results[number] = its.fetchone()[0]


results = {}
threads = [threading.Thread(target=other, args=(i, results)) for i in range(4)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(sorted(results.items()))
child = os.fork()
if child == 0:
    other(21, results)
    os._exit(results[21])
print(os.waitpid(child, 0)[1] >> 8)
db.close()
