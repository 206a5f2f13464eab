#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A slow link between a client and a server of this machine, for the demo.

    delayproxy.py HOST:PORT [DELAY_MS]

Listens on a free port of 127.0.0.1, prints it, and forwards each connection to HOST:PORT with
DELAY_MS (default 0.3) added each way. The delay is one of latency, not of rate: bytes that come
later do not wait for those before them longer than the link's delay. Ends with SIGTERM or SIGINT.
"""

import collections
import socket
import sys
import threading
import time

CHUNK = 1 << 16


class Direction:
    """Bytes read from one side wait here until their time has come."""

    def __init__(self, source, target, delay):
        self.source, self.target, self.delay = source, target, delay
        self.waiting = collections.deque()
        self.changed = threading.Condition()
        for step in (self.read, self.write):
            threading.Thread(target=step, daemon=True).start()

    def read(self):
        data = b"-"
        while data:
            try:
                data = self.source.recv(CHUNK)
            except OSError:
                data = b""
            with self.changed:
                self.waiting.append((time.monotonic() + self.delay, data))
                self.changed.notify()

    def write(self):
        data = b"-"
        while data:
            with self.changed:
                while not self.waiting:
                    self.changed.wait()
                due, data = self.waiting.popleft()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                self.target.sendall(data) if data else self.target.shutdown(socket.SHUT_WR)
            except OSError:
                return


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: delayproxy.py HOST:PORT [DELAY_MS]")
    host, _, port = sys.argv[1].rpartition(":")
    delay = float(sys.argv[2] if len(sys.argv) == 3 else 0.3) / 1e3
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        try:
            server = socket.create_connection((host, int(port)))
        except OSError:
            client.close()
            continue
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Direction(client, server, delay)
        Direction(server, client, delay)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
