"""Faults put into the library, each of which the random histories must find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true

from collabcase.desk import parties, sending, talks
from collabcase.ids import Kind
from collabcase.model.message import Envelope, seal
from collabcase.permissions import sight
from collabcase.permissions.sight import Facts, Role, Sight
from collabcase.storage.sql.groups import SqlGroups
from collabcase.storage.sql.rows import PORTFOLIO
from collabcase.storage.sql.sights import SqlSights
from collabcase.storage.sql.unread import UnreadRule
from collabcase.storage.sql.visible import ME, Visible
from properties.agreement.keeping_faults import IN_KEEPING
from properties.agreement.lock_faults import IN_LOCKS
from properties.agreement.reading_faults import IN_READING

Fault = Callable[[pytest.MonkeyPatch], None]


def observers_extend(monkeypatch: pytest.MonkeyPatch) -> None:
    """An observer's peers see the message, too."""
    monkeypatch.setitem(sight._EXTENDING, Kind.MESSAGE, sight.ROLES[Kind.MESSAGE])


def teamboxes_extend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peers of a teambox's members see what it received."""

    def direct(self: Visible, item: ColumnElement[Any], *, many: bool = False) -> ColumnElement[bool]:
        row, peer, mate = _involvement(self), _membership(self, "peer"), _membership(self, "mate")
        member = exists().where(
            mate.c.portfolio == PORTFOLIO, mate.c.grp == row.c.principal, mate.c.person == peer.c.person
        )
        received = and_(row.c.role == Role.RECIPIENT.value, member)
        shared = exists().where(
            peer.c.portfolio == PORTFOLIO,
            or_(and_(row.c.extends, peer.c.person == row.c.principal), received),
            peer.c.grp.in_(self.sharing()),
        )
        return exists().where(row.c.portfolio == PORTFOLIO, row.c.item == item, or_(self._own(row), shared))

    monkeypatch.setattr(Visible, "direct", direct)


def sharing_without(condition: str) -> Fault:
    """Sharing does not look at the feature, the box, or whether the viewer is active."""

    def fault(monkeypatch: pytest.MonkeyPatch) -> None:
        def sharing(self: Visible) -> Select[Any]:
            t = self._tables
            mine, viewer = _membership(self, "mine"), t.person.alias("viewer")
            conditions = {"feature": t.portfolio.c.sharing, "box": t.grp.c.shares, "active": viewer.c.active}
            return (
                select(mine.c.grp)
                .join(t.grp, and_(t.grp.c.portfolio == mine.c.portfolio, t.grp.c.no == mine.c.grp))
                .join(t.portfolio, t.portfolio.c.no == mine.c.portfolio)
                .join(viewer, and_(viewer.c.portfolio == mine.c.portfolio, viewer.c.no == mine.c.person))
                .where(mine.c.portfolio == PORTFOLIO, mine.c.person == ME)
                .where(*(each for name, each in conditions.items() if name != condition))
            )

        def groups_since(self: UnreadRule) -> Select[Any]:
            with monkeypatch.context() as within:  # what is off has no beginning, from which the unread would count
                within.setattr(Visible, "sharing", right)
                return original(self)

        right, original = Visible.sharing, UnreadRule.groups_since
        monkeypatch.setattr(Visible, "sharing", sharing)
        monkeypatch.setattr(UnreadRule, "groups_since", groups_since)

    fault.__name__ = f"sharing_without_{condition}"
    return fault


def confidential_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent in a confidential talk extends to peers."""
    involvements = sending.involvements

    def all_extend(envelope: Envelope, *, groups: set[int], confidential: bool) -> list[Any]:
        return involvements(envelope, groups=groups, confidential=False)

    monkeypatch.setattr(sending, "involvements", all_extend)


def leaving_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was ever in a group goes on seeing by it, though no list shows them as a member any more."""
    left: dict[int, set[tuple[int, int]]] = {}
    leave, found = SqlGroups.leave, SqlSights.sights

    def remember(self: SqlGroups, scope: Any, no: int, persons: Any) -> None:
        left.setdefault(scope.portfolio, set()).update((no, person) for person in persons)
        leave(self, scope, no, persons)

    def sights(self: Any, scope: Any, persons: Any) -> dict[int, Sight]:
        former = left.get(scope.portfolio, set())
        return {
            no: Sight(no, seen.internal, seen.groups | {group for group, one in former if one == no}, seen.sharing)
            for no, seen in found(self, scope, persons).items()
        }

    monkeypatch.setattr(SqlGroups, "leave", remember)
    monkeypatch.setattr(SqlSights, "sights", sights)


def carried_observers_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer does not carry the observers of the message it answers."""

    def bare(**named: Any) -> Envelope:
        return seal(**{**named, "carried": ()})

    monkeypatch.setattr(sending, "seal", bare)


def own_is_all_seen(verb: str) -> Fault:
    """History is shown, or a side handed over, for what is seen by sharing alone, too."""

    def fault(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(parties, verb)

        def wider(call: Any, *args: Any, **named: Any) -> Any:
            with pytest.MonkeyPatch.context() as within:
                within.setattr(parties, "_own", _all_seen)
                return original(call, *args, **named)

        monkeypatch.setattr(talks, verb, wider)

    fault.__name__ = f"{verb}_of_all_seen"
    return fault


def _all_seen(call: Any, talk: int) -> list[int]:
    return list(call.stores.messages.ids_of_talk(call.scope, call.actor.no, talk, own=False))


def internal_ignored_in_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    """External persons see what hangs internally, says SQL."""

    def internal(self: Visible) -> Select[Any]:
        return select(true())

    monkeypatch.setattr(Visible, "internal", internal)


def internal_ignored_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """External persons see what hangs internally, says Python."""

    def paths(self: Sight, item: int, facts: Facts) -> Any:
        yield from self.direct(item, facts)
        for hanging in facts.hangings(item):
            yield from self.paths(hanging.on, facts)

    monkeypatch.setattr(Sight, "paths", paths)


def portfolio_forgotten(where: str) -> Fault:
    """`direct` does not ask of which portfolio an involvement or a membership is."""

    def fault(monkeypatch: pytest.MonkeyPatch) -> None:
        def direct(self: Visible, item: ColumnElement[Any], *, many: bool = False) -> ColumnElement[bool]:
            row, peer = _involvement(self), _membership(self, "peer")
            here = {"row": row.c.portfolio == PORTFOLIO, "peer": peer.c.portfolio == PORTFOLIO, where: true()}
            shared = exists().where(here["peer"], peer.c.person == row.c.principal, peer.c.grp.in_(self.sharing()))
            return exists().where(here["row"], row.c.item == item, or_(self._own(row), and_(row.c.extends, shared)))

        monkeypatch.setattr(Visible, "direct", direct)

    fault.__name__ = f"portfolio_of_{where}_forgotten"
    return fault


def _involvement(visible: Visible) -> Any:
    return visible._tables.involvement.alias("row")


def _membership(visible: Visible, name: str) -> Any:
    return visible._tables.membership.alias(name)


IN_HISTORIES: tuple[Fault, ...] = (
    observers_extend,
    teamboxes_extend,
    sharing_without("feature"),
    sharing_without("box"),
    sharing_without("active"),
    confidential_ignored,
    leaving_hides_nothing,
    carried_observers_dropped,
    own_is_all_seen("add_observer"),
    own_is_all_seen("hand_over"),
    portfolio_forgotten("peer"),
    *IN_READING,
    *IN_KEEPING,
    *IN_LOCKS,
)
"""What `test_history` must find."""

IN_HANGING: tuple[Fault, ...] = (
    sharing_without("feature"),
    sharing_without("box"),
    sharing_without("active"),
    internal_ignored_in_sql,
    internal_ignored_in_python,
    portfolio_forgotten("row"),
    portfolio_forgotten("peer"),
)
"""What `test_hanging` must find."""
