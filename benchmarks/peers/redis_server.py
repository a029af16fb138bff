"""A Redis of our own, for the locks of other libraries: behind a socket in a temporary folder, and nothing kept."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_START, _STOP = 10.0, 10.0


@contextmanager
def redis_server() -> Iterator[str | None]:
    """Start a Redis and give the path of its socket; None where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="collabcase-redis-", dir="/tmp"))  # a socket's path must be short
    socket = folder / "redis.sock"
    settings = {"port": "0", "unixsocket": str(socket), "save": "", "appendonly": "no", "dir": str(folder)}
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    server = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(server, socket)
        yield str(socket)
    finally:
        server.terminate()
        try:
            server.wait(_STOP)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _await(server: subprocess.Popen[bytes], socket: Path) -> None:
    deadline = time.monotonic() + _START
    while not socket.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("redis-server did not start")
        time.sleep(0.01)
