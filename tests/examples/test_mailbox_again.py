"""The example that loads a mailbox: run again, and after any interruption, it goes on; options and bad files."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import collabcase
from collabcase import Collab, CollabError, StorageError, TryAgain
from examples.boxes import (
    LIST,
    POST,
    SAMPLE,
    NewDatabase,
    Run,
    answers,
    facts,
    mail,
    pages,
    reasons,
    seen_by,
)

CUT_SHORT = Path(__file__).parent / "cut_short.py"


def crowd(size: int) -> str:
    """Return a mailbox with threads, observers, a list, and now and then a mail that can't be imported."""
    rng = random.Random(7)
    people = ["a", "b", "c", "d", "e", "f"]
    mails = []
    for id in range(size):
        sender, other, third = rng.sample(people, 3)
        headers = [answers(*rng.sample(range(size), 2))] if rng.random() < 0.7 else []
        if rng.random() < 0.3:
            mails.append(mail(id, sender, LIST, POST, *headers, cc=third))
        else:
            mails.append(
                mail(id, sender, sender if id % 20 == 3 else other, *headers, cc="" if id % 20 == 3 else third)
            )
    return "".join(mails)


def test_again_nothing_is_doubled(run: Run, new_database: NewDatabase) -> None:
    """I3: run again, the example finds everything there, changes nothing and tells the same."""
    url = new_database()
    first = run(crowd(20), url)
    before, marked = facts(url), events(url)
    second = run(crowd(20), url)

    assert first == second
    assert before == facts(url)
    assert marked == events(url)


def events(url: str) -> int:
    """Return how many events were stored."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.connect() as connection:
        number = connection.execute(text("SELECT count(*) FROM event")).scalar_one()
    engine.dispose()
    return int(number)


def test_more_of_the_same_mailbox(run: Run, new_database: NewDatabase) -> None:
    """I3: of a mailbox that has grown, or has lost its beginning, only what is new is imported."""
    url = new_database()
    one, two, three, four = (
        mail(1, "a", "b"),
        mail(2, "b", "a", answers(1)),
        mail(3, "a", "b", answers(2)),
        mail(4, "b", "a", answers(3)),
    )
    run(two, url)
    whole = run(one + two + three, url)
    later = run(three + four, url)

    assert {} == reasons(whole) | reasons(later)
    assert whole.report[2]["message"] == later.report[0]["message"]
    assert {"<1>": None, "<2>": None, "<3>": "<2>", "<4>": "<3>"} == {
        id: fact.answers for id, fact in facts(url).items()
    }


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=lambda end: end.name)
def test_killed_and_started_again(end: signal.Signals, run: Run, new_database: NewDatabase, tmp_path: Path) -> None:
    """I3: killed at random moments and started again, it goes on, and the end is that of an uninterrupted run."""
    size, url, file = 40, new_database(), tmp_path / "crowd.mbox"
    file.write_text(crowd(size), encoding="utf-8")
    whole = run(file, undisturbed := new_database())
    expected = facts(undisturbed)
    for least in sorted(random.sample(range(len(expected) - 5), 2)):
        command = [sys.executable, str(CUT_SHORT), str(int(end)), str(least), str(file), url]
        ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, check=False)
        told = b"" if end == signal.SIGKILL else b"\nStopped. The same command goes on from here.\n"
        assert (-end if end == signal.SIGKILL else 130) == ended.returncode
        before = ended.stderr.removesuffix(told)
        assert ended.stderr == before + told
        assert not before or before.startswith(b"Exception ignored in:")  # Python's word where it fell on a finalizer
        assert least <= len(facts(url)) < len(expected)
    again = run(file, url)

    assert expected == facts(url)
    assert whole.printed == again.printed
    assert [line | {"message": None} for line in whole.report] == [line | {"message": None} for line in again.report]
    assert size == len(expected) + len(reasons(again))


def test_a_packed_mailbox(run: Run, new_database: NewDatabase, tmp_path: Path) -> None:
    """T1: a mailbox packed by gzip gives the same as the plain one, which is left as it is."""
    packed = tmp_path / "box.gz"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    before = SAMPLE.read_bytes()
    one, two = new_database(), new_database()
    run(SAMPLE, one)
    run(packed, two)

    assert facts(one) == facts(two)
    assert before == SAMPLE.read_bytes()


def test_what_stands_before_the_first_mail(run: Run, tmp_path: Path) -> None:
    """T1: bytes that belong to no mail are told, so that a file that is no mailbox is not taken for an empty one."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    started = run("Words that are no mail.\n" + mail(1, "a", "b"), url)
    none = run("Words that are no mail.\n", url)
    empty = run("", url)

    assert "\nBefore the first mail stand 23 bytes that belong to none.\n" in started.printed
    assert [0, 1] == [line["mail"] for line in started.report]
    assert [{"mail": 0, "message": None, "reason": "23 bytes before the first mail"}] == none.report
    assert (0, []) == (empty.status, empty.report)
    assert "box.mbox: 0 mails\n        0  imported, in 0 talks\n" in empty.printed


def test_whose_mailbox_it_is(run: Run, new_database: NewDatabase) -> None:
    """T1: with --owner, a mail that names no recipient went to them."""
    told = run(
        mail(1, "a", "undisclosed-recipients:;@").replace("To: undisclosed-recipients:;@\n", ""),
        url := new_database(),
        "--owner",
        "B@x.example",
    )

    assert ("b@x.example",) == facts(url)["<1>"].to
    assert [["no recipient named: the owner of the mailbox taken"]] == [line["notes"] for line in told.report]


def test_who_is_internal(run: Run, new_database: NewDatabase) -> None:
    """V17: everybody is internal, so that all may have written to all; with --internal, these domains at the end."""
    url = new_database()
    box = mail(1, "a", "z@y.example") + mail(2, "a", "b")
    run(box, url)
    assert {"a@x.example": True, "b@x.example": True, "z@y.example": True} == internal(url)
    assert {} == reasons(run(box, url, "--internal", "@Y.example"))
    assert {"a@x.example": False, "b@x.example": False, "z@y.example": True} == internal(url)
    refused = reasons(run(box + mail(3, "b", "c"), url, "--internal", "y.example"))
    assert [3] == list(refused)
    assert refused[3].startswith("refused: ")


def internal(url: str) -> dict[str, bool]:
    """Return who is internal."""
    with collabcase.open(url) as collab, collab.system("mailbox") as system:
        return {person.id: person.internal for person in pages(system.people.list)}


def test_a_new_writer_on_a_list(run: Run, new_database: NewDatabase) -> None:
    """V2: who writes to a list only in a later file becomes a member then."""
    url, before = new_database(), "".join(mail(id, "ab"[id % 2], LIST, POST) for id in range(3))
    run(before, url)
    run(before + mail(3, "c", LIST, POST), url)
    with collabcase.open(url) as collab:
        assert {"<0>", "<1>", "<2>", "<3>"} == seen_by(collab, "c@x.example") == seen_by(collab, "a@x.example")


@pytest.mark.parametrize(
    "error", [StorageError("the disk is full"), TryAgain("deadlock")], ids=lambda error: error.code
)
def test_a_database_that_gives_up(
    error: CollabError, run: Run, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I3: where the database gives up, no mail is blamed: the run ends, and can be taken up again."""
    work = Collab.run

    def give_up(collab: Collab, person: str, *rest: Any) -> Any:
        if person == "b@x.example":
            raise error
        return work(collab, person, *rest)

    url, box = new_database(), mail(1, "a", "b") + mail(2, "b", "a", answers(1))
    with monkeypatch.context() as patch:
        patch.setattr(Collab, "run", give_up)
        told = run(box, url)
    assert (2, f"import_mailbox: {error}\n") == (told.status, told.printed)
    assert ["<1>"] == list(facts(url))
    assert {} == reasons(run(box, url))
    assert ["<1>", "<2>"] == sorted(facts(url))


def test_what_cannot_be_read(run: Run, tmp_path: Path) -> None:
    """A file that is not there, or cut short, and a database that can't be used are refused in a line."""
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(SAMPLE.read_bytes())[:-20])
    url = f"sqlite:///{tmp_path / 'own.db'}"
    for mbox, database in ((tmp_path / "none", url), (tmp_path, url), (cut, url), (SAMPLE, "nonsense")):
        told = run(mbox, database)
        assert (2, 1) == (told.status, told.printed.count("\n"))
        assert told.printed.startswith("import_mailbox: ")


if "COLLABCASE_MBOX" in os.environ:

    def test_a_mailbox_of_yours(run: Run, new_database: NewDatabase) -> None:
        """T1: every mail of the mailbox that COLLABCASE_MBOX names is there or listed, and only once."""
        file = Path(os.environ["COLLABCASE_MBOX"])
        told = run(file, url := new_database())
        again = run(file, url)

        assert told == again
        assert 0 == told.status
        refused = reasons(told)
        with collabcase.open(url) as collab:
            with collab.system("mailbox") as system:
                people = [person.id for person in pages(system.people.list)]
            seen: set[str] = set()
            for person in people:
                with collab.desk(person, portfolio="mailbox") as desk:
                    seen |= {message.id for message in pages(desk.messages.search, author=person)}
        assert len(told.report) == len(seen) + len(refused)
