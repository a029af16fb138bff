"""Filing mails: who becomes a person, which address is a list, what answers what, and storing it."""

from __future__ import annotations

import mailbox
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

from collabcase import (
    Addressee,
    Collab,
    CollabError,
    Desk,
    Forbidden,
    Group,
    InvalidInput,
    Message,
    NotFound,
    Person,
    StorageError,
    TryAgain,
)
from mailbox_import.content import content, one_line
from mailbox_import.reading import Head

MANY = 3
"""In how many mails headers must name an address as a mailing list before it is taken for one."""
MOST_SUBJECT = 500
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
NO_SUBJECT = "(no subject)"
TO_ONESELF = "to nobody but its sender"
TO_NOBODY = "no recipient is named (--owner ADDRESS tells whose mailbox it is)"
CC_AS_TO = "nobody in To: those in Cc taken as recipients"
EARLIER = "answers an earlier mail of its thread, since its sender was no recipient of the nearest"
OWN_TALK = "starts a talk of its own, since its sender was no recipient of the mail it answers"
DELIVERED_AS_TO = "no recipient named: the owner of the mailbox taken"

_ANSWERING = re.compile(r"^(\s*(re|aw|antw|sv|odp|fwd?|wg|r)(\[\d+\])?\s*:|\s*\[[^\]]{1,40}\])+\s*", re.IGNORECASE)


@dataclass
class Plan:
    """What is to be filed.

    Attributes:
        heads: the mails, each after those it answers.
        people: the name of each address.
        lists: the addresses that write to each list.
        parents: the places of the mails that a mail answers, the nearest first.
    """

    heads: list[Head]
    people: dict[str, str]
    lists: dict[str, list[str]]
    parents: dict[int, list[int]]


@dataclass(frozen=True)
class Outcome:
    """What became of one mail.

    Attributes:
        head: its headers.
        message: the id of the message that it became, None where it was not imported.
        starts: whether it starts a talk.
        reason: why it was not imported, or "".
        notes: what was changed or guessed.
    """

    head: Head
    message: str | None
    starts: bool = False
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class _Filed:
    """A mail that became a message: what its answers need to know of it."""

    message: str
    observers: tuple[str, ...]
    subject: str


def planned(found: Iterable[Head], further_lists: Iterable[str] = (), owner: str = "") -> Plan:
    """Work out from all headers what is to be filed.

    Args:
        found: the headers of each mail.
        further_lists: addresses that are mailing lists, whatever the headers say.
        owner: the address of whose mailbox it is, who received what names no recipient.
    """
    heads = list(found)
    lists = _lists(heads, {address.lower() for address in further_lists})
    heads = [_addressed(head, lists, owner.lower()) for head in _without_doubles(heads)]
    writers: dict[str, set[str]] = {address: set() for address in lists}
    names: dict[str, str] = {}
    for head in heads:
        for address in lists.intersection(head.to) if head.sender else ():
            writers[address].add(head.sender)
        for address in (head.sender, *head.to, *head.copied):
            if address and (address not in lists or address == head.sender):
                names.setdefault(address, "")
        for address, name in head.names:
            if address in names and not names[address]:
                names[address] = name
    people = {address: name or address for address, name in names.items()}
    parents = _parents(heads)
    members = {address: sorted(wrote) for address, wrote in sorted(writers.items())}
    return Plan(_in_order(heads, parents), people, members, parents)


def _lists(heads: list[Head], further: set[str]) -> set[str]:
    """Return the addresses that are lists: most of the mails that go there say so, and not only one or two."""
    going: Counter[str] = Counter()
    saying: Counter[str] = Counter()
    for head in heads:
        for address in {*head.to, *head.copied, *head.lists}:
            going[address] += 1
            saying[address] += address in head.lists or address.replace("@", ".") in head.list_ids
    return further | {address for address, said in saying.items() if said >= MANY and 2 * said >= going[address]}


def _without_doubles(heads: list[Head]) -> Iterator[Head]:
    first: dict[str, int] = {}
    for head in heads:
        same = first.setdefault(head.key, head.no) if head.key else head.no
        yield head if same == head.no else replace(head, unfit=f"the same mail as {same}")


def _addressed(head: Head, lists: set[str], owner: str) -> Head:
    """Decide who is a recipient: a list always is, so that its members can answer."""
    notes = list(head.notes)
    named = [*head.to, *head.copied]
    by_list = sorted((lists & head.lists) - set(named)) if not lists.intersection(named) else []
    to = [
        *(one for one in head.to if one != head.sender or one in lists),
        *(one for one in head.copied if one in lists),
    ]
    copied = [one for one in head.copied if one != head.sender and one not in lists]
    to += by_list
    if not to and copied:
        to, copied = copied, []
        notes.append(CC_AS_TO)
    if not to and not named:
        to = [one for one in head.delivered or (owner,) if one and (one != head.sender or one in lists)]
        notes += [DELIVERED_AS_TO] if to else []
    unfit = head.unfit or ("" if to else TO_ONESELF if named or head.delivered else TO_NOBODY)
    return replace(head, to=tuple(to), copied=tuple(copied), notes=tuple(notes), unfit=unfit)


def _parents(heads: list[Head]) -> dict[int, list[int]]:
    places: dict[str, int] = {}
    for head in heads:
        if head.id and not head.unfit:
            places.setdefault(head.id, head.no)
    return {
        head.no: [places[id] for id in head.answers if id in places and places[id] != head.no]
        for head in heads
        if not head.unfit
    }


def _in_order(heads: list[Head], parents: dict[int, list[int]]) -> list[Head]:
    """Put each mail after those it answers, and the older ones first otherwise; a circle is cut.

    A mail without a date stays behind the one before it in the file.
    """
    by_place = {head.no: head for head in heads}
    ages: dict[int, datetime] = {}
    last = LONG_AGO
    for head in heads:
        ages[head.no] = last = head.date or last
    done: dict[int, Head] = {}
    for head in sorted(heads, key=lambda head: (ages[head.no], head.no)):
        waiting, begun = [head.no], set()
        while waiting:
            no = waiting[-1]
            missing = [one for one in parents.get(no, ()) if one not in done and one not in begun]
            begun.add(no)
            if missing:
                waiting.append(missing[0])
            else:
                done.setdefault(no, by_place[no])
                waiting.pop()
    return list(done.values())


@dataclass
class Filing:
    """Stores the mails of a plan in a portfolio, one unit of work for each.

    Every mail has an idempotency key (I3): what is there already is found and left as it is.
    """

    collab: Collab
    portfolio: str
    plan: Plan
    groups: dict[str, Group] = field(default_factory=dict)
    _filed: dict[int, _Filed] = field(default_factory=dict)

    def set_up(self) -> None:
        """Add the portfolio, the people, and a group with a teambox for each list, as far as they are missing."""
        if self.collab.portfolio(self.portfolio) is None:
            self.collab.create_portfolio(self.portfolio, title="Mailbox")
        with self.collab.system(self.portfolio) as system:
            present: set[str] = set()
            page = system.people.list(limit=500)
            present.update(person.id for person in page)
            while page.next:
                page = system.people.list(cursor=page.next, limit=500)
                present.update(person.id for person in page)
            missing = [self._person(address) for address in self.plan.people if address not in present]
            if missing:
                system.people.sync(missing)
            for address, members in self.plan.lists.items():
                group = system.groups.create(
                    address, teambox=True, members=members, key=f"list:{address}", host_ref=address
                )
                late = sorted(set(members) - set(group.members or ()))
                self.groups[address] = system.groups.add_members(group.id, late) if late else group

    def _person(self, address: str, *, internal: bool = True) -> Person:
        house = address.rpartition("@")[2]
        return Person(address, self.plan.people[address], address, internal, organisation=house)

    def set_internal(self, domains: Iterable[str]) -> None:
        """Make external whoever is not of one of these domains; done last, since external ones write to few (V17)."""
        inside = {domain.lower().lstrip("@") for domain in domains}
        with self.collab.system(self.portfolio) as system:
            for address in self.plan.people:
                internal = address.rpartition("@")[2] in inside
                if system.people.get(address).internal != internal:
                    system.people.change(address, internal=internal)

    def file(self, box: mailbox.mbox, progress: Callable[[int, int], None]) -> Iterator[Outcome]:
        """Store each mail, and yield what became of it."""
        keys = dict(enumerate(box.keys(), start=1))
        total = len(self.plan.heads)
        for at, head in enumerate(self.plan.heads, start=1):
            if head.unfit:
                yield Outcome(head, None, reason=head.unfit)
            else:
                yield self._one(head, box.get_bytes(keys[head.no]))
            progress(at, total)

    def _one(self, head: Head, raw: bytes) -> Outcome:
        try:
            letter = _letter(head, raw)
        except Exception as error:  # whatever a broken mail makes the parser do, it must be listed
            return Outcome(head, None, reason=f"can't be read ({type(error).__name__}: {one_line(str(error))[:100]})")
        try:
            return self.collab.run(head.sender, self.portfolio, lambda desk: self._send(desk, head, letter))
        except (StorageError, TryAgain):  # not the mail's fault
            raise
        except CollabError as error:
            return Outcome(head, None, reason=f"refused: {one_line(str(error))[:200]}")

    def _send(self, desk: Desk, head: Head, letter: _Letter) -> Outcome:
        to: list[Addressee] = [self.groups[one].ref if one in self.groups else one for one in head.to]
        answered = [self._filed[no] for no in self.plan.parents[head.no] if no in self._filed]
        for one in answered:
            try:
                message = self._answer(desk, one, head, letter, to)
            except (NotFound, Forbidden):
                continue
            except InvalidInput as error:
                if error.field != "key":
                    raise
                break  # it started a talk when it was imported
            taken = next((other for other in answered if other.message == message.answers), one)
            return self._keep(head, letter, message, taken.subject, "" if taken is answered[0] else EARLIER)
        try:
            message = self._start(desk, head, letter, to)
        except InvalidInput as error:
            found = self._found(desk, head) if error.field == "key" else None  # it came as an answer, in another file
            if found is None:
                raise
            message = found
        return self._keep(head, letter, message, letter.subject, OWN_TALK if answered else "", starts=True)

    def _start(self, desk: Desk, head: Head, letter: _Letter, to: list[Addressee]) -> Message:
        talk = desk.talks.start(
            to,
            subject=letter.subject[:MOST_SUBJECT],
            text=letter.text,
            observers=head.copied,
            comment=letter.comment(letter.subject),
            date=head.date,
            key=head.key,
            host_ref=head.id or None,
        )
        return desk.talks.view(talk.id, limit=1).messages[0]

    def _answer(self, desk: Desk, answered: _Filed, head: Head, letter: _Letter, to: list[Addressee]) -> Message:
        left_out = set(answered.observers) - {*head.to, *head.copied, head.sender}
        return desk.talks.reply(
            answered.message,
            letter.text,
            to=to,
            observers=head.copied,
            drop_observers=sorted(left_out),
            comment=letter.comment(answered.subject),
            date=head.date,
            key=head.key,
            host_ref=head.id or None,
        )

    def _found(self, desk: Desk, head: Head) -> Message | None:
        if not (head.id and head.date):
            return None
        page = desk.messages.search(author=head.sender, since=head.date, until=head.date + timedelta(seconds=1))
        return next((message for message in page if message.host_ref == head.id), None)

    def _keep(
        self, head: Head, letter: _Letter, message: Message, subject: str, note: str, *, starts: bool = False
    ) -> Outcome:
        self._filed[head.no] = _Filed(message.id, tuple(ref.id for ref in message.observers), subject)
        notes = [*head.notes, *letter.notes, *([note] if note else [])]
        return Outcome(head, message.id, starts, notes=tuple(dict.fromkeys(notes)))


@dataclass(frozen=True)
class _Letter:
    """What a mail says, as a message says it."""

    subject: str
    text: str
    attachments: tuple[str, ...]
    notes: tuple[str, ...]

    def comment(self, of_talk: str) -> str:
        """Return the remark beside the text: a subject that differs from the talk's, and what is not imported yet."""
        lines = [f"not imported yet: {one}" for one in self.attachments]
        if _bare(self.subject) != _bare(of_talk) or len(self.subject) > MOST_SUBJECT:
            lines.insert(0, f"subject: {self.subject}")
        return "\n".join(lines)[:1_000_000]


def _letter(head: Head, raw: bytes) -> _Letter:
    said = content(message_from_bytes(raw))
    notes = list(said.notes)
    subject = head.subject or NO_SUBJECT
    if len(subject) > MOST_SUBJECT:
        notes.append(f"subject cut: {MOST_SUBJECT} of {len(subject):,} characters kept")
    if said.attachments:
        notes.append("attachments named, not imported yet")
    return _Letter(subject, said.text, tuple(said.attachments), tuple(notes))


def _bare(subject: str) -> str:
    return _ANSWERING.sub("", subject).strip().lower()
