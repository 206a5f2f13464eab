# SPDX-License-Identifier: Apache-2.0
"""Threads and a pool of psycopg 3, with the libpq of its wheel; beside it psycopg2 with another."""
import concurrent.futures
import os

import psycopg2
import psycopg_pool


def old(number):
    with psycopg2.connect("") as mine, mine.cursor() as its:
        its.execute("select %s - 1", (number,))
        return its.fetchone()[0]


with psycopg_pool.ConnectionPool("", min_size=2, max_size=6, open=True) as pool:

    def new(number):
        with pool.connection() as mine:
            return mine.execute("select %s + 1", (number,)).fetchone()[0]

    with concurrent.futures.ThreadPoolExecutor(8) as executor:
        print(sum(executor.map(new, range(200))), sum(executor.map(old, range(20))))
maps = open("/proc/self/maps", encoding="utf-8").read()
print(len({line.split("/")[-1] for line in maps.splitlines() if "libpq" in line}))
