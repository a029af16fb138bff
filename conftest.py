"""The examples of README.md and docs/ run as tests, a test for each page.

Its ``python`` blocks run one after another, as one program in an empty folder. What they print must stand in a
``text`` block right below, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sybil import Document, Example, Region, Sybil
from sybil.evaluators.python import pad
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

from collabcase import Collab

_BLOCKS = FencedCodeBlockLexer(language="python|text", mapping={"language": "arguments", "source": "source"})


def whole_page(document: Document) -> Iterator[Region]:
    """Make one example of all blocks of a page that has Python in it."""
    blocks = [
        (region.lexemes["arguments"], str(region.lexemes["source"]), document.text.count("\n", 0, region.start) + 1)
        for region in _BLOCKS(document)
    ]
    if any(language == "python" for language, _, _ in blocks):
        yield Region(0, len(document.text), parsed=blocks, evaluator=run_page)


def run_page(example: Example) -> str | None:
    """Run a page; return what it prints otherwise than it says."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = StringIO()
    with TemporaryDirectory() as folder, chdir(folder):
        try:
            for language, source, line in example.parsed:
                if language == "python":
                    code = compile(pad(source, line), example.path, "exec", dont_inherit=True)
                    with redirect_stdout(printed):
                        exec(code, names)
                elif printed.getvalue() != source:
                    return f"line {line} says\n{source}\nbut this is printed\n{printed.getvalue()}"
                else:
                    printed.seek(0)
                    printed.truncate()
        finally:
            _give_back(names)
    return f"this is printed, and not shown\n{printed.getvalue()}" if printed.getvalue() else None


def _give_back(names: dict[str, Any]) -> None:
    for value in names.values():
        if isinstance(value, Collab):
            value.close()
    for value in names.values():
        if isinstance(value, Engine):
            value.dispose()


_sybil = Sybil(parsers=[whole_page], patterns=["README.md", "docs/*.md", "docs/**/*.md"])


def pytest_collect_file(file_path: Path, parent: Any) -> Any:
    """Let pytest find the pages."""
    return _sybil.pytest()(file_path, parent)
