# SPDX-License-Identifier: Apache-2.0
"""What the integration tests share: where things are, a private PostgreSQL, a scratch directory,
and the way that results are told.

Every tests/integration/*/run prints one line for each failing case, then "N passed, N failed", and
exits with 1 when something failed. COUNT_* variables scale what is repeated; scripts/soak sets
them. """

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SUPPORT = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(SUPPORT))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(TOP, "build")))
LIBRARY = os.path.abspath(
    os.environ.get("OTELSHIM_LIBRARY", os.path.join(BUILD, "libotelshim.so"))
)
COMMAND = os.path.abspath(os.environ.get("OTELSHIM_COMMAND", os.path.join(BUILD, "otelshim")))

# Nothing of the caller's own tracing may reach the programs under test.
OURS = re.compile(r"(OTEL|OTELSHIM)_|TRACEPARENT$|TRACESTATE$|BAGGAGE$|LD_PRELOAD$")


def clean_environment():
    """The environment of a program that is not traced."""
    environment = {k: v for k, v in os.environ.items() if not OURS.match(k)}
    environment.update(LC_ALL="C", PGCONNECT_TIMEOUT="20")
    return environment


def with_referee():
    """Goes on in the Python that has upstream's generated code (tests/support/referee)."""
    if "REFEREE" not in os.environ:
        python = subprocess.check_output([os.path.join(SUPPORT, "referee")], text=True).strip()
        os.environ["REFEREE"] = python
        os.execv(python, [python, os.path.abspath(sys.argv[0]), *sys.argv[1:]])


def count(name, default):
    """How often something is repeated: COUNT_NAME, or the default (scripts/test's share)."""
    return max(1, int(os.environ.get("COUNT_" + name, default)))


class Results:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, complaint=""):
        """One case; @complaint: what differed, empty when nothing did."""
        if complaint:
            self.failed += 1
            print(f"FAIL {name}: {complaint}", flush=True)
        else:
            self.passed += 1
            if os.environ.get("VERBOSE"):
                print(f"ok   {name}", flush=True)
        return not complaint

    def equal(self, name, got, expected):
        return self.check(name, "" if got == expected else f"{got!r}, not {expected!r}")

    @contextlib.contextmanager
    def case(self, name):
        """What raises inside is one failed case, and the others go on."""
        try:
            yield
        except (OSError, ValueError, KeyError, IndexError, subprocess.SubprocessError) as error:
            self.check(name, f"{type(error).__name__}: {error}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


@contextlib.contextmanager
def scratch():
    """A directory that everybody may enter, also a user that the test becomes; KEEP=1 keeps it."""
    directory = tempfile.mkdtemp(prefix="otelshim-test-")
    os.chmod(directory, 0o755)
    try:
        yield directory
    finally:
        if os.environ.get("KEEP"):
            print("kept " + directory, file=sys.stderr)
        else:
            shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def postgres(directory):
    """A private cluster in @directory; its PG* variables are in os.environ meanwhile."""
    script = os.path.join(SUPPORT, "postgres")
    for name in ("SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), lambda *_: sys.exit(1))
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("PG"):
            del os.environ[name]
    try:
        out = subprocess.run(
            [script, "start", directory], check=True, stdout=subprocess.PIPE, text=True
        )
        for name, value in re.findall(r"(PG\w+)=(\S+)", out.stdout):
            os.environ[name] = value
        yield directory
    finally:
        subprocess.run([script, "stop", directory], check=False)
        os.environ.clear()
        os.environ.update(before)


def compiled(directory, *sources, libraries=("-lpq",), flags=(), compiler=None):
    """Compiles a test program that knows nothing of us; returns its path."""
    target = os.path.join(directory, os.path.splitext(os.path.basename(sources[0]))[0])
    subprocess.run(
        [
            compiler or os.environ.get("CC", "cc"),
            "-g",
            "-O1",
            "-Wall",
            "-Wextra",
            "-pthread",
            *flags,
            "-D_GNU_SOURCE",
            "-I/usr/include/postgresql",
            "-o",
            target,
            *sources,
            *libraries,
        ],
        check=True,
    )
    return target


def run(command, timeout=120, **options):
    """A program to its end: (status, stdout, stderr); status is negative for a signal."""
    options.setdefault("env", clean_environment())
    options.setdefault("stdin", subprocess.DEVNULL)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
    return process.returncode, out.decode(errors="replace"), err.decode(errors="replace")


class Traced:
    """What `otelshim run` left of one command: its output, the spans of its file, its --json."""

    def __init__(
        self, directory, command, options=(), timeout=120, meanwhile=None, **environment
    ):
        self.file = os.path.join(directory, "spans.jsonl")
        self.json_file = os.path.join(directory, "run.json")
        for path in (self.file, self.json_file):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        full = [
            COMMAND,
            "run",
            "-o",
            self.file,
            "--json=" + self.json_file,
            *options,
            "--",
            *command,
        ]
        begun = time.monotonic()
        with subprocess.Popen(
            full,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**clean_environment(), **environment},
        ) as process:
            try:
                if meanwhile:
                    meanwhile(process)
                out, err = process.communicate(timeout=timeout)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise
        self.wall_s = time.monotonic() - begun
        self.status = process.returncode
        self.out, self.err = out.decode(errors="replace"), err.decode(errors="replace")

    def spans(self, scope="otelshim.libpq"):
        """Those that libpq calls made, or calls of another scope."""
        from spans import load  # pylint: disable=import-outside-toplevel

        return [span for span in load(self.file) if span.scope == scope]

    def json(self):
        with open(self.json_file, encoding="utf-8") as file:
            return json.load(file)
