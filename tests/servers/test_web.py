"""The web example as a process: it starts, says why if not, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from . import web
from .web import WebBroken, WebExample


def test_it_starts_stops_and_starts_again(tmp_path: Path) -> None:
    """It answers at one address while it is started, and ends in order; a second start changes nothing."""
    with WebExample(f"sqlite:///{tmp_path / 'inbox.db'}") as example:
        process = example.process
        assert process is not None
        example.start()
        assert process is example.process
        with urllib.request.urlopen(example.address) as answer:
            assert 200 == answer.status
        example.stop()
        assert 0 == process.returncode
        example.stop()

        example.start()
        with urllib.request.urlopen(example.address) as answer:
            assert 200 == answer.status
        assert 2 == example.printed().count(example.address)


def test_what_it_printed_is_told(tmp_path: Path) -> None:
    """An example that gives up at once is quoted."""
    with pytest.raises(WebBroken, match="unrecognized arguments: --no-such-option"):
        WebExample(f"sqlite:///{tmp_path / 'inbox.db'}", "--no-such-option").start()


def test_a_deaf_server_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not react in time is ended all the same."""
    with WebExample(f"sqlite:///{tmp_path / 'inbox.db'}") as example:
        process = example.process
        assert process is not None
        monkeypatch.setattr(web, "STOP_SECONDS", 0.1)
        process.send_signal(signal.SIGSTOP)
        example.stop()
        assert -signal.SIGKILL == process.returncode


def test_a_killed_run_leaves_nothing(tmp_path: Path) -> None:
    """Where the tests themselves are killed, the server goes too."""
    script = f"""
import os, signal
from {web.__name__} import WebExample
print(WebExample("sqlite:///{tmp_path / "inbox.db"}").start().process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{int(child.stdout)}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{int(child.stdout)}").exists()
