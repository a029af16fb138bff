"""A cable between a browser and a server, which can be cut, or go silent without anybody being told."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

_RESET = struct.pack("ii", 1, 0)


class Cable:
    """Carries connections to a port of this machine: a context manager."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._whole = True
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, *error: object) -> None:
        self._flows.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._server.close()
        self.cut()
        for thread in self._threads:
            thread.join()

    @property
    def address(self) -> str:
        """The URL of the server, by way of the cable."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection, and each new one at once."""
        self._whole = False
        while self._ends:
            _reset(self._ends.pop())

    def silence(self) -> None:
        """Let nothing more through, in either direction; connections stay open, and new ones can be opened."""
        self._flows.clear()

    def mend(self) -> None:
        """Carry again; what was kept back arrives late."""
        self._whole = True
        self._flows.set()

    def _accept(self) -> None:
        for near in self._arriving():
            if not self._whole:
                _reset(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                _reset(near)
                continue
            self._ends += near, far
            self._begin(self._carry, near, far)
            self._begin(self._carry, far, near)

    def _arriving(self) -> Iterator[socket.socket]:
        with suppress(OSError):  # the end of the cable
            while True:
                yield self._server.accept()[0]

    def _begin(self, work: Callable[..., None], *ends: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=ends, daemon=True))
        self._threads[-1].start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while carried := source.recv(1 << 16):
                self._flows.wait()
                sink.sendall(carried)
            self._flows.wait()
            sink.shutdown(socket.SHUT_WR)


def _reset(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.shutdown(socket.SHUT_RDWR)
    end.close()
