# SPDX-License-Identifier: Apache-2.0
"""Checks of what settings change that a picture does not show: times of transactions, and what the
server's log says of comments."""

import os
import re

import csvlog

TRANSACTION = "otelshim.db.transaction."
COMMENT = re.compile(r" /\*traceparent='00-([0-9a-f]{32})-([0-9a-f]{16})-0[13]'\*/(;?)\Z")


def transaction_times(found):
    """60 ms of work and of thinking at a time; what began in a chain is not told."""
    told = [span for span in found if TRANSACTION + "duration_ns" in span.attributes]
    if [span.name for span in told] != ["commit", "rollback", "commit"]:
        return "told of " + repr([span.name for span in told])
    for span, duration, idle in zip(told, (180, 60, 60), (120, 60, 60)):
        got_duration = span.get(TRANSACTION + "duration_ns") / 1e6
        got_idle = span.get(TRANSACTION + "idle_ns") / 1e6
        if not duration <= got_duration <= duration + 300 or not idle <= got_idle <= got_duration:
            return f"{span.name}: {got_duration} ms open, {got_idle} ms idle"
    if not told[0].get(TRANSACTION + "idle_ns") < told[0].get(TRANSACTION + "duration_ns") - 50e6:
        return "the server's own time passes for idle"
    return ""


def reset_times(found):
    """Only the transaction after the reset is told of."""
    told = [(span.name, span.get(TRANSACTION + "duration_ns") < 50e6) for span in found
            if TRANSACTION + "duration_ns" in span.attributes]
    return "" if told == [("commit", True)] else repr(told)


def logged(rigging, picture):
    """What a case sends by the server's log, and its spans."""
    log = csvlog.Log(os.path.join(rigging.directory, "pg"))
    start = log.mark()
    ran = rigging.with_setting(picture).supervised(picture.id)
    return [event.text for event in log.events(start, log.mark()) if event.text], ran


def check_comments(results, rigging, pictures):
    """By the server's log: each statement carries the ids of its own span, and is else the same."""
    plain, _ = logged(rigging, pictures["P66"])
    found, ran = logged(rigging, pictures["P65"])
    results.equal("comments: none by default", [text for text in plain if "/*trace" in text], [])
    matches = [COMMENT.search(text) for text in found]
    results.equal("comments: each has one", [t for t, m in zip(found, matches) if not m], [])
    bare = [text[: m.start()] + m[3] for text, m in zip(found, matches) if m]
    results.equal("comments: else the same", bare, [text.rstrip() for text in plain])
    ids = {span.span_id for span in ran.spans if span.command != "connect"}
    results.equal("comments: of their spans", {m[2] for m in matches if m}, ids)
    results.equal("comments: of one trace", {m[1] for m in matches if m}, {ran.run_span[1]})
    piped, ran = logged(rigging, pictures["P65-pipeline"])
    marked = [text for text in piped if "traceparent" in text]
    params = {span.span_id for span in ran.spans if span.command == "params"}
    results.equal(
        "comments: in a pipeline", len({m[2] for m in map(COMMENT.search, marked) if m} & params), 2
    )
    results.equal(
        "comments: in a pipeline, those alone",
        sorted({COMMENT.sub(r"\3", text) for text in marked}),
        ["select 'again' ;", "select 'piped', $1"],
    )
    kept, _ = logged(rigging, pictures["P65-not"])
    results.check("comments: the others ran", "" if len(kept) > 7 else repr(kept))
    results.equal("comments: not where they harm", [t for t in kept if "traceparent" in t], [])
