"""The cable itself: what it carries, cuts, and keeps back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from .cable import Cable


@pytest.fixture
def cable() -> Iterator[Cable]:
    """A cable to a server that answers each line with the same line."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = threading.Thread(target=_serve, args=(server,))
        serving.start()
        with Cable(server.getsockname()[1]) as cable:
            yield cable
        server.shutdown(socket.SHUT_RDWR)
        serving.join()


def _serve(server: socket.socket) -> None:
    with suppress(OSError):
        while True:
            threading.Thread(target=_echo, args=(server.accept()[0],)).start()


def _echo(end: socket.socket) -> None:
    with end, suppress(OSError):
        while heard := end.recv(100):
            end.sendall(heard)


def joined(cable: Cable) -> socket.socket:
    end = socket.create_connection(("127.0.0.1", int(cable.address.rpartition(":")[2])))
    end.settimeout(5)
    return end


def said(end: socket.socket, line: bytes) -> bytes:
    end.sendall(line)
    return end.recv(100)


def test_a_whole_cable_carries(cable: Cable) -> None:
    """Both directions are carried, and the end of one as well."""
    with joined(cable) as end:
        assert b"hello" == said(end, b"hello")
        end.shutdown(socket.SHUT_WR)
        assert b"" == end.recv(1)


def test_a_cut_cable_breaks_everything_until_mended(cable: Cable) -> None:
    """Connections break at once, new ones too; after the mending new ones are carried."""
    with joined(cable) as end:
        assert b"hello" == said(end, b"hello")
        cable.cut()
        with suppress(ConnectionError):
            assert b"" == end.recv(1)
    with joined(cable) as end, suppress(ConnectionError):
        assert b"" == said(end, b"hello")
    cable.mend()
    with joined(cable) as end:
        assert b"again" == said(end, b"again")


def test_a_silent_cable_keeps_back(cable: Cable) -> None:
    """Nobody is told, nothing arrives; what was kept back arrives after the mending."""
    with joined(cable) as end:
        assert b"hello" == said(end, b"hello")
        cable.silence()
        end.settimeout(0.2)
        with pytest.raises(TimeoutError):
            said(end, b"lost?")
        cable.mend()
        end.settimeout(5)
        assert b"lost?" == end.recv(100)
