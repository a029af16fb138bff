"""docs/locking.md shows the tables as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .diagrams import leases_drawn, leases_listed, windows_drawn

PAGE = Path(__file__).parents[2] / "docs" / "locking.md"


@pytest.mark.parametrize("diagram", [leases_drawn, windows_drawn])
def test_l4_the_diagrams_are_drawn_from_the_tables(diagram: Callable[[], str]) -> None:
    """L4, L3: each diagram stands in the page, as the table has it now."""
    assert f"\n```mermaid\n{diagram()}\n```\n" in PAGE.read_text(encoding="utf-8")


def test_l6_the_table_is_the_table() -> None:
    """L6: the table of steps stands in the page, as it is now."""
    assert f"\n\n{leases_listed()}\n\n" in PAGE.read_text(encoding="utf-8")
