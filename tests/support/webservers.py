# SPDX-License-Identifier: Apache-2.0
"""Debian's nginx and Apache as private instances: free ports of 127.0.0.1, all files in a directory
of the test, no service. Both say in their access log which traceparent came with each request.

    with Nginx(directory, certificate, key) as server:
        server.plain, server.tls            # HOST:PORT
        mark = server.mark()
        server.since(mark, expected)        # entries; waits until so many are there

An entry: "method", "target", "status", "protocol" ("HTTP/2.0"), "traceparent" ("" without one),
"connection" (what tells connections apart).
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time


class Missing(OSError):
    """The server's package is not installed."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class WebServer:
    """What both have: documents, an access log of JSON lines, a start and an end."""

    program = ""
    config = ""
    documents = {"ok": "ok\n", "index.html": "index\n", "large": "0123456789abcdef" * 65536}

    def __init__(self, directory, certificate, key):
        self.directory = os.path.join(directory, self.program)
        self.certificate, self.key = certificate, key
        self.plain, self.tls = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self.log = os.path.join(self.directory, "access.jsonl")
        self.process = None

    def command(self, config):
        raise NotImplementedError

    def filled(self):
        words = {
            "@DIR@": self.directory,
            "@CRT@": self.certificate,
            "@KEY@": self.key,
            "@PLAIN@": self.plain,
            "@TLS@": self.tls,
        }
        text = self.config
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    def __enter__(self):
        path = shutil.which(self.program, path="/usr/sbin:/usr/bin:" + os.environ["PATH"])
        if not path:
            raise Missing(self.program + " is not installed")
        for name in ("htdocs", "tmp"):
            os.makedirs(os.path.join(self.directory, name), exist_ok=True)
        for name, content in self.documents.items():
            with open(os.path.join(self.directory, "htdocs", name), "w", encoding="utf-8") as file:
                file.write(content)
        config = os.path.join(self.directory, "config")
        with open(config, "w", encoding="utf-8") as file:
            file.write(self.filled())
        self.process = subprocess.Popen(
            [path, *self.command(config)],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(os.path.join(self.directory, "stderr"), "wb"),
            env={"PATH": "/usr/bin:/bin:/usr/sbin", "LC_ALL": "C"},
        )
        self.wait_until_up()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_until_up(self):
        host, port = self.tls.split(":")
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection((host, int(port))):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(os.path.join(self.directory, "stderr"), encoding="utf-8") as file:
            raise OSError(f"{self.program} does not start: {file.read()[:500]}")

    def mark(self):
        return os.path.getsize(self.log) if os.path.exists(self.log) else 0

    def read(self, mark):
        with contextlib.suppress(FileNotFoundError), open(self.log, encoding="utf-8") as file:
            file.seek(mark)
            text = file.read()
            whole = text[: text.rfind("\n") + 1]
            return [json.loads(line) for line in whole.splitlines() if line]
        return []

    def since(self, mark, expected=0, patience_s=3):
        """A server writes its log after the answer: what is expected may come a little later."""
        until = time.monotonic() + patience_s
        while len(found := self.read(mark)) < expected and time.monotonic() < until:
            time.sleep(0.02)
        for entry in found:
            entry["server"] = self.program
            if entry["traceparent"] == "-":
                entry["traceparent"] = ""
        return found


class Nginx(WebServer):
    program = "nginx"
    config = """
daemon off;
worker_processes 1;
pid @DIR@/pid;
error_log @DIR@/error.log;
events { worker_connections 1024; }
http {
	log_format seen escape=json '{"method":"$request_method","target":"$request_uri",'
		'"status":$status,"protocol":"$server_protocol","connection":"$connection",'
		'"traceparent":"$http_traceparent"}';
	access_log @DIR@/access.jsonl seen;
	default_type text/plain;
	client_body_temp_path @DIR@/tmp;
	proxy_temp_path @DIR@/tmp;
	fastcgi_temp_path @DIR@/tmp;
	uwsgi_temp_path @DIR@/tmp;
	scgi_temp_path @DIR@/tmp;
	server {
		listen @PLAIN@;
		listen @TLS@ ssl http2;
		ssl_certificate @CRT@;
		ssl_certificate_key @KEY@;
		root @DIR@/htdocs;
		location /moved { return 302 /ok; }
		location /error { return 500; }
	}
}
"""

    def command(self, config):
        # Before the configuration is read there is another place for errors.
        return ["-c", config, "-p", self.directory, "-e", self.directory + "/error.log"]


class Apache(WebServer):
    program = "apache2"
    config = """
ServerRoot @DIR@
ServerName localhost
PidFile @DIR@/pid
ErrorLog @DIR@/error.log
DefaultRuntimeDir @DIR@/tmp
User www-data
Group www-data
Listen @PLAIN@
Listen @TLS@
StartServers 1
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule env_module /usr/lib/apache2/modules/mod_env.so
LoadModule cgid_module /usr/lib/apache2/modules/mod_cgid.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so
ScriptSock @DIR@/tmp/cgi.sock
SSLSessionCache none
LogFormat "{\\"method\\":\\"%m\\",\\"target\\":\\"%U%q\\",\\"status\\":%>s,\\
\\"protocol\\":\\"%H\\",\\"connection\\":\\"%{remote}p\\",\\
\\"traceparent\\":\\"%{traceparent}i\\"}" seen
CustomLog @DIR@/access.jsonl seen
DocumentRoot @DIR@/htdocs
Protocols h2 http/1.1
Redirect 302 /moved /ok
SetEnv GIT_PROJECT_ROOT @DIR@/git
SetEnv GIT_HTTP_EXPORT_ALL 1
SetEnv GIT_CONFIG_COUNT 1
SetEnv GIT_CONFIG_KEY_0 safe.directory
SetEnv GIT_CONFIG_VALUE_0 *
ScriptAlias /git/ /usr/lib/git-core/git-http-backend/
<VirtualHost @TLS@>
SSLEngine on
SSLCertificateFile @CRT@
SSLCertificateKeyFile @KEY@
</VirtualHost>
"""

    def command(self, config):
        return ["-DFOREGROUND", "-f", config]
