# SPDX-License-Identifier: Apache-2.0
"""Which descriptors the programs of a test had open (descriptors.c tells)."""

import contextlib
import os

import rig


class Descriptors:
    """Which descriptors each process of a client has at its exit."""

    def __init__(self, directory):
        self.file = os.path.join(directory, "descriptors")
        library = rig.compiled(
            directory,
            os.path.join(rig.SUPPORT, "descriptors.c"),
            libraries=(),
            flags=("-shared", "-fPIC"),
        )
        self.environment = {"LD_PRELOAD": library + ".so", "DESCRIPTORS": self.file}
        os.rename(library, library + ".so")

    def take(self):
        """Of all processes since it was asked last, sorted: they end in any order."""
        with contextlib.suppress(FileNotFoundError), open(self.file, encoding="utf-8") as file:
            lines = sorted(file)
            os.unlink(self.file)
            return lines
        return []
