"""Mailboxes written by hand, and what the portfolio that they became holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import collabcase
from collabcase import Collab, Page

EXAMPLES = Path(__file__).parents[2] / "examples"
SAMPLE = EXAMPLES / "mailbox_import" / "sample.mbox"
LIST = "all@lists.example"
POST = f"List-Post: <mailto:{LIST}>"


class Told(NamedTuple):
    """What a run of the example says: its exit status, what it prints, and the lines of its report."""

    status: int
    printed: str
    report: list[dict[str, Any]]


class Fact(NamedTuple):
    """A message as whoever sees it is shown it, without the ids issued here."""

    sender: str
    to: tuple[str, ...]
    observers: tuple[str, ...]
    text: str
    comment: str
    date: datetime
    answers: str | None
    talk: str


Run = Callable[..., Told]


NewDatabase = Callable[[], str]


def mail(
    id: int | str, sender: str, to: str, *headers: str, cc: str = "", text: str = "Words.", subject: str = "S"
) -> str:
    """Return a mail of an mbox, all persons being at one house."""
    lines = [
        "From x@x.example Mon Mar  2 08:00:00 2026",
        f"From: {sender}@x.example",
        f"To: {to}" if "@" in to else f"To: {', '.join(f'{one}@x.example' for one in to.split())}",
        *([f"Cc: {', '.join(f'{one}@x.example' for one in cc.split())}"] if cc else []),
        f"Message-ID: <{id}>",
        "Date: Mon, 02 Mar 2026 09:00:00 +0100",
        f"Subject: {subject}",
        *headers,
    ]
    return "\n".join(lines) + f"\n\n{text}\n\n"


def answers(*ids: int | str) -> str:
    """Return the headers of a mail that answers another; the last of the ids is the nearest."""
    thread = " ".join(f"<{id}>" for id in ids)
    return f"In-Reply-To: <{ids[-1]}>\nReferences: {thread}"


def pages(first: Callable[..., Page[Any]], **asked: Any) -> Iterator[Any]:
    """Yield everything of a list."""
    page = first(limit=500, **asked)
    yield from page
    while page.next:
        page = first(cursor=page.next, limit=500, **asked)
        yield from page


def facts(url: str) -> dict[str, Fact]:
    """Return all messages that anybody sees, by the Message-ID; none may be there twice."""
    with collabcase.open(url) as collab:
        seen: dict[str, Any] = {}
        talks: dict[str, str] = {}
        with collab.system("mailbox") as system:
            people = [person.id for person in pages(system.people.list)]
        for person in people:
            with collab.desk(person, portfolio="mailbox") as desk:
                for message in pages(desk.messages.search):
                    known = seen.setdefault(message.id, message)
                    seen[message.id] = known if known.answers else message
                    if message.talk not in talks:
                        talks[message.talk] = desk.talks.view(message.talk, limit=1).talk.subject
                names = {group.ref: group.name for group in pages(desk.groups.list)}
        assert len(seen) == len({message.host_ref for message in seen.values()})
        return {
            message.host_ref: Fact(
                message.sender,
                tuple(sorted(names.get(ref, ref.id) for ref in message.to)),
                tuple(sorted(names.get(ref, ref.id) for ref in message.observers)),
                message.text,
                message.comment,
                message.date,
                seen[message.answers].host_ref if message.answers else None,
                talks[message.talk],
            )
            for message in seen.values()
        }


def reasons(told: Told) -> dict[int, str]:
    """Return why mails were not imported, by their place; every mail must be either there or here."""
    assert [line["mail"] for line in told.report] == list(range(1, len(told.report) + 1))
    assert all((line["message"] is None) == bool(line["reason"]) for line in told.report)
    kept = [line["message"] for line in told.report if line["message"]]
    assert len(kept) == len(set(kept))
    return {line["mail"]: line["reason"] for line in told.report if line["reason"]}


def seen_by(collab: Collab, person: str) -> set[str]:
    """Return the Message-IDs of what a person sees."""
    with collab.desk(person, portfolio="mailbox") as desk:
        return {message.host_ref for message in pages(desk.messages.search)}
