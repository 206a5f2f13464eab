# SPDX-License-Identifier: Apache-2.0
"""What the server says happened: its CSV log, read as events.

    log = Log(directory)          # of the private cluster, see tests/support/postgres
    start = log.mark()            # everything before is somebody else's
    ...
    for event in log.events(start, log.mark()): ...

The server writes its log through a process of its own, so what a client has seen may not be in the
file yet: mark() makes the server write a word of ours and waits until it is there.
"""

import collections
import csv
import io
import os
import re
import subprocess
import time

CONNECT, PARSE, BIND, EXECUTE, STATEMENT, ERROR = (
    "connect",
    "parse",
    "bind",
    "execute",
    "statement",
    "error",
)

# kind: one of the above. name: of the prepared statement ("" unnamed), for parse, bind and execute.
# duration_ms: None for connect and error. sqlstate: of errors only.
Event = collections.namedtuple(
    "Event", "kind pid user database application name text duration_ms sqlstate line"
)

DURATION = re.compile(
    r"duration: ([0-9.]+) ms  (?:(statement)|(?:(parse|bind|execute) (.*?))): (.*)\Z", re.S
)
AUTHORIZED = re.compile(r"connection authorized: ")

# Columns of the CSV log, by the server's documentation (section 20.8.4).
USER, DATABASE, PID, LINE, SEVERITY, SQLSTATE, MESSAGE, QUERY, APPLICATION = (
    1,
    2,
    3,
    6,
    11,
    12,
    13,
    19,
    22,
)


def event_of(row):
    """The event of one row, or None for what is not of interest."""
    message = row[MESSAGE]
    common = dict(
        pid=int(row[PID]),
        user=row[USER],
        database=row[DATABASE],
        application=row[APPLICATION],
        line=int(row[LINE]),
        name="",
        text="",
        duration_ms=None,
        sqlstate="",
    )
    if row[SEVERITY] in ("ERROR", "FATAL", "PANIC"):
        return Event(**{**common, "kind": ERROR, "text": row[QUERY], "sqlstate": row[SQLSTATE]})
    if AUTHORIZED.match(message):
        return Event(**{**common, "kind": CONNECT})
    found = DURATION.match(message)
    if not found:
        return None
    duration, statement, step, name, text = found.groups()
    return Event(
        **{
            **common,
            "kind": STATEMENT if statement else step,
            "text": text,
            "name": "" if name in (None, "<unnamed>") else name,
            "duration_ms": float(duration),
        }
    )


class Log:
    def __init__(self, directory):
        self.path = os.path.join(directory, "log", "postgresql.csv")
        self.marks = 0

    def mark(self):
        """Waits until the log has all that happened until now; returns the place in the file."""
        self.marks += 1
        word = f"mark-{os.getpid()}-{self.marks}-{time.monotonic_ns()}"
        begin = os.path.getsize(self.path)
        environment = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
        subprocess.run(
            ["psql", "-qXAtc", f"select '{word}'"],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with open(self.path, "rb") as file:
                file.seek(begin)
                tail = file.read()
            place = tail.find(word.encode())
            end = tail.find(b"\n", place)
            if place >= 0 and end >= 0:
                return begin + end + 1
            time.sleep(0.02)
        raise TimeoutError("the server's log does not say " + word)

    def events(self, start, end):
        """All events between two marks, but for those of the second mark's own client."""
        with open(self.path, "rb") as file:
            file.seek(start)
            text = file.read(end - start).decode()
        rows = list(csv.reader(io.StringIO(text, newline="")))
        marker = int(rows[-1][PID]) if rows else 0
        found = (event_of(row) for row in rows if int(row[PID]) != marker)
        return [event for event in found if event is not None]
