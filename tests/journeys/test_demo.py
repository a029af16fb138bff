"""The demo as somebody at a terminal gets it: the whole process, piped, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from collabcase import InvalidInput, MissingExtra
from collabcase.demo import LANGUAGES, run

PEOPLE = ("a1", "a2", "b1", "b2", "ga", "gb")
EVERYTHING = {
    "a1": {"a1", "a2"},
    "a2": {"a1", "a2"},
    "b1": {"b1", "b2", "gb"},
    "b2": {"b1", "b2", "gb"},
    "ga": {"ga", "gb"},
    "gb": {"b1", "b2", "ga", "gb"},
}
LOST = {
    "B": {},
    "B+": {"b1": {"gb"}, "b2": {"gb"}, "gb": {"b1", "b2"}},
    "GF": {"ga": {"gb"}, "gb": {"ga"}},
}
COLOURS = ("FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS")
ESCAPE = "\x1b"

Table = dict[str, set[str]]


def demo(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, its output piped."""
    return subprocess.run(
        [sys.executable, "-m", "collabcase", "demo", *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in COLOURS}
        | {"PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, lang: str) -> Path:
    """Where the command runs."""
    return tmp_path_factory.mktemp(lang)


@pytest.fixture(scope="module")
def output(folder: Path, lang: str) -> str:
    """What the command prints."""
    done = demo(folder, "--lang", lang)

    assert (0, "") == (done.returncode, done.stderr)

    return done.stdout


def told(output: str) -> str:
    """Return the output without the command at its end."""
    return output[: output.index(" -c '")].rpartition("\n")[0]


def tables(output: str, *, width: int, mark: str) -> list[Table]:
    """Return, of each table of readers and writers with columns of a width, the cells that hold a mark."""
    found = []
    header = re.compile((r"\s" * (width - 2)).join(PEOPLE))
    lines = output.splitlines()
    for number, line in enumerate(lines):
        for match in header.finditer(line):
            starts = [match.start() + place * width for place in range(len(PEOPLE))]
            rows = {}
            for row in lines[number + 2 : number + 2 + len(PEOPLE)]:
                reader = row[: match.start()].split()[-1]
                rows[reader] = {
                    who for who, start in zip(PEOPLE, starts, strict=True) if mark in row[start : start + 2]
                }
            found.append(rows)
    return found


def test_the_table_is_the_worked_example(output: str) -> None:
    """V3, V4: the printed table is the acceptance table of the domain."""
    assert [EVERYTHING] == tables(output, width=5, mark="●")


def test_unticked_boxes(output: str) -> None:
    """V5: with B unticked nothing changes, with B+ or GF unticked exactly their sharing is lost."""
    seen, lost = tables(output, width=3, mark="●"), tables(output, width=3, mark="○")

    assert [{who: EVERYTHING[who] - LOST[box].get(who, set()) for who in PEOPLE} for box in LOST] == seen
    assert [{who: LOST[box].get(who, set()) for who in PEOPLE} for box in LOST] == lost


def test_preview_tells_what_then_happens(output: str) -> None:
    """V14: the numbers of the previews are those of the messages lost afterwards."""
    lines = {line.split()[0]: line.split()[1:] for line in output.splitlines() if line.strip()}
    previews = {box: set(re.findall(r"(\w\w) −(\d)", " ".join(lines[box]))) for box in LOST}

    assert {box: {(who, str(len(lost))) for who, lost in LOST[box].items()} for box in LOST} == previews


def test_the_answer_in_a_colleagues_place(output: str) -> None:
    """V6: the answerer's other peer sees the answer alone, its reader's colleague only what the teambox got."""
    rows = re.findall(r"^ +(\w\d|g\w) +([●·]) +([●·]) +[12n]", output, re.MULTILINE)

    assert {
        "a1": "··",
        "a2": "··",
        "b1": "●●",
        "b2": "●●",
        "ga": "·●",
        "gb": "●●",
        "x1": "●●",
        "x2": "·●",
    } == {who: question + answer for who, question, answer in rows}


def test_refusals(output: str, lang: str) -> None:
    """G1, V12: a second main group is refused, and what is hidden is refused like what never was."""
    text = " ".join(told(output).split())
    refused = {
        "en": r"There is no message 'message_\w+' here\. Check the id, and that it belongs to this portfolio",
        "de": r"Die Nachricht „message_\w+“ gibt es hier nicht\. Prüfen Sie die Kennung",
    }[lang]

    assert 1 == text.count("AlreadyInMainGroup")
    assert 2 == len(re.findall(refused, text))
    assert 2 == len(set(re.findall(r"message_\w+", text)))


def test_piped_output_is_plain(output: str) -> None:
    """Piped, the demo prints no escape codes and nothing wider than 80 columns."""
    assert ESCAPE not in output
    assert 80 >= max(len(line) for line in told(output).splitlines())


def test_colours_where_they_are_wanted(tmp_path: Path) -> None:
    """A terminal that takes colours gets them."""
    assert ESCAPE in demo(tmp_path, FORCE_COLOR="1").stdout


def test_german_is_german(output: str, lang: str) -> None:
    """The German demo says nothing in English."""
    english = re.findall(r"\b(the|and|of|message|group|see|sees|somebody|rule|member)\b", told(output), re.IGNORECASE)

    assert (lang == "en") == bool(english)


def test_a_terminal_without_unicode(tmp_path: Path) -> None:
    """An output that can't show every letter still gets the whole demo."""
    done = demo(tmp_path, "--lang", "de", PYTHONIOENCODING="ascii")

    assert (0, "") == (done.returncode, done.stderr)
    assert "a1            | x  | x  | .  | .  | .  | ." in done.stdout


def test_it_is_repeatable(output: str, folder: Path, lang: str) -> None:
    """A second run in the same folder begins anew and prints the same, ids apart."""
    again = demo(folder, "--lang", lang)

    assert re.sub(r"message_\w+", "message", output) == re.sub(r"message_\w+", "message", again.stdout)
    assert (0, "") == (again.returncode, again.stderr)


def test_the_database_is_left_to_look_at(output: str, folder: Path) -> None:
    """The command printed at the end reads what the demo left."""
    command = output[len(told(output)) :]
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, encoding="utf-8", check=True)

    senders = [line.split()[0] for line in done.stdout.splitlines()]

    assert ["gb", "x1"] == senders[:2]
    assert ["b1", "b2", "ga", "gb"] == sorted(senders[2:])


def test_what_the_demo_did_not_make_stays(tmp_path: Path) -> None:
    """A file of that name which is not the demo's is refused and left as it is."""
    file = tmp_path / "collabcase-demo" / "demo.db"
    file.parent.mkdir()
    file.write_bytes(b"something of my own")

    done = demo(tmp_path)

    assert (2, "") == (done.returncode, done.stdout)
    assert "holds a demo.db that the demo did not make" in done.stderr
    assert b"something of my own" == file.read_bytes()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """A folder that can't be made is refused by name."""
    (tmp_path / "file").write_text("")

    with pytest.raises(InvalidInput, match="file/demo' can't be used"):
        run(tmp_path / "file" / "demo", "en")


def test_an_unknown_language(tmp_path: Path) -> None:
    """A language nobody speaks here is refused before anything is made."""
    with pytest.raises(InvalidInput, match="there are en, de"):
        run(tmp_path / "demo", "pl")

    assert not (tmp_path / "demo").exists()


def test_without_rich(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that the demo needs, the error names the extra to install."""
    for name in [name for name in sys.modules if name.startswith("collabcase.demo.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)

    with pytest.raises(MissingExtra, match=re.escape("pip install 'collabcase[demo]'")):
        run(tmp_path / "demo", "en")

    assert not (tmp_path / "demo").exists()
