"""What must work with the core dependencies alone; run as a program, with a folder to put a database in."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import collabcase
from collabcase import Feature, MissingExtra

EXTRAS = ("psycopg", "aiosqlite", "rich", "pytest", "hypothesis")


def main(folder: str) -> None:
    """Play a short story on SQLite, and print what it ends with."""
    assert Path(collabcase.__file__).is_relative_to(sys.prefix), collabcase.__file__
    for extra in EXTRAS:
        assert importlib.util.find_spec(extra) is None, extra
    with collabcase.open(f"sqlite:///{folder}/core.db") as collab:
        collab.create_portfolio("p")
        with collab.system("p") as system:
            for person, internal in {"x": True, "b1": False, "b2": False}.items():
                system.people.add(person, name=person.upper(), internal=internal)
            system.features.enable(Feature.SHARE_CASES)
            system.groups.create("B", shares_cases=True, members=["b1", "b2"])
        with collab.desk("x", portfolio="p") as desk:
            talk = desk.talks.start("b1", subject="Police", text="Hallo")
        with collab.desk("b2", portfolio="p") as desk:
            [message] = desk.talks.view(talk.id).messages
            assert message == collabcase.from_json(collabcase.to_json(message))
            sys.stdout.buffer.write(f"{message.text} {desk.explain(message)}\n".encode())
    wanted = None
    try:
        collabcase.open("postgresql://nowhere/nothing")
    except MissingExtra as missing:
        wanted = missing.extra
    assert wanted == "postgres"


if __name__ == "__main__":
    main(sys.argv[1])
