# SPDX-License-Identifier: Apache-2.0
"""FTP (pyftpdlib) and SMTP (aiosmtpd), Debian's packages, in threads of their own; they write into
the log of server.py: the commands with what they were given, and the headers of each mail."""

import email
import logging
import os
import threading

from aiosmtpd.controller import Controller
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer


class Ftp:
    """Everybody may read the files of a folder."""

    def __init__(self, log, directory):
        folder = os.path.join(directory, "ftp")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "ok"), "w", encoding="utf-8") as file:
            file.write("ok\n")

        class Session(FTPHandler):
            authorizer = DummyAuthorizer()
            auth_failed_timeout = 0

            def pre_process_command(self, line, cmd, arg):
                if cmd in ("RETR", "USER", "HELP"):
                    log.add("ftp", cmd, os.path.basename(arg) if cmd == "RETR" else arg)
                super().pre_process_command(line, cmd, arg)

        Session.authorizer.add_anonymous(folder)
        self.server = FTPServer(("127.0.0.1", 0), Session, ioloop=IOLoop())
        self.address = "%s:%d" % self.server.address
        logging.getLogger("pyftpdlib").disabled = True
        self.ended = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while not self.ended:
            self.server.ioloop.loop(timeout=0.05, blocking=False)

    def close(self):
        self.ended = True
        self.thread.join()
        self.server.close_all()


class Smtp:
    """Takes every mail."""

    def __init__(self, log):
        class Taking:
            async def handle_DATA(self, _server, _session, envelope):
                mail = email.message_from_bytes(envelope.content)
                text = mail.get_payload()
                log.add("smtp", "DATA", envelope.mail_from, list(mail.items()), len(text))
                return "250 taken"

        from webservers import free_port  # pylint: disable=import-outside-toplevel

        self.controller = Controller(Taking(), hostname="127.0.0.1", port=free_port())
        self.controller.start()
        self.address = f"127.0.0.1:{self.controller.port}"

    def close(self):
        self.controller.stop()
