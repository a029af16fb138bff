"""The oracle: what the domain's law gives, said in plain sets and dicts, with none of the library's code.

One `World` is one portfolio; two portfolios are two worlds, so nothing can cross. A bare str is a person, a
`Group` is a group; talks and messages are ints in order of arrival, each counted from 0. An operation changes
the state, or raises `Refused` and changes nothing; faults are looked for in this order: arguments that can be
judged by themselves, the actor, an earlier use of the key, what it acts on, the right, the names passed one by one
(`to`, then `observers`, …), the rest. State and rule stand in `world_rule`, persons and groups in
`world_people`, what somebody is shown in `world_shown`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from world_coding import TYPES, Validity
from world_keeping import BoxItem, Kept
from world_lists import Inbox, Listed, Listing
from world_reading import Heading, ReadView
from world_rule import (
    MAY,
    RIGHTS,
    SHARED_ROLES,
    Act,
    Code,
    Event,
    Group,
    Hanging,
    Item,
    Message,
    Named,
    Path,
    Principal,
    Refused,
    Row,
    Talk,
    Thing,
    listed,
)
from world_shown import MessageView, TalkView
from world_windows import Windows

__all__ = [
    "MAY",
    "RIGHTS",
    "SHARED_ROLES",
    "TYPES",
    "Act",
    "BoxItem",
    "Change",
    "Code",
    "Event",
    "Group",
    "Hanging",
    "Heading",
    "Inbox",
    "Item",
    "Kept",
    "Listed",
    "Message",
    "MessageView",
    "Named",
    "Path",
    "Principal",
    "ReadView",
    "Readers",
    "Refused",
    "Row",
    "Talk",
    "TalkView",
    "Thing",
    "Validity",
    "World",
]

Change = Literal["share_cases", "add_members", "remove_members", "move_main", "feature"]


class Readers(NamedTuple):
    """Who would read because of one principal: those the writer knows, and how many others."""

    known: frozenset[str]
    others: int


class World(Listing, Windows):
    """One portfolio."""

    # ---------------------------------------------------------------- asked beforehand

    def audience(
        self,
        actor: str,
        *,
        to: Named | None = None,
        observers: Named = (),
        confidential: bool = False,
        message: int | None = None,
        drop_observers: Named = (),
        sent_for: str | None = None,
        talk: int | None = None,
        with_history: bool = False,
    ) -> dict[Principal, Readers]:
        """Tell a writer who would read what they are about to send, or because of added observers (V16).

        Active readers only, by principal; the writer and who is sent for have entries of their own.
        """
        self._acting(actor)
        if talk is not None:
            self._observing_role(actor, talk)
            added = listed(observers)
            self._check_names(actor, added, answering=True)
            rows = [Row(who, "observer") for who in added]
        elif message is not None:
            draft = self._draft_reply(actor, message, to, observers, drop_observers, sent_for)
            rows, confidential = list(draft.rows()), self.confidential(Item("message", message))
        else:
            rows = list(self._draft_start(actor, listed(to or ()), observers).rows())
        readers: dict[Principal, set[str]] = {}
        for row in rows:
            readers.setdefault(row.principal, set()).update(self._readers(row, confidential))
        known = self.known_persons(actor)
        return {who: Readers(frozenset(who_read & known), len(who_read - known)) for who, who_read in readers.items()}

    def preview(self, change: Change, *args: object, actor: str | None = None) -> dict[str, tuple[int, int]]:
        """Count the messages each active person would gain and lose by a change (V14)."""
        after = self._after(change, args, actor)
        differences = {}
        for person in self.persons:
            if self.active(person):
                old, new = set(self.visible(person)), set(after.visible(person))
                if old != new:
                    differences[person] = (len(new - old), len(old - new))
        return differences

    def warnings(self, change: Change, *args: object, actor: str | None = None) -> set[str]:
        """Give the organisations whose externals a change would make share with those of others (V14)."""
        before, after = self.sharing_organisations(), self._after(change, args, actor).sharing_organisations()
        mixed = {label: found for label, found in after.items() if len(found) > 1 and found - before[label]}
        return {organisation for found in mixed.values() for organisation in found}

    def sharing_organisations(self) -> dict[str, set[str]]:
        """Give the organisations of each group's external members who share by it now."""
        found: dict[str, set[str]] = {label: set() for label in self.groups}
        for label, group in self.groups.items():
            outside = [self.persons[member] for member in group.members if not self.persons[member].internal]
            if group.shares and self.feature_on:
                found[label] = {person.organisation for person in outside if person.organisation is not None}
        return found

    def _after(self, change: Change, args: tuple[object, ...], actor: str | None) -> World:
        after = copy.deepcopy(self)
        if change == "feature":
            self._manager(actor)
            after.feature(bool(args[0]))
        else:
            getattr(after, change)(*args, actor=actor)
        return after

    def _readers(self, row: Row, confidential: bool) -> set[str]:
        """Give the active persons who would see something by one involvement alone."""
        if isinstance(row.principal, Group):
            readers = self.groups[row.principal.label].members
        else:
            readers = {row.principal}
            if row.role in SHARED_ROLES and not confidential:
                readers |= {person for person in self.persons if self.shared(person, row.principal)}
        return {person for person in readers if self.active(person)}

    # ---------------------------------------------------------------- talks

    def start(
        self,
        actor: str,
        to: Named,
        subject: str,
        text: str = "",
        observers: Named = (),
        asks_answer: bool = False,
        confidential: bool = False,
        comment: str = "",
        date: datetime | None = None,
        key: str | None = None,
        host_ref: str | None = None,
        type: str | None = None,
        data: Mapping[str, str] | None = None,
    ) -> int:
        """Start a talk with the first of `to` as its counterpart, and give the talk's label (T1)."""
        self._acting(actor)
        earlier = self._earlier("start", actor, key)
        if isinstance(earlier, int):
            return earlier
        recipients = listed(to)
        message = self._draft_start(actor, recipients, observers)
        self._carry(message, type, data)
        self.talks.append(Talk(subject, actor, recipients[0], confidential))
        self._send(message, text, comment, asks_answer, date, host_ref)
        self._keep("start", actor, key, message.talk)
        return message.talk

    def reply(
        self,
        actor: str,
        message: int,
        text: str = "",
        to: Named | None = None,
        observers: Named = (),
        drop_observers: Named = (),
        sent_for: str | None = None,
        asks_answer: bool = False,
        comment: str = "",
        date: datetime | None = None,
        key: str | None = None,
        host_ref: str | None = None,
        type: str | None = None,
        data: Mapping[str, str] | None = None,
    ) -> int:
        """Answer a message, and give the answer's label (T1-T3, V7)."""
        self._acting(actor)
        earlier = self._earlier("reply", actor, key)
        if isinstance(earlier, int):
            return earlier
        answer = self._draft_reply(actor, message, to, observers, drop_observers, sent_for)
        self._guard(actor, Item("talk", answer.talk))
        self._carry(answer, type, data)
        addressed = self.messages[message].to & self._groups(actor)
        self._member_answers(answer.talk, [who.label for who in addressed if isinstance(who, Group)])
        label = self._send(answer, text, comment, asks_answer, date, host_ref)
        self.drafts_kept.pop((actor, "message", message), None)
        self._keep("reply", actor, key, label)
        return label

    def add_observer(self, actor: str, talk: int, who: Principal, with_history: bool = False) -> None:
        """Let somebody observe answers to come, with history also what the adder sees by V1, V2 (V7)."""
        self._acting(actor)
        seen = self._observing_role(actor, talk)
        self._check_names(actor, [who], answering=True)
        self._guard(actor, Item("talk", talk))
        for label in seen:
            message = self.messages[label]
            named = {row.principal for row in message.rows()}
            copied = with_history and self._own(actor, label) and who not in named
            if copied or who not in message.standing:
                self.events.append(("talk.observer_added", label))
            message.standing.add(who)
            message.observers |= {who} if copied else set()

    def remove_observer(self, actor: str, talk: int, who: Principal) -> None:
        """End somebody's observing for the messages that the remover sees (V7)."""
        self._acting(actor)
        seen = self._observing_role(actor, talk)
        watched = [label for label in seen if who in self.messages[label].observers | self.messages[label].standing]
        if not watched and not self.knows(actor, who):
            raise Refused("not_found", "who")
        if watched:
            self._guard(actor, Item("talk", talk))
        for label in watched:
            self.messages[label].observers.discard(who)
            self.messages[label].standing.discard(who)
            self.events.append(("talk.observer_removed", label))

    def hand_over(self, actor: str, talk: int, to: Principal) -> None:
        """Hand the giver's side of a talk over to a colleague or teambox (T1)."""
        self._acting(actor)
        seen = self._seen_talk(actor, talk)
        if not any(self.may("hand_over", actor, label) for label in seen):
            raise Refused("forbidden", "hand_over")
        self._check_names(actor, [to], answering=True)
        shown = self.view(actor, talk)
        if to in (shown.initiator, shown.counterpart):
            raise Refused("invalid_input", "to")
        self._guard(actor, Item("talk", talk))
        own = [label for label in seen if self._own(actor, label)]
        side = self._change_side(actor, self.talks[talk], to)
        given = [label for label in own if to not in self.messages[label].to]
        for label in own:
            message = self.messages[label]
            added = to not in {message.sender, message.sent_for} | message.to
            if added:
                message.to.add(to)
                message.observers.discard(to)
                self.pass_on(label, {actor, *self._groups(actor)}, to)
            if added or side:
                self.events.append(("talk.handed_over", label))
        if given and isinstance(to, Group):
            self._wait(talk, [to.label], min(given))
        self._moved(actor, talk, "handed_over")

    def _change_side(self, actor: str, talk: Talk, new: Principal) -> bool:
        """Put somebody in the place of the giver, or of a group of theirs, if one of these is a side."""
        mine: tuple[set[Principal], ...] = ({actor}, self._groups(actor))
        for sides in mine:
            if talk.initiator in sides:
                talk.initiator = new
                return True
            if talk.counterpart in sides:
                talk.counterpart = new
                return True
        return False

    def _draft_start(self, actor: str, recipients: list[Principal], observers: Named) -> Message:
        """Give the first message of a talk to be, checked but not sent."""
        watchers = listed(observers)
        self._check_names(actor, [*recipients, *watchers], answering=False)
        if not recipients:
            raise Refused("invalid_input", "to")
        return Message(len(self.talks), actor, set(recipients), set(watchers) - set(recipients))

    def _draft_reply(
        self,
        actor: str,
        message: int,
        to: Named | None,
        observers: Named,
        drop_observers: Named,
        sent_for: str | None,
    ) -> Message:
        """Give the answer to a message, checked but not sent."""
        answered = self._answerable(actor, message)
        addressed = None if to is None else listed(to)
        watchers, dropped = listed(observers), set(listed(drop_observers))
        self._check_names(actor, [*(addressed or ()), *watchers], answering=True)
        if any(not self.knows(actor, who) for who in dropped | ({sent_for} if sent_for is not None else set())):
            raise Refused("not_found", "drop_observers or sent_for")
        place = self._sent_for(actor, answered, sent_for)
        recipients = self._default_to(actor, answered) if addressed is None else set(addressed)
        if not recipients:
            raise Refused("invalid_input", "to")
        if dropped & set(watchers):
            raise Refused("invalid_input", "drop_observers")
        carried = {who for who in answered.observers | answered.standing if not self._deleted(who)}
        return Message(
            answered.talk,
            actor,
            recipients,
            ((carried - dropped) | set(watchers)) - recipients - {actor},
            sent_for=place,
            answers=message,
            standing=answered.standing - dropped,
        )

    def _default_to(self, actor: str, answered: Message) -> set[Principal]:
        if answered.sender != actor:
            return {answered.sender}
        return {who for who in answered.to if not self._deleted(who)}

    def _sent_for(self, actor: str, answered: Message, wanted: str | None) -> str | None:
        """Give in whose place an answer is written: the one asked for, or the only one possible (T2)."""
        colleagues = {who for who in answered.to if isinstance(who, str) and self.shared(actor, who)}
        if wanted is not None:
            if wanted not in colleagues:
                raise Refused("invalid_input", "sent_for")
            return wanted
        concerned = {answered.sender, answered.sent_for} | answered.to
        if concerned & {actor, *self._groups(actor)} or len(colleagues) != 1:
            return None
        return colleagues.pop()

    def _send(
        self,
        message: Message,
        text: str,
        comment: str,
        asks_answer: bool,
        date: datetime | None,
        host_ref: str | None,
    ) -> int:
        message.text, message.comment, message.asks_answer = text, comment, asks_answer
        message.date, message.host_ref = date or self.now, host_ref
        self.messages.append(message)
        self._note_sent(len(self.messages) - 1)
        self.sent_times.append(self.now)
        self._wait(message.talk, [who.label for who in message.to if isinstance(who, Group)], len(self.messages) - 1)
        self.events.append(("message.sent", len(self.messages) - 1))
        self.talks[message.talk].messages.append(len(self.messages) - 1)
        return len(self.messages) - 1

    # ---------------------------------------------------------------- checks of talks

    def _check_names(self, actor: str, names: Iterable[Principal], answering: bool) -> None:
        """Check that a writer may name these: who answers also whoever is named on what they see (V17)."""
        for who in names:
            if who == actor:
                raise Refused("invalid_input", "self")
            if not self.knows(actor, who):
                raise Refused("not_found", "who")
            if isinstance(who, Group) and not self._has_teambox(who):
                raise Refused("forbidden", "address")
            if not (self.may_address(actor, who) or (answering and who in self.named(actor))):
                raise Refused("forbidden", "address")

    def _observing_role(self, person: str, talk: int) -> list[int]:
        seen = self._seen_talk(person, talk)
        if not any(self.may("observers", person, label) for label in seen):
            raise Refused("forbidden", "observers")
        return seen

    def _groups(self, person: str) -> set[Principal]:
        return {Group(label) for label in self.groups_of(person)}

    def _deleted(self, who: Principal) -> bool:
        return isinstance(who, Group) and self.groups[who.label].deleted
