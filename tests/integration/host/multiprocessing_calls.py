# SPDX-License-Identifier: Apache-2.0
"""Pools of processes, forked and spawned, with a connection each."""
import multiprocessing
import os


def square(number):
    import psycopg2
    with psycopg2.connect("") as db, db.cursor() as cursor:
        cursor.execute("select %s * %s", (number, number))
        return cursor.fetchone()[0]


if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(square, range(6)))
    process = multiprocessing.Process(target=os._exit, args=(17,))
    process.start()
    process.join()
    print(process.exitcode)
