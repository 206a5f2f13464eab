# SPDX-License-Identifier: Apache-2.0
"""The same ways to libcurl: plugins, handles, versions, copies, deeply bound objects."""

import contextlib
import glob
import http.server
import os
import shutil
import subprocess
import threading

import rig

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = "libotelshim.so"
OPENSSL, GNUTLS = "CURL_OPENSSL_4", "CURL_GNUTLS_3"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{self.command} {self.path}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def server():
    """The address of a server that answers with what it was asked for."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}/asked"
        finally:
            listening.shutdown()


class CurlPlace:
    """The program, its plugins, and the copies of libcurl."""

    def __init__(self, directory):
        self.directory = directory
        library = "/usr/lib/*-linux-gnu/"
        self.openssl = glob.glob(library + "libcurl.so.4")[0]
        self.gnutls = next(iter(glob.glob(library + "libcurl-gnutls.so.4")), None)
        self.host = rig.compiled(
            directory, os.path.join(HERE, "curl_host.c"), libraries=("-ldl",)
        )
        self.plugins = {}
        self.plugin("usual", self.openssl)
        self.plugin("lazy", self.openssl, "-Wl,-z,lazy")
        self.plugin("taken", self.openssl, "-fno-plt")
        self.copies = [self.copy(name) for name in ("one", "two")]
        for copy in self.copies:
            self.plugin(os.path.basename(copy), copy)
        if self.gnutls:
            self.plugin("gnutls", self.gnutls)

    def plugin(self, name, library, *flags):
        made = rig.compiled(
            self.directory,
            os.path.join(HERE, "curl_plugin.c"),
            libraries=(library,),
            flags=("-shared", "-fPIC", "-Wl,-z,now", "-Wl,-rpath," + self.directory, *flags),
        )
        self.plugins[name] = os.path.join(self.directory, f"curl-plugin-{name}.so")
        os.rename(made, self.plugins[name])

    def copy(self, name):
        copy = os.path.join(self.directory, f"libcurl-{name}.so")
        shutil.copy(os.path.realpath(self.openssl), copy)
        subprocess.run(["patchelf", "--set-soname", os.path.basename(copy), copy], check=True)
        return copy


def check_ways(cases, place):
    """Calls lead through us, and without us they do not: the other cases would not tell."""
    files = list(place.plugins.values())
    bare = [
        line
        for name in place.plugins
        for line in [
            {"gnutls": "libcurl-gnutls.so.4 libcurl-gnutls.so.4"}.get(
                name, f"{name} {name}" if name.endswith(".so") else "libcurl.so.4 libcurl.so.4"
            )
        ]
    ]
    for flags in ("now local", "lazy local", "now deep", "lazy deep"):
        name = "curl ways, " + flags
        if cases.wanted and not any(each in name for each in cases.wanted):
            continue
        command = [place.host, "ways", flags, *files]
        through = [f"{OURS} {OURS}"] * len(files)
        kept = {"OTELSHIM_KEEP_DEEPBIND": "true"}
        with cases.results.case(name):
            expected = (
                ("without us", {}, bare),
                ("through us", {"LD_PRELOAD": rig.LIBRARY}, through),
            )
            if "deep" in flags:
                own = [f"{line.split()[0]} {OURS}" for line in bare]
                expected += (("kept", {"LD_PRELOAD": rig.LIBRARY, **kept}, own),)
            for how, environment, lines in expected:
                status, out, err = rig.run(command, env={**rig.clean_environment(), **environment})
                cases.results.equal(f"{name}: {how}", (status, out.splitlines(), err),
                                    (0, lines, ""))


def transfers(cases, name, command, expected):
    """The same with and without us, and each transfer is a span."""
    spans = cases.same(name, command, scope="libcurl")
    if spans is not None:
        found = [span.get("http.response.status_code") for span in spans]
        cases.results.equal(name + ": spans", found, [200] * expected)


def check_curl(cases, _):
    with rig.scratch() as directory, server() as url:
        place = CurlPlace(directory)
        check_ways(cases, place)
        transfers(cases, "L01 no libcurl", [place.host, "absent"], 0)
        for flags in ("now local", "lazy local", "lazy global", "now deep", "lazy deep global"):
            for name, plugin in place.plugins.items():
                transfers(cases, f"curl plugin {name}, {flags}",
                          [place.host, "plugin", flags, url, plugin], 2)
            plugins = place.plugins.values()
            transfers(cases, f"curl plugins, {flags}",
                      [place.host, "plugin", flags, url, *plugins], 2 * len(plugins))
        files = [place.openssl, *place.copies]
        transfers(cases, "L05 versions", [place.host, "handle", OPENSSL, url, *files],
                  2 * len(files))
        if not place.gnutls:
            print("L07 not run: there is no libcurl-gnutls.so.4")
            return
        for version in (OPENSSL, GNUTLS):
            transfers(cases, f"L07 two libraries, {version}",
                      [place.host, "handle", version, url, place.openssl, place.gnutls], 4)
