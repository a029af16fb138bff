"""Running the example that loads a mailbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.boxes import EXAMPLES, Run, Told


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the example on a mailbox given as text, bytes or file."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from import_mailbox import main

    def run(mails: str | bytes | Path, url: str, *options: str) -> Told:
        file, report = tmp_path / "box.mbox", tmp_path / "report.jsonl"
        if isinstance(mails, Path):
            file = mails
        else:
            file.write_bytes(mails.encode() if isinstance(mails, str) else mails)
        status = main([str(file), url, "--report", str(report), "--quiet", *options])
        printed = capsys.readouterr()
        lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
        return Told(status, printed.out + printed.err, [json.loads(line) for line in lines])

    return run
