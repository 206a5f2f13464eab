# SPDX-License-Identifier: Apache-2.0
"""psycopg 3 without its C part: ctypes and libpq's asynchronous calls."""
import psycopg

with psycopg.connect("") as connection, connection.cursor() as cursor:
    print(psycopg.pq.__impl__)
    print(cursor.execute("select %s::int, 'x'", (7,)).fetchall())
    cursor.execute("create temp table made(i int)")
    with cursor.copy("copy made from stdin") as copy:
        copy.write("1\n2\n")
    print(cursor.execute("select sum(i) from made").fetchall())
    try:
        cursor.execute("select 1/0")
    except psycopg.errors.DivisionByZero as error:
        print(error)
