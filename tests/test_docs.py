"""The pages say of the code what is so; that their examples run, the conftest.py beside README.md sees to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import collabcase
from collabcase.channels.signals import KINDS
from collabcase.errors import CollabError, Conflict

HOUSE = Path(__file__).parents[1]
SOURCE = HOUSE / "src" / "collabcase"
PAGES = [HOUSE / "README.md", HOUSE / "CHANGELOG.md", *sorted((HOUSE / "docs").rglob("*.md"))]
RULES = {
    *(f"V{number}" for number in (1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17)),
    *(f"G{number}" for number in range(1, 8)),
    *(f"T{number}" for number in range(1, 11)),
    *(f"L{number}" for number in range(1, 9)),
    "I1",
    "I3",
}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def read(page: str) -> str:
    """Return a page by its path in the house."""
    return (HOUSE / page).read_text(encoding="utf-8")


def rows(page: str, *columns: str) -> list[list[str]]:
    """Return the rows of the table of a page whose first line has these columns."""
    head = "| " + " | ".join(columns) + " |\n"
    text = read(page)
    assert head in text, f"{page} has no table {head}"
    lines = text[text.index(head) + len(head) :].splitlines()[1:]
    table = lines[: next((at for at, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def quoted(cell: str) -> list[str]:
    """Return what stands in a cell between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def kinds_of_errors(root: type[CollabError] = CollabError) -> list[type[CollabError]]:
    """Return every error that is raised, each once."""
    below = [
        kind for one in root.__subclasses__() if one.__module__ == root.__module__ for kind in kinds_of_errors(one)
    ]
    return ([root] if root.code and root is not Conflict else []) + below


def facts_of(kind: type[CollabError]) -> list[str]:
    """Return the names of an error's facts."""
    return [name for name in vars(kind).get("__annotations__", {}) if name != "code"]


def test_every_error_has_its_row() -> None:
    """V12: docs/errors.md shows each error of the library with its code and its facts, and says what to do."""
    table = rows("docs/errors.md", "error", "code", "facts", "when")
    shown = {quoted(error)[0]: (quoted(code), quoted(facts)) for error, code, facts, _ in table}
    advised = re.findall(r"^\*\*`(\w+)`\.\*\*", read("docs/errors.md"), re.MULTILINE)

    assert {kind.__name__: ([kind.code], facts_of(kind)) for kind in kinds_of_errors()} == shown
    assert {kind.__name__ for kind in kinds_of_errors()} == set(advised)


def test_every_error_has_a_status() -> None:
    """I1: docs/embedding.md proposes a status for each error."""
    table = rows("docs/embedding.md", "code", "error", "status")

    assert {kind.code: kind.__name__ for kind in kinds_of_errors()} == {
        quoted(code)[0]: quoted(error)[0] for code, error, _ in table
    }


def test_every_kind_of_event_has_its_row() -> None:
    """I1: docs/events.md shows each kind of event once."""
    shown = [kind for cells in rows("docs/events.md", "kind", "item", "fields") for kind in quoted(cells[0])]

    assert sorted(KINDS) == sorted(shown)


def test_every_rule_has_its_heading() -> None:
    """V12: docs/rules.md has a heading for each rule that holds, and errors cite no other."""
    headings = re.findall(r"^### (\w+)$", read("docs/rules.md"), re.MULTILINE)
    sources = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    cited = set(re.findall(r'(?:\(rule ([A-Z]\d+)\)|, "([A-Z]\d+)"\)$)', sources, re.MULTILINE))
    rules = {rule for pair in cited for rule in pair if rule}

    assert sorted(RULES) == sorted(headings)
    assert rules
    assert rules <= RULES


def test_the_worked_example_is_shown() -> None:
    """V3: docs/rules.md shows the acceptance table."""
    people = ["a1", "a2", "b1", "b2", "ga", "gb"]
    table = rows("docs/rules.md", "sees ↓ of →", *people)

    assert {
        "a1": "a1 a2",
        "a2": "a1 a2",
        "b1": "b1 b2 gb",
        "b2": "b1 b2 gb",
        "ga": "ga gb",
        "gb": "b1 b2 ga gb",
    } == {reader: " ".join(who for who, cell in zip(people, cells, strict=True) if cell) for reader, *cells in table}


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_every_room_is_on_the_map(page: str) -> None:
    """The maps of the house name every room and no other."""
    table = rows("README.md", "where", "what") if page == "README.md" else rows(page, "room", "what is in it")
    named = {
        name.removeprefix("src/collabcase/").split("/")[0]
        for cells in table
        for name in quoted(cells[0])
        if name not in ("examples/", "docs/", "benchmarks/", "tests/")
    }
    rooms = {
        path.name
        for path in SOURCE.iterdir()
        if path.name != "__init__.py" and (path.suffix == ".py" or (path / "__init__.py").exists())
    }

    assert rooms == named


def test_the_two_commands() -> None:
    """README.md shows the two commands that run the demo and the tests in a fresh clone."""
    venv = "python3 -m venv .venv && .venv/bin/pip install -q -e"

    assert f'\n{venv} ".[demo]" && .venv/bin/python -m collabcase demo\n' in read("README.md")
    assert f'\n{venv} ".[test]" && .venv/bin/pytest\n' in read("README.md")


def test_every_decision_is_listed() -> None:
    """docs/decisions/README.md lists every decision by its title, in order."""
    decisions = sorted((HOUSE / "docs" / "decisions").glob("0*.md"))
    titles = [path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in decisions]
    index = re.findall(r"^(\d+\. )\[([^\]]+)\]\(([^)]+)\)$", read("docs/decisions/README.md"), re.MULTILINE)

    assert [(title, path.name) for title, path in zip(titles, decisions, strict=True)] == [
        (number + title, name) for number, title, name in index
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to another page, or to a heading of one, finds it."""
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page

        assert target.exists(), f"{page.name} links to {link}"
        assert not heading or heading in anchors(target), f"{page.name} links to {link}"


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page can be linked by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_names_in_backticks_exist() -> None:
    """Public names that the pages use are public."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    used = set(re.findall(r"\bcollabcase\.([a-z_]+)\(", text)) | set(
        re.findall(r"^from collabcase import (\w+)$", text, re.MULTILINE)
    )

    assert used
    assert used <= set(collabcase.__all__)
