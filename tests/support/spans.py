#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Spans as a file of OTLP JSON lines has them (one TracesData a line).

As a module: load(path) gives Span objects. As a program, prints them as trees, with ids and times
left out:

    spans.py [--all] FILE... [ATTRIBUTE...]

    GET /orders                        SERVER  http.response.status_code=200
    ├─ SELECT orders                   CLIENT  db.system.name=postgresql
    └─ GET                             CLIENT  db.system.name=redis

Shown are the attributes that are named (default: those that say what was called and how it ended).
Equal siblings in a row are one line with a count.
"""

import json
import os
import sys

KINDS = {1: "INTERNAL", 2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}
SHOWN = (
    "db.system.name",
    "otelshim.pg.command",
    "error.type",
    "otelshim.incomplete",
    "http.response.status_code",
)


def plain(value):
    """A Python value for an OTLP AnyValue."""
    if not value:
        return None
    ((kind, content),) = value.items()
    if kind == "intValue":
        return int(content)
    if kind == "doubleValue":
        return float(content)
    if kind == "arrayValue":
        return [plain(each) for each in content.get("values", [])]
    if kind == "kvlistValue":
        return attributes_of(content.get("values", []))
    return content


def attributes_of(pairs):
    result = {}
    for pair in pairs:
        if pair["key"] in result:
            raise ValueError("attribute twice: " + pair["key"])
        result[pair["key"]] = plain(pair["value"])
    return result


class Span:
    def __init__(self, raw, scope, resource):
        self.raw, self.scope, self.resource = raw, scope, resource
        self.name = raw["name"]
        self.kind = KINDS[int(raw["kind"])]
        self.trace_id, self.span_id = raw["traceId"], raw["spanId"]
        self.parent_id = raw.get("parentSpanId", "")
        self.start_ns, self.end_ns = int(raw["startTimeUnixNano"]), int(raw["endTimeUnixNano"])
        self.attributes = attributes_of(raw.get("attributes", []))
        self.status = int(raw.get("status", {}).get("code", 0))

    def get(self, name, default=None):
        return self.attributes.get(name, default)

    @property
    def command(self):
        """simple, params, prepare, execute, connect or reset; None where libpq was not called."""
        return self.attributes.get("otelshim.pg.command")

    @property
    def duration_ns(self):
        return self.end_ns - self.start_ns

    def __repr__(self):
        return f"<{self.name} {self.attributes}>"


def spans_of(document):
    """The spans of one TracesData (or ExportTraceServiceRequest) in its JSON form."""
    for resource in document.get("resourceSpans", []):
        about = attributes_of(resource.get("resource", {}).get("attributes", []))
        for scope in resource.get("scopeSpans", []):
            for raw in scope["spans"]:
                yield Span(raw, scope.get("scope", {}).get("name", ""), about)


def load(path, cut=False):
    """All spans of a file; cut: it is still written, and the last line may not be whole."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if cut:
        text = text[: text.rfind("\n") + 1]
    return [span for line in text.split("\n") if line for span in spans_of(json.loads(line))]


def described(span, shown):
    pairs = [f"{name}={span.attributes[name]}" for name in shown if name in span.attributes]
    return f"{span.kind:<9}" + " ".join(pairs)


def picture(spans, shown=SHOWN, width=40):
    """The trees of the spans, as lines; parents that are not here make their children roots."""
    known = {span.span_id for span in spans}
    children = {}
    for span in sorted(spans, key=lambda each: (each.start_ns, each.end_ns)):
        parent = span.parent_id if span.parent_id in known else ""
        children.setdefault(parent, []).append(span)

    def subtree(span):
        return [(span.name, described(span, shown))] + below(span.span_id)

    def below(parent):
        """(text, description) of all that is below, with the branches drawn."""
        groups = []
        for lines in map(subtree, children.get(parent, [])):
            if groups and groups[-1][1] == lines:
                groups[-1][0] += 1
            else:
                groups.append([1, lines])
        result = []
        for i, (count, lines) in enumerate(groups):
            last = i == len(groups) - 1
            first, rest = ("└─ ", "   ") if last else ("├─ ", "│  ")
            if not parent:
                first = rest = ""
            for j, (text, description) in enumerate(lines):
                times = f"{count} x " if count > 1 and j == 0 else ""
                result.append(((rest if j else first) + times + text, description))
        return result

    return [f"{text:<{width}} {description}".rstrip() for text, description in below("")]


def main():
    arguments = sys.argv[1:]
    files = [each for each in arguments if os.path.exists(each)]
    shown = tuple(each for each in arguments if each not in files and each != "--all") or SHOWN
    spans = [span for path in files for span in load(path)]
    if "--all" in arguments:
        shown = sorted({name for span in spans for name in span.attributes})
    if not files:
        sys.exit("usage: spans.py [--all] FILE... [ATTRIBUTE...]")
    print("\n".join(picture(spans, shown)))


if __name__ == "__main__":
    main()
