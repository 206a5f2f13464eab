# SPDX-License-Identifier: Apache-2.0
"""Spans of libpq against the server's own log, one to one: what it says that a client called.

    server = Server(directory)               # of a private cluster, see rig.postgres()
    run, events = server.traced(command)
    compare(results, "psql", run.spans(), events)

Texts are compared through PostgreSQL's own lexer (pglast), so it needs rig.with_referee().
"""

import collections
import os
import re

import csvlog
import pglast.parser
import rig

# What one call of libpq was by the server's log. command: as in otelshim.pg.command, None: an error
# tells no more than the text.
Call = collections.namedtuple("Call", "command text sqlstate duration_ms")

CONSTANTS = {
    "ICONST",
    "FCONST",
    "SCONST",
    "USCONST",
    "BCONST",
    "XCONST",
    "TRUE_P",
    "FALSE_P",
    "PARAM",
}
COMMENTS = {"SQL_COMMENT", "C_COMMENT"}
# The server measures what is inside of what we measure; both clocks are cut to their last digit.
CLOCK_TOLERANCE_MS = 0.5


# ---- the server's side ----


def calls_of(events):
    """{backend pid: [Call...]} in the order of the log."""
    result = collections.defaultdict(list)
    steps = {}  # pid: (text, duration) of an unnamed parse whose execute may follow

    def flush(pid):
        if pid in steps:
            text, duration = steps.pop(pid)
            result[pid].append(Call("prepare", text, "", duration))

    for event in events:
        text, duration = steps.get(event.pid, (None, 0.0))
        same = text is not None and event.text == text
        if event.kind == csvlog.BIND:
            if same and not event.name:
                steps[event.pid] = (text, duration + event.duration_ms)
        elif event.kind == csvlog.EXECUTE and not event.name and same:
            del steps[event.pid]
            result[event.pid].append(Call("params", text, "", duration + event.duration_ms))
        elif event.kind == csvlog.ERROR and same:
            del steps[event.pid]
            result[event.pid].append(Call("params", text, event.sqlstate, None))
        elif event.kind == csvlog.PARSE and not event.name:
            flush(event.pid)
            steps[event.pid] = (event.text, event.duration_ms)
        else:
            flush(event.pid)
            command = {
                csvlog.CONNECT: "connect",
                csvlog.STATEMENT: "simple",
                csvlog.PARSE: "prepare",
                csvlog.EXECUTE: "execute",
                csvlog.ERROR: None,
            }[event.kind]
            result[event.pid].append(Call(command, event.text, event.sqlstate, event.duration_ms))
    for pid in list(steps):
        flush(pid)
    return result


# ---- a normaliser that is not ours: PostgreSQL's lexer ----


def outside_quotes(text, change):
    """Applies a change to all that is not a quoted identifier."""
    parts = re.split(r'("(?:[^"]|"")*")', text)
    return "".join(part if i % 2 else change(part) for i, part in enumerate(parts))


def tight(text):
    """One mark for constants and parameters, lists of constants as one, no white space."""
    text = outside_quotes(text, lambda part: re.sub(r"\s+", "", re.sub(r"\$\d+", "?", part)))
    text = re.sub(r"[-+]+\?", "?", text)
    return re.sub(r"(?i)(IN|VALUES)(\(\?(,\?)*\)(,\(\?(,\?)*\))*)", r"\1(?)", text).rstrip(";")


def referee_text(sql):
    """The statement by pglast's lexer; None when that refuses it."""
    try:
        tokens = pglast.parser.scan(sql)
    except pglast.parser.ParseError:
        return None
    words = []
    for i, token in enumerate(tokens):
        # N'...' is a keyword and a constant to the lexer.
        national = (
            token.name == "NCHAR" and i + 1 < len(tokens) and tokens[i + 1].start == token.end + 1
        )
        if token.name not in COMMENTS and not national:
            words.append("?" if token.name in CONSTANTS else sql[token.start : token.end + 1])
    # Constants that follow each other (a continued string) stay apart by a space until the end.
    return tight(" ".join(words))


def has_parameters(sql):
    return any(token.name == "PARAM" for token in pglast.parser.scan(sql))


# ---- both ----


def difference(call, span):
    """What a span says otherwise than the server; "" when nothing."""
    # A reset is a new connection to the server.
    command = "connect" if span.command == "reset" else span.command
    if call.command is not None and command != call.command:
        return f"command {span.command}, not {call.command}"
    code = span.get("db.response.status_code", "")
    if code != call.sqlstate:
        return f"status code {code!r}, not {call.sqlstate!r}"
    if bool(call.sqlstate) != (span.status == 2) or bool(call.sqlstate) != (
        "error.type" in span.attributes
    ):
        return f"status {span.status}, error.type {span.get('error.type')}"
    if call.command != "connect" and call.text and span.get("db.query.text") is not None:
        expected = referee_text(call.text)
        if span.get("db.query.text") == call.text and has_parameters(call.text):
            expected = None  # what has placeholders is kept as it is
        if expected is not None and tight(span.get("db.query.text")) != expected:
            return f"text {tight(span.get('db.query.text'))!r}, not {expected!r}"
    if call.command != "connect" and call.text and call.command is not None:
        if "db.query.text" not in span.attributes:
            return "no db.query.text"
    if (
        call.duration_ms is not None
        and span.duration_ns / 1e6 < call.duration_ms - CLOCK_TOLERANCE_MS
    ):
        return f"{span.duration_ns / 1e6} ms, the server alone took {call.duration_ms} ms"
    return ""


def as_logged(calls, spans):
    """PQprepare("") and PQexecPrepared("") are to the server what one PQexecParams is."""
    result, spans = [], iter(spans)
    for call in calls:
        span = next(spans, None)
        if call.command == "params" and span is not None and span.command == "prepare":
            span = next(spans, None)
            if span is not None and span.command == "execute":
                span.attributes["otelshim.pg.command"] = "params"
        if span is not None:
            result.append(span)
    return result + list(spans)


def compare(results, name, spans, events):
    """One to one, in the order of each connection."""
    calls = calls_of(events)
    if not calls:
        return results.check(name, "the server's log says nothing")
    by_pid = collections.defaultdict(list)
    for span in sorted(spans, key=lambda each: each.start_ns):
        by_pid[span.get("otelshim.db.backend_pid")].append(span)
    results.equal(name + ": connections", sorted(map(str, by_pid)), sorted(map(str, calls)))
    wrong, compared = [], 0
    for pid, expected in calls.items():
        got = by_pid.get(pid, [])
        got = as_logged(expected, got)
        for call, span in zip(expected, got):
            compared += 1
            complaint = difference(call, span)
            if complaint:
                wrong.append(f"{call.text[:80]!r}: {complaint}")
        if len(got) != len(expected):
            wrong.append(f"backend {pid}: {len(got)} spans, {len(expected)} calls")
    return results.check(f"{name}: {compared} calls", "; ".join(wrong[:5]))


def losses(run):
    return run.json()["spans"]["area_full"], run.json()["spans"]["queue_full"]


def check_spans(results, name, spans):
    """What holds for each span of libpq."""
    wrong = []
    for span in spans:
        expected = {
            "db.system.name": "postgresql",
            "server.address": os.environ["PGHOST"],
            "server.port": int(os.environ["PGPORT"]),
            "db.namespace": "shop",
        }
        for key, value in expected.items():
            if span.get(key) != value:
                wrong.append(f"{span.name}: {key}={span.get(key)!r}")
        if span.kind != "CLIENT" or span.duration_ns < 0:
            wrong.append(f"{span.name}: {span.kind}, {span.duration_ns} ns")
        if span.command == "connect" and span.name != "connect shop":
            wrong.append(f"{span.name}: the name of a connect")
        if span.command == "prepare" and (
            not span.name.startswith("PREPARE ") or span.get("db.operation.name") != "PREPARE"
        ):
            wrong.append(f"{span.name}: the name of a PREPARE")
        split = span.get("otelshim.db.first_byte_ns", 0) + span.get("otelshim.db.fetch_ns", 0)
        if split > span.duration_ns:
            wrong.append(f"{span.name}: split {split} of {span.duration_ns} ns")
    ids = collections.Counter(span.span_id for span in spans)
    wrong += [f"span id {each} {times} times" for each, times in ids.items() if times > 1]
    results.check(name, "; ".join(wrong[:5]))


def expected_calls(events):
    return sum(map(len, calls_of(events).values()))


class Server:
    def __init__(self, directory):
        self.directory = directory
        self.log = csvlog.Log(os.path.join(directory, "pg"))

    def traced(self, command, **options):
        """A run and the events that it caused."""
        begin = self.log.mark()
        run = rig.Traced(self.directory, command, **options)
        return run, self.log.events(begin, self.log.mark())
