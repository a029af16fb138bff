"""Showing what became of a mailbox: the count, what was not imported, and a look into the portfolio."""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from collabcase import Collab, Desk, ItemRef, Message
from mailbox_import.filing import Outcome, Plan

WIDTH = 100
MOST_SHOWN, MOST_TALKS, MOST_FOUND = 20, 10, 3
_WORD = re.compile(r"[^\W\d_]{5,20}")


class Progress:
    """A bar on the error stream; silent where that is no terminal, or where asked to be."""

    def __init__(self, doing: str, *, quiet: bool) -> None:
        self._doing, self._silent = doing, quiet or not sys.stderr.isatty()
        self._begun = self._told = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Tell how many of how many are done."""
        now = time.monotonic()
        if self._silent or (done < total and now - self._told < 0.1):
            return
        self._told = now
        bar = "█" * (30 * done // total)
        line = f"{self._doing:<8} {bar:░<30} {done:>9,} of {total:,}  {now - self._begun:,.0f} s"
        print(f"\r{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def told(name: str, outcomes: list[Outcome], plan: Plan, before: int) -> None:
    """Print what became of the mails of a file."""
    refused = [one for one in outcomes if one.message is None]
    messages = [one for one in outcomes if one.message is not None]
    talks = sum(one.starts for one in messages)
    print(f"{name}: {count(len(outcomes), 'mail')}")
    print(f"  {len(messages):>7,}  imported, in {count(talks, 'talk')}")
    print(f"  {len(refused):>7,}  not imported" + (", for the reason given below" if refused else ""))
    print(f"  {len(plan.people):>7,}  {'person' if len(plan.people) == 1 else 'people'}")
    print(f"  {len(plan.lists):>7,}  {'list' if len(plan.lists) == 1 else 'lists'}")
    for address, members in plan.lists.items():
        print(f"           {fit(address, 60)} {count(len(members), 'member'):>15}")
    if before:
        print(f"\nBefore the first mail stand {before:,} bytes that belong to none.")
    if refused:
        print("\nNot imported")
        runs = _runs(refused)
        for mails, reason in runs[:MOST_SHOWN]:
            print(f"  mail {fit(mails, 17)}  {cut(reason, WIDTH - 26)}")
        if len(runs) > MOST_SHOWN:
            print("  and more: --report FILE lists all of them")
    noted = Counter(note.partition(":")[0] for one in messages for note in one.notes)
    if noted:
        print("\nImported with a change")
        for note, times in sorted(noted.items(), key=lambda pair: (-pair[1], pair[0])):
            print(f"  {times:>7,}  {cut(note, WIDTH - 11)}")


def _runs(refused: list[Outcome]) -> list[tuple[str, str]]:
    """Return places and reason; mails next to each other with one reason stand in one line."""
    runs: list[list[Outcome]] = []
    for one in sorted(refused, key=lambda one: one.head.no):
        if runs and runs[-1][-1].head.no == one.head.no - 1 and runs[-1][-1].reason == one.reason:
            runs[-1].append(one)
        else:
            runs.append([one])
    return [
        (f"{run[0].head.no:,}" + (f" to {run[-1].head.no:,}" if len(run) > 1 else ""), run[0].reason) for run in runs
    ]


def report(file: Path, outcomes: Iterable[Outcome], before: int) -> None:
    """Write a line of JSON for each mail, in the order of the file."""
    with file.open("w", encoding="utf-8") as stream:
        if before:
            print(
                json.dumps({"mail": 0, "message": None, "reason": f"{before} bytes before the first mail"}), file=stream
            )
        for one in sorted(outcomes, key=lambda one: one.head.no):
            head = one.head
            line = {
                "mail": head.no,
                "id": head.id,
                "sender": head.sender,
                "subject": head.subject,
                "message": one.message,
                "reason": one.reason,
                "notes": one.notes,
            }
            print(json.dumps(line, ensure_ascii=True), file=stream)


def sees_most(plan: Plan, outcomes: Iterable[Outcome]) -> str:
    """Return the address of who sees most of what was imported."""
    seen: Counter[str] = Counter()
    for one in outcomes:
        if one.message is not None:
            named = {one.head.sender, *one.head.to, *one.head.copied}
            seen.update(named.union(*(plan.lists[address] for address in named if address in plan.lists)))
    found = [(-times, address) for address, times in seen.items() if address in plan.people]
    return min(found)[1] if found else ""


def look(collab: Collab, portfolio: str, person: str, words: str | None) -> None:
    """Print what somebody sees: a page of their inbox, two searches, and why they see the newest mail of others."""
    with collab.desk(person, portfolio=portfolio) as desk:
        inbox = desk.talks.inbox(limit=50)
        print(f"\nInbox of {cut(desk.people.get(person).name, 60)}, {person}")
        unread = desk.messages.unread()
        new = (
            f"{_few(unread.mine)} to them",
            f"{_few(unread.teambox)} to their lists",
            f"{_few(unread.shared)} shared",
        )
        print(f"  unread: {', '.join(new)}")
        for talk in inbox[:MOST_TALKS]:
            _line(desk, talk.last, talk.subject)
        _search(desk, {"text": words or _frequent(talk.subject for talk in inbox)})
        others = [talk for talk in inbox if talk.last.sender != person]
        if others:
            newest = others[0]
            _search(desk, {"author": newest.last.sender, "recipient": newest.last.to[0]})
            print(f"\nWhy “{cut(newest.subject, 60)}” is seen")
            for reason in desk.explain(newest.last.id).reasons[:MOST_FOUND]:
                print(f"  {cut(reason.text, WIDTH - 2)}")


def _few(number: int) -> str:
    return "99+" if number > 99 else str(number)


def _frequent(subjects: Iterable[str]) -> str:
    """Return the word that stands in most subjects, the first of them where several do."""
    words = Counter(word for subject in subjects for word in dict.fromkeys(_WORD.findall(subject.lower())))
    return words.most_common(1)[0][0] if words else "mail"


def _search(desk: Desk, asked: dict[str, Any]) -> None:
    found = desk.messages.search(**asked, limit=500)
    about = (f"{what} {_name(desk, who)}" if what != "text" else f"“{who}”" for what, who in asked.items())
    print(f"\nSearch: {cut(', '.join(about), 60)}: {count(len(found), 'message')}{' and more' if found.next else ''}")
    for message in found[:MOST_FOUND]:
        _line(desk, message, desk.talks.view(message.talk, limit=1).talk.subject)


def _line(desk: Desk, message: Message, subject: str) -> None:
    sender = fit(_name(desk, message.sender), 24)
    print(f"  {message.date:%Y-%m-%d %H:%M}  {sender}  {cut(subject, WIDTH - 46)}")


def _name(desk: Desk, who: str | ItemRef) -> str:
    if isinstance(who, ItemRef) and who.kind == "group":
        return desk.groups.get(who.id).name
    return desk.people.get(who.id if isinstance(who, ItemRef) else who).name


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def cut(text: str, width: int) -> str:
    """Return a text in one line that takes at most so many columns."""
    shown = "".join(one if one.isprintable() else " " for one in text)
    if columns(shown) <= width:
        return shown
    while columns(shown) > width - 1:
        shown = shown[:-1]
    return f"{shown.rstrip()}…"


def fit(text: str, width: int) -> str:
    """Return a text in one line that takes exactly so many columns."""
    shown = cut(text, width)
    return shown + " " * (width - columns(shown))


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )
