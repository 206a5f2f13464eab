#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small OTLP/HTTP receiver for tests, on a free port of 127.0.0.1.

    collector.py [--mode MODE] [--port-file FILE] DIRECTORY

Each POST becomes two files in DIRECTORY: 000001.head (JSON: method, path, headers, time) and
000001.body, unpacked when it came gzipped. Modes:

    normal        200, and an empty ExportTraceServiceResponse
    status:N      status N each time (429 and 503 with "Retry-After: 1")
    fail:N:M      status N for the first M requests, then normal
    hang          reads the request and never answers
    deaf          takes connections and never reads
    slow:S        answers after S seconds
    reset         reads one byte, then resets the connection

As a module: Collector(directory, mode) as a context manager; decode(directory) gives the spans of
all bodies through upstream's generated code (needs the Python that tests/support/referee names).
"""

import argparse
import gzip
import http.server
import json
import os
import socket
import socketserver
import struct
import sys
import threading
import time


class Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connected()
        mode = self.server.mode
        if mode == "deaf":
            self.server.ended.wait()
        elif mode == "reset":
            self.connection.recv(1)
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            os.close(self.connection.detach())

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_POST(self):
        body = self.read_body()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        number = self.server.keep(self, body)
        mode, _, rest = self.server.mode.partition(":")
        if mode == "hang":
            self.server.ended.wait()
            self.close_connection = True
            return
        if mode == "slow":
            self.server.ended.wait(float(rest))
        status = 200
        if mode == "status":
            status = int(rest)
        elif mode == "fail":
            failing, _, count = rest.partition(":")
            status = int(failing) if number <= int(count) else 200
        self.answer(status)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Type", self.headers.get("Content-Type", "text/plain"))
        if status in (429, 503):
            self.send_header("Retry-After", "1")
        content = b"{}" if "json" in self.headers.get("Content-Type", "") else self.server.content
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, directory, mode):
        super().__init__(("127.0.0.1", 0), Request)
        self.directory, self.mode, self.count = directory, mode, 0
        self.connections, self.content = 0, b""
        self.lock, self.ended = threading.Lock(), threading.Event()

    def handle_error(self, *_):
        pass

    def connected(self):
        with self.lock:
            self.connections += 1

    def keep(self, request, body):
        """Writes one request down; returns its number."""
        with self.lock:
            self.count += 1
            number = self.count
        path = os.path.join(self.directory, f"{number:06d}")
        with open(path + ".body.part", "wb") as file:
            file.write(body)
        with open(path + ".head", "w", encoding="utf-8") as file:
            json.dump(
                {
                    "method": request.command,
                    "path": request.path,
                    "time": time.time(),
                    "headers": {k.lower(): v for k, v in request.headers.items()},
                },
                file,
            )
        os.rename(path + ".body.part", path + ".body")
        return number


class Collector:
    """with Collector(directory, "normal") as collector: ... collector.endpoint ..."""

    def __init__(self, directory, mode="normal"):
        os.makedirs(directory, exist_ok=True)
        self.directory = directory
        self.server = Server(directory, mode)
        self.port = self.server.server_address[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.ended.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def requests(self):
        return self.server.count

    @property
    def connections(self):
        return self.server.connections


def bodies(directory):
    """(head, body) of each request, in the order of their arrival."""
    for name in sorted(os.listdir(directory)):
        stem, kind = os.path.splitext(name)
        if kind == ".body":
            with open(os.path.join(directory, stem + ".head"), encoding="utf-8") as file:
                head = json.load(file)
            with open(os.path.join(directory, name), "rb") as file:
                yield head, file.read()


def decoded(head, body):
    """One body as a TracesData in its JSON form, ids as hex, by upstream's generated code."""
    if "json" in head["headers"].get("content-type", ""):
        return json.loads(body)
    # pylint: disable=import-outside-toplevel
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

    message = trace_service_pb2.ExportTraceServiceRequest()
    message.ParseFromString(body)
    document = json_format.MessageToDict(message, use_integers_for_enums=True)
    for resource in document.get("resourceSpans", []):
        for scope in resource.get("scopeSpans", []):
            for span in scope.get("spans", []):
                hex_ids(span)
                for link in span.get("links", []):
                    hex_ids(link)
    return document


def hex_ids(holder):
    """OTLP JSON has ids as hex; the general mapping of protobuf has bytes as base64."""
    import base64  # pylint: disable=import-outside-toplevel

    for name in ("traceId", "spanId", "parentSpanId"):
        if name in holder:
            holder[name] = base64.b64decode(holder[name]).hex()


def decode(directory):
    from spans import spans_of  # pylint: disable=import-outside-toplevel

    return [span for head, body in bodies(directory) for span in spans_of(decoded(head, body))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--mode", default="normal")
    parser.add_argument("--port-file", help="where to write the port (default: standard output)")
    parser.add_argument(
        "--decode", action="store_true", help="print the bodies of DIRECTORY as JSON lines"
    )
    parser.add_argument("directory")
    options = parser.parse_args()
    if options.decode:
        for head, body in bodies(options.directory):
            print(json.dumps(decoded(head, body)))
        return
    with Collector(options.directory, options.mode) as collector:
        if options.port_file:
            with open(options.port_file + ".part", "w", encoding="utf-8") as file:
                print(collector.port, file=file)
            os.rename(options.port_file + ".part", options.port_file)
        else:
            print(collector.port, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()
