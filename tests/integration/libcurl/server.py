#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small HTTP/1.1 server that misbehaves when it is asked to, and tells what it received.

    server.py DIRECTORY     prints what it serves, one NAME=ADDRESS a line; ends with its input

One log of all servers, requests.jsonl in DIRECTORY: each request is a line with "server", "method",
"target", "headers" (pairs, in the order and the letters received), "body" (its size), "connection"
(a number). The line is there before the request is answered.

Served are HTTP on TCP, on a Unix socket and in TLS (a certificate of its own, in DIRECTORY), and a
forward proxy that knows CONNECT.

    /ok  /slow?ms=N (before the answer)  /pause?ms=N (in the middle of the body)  /hang
    /redir?to=URL&code=N  /redirloop  /close (without an answer)  /truncated  /stream?parts=N
    /basic /digest (401, then 200)  /upload  /101  /http10  /dns-query (each name is 127.0.0.1)
    /NNN (that status)
"""

import base64
import contextlib
import hashlib
import itertools
import json
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

REASONS = {200: "OK", 204: "No Content", 301: "Moved", 302: "Found", 307: "Temporary", 401: "No"}
BODILESS = (204, 304)


class Log:
    """What all servers received, in memory and in a file."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "requests.jsonl")
        self.entries = []
        self.lock = threading.Lock()
        self.connections = itertools.count(1)

    def mark(self):
        return len(self.entries)

    def since(self, mark):
        with self.lock:
            return self.entries[mark:]

    def add(self, server, method, target, headers=(), body=0, connection=0):
        entry = {
            "server": server,
            "method": method,
            "target": target,
            "headers": [list(pair) for pair in headers],
            "body": body,
            "connection": connection,
        }
        with self.lock:
            self.entries.append(entry)
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")


def values(headers, name):
    """All values of a header, whatever its letters."""
    return [value for key, value in headers if key.lower() == name]


class Request:
    """A request's head and its body, off a stream; None of it was read: ValueError."""

    def __init__(self, stream):
        line = stream.readline(65536)
        if not line.strip():
            raise ValueError("no request")
        self.method, self.target, self.version = line.decode("latin-1").split()
        self.headers = []
        while (line := stream.readline(65536)) not in (b"\r\n", b"\n", b""):
            key, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
            self.headers.append((key, value.strip()))

    def get(self, name, otherwise=""):
        found = values(self.headers, name)
        return found[0] if found else otherwise

    def read_body(self, stream):
        if self.get("transfer-encoding").lower() == "chunked":
            body = b""
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
            return body
        return stream.read(int(self.get("content-length", "0")))


class Exchange(socketserver.StreamRequestHandler):
    """One connection to the misbehaving server."""

    disable_nagle_algorithm = False

    def handle(self):
        self.number = next(self.server.log.connections)
        with contextlib.suppress(OSError, ValueError):
            while self.one():
                pass

    def one(self):
        self.request_now = request = Request(self.rfile)
        if request.get("expect").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.body = request.read_body(self.rfile)
        self.note(len(self.body))
        return self.answer() and request.get("connection").lower() != "close"

    def note(self, body):
        request = self.request_now
        self.server.log.add(
            self.server.name, request.method, request.target, request.headers, body, self.number
        )

    def answer(self):
        path, _, query = self.request_now.target.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        word = path.strip("/").partition("/")[0]
        if word.isdigit() and len(word) == 3 and word != "101":
            return self.reply(int(word))
        return getattr(self, "answer_" + word.replace("-", "_"), self.answer_unknown)(asked)

    def reply(self, status, body=b"ok\n", headers=(), version="1.1"):
        body = b"" if status in BODILESS else body
        lines = [f"HTTP/{version} {status} {REASONS.get(status, 'Something')}"]
        lines += [f"{key}: {value}" for key, value in headers]
        lines += [f"Content-Length: {len(body)}", "", ""]
        data = "\r\n".join(lines).encode()
        self.wfile.write(data if self.request_now.method == "HEAD" else data + body)
        return True

    def answer_unknown(self, _asked):
        return self.reply(404, b"nothing here\n")

    def answer_ok(self, _asked):
        return self.reply(200, headers=[("X-Answer", "yes"), ("Content-Type", "text/plain")])

    def answer_slow(self, asked):
        time.sleep(int(asked.get("ms", 200)) / 1000)
        return self.reply(200)

    def answer_pause(self, asked):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
        time.sleep(int(asked.get("ms", 200)) / 1000)
        self.wfile.write(b"done")
        return True

    def answer_hang(self, _asked):
        self.rfile.read(1)
        return False

    def answer_redir(self, asked):
        return self.reply(
            int(asked.get("code", 302)), b"", [("Location", asked.get("to", "/ok"))]
        )

    def answer_redirloop(self, _asked):
        return self.reply(302, b"", [("Location", "/redirloop")])

    def answer_close(self, _asked):
        return False

    def answer_truncated(self, _asked):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this\n")
        return False

    def answer_stream(self, asked):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(int(asked.get("parts", 3))):
            self.wfile.write(f"7\r\npart {number % 10}\n\r\n".encode())
            time.sleep(0.01)
        self.wfile.write(b"0\r\n\r\n")
        return True

    def answer_basic(self, _asked):
        given = base64.b64encode(b"user:secret").decode()
        if self.request_now.get("authorization") == "Basic " + given:
            return self.reply(200)
        return self.reply(401, headers=[("WWW-Authenticate", 'Basic realm="here"')])

    def answer_digest(self, _asked):
        if self.request_now.get("authorization").startswith("Digest "):
            return self.reply(200)
        nonce = hashlib.sha256(str(time.time()).encode()).hexdigest()[:16]
        offer = f'Digest realm="here", qop="auth", nonce="{nonce}"'
        return self.reply(401, headers=[("WWW-Authenticate", offer)])

    def answer_upload(self, _asked):
        return self.reply(200, f"{len(self.body)} bytes\n".encode())

    def answer_101(self, _asked):
        key = self.request_now.get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.wfile.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        self.rfile.read()
        return False

    def answer_http10(self, _asked):
        self.reply(200, version="1.0")
        return False

    def answer_dns_query(self, _asked):
        """DNS over HTTPS: any name has the address 127.0.0.1, and no other one."""
        question_end = 12 + self.body[12:].index(b"\0") + 5
        question = self.body[12:question_end]
        is_a = question[-4:-2] == b"\0\1"
        head = self.body[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_a else b"\0\0") + bytes(4)
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if is_a else b""
        return self.reply(
            200, head + question + record, [("Content-Type", "application/dns-message")]
        )


class Proxying(Exchange):
    """One connection to the proxy: a tunnel, or one request that is passed on."""

    def one(self):
        self.request_now = request = Request(self.rfile)
        if request.method == "CONNECT":
            self.note(0)
            host, _, port = request.target.rpartition(":")
            with socket.create_connection((host, int(port))) as origin:
                self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                relay(self.connection, origin)
            return False
        body = request.read_body(self.rfile)
        self.note(len(body))
        self.pass_on(urllib.parse.urlsplit(request.target), body)
        return False

    def pass_on(self, url, body):
        request = self.request_now
        path = url.path + ("?" + url.query if url.query else "")
        lines = [f"{request.method} {path} HTTP/1.1"]
        lines += [f"{key}: {value}" for key, value in request.headers]
        lines += ["Connection: close", "", ""]
        with socket.create_connection((url.hostname, url.port or 80)) as origin:
            origin.sendall("\r\n".join(lines).encode() + body)
            while data := origin.recv(65536):
                self.wfile.write(data)


def relay(one, other):
    """Bytes both ways until both have ended."""

    def forward(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=forward, args=(other, one), daemon=True)
    back.start()
    forward(one, other)
    back.join()


class TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    block_on_close = False
    tls = None

    def finish_request(self, request, client_address):
        if self.tls:
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except OSError:
                return
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        """Clients come and go; what they did not get is seen on their side."""


class UnixServer(TcpServer):
    address_family = socket.AF_UNIX


def certificate(directory):
    """(certificate, key) of 127.0.0.1 and localhost, signed by nobody but themselves."""
    paths = [os.path.join(directory, name) for name in ("server.crt", "server.key")]
    if not os.path.exists(paths[0]):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
            + ["-keyout", paths[1], "-out", paths[0]],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        os.chmod(paths[1], 0o644)
    return paths


class Servers:
    """All of them; .addresses: HTTP, TLS and PROXY are HOST:PORT, UNIX is a path, CA a file."""

    def __init__(self, directory):
        self.log = Log(directory)
        self.addresses, self.running = {}, []
        crt, key = certificate(directory)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(crt, key)
        self.start("http", TcpServer, ("127.0.0.1", 0), Exchange)
        self.start("tls", TcpServer, ("127.0.0.1", 0), Exchange, tls)
        self.start("proxy", TcpServer, ("127.0.0.1", 0), Proxying)
        self.start("unix", UnixServer, os.path.join(directory, "http.sock"), Exchange)
        self.addresses["CA"] = crt

    def start(self, name, kind, address, exchange, tls=None):
        server = kind(address, exchange)
        server.name, server.log, server.tls = name, self.log, tls
        self.running.append(server)
        bound = server.server_address
        self.addresses[name.upper()] = bound if isinstance(bound, str) else "%s:%d" % bound
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        for server in self.running:
            server.shutdown()
            server.server_close()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: server.py DIRECTORY")
    with contextlib.closing(Servers(sys.argv[1])) as servers:
        for name, address in servers.addresses.items():
            print(f"{name}={address}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
