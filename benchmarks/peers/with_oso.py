"""oso: the rule in Polar over objects in memory; a page asks message by message, newest first."""

from __future__ import annotations

from itertools import islice

from attrs import frozen
from oso import Oso

from benchmarks.peers.facts import Facts

_POLICY = """
allow(viewer: Viewer, "see", message: Message) if viewer.named(message);
allow(viewer: Viewer, "see", message: Message) if
    viewer.shares and
    group in message.feeds and
    viewer.shares_in(group);
"""


@frozen(eq=False)
class Message:
    """A message as oso sees it."""

    involved: set[int]
    feeds: list[int]


@frozen(eq=False)
class Viewer:
    """A person as oso sees them."""

    own: set[int]
    sharing: set[int]

    @property
    def shares(self) -> bool:
        """Whether a group of theirs shares."""
        return bool(self.sharing)

    def named(self, message: Message) -> bool:
        """Tell whether they or a group of theirs is named."""
        return not self.own.isdisjoint(message.involved)

    def shares_in(self, group: int) -> bool:
        """Tell whether a group is one of those of theirs that share."""
        return group in self.sharing


@frozen(eq=False)
class _Oso:
    facts: Facts
    oso: Oso
    messages: dict[int, Message]

    def _viewer(self, number: int) -> Viewer:
        groups = self.facts.groups_of.get(number, set())
        return Viewer({number, *groups}, groups & self.facts.sharing)

    def page(self, viewer: int, limit: int) -> list[int]:
        """Return the newest messages a viewer sees."""
        me, messages = self._viewer(viewer), self.messages
        allowed = (one for one in self.facts.newest_first if self.oso.is_allowed(me, "see", messages[one]))
        return list(islice(allowed, limit))

    def check(self, viewer: int, messages: list[int]) -> set[int]:
        """Return those messages that a viewer sees."""
        me = self._viewer(viewer)
        return {one for one in messages if self.oso.is_allowed(me, "see", self.messages[one])}

    def close(self) -> None:
        """Nothing was made."""


def build(facts: Facts) -> _Oso:
    """Return an oso over the facts."""
    oso = Oso()
    oso.register_class(Viewer)
    oso.register_class(Message)
    oso.load_str(_POLICY)
    return _Oso(facts, oso, {id: Message(facts.involved[id], list(facts.feeds_of(id))) for id in facts.newest_first})
