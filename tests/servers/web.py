"""Run examples/web as a process of its own, on a loopback port of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from .browser import free_port

EXAMPLE = Path(__file__).parents[2] / "examples" / "web"
START_SECONDS = 30.0
STOP_SECONDS = 10.0

# A shell that waits for a line from us: if its input ends without one, we were killed before we could stop.
_GUARD = 'read -r line || kill "$1"'


class WebBroken(Exception):
    """The example does not start; the text holds what it printed."""


class WebExample:
    """The example on one database: a context manager, or `start` and `stop`.

    Attributes:
        port: where it listens, chosen once, so that it can be started again at the same address.
        process: the server while it is started, else None.
    """

    def __init__(self, database: str, *options: str) -> None:
        """Choose its port.

        Args:
            database: the URL of its database.
            options: more options for its command.
        """
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [
            sys.executable,
            str(EXAMPLE),
            f"--port={self.port}",
            f"--database={database}",
            *options,
        ]
        self._guard: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as this object

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._log.close()

    @property
    def address(self) -> str:
        """The URL of its first page, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Return once it answers, at once if it is started; raise `WebBroken` if it does not."""
        if self.process is not None:
            return self
        self.process = subprocess.Popen(
            self._command,
            cwd=EXAMPLE.parents[1],
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            process_group=0,  # Ctrl-C is for pytest, whose fixtures then stop it in order
        )
        guard = ("/bin/sh", "-c", _GUARD, "guard", str(self.process.pid))
        self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                printed = self.printed()
                self._log.close()
                raise WebBroken(f"{' '.join(self._command)} does not answer; it printed:\n{printed}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """End the server, in order if it can; do nothing if it is not started."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._let_go()

    def kill(self) -> None:
        """End the server as a crash would: at once, without a word to anybody."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self._let_go()

    def printed(self) -> str:
        """Return what it has printed."""
        return os.pread(self._log.fileno(), 1 << 20, 0).decode(errors="replace")

    def _let_go(self) -> None:
        if self._guard is not None:
            self._guard.communicate(b"\n")
        self.process = self._guard = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.address, timeout=START_SECONDS):
                return True
        except urllib.error.HTTPError as answer:
            answer.close()
            return answer.code < 500
        except OSError:
            return False
