"""One portfolio kept on two sides, library and oracle, and how values of the one are said in the other's words."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from collabcase import Event, Group, ItemRef, Message, Talk, TalkSummary
from collabcase.ids import Kind, encode, principal_item
from world import Group as Label
from world import Item, Listed, Principal, World

Shape: TypeAlias = Any
"""Plain values in the oracle's words, equal where both sides agree."""

GARBAGE = -1
"""The label of something never issued; smaller ones stand for the other portfolio's."""

_NEVER = Label("never issued")
_ELSEWHERE = "elsewhere "


def same(due: Any, found: Any, about: str) -> None:
    """Hold what was found against what is due."""
    assert due == found, f"{about}\n  due:   {due}\n  found: {found}"


@dataclass
class Sides:
    """A portfolio: the oracle's world, and the ids that the library gave to its talks, messages, groups, windows."""

    id: str
    world: World
    talks: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    windows: list[str] = field(default_factory=list)
    other: Sides | None = field(default=None, repr=False)

    def kept(self) -> tuple[Any, ...]:
        """Give the present state, to be put back later."""
        return copy.deepcopy(self.world), list(self.talks), list(self.messages), dict(self.groups)

    def put_back(self, kept: tuple[Any, ...]) -> None:
        """Forget what happened since."""
        now = self.world.now
        self.world, self.talks, self.messages, self.groups = kept
        self.world.now = now

    # ---------------------------------------------------------------- from labels to ids

    def talk(self, label: int) -> str:
        """Give a talk's id, or one that this portfolio does not know."""
        return self._id(Kind.TALK, label, self.talks, self.other.talks if self.other else [])

    def message(self, label: int) -> str:
        """Give a message's id, or one that this portfolio does not know."""
        return self._id(Kind.MESSAGE, label, self.messages, self.other.messages if self.other else [])

    @staticmethod
    def _id(kind: Kind, label: int, own: Sequence[str], others: Sequence[str]) -> str:
        if label >= 0:
            return own[label]
        place = GARBAGE - 1 - label
        return others[place] if 0 <= place < len(others) else encode(principal_item(kind, 1))

    def elsewhere(self) -> list[int]:
        """Give labels that stand for the messages of the other portfolio."""
        return [GARBAGE - 1 - place for place in range(len(self.other.messages) if self.other else 0)]

    def group(self, label: str) -> str:
        """Give a group's id, or one that this portfolio does not know."""
        if label.startswith(_ELSEWHERE) and self.other is not None:
            return self.other.groups[label.removeprefix(_ELSEWHERE)]
        return self.groups.get(label, encode(principal_item(Kind.GROUP, 1)))

    def window(self, label: int) -> str:
        """Give a window's id, or one that was never opened."""
        return self.windows[label] if 0 <= label < len(self.windows) else "never opened"

    def item(self, item: Item) -> ItemRef:
        """Give the reference of something that can be locked."""
        return ItemRef("talk", self.talk(item.label)) if item.kind == "talk" else ItemRef(item.kind, str(item.label))

    def ref(self, who: Principal) -> str | ItemRef:
        """Give what the library takes as the name of a person or group."""
        return ItemRef("group", self.group(who.label)) if isinstance(who, Label) else who

    def strangers(self) -> list[Label]:
        """Give groups that this portfolio does not know."""
        return [_NEVER, *(Label(_ELSEWHERE + label) for label in (self.other.groups if self.other else ()))]

    # ---------------------------------------------------------------- from ids to labels

    def who(self, ref: ItemRef) -> Principal:
        """Give the person or group that a reference names."""
        return Label(self.label(ref.id)) if ref.kind == "group" else ref.id

    def label(self, group: str) -> str:
        """Give the label of a group's id."""
        return next(label for label, id in self.groups.items() if id == group)

    def all(self, refs: Sequence[ItemRef]) -> frozenset[Principal]:
        """Give everybody that references name, which must be sorted, each once."""
        same(sorted(set(refs)), list(refs), "references, sorted and each once")
        return frozenset(map(self.who, refs))

    def plain(self, text: str) -> str:
        """Give a text with labels in the place of ids."""
        for kind, ids in (("talk", self.talks), ("message", self.messages)):
            for label, id in enumerate(ids):
                text = text.replace(id, f"{self.id[-1]}'s {kind} {label}")
        for name, id in self.groups.items():
            text = text.replace(id, f"{self.id[-1]}'s group {name}")
        for label, id in enumerate(self.windows):
            text = text.replace(id, f"{self.id[-1]}'s window {label}")
        return text

    # ---------------------------------------------------------------- what the library shows

    def shown_message(self, message: Message) -> Shape:
        """Say a message in the oracle's words."""
        return (
            self.messages.index(message.id),
            self.talks.index(message.talk),
            (message.sender, message.sent_for, self.all(message.to), self.all(message.observers)),
            None if message.answers is None else self.messages.index(message.answers),
            (message.text, message.comment, message.date, message.asks_answer, message.host_ref),
            (message.type, message.data),
            (
                message.answered,
                message.waived,
                tuple((one.person, one.reason, one.at) for one in message.dismissals),
                message.unread,
            ),
        )

    def shown_talk(self, talk: Talk) -> Shape:
        """Say a talk in the oracle's words."""
        return (
            self.talks.index(talk.id),
            talk.subject,
            *(None if side is None else self.who(side) for side in (talk.initiator, talk.counterpart)),
            self.all(talk.participants),
            self.all(talk.observers),
            (talk.confidential, talk.host_ref),
        )

    def shown_summary(self, summary: TalkSummary) -> Shape:
        """Say a talk of an inbox in the oracle's words."""
        return (
            self.talks.index(summary.id),
            summary.subject,
            summary.heading.value,
            self.shown_message(summary.last),
            (summary.confidential, summary.host_ref),
        )

    def shown_group(self, group: Group) -> Shape:
        """Say a group in the oracle's words; of a deleted one only what histories need."""
        label = self.label(group.id)
        if group.deleted:
            return label, group.name, group.members or (), "deleted"
        return (
            label,
            group.name,
            (group.main, group.teambox, group.open, group.shares_cases, group.host_ref),
            group.rights,
            group.members,
        )

    def happened(self, events: Iterable[Event]) -> list[Shape]:
        """Say events in the oracle's words."""
        return [(event.kind, self._subject(event.item)) for event in events]

    def locked(self, ref: ItemRef) -> Item:
        """Say what was locked in the oracle's words."""
        return Item("talk", self.talks.index(ref.id)) if ref.kind == "talk" else Item(ref.kind, int(ref.id))

    def _subject(self, item: ItemRef) -> Principal | int | Item | None:
        if item.kind in ("talk", "policy"):
            return self.locked(item)
        if item.kind == "message":
            return self.messages.index(item.id)
        return None if item.kind == "portfolio" else self.who(item)

    # ---------------------------------------------------------------- what the oracle shows

    def due_message(self, person: str, label: int, client_version: str | None = None) -> Shape:
        """Give what `shown_message` must give."""
        view, state = self.world.message(person, label, client_version), self.world.messages[label]
        said = state.text, state.comment, state.date, state.asks_answer, state.host_ref
        codes = state.type, tuple(sorted(state.data.items()))
        return label, state.talk, view[:4], view.answers, said, codes, tuple(self.world.read_view(person, label))

    def due_talk(self, person: str, label: int) -> Shape:
        """Give what `shown_talk` must give."""
        view, state = self.world.view(person, label), self.world.talks[label]
        sides, host_ref = (view.initiator, view.counterpart), self.world.messages[state.messages[0]].host_ref
        return label, view.subject, *sides, view.participants, view.observers, (state.confidential, host_ref)

    def due_summary(self, person: str, listed: Listed, client_version: str | None = None) -> Shape:
        """Give what `shown_summary` must give."""
        state = self.world.talks[listed.talk]
        last, first = self.due_message(person, listed.last, client_version), self.world.messages[state.messages[0]]
        return listed.talk, state.subject, listed.heading, last, (state.confidential, first.host_ref)

    def due_group(self, viewer: str | None, label: str) -> Shape:
        """Give what `shown_group` must give: members and rights to members and who manages groups (G6, V17)."""
        state = self.world.groups[label]
        if state.deleted:
            return label, state.name, (), "deleted"
        full = viewer is None or viewer in state.members or "group.manage" in self.world.rights(viewer)
        return (
            label,
            state.name,
            (state.main, state.teambox, state.open, state.shares if full else None, None),
            tuple(sorted(state.rights)) if full else None,
            tuple(sorted(state.members)) if full else None,
        )
