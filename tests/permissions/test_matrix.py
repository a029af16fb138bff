"""The table that people read and the table the code asks are one."""

from __future__ import annotations

import pytest

from collabcase.permissions.rights import MATRIX, Act
from collabcase.permissions.sight import Relation

from .table import COLUMNS, parsed, shown

SMALL = """
| act | owner | member | case_peer | reader | party | teambox | peer | observer |
|---|---|---|---|---|---|---|---|---|
| `see` | x | | | | | | | x |
| answer | | | | | x | | | |

| act | another table |
"""


def test_docs_show_the_matrix() -> None:
    """G2: docs/rights.md shows every act of the code, and for each the relations that allow it."""
    relations = frozenset(map(Relation, COLUMNS))
    assert {act: allowed & relations for act, allowed in MATRIX.items()} == shown()


def test_every_act_and_relation_is_in_the_table() -> None:
    """G2: each act has its row; only seeing knows a relation that the table's columns leave out."""
    assert set(Act) == set(MATRIX) == set(shown())
    assert {"involved"} == set(Relation) - set(COLUMNS)
    assert {Act.SEE} == {act for act, allowed in MATRIX.items() if Relation.INVOLVED in allowed}
    assert frozenset(Relation) == MATRIX[Act.SEE]


def test_the_table_is_read_cell_by_cell() -> None:
    """G2: an x stands for its own act and column, and the table ends where it ends."""
    assert {
        Act.SEE: frozenset({Relation.OWNER, Relation.OBSERVER}),
        Act.ANSWER: frozenset({Relation.PARTY}),
    } == parsed(SMALL)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| act | owner |", "| deed | owner |"),
        ("| owner | member |", "| member | owner |"),
        ("`see`", "`look`"),
        ("| answer | | |", "| answer | |"),
        ("| answer |", "| see |"),
        ("| x | | | |", "| sometimes | | | |"),
    ],
)
def test_a_spoilt_table_is_refused(old: str, new: str) -> None:
    """G2: another header, an unknown act, a missing cell, a row twice or another mark is no table."""
    assert old in SMALL
    with pytest.raises(ValueError, match=r"the table's|the row of|is not a valid Act"):
        parsed(SMALL.replace(old, new, 1))
