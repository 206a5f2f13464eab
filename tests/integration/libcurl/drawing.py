# SPDX-License-Identifier: Apache-2.0
"""Spans and requests as the lines of `pictures`, and what must hold for each of them."""

import collections
import re
import urllib.parse

# What a picture does not say of each span, and what varies.
UNSAID = {
    "http.request.method",
    "otelshim.code.module",
    "otelshim.code.offset",
    "otelshim.code.build_id",
    "code.function.name",
    "process.pid",
    "thread.id",
}
PHASES = tuple(
    f"otelshim.http.{each}_ns"
    for each in "queue name_lookup connect tls first_byte transfer redirect".split()
)
SAID = {
    "method": "http.request.method_original",
    "redirects": "otelshim.curl.redirect_count",
    "early": "otelshim.curl.removed_early",
    "left": "otelshim.incomplete",
    "parent": "otelshim.parent",
    "protocol": "network.protocol.name",
}
# Headers by which a context goes on.
CONTEXT_HEADERS = {
    "traceparent",
    "tracestate",
    "baggage",
    "b3",
    "uber-trace-id",
    "x-amzn-trace-id",
} | {"x-b3-" + each for each in ("traceid", "spanid", "sampled", "parentspanid", "flags")}
# Drawn with each request, beside those of the program, which begin with X-.
DRAWN_HEADERS = CONTEXT_HEADERS - {"traceparent"}
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21, "smtp": 25}
TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\Z")
OWN_SPAN = "b7ad6b7169203331"
OWN_TRACE = "0af7651916cd43dd8448eb211c80319c"
# A parent of another process: span and trace.
CONTEXT = ("00f067aa0ba902b7", "4bf92f3577b34da6a3ce929d0e0e4736")

Picture = collections.namedtuple("Picture", "id options lines")


# ---- pictures ----


def read_pictures(path):
    """A line at the margin is a case: its id, options and what it is; below it are its lines."""
    result = {}
    picture = None
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            if line.startswith("\t"):
                picture.lines.append(line.strip())
                continue
            name, *options = line.partition(" -- ")[0].split()
            if name in result:
                raise ValueError("twice in the pictures: " + name)
            picture = Picture(name, dict(each.partition("=")[::2] for each in options), [])
            result[name] = picture
    return result


def counted(picture):
    """How many requests a picture has of the web servers, whose logs come late."""
    result = collections.Counter()
    for line in picture.lines:
        found = re.match(r"(?:\[[^]]*\] )?(?:(\d+) x )?> \S+ (nginx|apache2) ", line)
        if found:
            result[found.group(2)] += int(found.group(1) or 1)
    return result


def difference(got, expected):
    """The first line that differs; a picture without any line is nobody's."""
    if not expected:
        return "the picture is empty"
    expected = [line for line in expected if line != "nothing"]
    got = [line for line in got if line != "nothing"]
    for place in range(max(len(got), len(expected))):
        have = got[place] if place < len(got) else "nothing"
        want = expected[place] if place < len(expected) else "nothing"
        if have != want:
            return f"line {place + 1} of {len(got)}:\n\thave {have}\n\twant {want}"
    return ""


def outcome(span):
    """U or E(error.type), then the status of the answer."""
    kind, status = span.get("error.type"), span.get("http.response.status_code", "")
    if span.status == 2 and kind:
        word = f"E({kind})"
    elif span.status == 0 and kind is None:
        word = "U"
    else:
        word = f"status {span.status}, error.type {kind}"
    return f"{word} {status}".rstrip()


def usual_of(span):
    """What a span's URL and its answer let expect of other attributes."""
    try:
        url = urllib.parse.urlsplit(span.get("url.full", ""))
        host, port = url.hostname, url.port or DEFAULT_PORTS.get(url.scheme.lower())
    except ValueError:
        host = port = None
    answered = "http.response.status_code" in span.attributes
    return {
        "address": ("server.address", host),
        "port": ("server.port", port),
        "peer": ("network.peer.address", host),
        "peer_port": ("network.peer.port", port),
        "version": ("network.protocol.version", "1.1" if answered else None),
    }


class View:
    """The spans and requests of one run, in the words of a picture."""

    def __init__(self, addresses, found, requests):
        self.addresses = {
            name: value for name, value in addresses.items() if name not in ("PLUGIN", "OAUTH")
        }
        self.spans = sorted(found, key=lambda span: (span.start_ns, span.end_ns))
        self.requests = requests
        self.numbers = {span.span_id: number for number, span in enumerate(self.spans, 1)}
        self.traces = {span.span_id: span.trace_id for span in self.spans}

    def short(self, text):
        """Addresses by their names; the longest first."""
        for name, value in sorted(self.addresses.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(value, "$" + name)
            if ":" in value:
                port = value.rpartition(":")[2]
                text = re.sub(rf"(?<!\d){port}(?!\d)", f"${name}_PORT", text)
        return text

    def span_line(self, span):
        parts = [span.name, outcome(span), self.short(span.get("url.full", "-"))]
        usual = usual_of(span)
        for word, (key, value) in usual.items():
            got = span.get(key)
            if got != value:
                parts.append(f"{word}={self.short(str(got)) if got is not None else '-'}")
        for word, key in SAID.items():
            if key in span.attributes:
                parts.append(f"{word}={span.get(key)}")
        if (span.parent_id, span.trace_id) == (OWN_SPAN, OWN_TRACE):
            parts.append("joins=own")
        elif span.parent_id in self.numbers:
            parts.append(f"in={self.numbers[span.parent_id]}")
        elif not span.parent_id:
            parts.append("root")
        known = set(UNSAID) | set(PHASES) | set(SAID.values())
        known |= {key for key, _ in usual.values()}
        known |= {"url.full", "http.response.status_code", "error.type"}
        parts += [
            f"{key}={value}" for key, value in span.attributes.items() if key not in known
        ]
        if span.scope != "otelshim.libcurl":
            parts.append("scope=" + span.scope)
        return " | ".join(parts)

    def whose(self, values):
        """Of which span a traceparent is: its number, "own" (of the program), "-" (none)."""
        if not values:
            return "-"
        if values == [""]:
            return "empty"
        if len(values) > 1:
            return "twice"
        found = TRACEPARENT.match(values[0])
        if not found:
            return "bad"
        trace, span, flags = found.groups()
        if (trace, span) == (OWN_TRACE, OWN_SPAN):
            return "own"
        if (span, trace) == CONTEXT:
            return "context"
        if span not in self.numbers or self.traces[span] != trace:
            return "nobody's"
        # The second flag says that the id is random.
        return f"{self.numbers[span]}" + ("" if int(flags, 16) & 1 else "/00")

    def request_line(self, request, whose):
        parts = [f"> {whose} {request['server']} {request['method']} {request['target']}"]
        for key, value in request.get("headers", ()):
            name = key.lower()
            if name in DRAWN_HEADERS or name.startswith("x-") and name != "x-amz-date":
                parts.append(f"{key}: {value}")
            elif name == "authorization" and "SignedHeaders" in value:
                parts.append(re.search("SignedHeaders=[^,]*", value).group())
        if request["server"] == "smtp":
            parts += [key for key, _ in request["headers"]]
        return self.short(" | ".join(parts))

    def lines(self, picture):
        """Spans first, in the order of their start; then requests, as they came."""
        is_sorted = "sorted" in picture.options
        if is_sorted:
            self.spans.sort(key=self.span_line)
            self.numbers = {span.span_id: number for number, span in enumerate(self.spans, 1)}
        spans = [self.span_line(span) for span in self.spans]
        owners = [self.owner_of(request) for request in self.requests]
        numbered = [each for each in owners if each.isdigit()]
        once = len(numbered) == len(set(numbered)) == len(self.spans)
        if is_sorted and once and len(numbered) > 1:
            owners = ["each" if each.isdigit() else each for each in owners]
        requests = [self.request_line(*pair) for pair in zip(self.requests, owners)]
        if is_sorted:
            requests.sort()
        return grouped(spans) + grouped(requests) or ["nothing"]

    def owner_of(self, request):
        if "traceparent" in request:
            return self.whose([request["traceparent"]] if request["traceparent"] else [])
        return self.whose(values_of(request, "traceparent"))


def grouped(lines):
    """Equal lines in a row are one with a count."""
    result = []
    for line in lines:
        if result and result[-1][1] == line:
            result[-1][0] += 1
        else:
            result.append([1, line])
    return [line if count == 1 else f"{count} x {line}" for count, line in result]


# ---- what holds for each ----


def constant(request):
    """A request without what differs from run to run, and without what may be ours."""
    headers = []
    for key, value in request.get("headers", ()):
        if key.lower() in CONTEXT_HEADERS:
            continue
        if key.lower() in ("authorization", "x-amz-date", "sec-websocket-key", "date"):
            value = value.partition(" ")[0] if key.lower() == "authorization" else ""
        headers.append((key, re.sub(r"boundary=\S+", "boundary=", value)))
    return (
        request["server"],
        request["method"],
        request["target"],
        tuple(headers),
        request.get("body"),
        request.get("status"),
    )


def changed(got, expected, is_sorted):
    """Where requests differ from those that came without us; the connections, too."""
    one, other = ([constant(each) for each in requests] for requests in (got, expected))
    if is_sorted:
        one.sort(key=repr)
        other.sort(key=repr)
    for place in range(max(len(one), len(other))):
        pair = [each[place] if place < len(each) else None for each in (one, other)]
        if pair[0] != pair[1]:
            return f"request {place + 1}:\n\thave {pair[0]}\n\twant {pair[1]}"
    if not is_sorted and connections(got) != connections(expected):
        return f"connections {connections(got)}, not {connections(expected)}"
    return ""


def connections(requests):
    """By the order in which they are first seen."""
    seen = {}
    return [
        seen.setdefault((each["server"], each.get("connection")), len(seen)) for each in requests
    ]


def values_of(request, name):
    return [value for key, value in request.get("headers", ()) if key.lower() == name]


def ours_first(request):
    """Ours come before those that the program set by itself."""
    names = [key.lower() for key, _ in request.get("headers", ())]
    own = [place for place, name in enumerate(names) if name.startswith("x-")]
    theirs = any(OWN_SPAN in value for value in values_of(request, "traceparent"))
    if "traceparent" in names and own and not theirs and "x-amz-date" not in names:
        return names.index("traceparent") < own[0]
    return True


def oddity(span, parents):
    if span.kind != "CLIENT":
        return f"kind {span.kind}"
    if span.duration_ns < 0 or span.duration_ns > 60e9:
        return f"{span.duration_ns} ns"
    if span.parent_id and (span.parent_id, span.trace_id) not in parents:
        return f"parent {span.parent_id}, none of {parents}"
    if "http.request.method" in span.attributes:
        method = span.get("http.request.method")
        if span.name != ("HTTP" if method == "_OTHER" else method):
            return f"method {method}"
    if any(span.get(phase, 0) < 0 for phase in PHASES):
        return "a phase below zero"
    # libcurl counts in microseconds, and by another clock. What was redirected is in the others.
    parts = sum(span.get(phase, 0) for phase in PHASES[:-1])
    if max(parts, span.get(PHASES[-1], 0)) > span.duration_ns + 2e6:
        return f"its phases are longer than the whole: {parts} and {span.duration_ns} ns"
    if "confidential" in repr(span.raw) or "secret" in repr(span.raw) or ":pw@" in repr(span.raw):
        return "it has what it must not"
    return ""


def lasted(found, nth):
    return found[nth].duration_ns / 1e6


def between(value, low, high, what="ms"):
    return "" if low <= value <= high else f"{value:.1f} {what}, not from {low} to {high}"


def late_readers(found):
    """What a program does before it reads the messages is no part of a transfer."""
    return next(filter(None, (between(lasted(found, n), 49, 450) for n in range(len(found)))), "")


def phases_seen(found):
    first, second, tls = found
    for span, key, low, high in (
        (first, "first_byte", 190, 1000),
        (second, "transfer", 190, 1000),
        (second, "first_byte", 0, 150),
        (first, "transfer", 0, 150),
        (tls, "tls", 0.1, 1000),
    ):
        value = span.get(f"otelshim.http.{key}_ns")
        if value is None:
            return f"no {key}"
        odd = between(value / 1e6, low, high, "ms of " + key)
        if odd:
            return odd
    if first.get("otelshim.http.tls_ns"):
        return "TLS where there is none"
    return ""


DURATIONS = {
    "H14": lambda found: between(max(lasted(found, n) for n in range(len(found))), 0, 500),
    "H17": late_readers,
    "H20": late_readers,
    "H41": phases_seen,
}


def oddities(ran, picture):
    found = sorted(ran.spans, key=lambda span: (span.start_ns, span.end_ns))
    ids = collections.Counter(span.span_id for span in found)
    result = [f"span id {each} {times} times" for each, times in ids.items() if times > 1]
    # What else than the run is a span's parent is drawn.
    parents = [ran.run_span, *((span.span_id, span.trace_id) for span in found)]
    if "own" in picture.options:
        parents.append((OWN_SPAN, OWN_TRACE))
    for span in found:
        odd = oddity(span, parents)
        if odd:
            result.append(f"{span.name}: {odd}")
    result += [
        f"{request['target']}: ours are not the first"
        for request in ran.requests
        if not ours_first(request)
    ]
    if not result and picture.id in DURATIONS:
        try:
            result = [DURATIONS[picture.id](found)]
        except (IndexError, ValueError):
            result = []
    return "; ".join(result[:3])


def without_descriptors(text):
    return re.sub(r"(?m)^open:.*\n", "", text)
