"""Two engines, one behaviour: the same programs on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given

from collabcase import Collab
from collabcase.testing import MovableClock
from properties.agreement.figures import Figures
from properties.agreement.programs import Program, examples, programs
from properties.agreement.sides import same
from properties.agreement.stored import in_haste
from properties.clocks import PATIENT, Clocks
from properties.history import History
from servers.postgres import PostgresServer

EXAMPLES = 5


def test_parity(postgres: PostgresServer, migrated: str, tmp_path: Path) -> None:
    """V13: the same program gives the same answers, error texts and event kinds on both engines."""
    url = postgres.create_database("parity", template=migrated)
    figures, clocks = Figures(), (Clocks.made(f"sqlite:///{tmp_path / 'parity.db'}"), Clocks.made(url))

    def record(collab: Collab, clock: MovableClock, program: Program) -> list[tuple[str, object]]:
        history = History(collab, clock, figures)
        history.play(program)
        return history.record

    with (
        clocks[0],
        clocks[1],
        in_haste(clocks[0].opened(PATIENT)) as lite,
        clocks[1].opened(PATIENT) as great,
    ):

        @examples(EXAMPLES)
        @given(programs())
        def play(program: Program) -> None:
            records = [record(collab, clock, program) for collab, clock in zip((lite, great), clocks, strict=True)]
            for on_sqlite, on_postgresql in zip(*records, strict=True):
                same(on_sqlite, on_postgresql, "SQLite and PostgreSQL")

        play()
    postgres.drop_database("parity")
    assert figures["verbs"] > 100 * EXAMPLES
    assert figures.share("verbs refused", "verbs") > 0.1, str(figures)
