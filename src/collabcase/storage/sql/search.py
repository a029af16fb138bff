"""Searching messages: the lists of what I see and the index of each condition advance on one cursor.

Every side gives its next numbers below the cursor, newest first, each with whether all conditions and the rule hold.
The cursor moves to the last number a side gave, so nothing is looked at twice, and the cost is bounded by a small
multiple of the side that gets there first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import attrs
from attrs import frozen
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, not_, or_, select, union

from collabcase.model.words import hold, words
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.messages import MessageFilter, MessageRow
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.lists import BEFORE, MOST, Lists
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, any_row, run
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.unread import UnreadRule
from collabcase.storage.sql.visible import Visible
from collabcase.storage.sql.words import Asked, Words

_COLUMNS = tuple(field.name for field in attrs.fields(MessageRow))
_FIRST, _WIDER, _STRIDE, _COUNTED = 64, 4, 8, 50_001
_PLANS = 200
"""How many combinations of conditions are kept built."""

_BEGINNING = "beginning"
"""The condition on words where one of them is only the beginning of one, and the index is slow at that."""


@frozen
class _Side:
    """Where a search can walk: numbers in order, or all at once where their index has another order.

    Attributes:
        statement: selects numbers, each with whether it fits.
        ordered: whether it gives the newest first.
        stride: how many times farther it goes at a time. What the viewer does not see is passed over quickly.
    """

    statement: Select[Any]
    ordered: bool = True
    stride: int = 1


@frozen
class _Plan:
    """The statements of one combination of conditions.

    Attributes:
        sides: where to walk, in turn.
        bounds: counts what lies in a range of dates, with the least and the greatest number.
        reads: whether words are looked for in the texts themselves, see `Words.finds_beginnings`.
    """

    sides: tuple[_Side, ...]
    bounds: Select[Any] | None
    reads: bool


class Search:
    """Pages of messages that a viewer sees, under any combination of conditions."""

    def __init__(self, tables: Tables, dialect: Dialect, words: Words) -> None:
        self._t, self._dialect, self._words = tables, dialect, words
        self._lists, self._visible, self._unread = Lists(tables, dialect), Visible(tables), UnreadRule(tables)
        m = self._m = tables.message
        rows = [m.c[name] for name in _COLUMNS]
        listed = self._lists.messages().subquery("listed")
        self._newest = (
            select(listed.c.item, self._visible.direct(m.c.id).label("fits"), *rows)
            .select_from(listed.outerjoin(m, and_(m.c.portfolio == PORTFOLIO, m.c.id == listed.c.item)))
            .order_by(listed.c.item.desc())
        )
        self._chosen = (
            select(*rows)
            .where(m.c.portfolio == PORTFOLIO, dialect.among(m.c.id, "chosen"), self._visible.direct(m.c.id))
            .order_by(m.c.id.desc())
        )
        self._texts = (
            select(m.c.id, tables.talk.c.subject, m.c.text, m.c.comment)
            .join(tables.talk, and_(tables.talk.c.portfolio == m.c.portfolio, tables.talk.c.id == m.c.talk))
            .where(m.c.portfolio == PORTFOLIO, dialect.among(m.c.id, "chosen"))
        )
        self._plan = lru_cache(maxsize=_PLANS)(self._build_plan)

    def newest(self, scope: Scope, viewer: int, wanted: MessageFilter, *, before: int, limit: int) -> list[MessageRow]:
        """Return messages that a viewer sees and all conditions hold for, below `before`, newest first."""
        key, values = self._key(wanted), self._values(scope, wanted)
        if not key:
            return self._all(scope, viewer, before, limit)
        chosen = self._dovetail(scope, self._plan(key), {"me": viewer, **values}, wanted.text, before, limit)
        rows = run(scope, self._chosen, me=viewer, chosen=self._dialect.listed(chosen)) if chosen else ()
        return [MessageRow(*row) for row in rows]

    def _all(self, scope: Scope, viewer: int, before: int, limit: int) -> list[MessageRow]:
        found: list[MessageRow] = []
        while len(found) < limit:
            rows = run(scope, self._newest, me=viewer, before=before, most=limit).all()
            found += [MessageRow(*row[2:]) for row in rows if row.fits]
            if len(rows) < limit:
                break
            before = rows[-1].item
        return found[:limit]

    def _dovetail(
        self, scope: Scope, plan: _Plan, values: dict[str, object], text: Asked, before: int, limit: int
    ) -> list[int]:
        found: list[int] = []
        before, last = self._between(scope, plan, values, before)
        most = max(_FIRST, limit)
        while before > last:
            for side in plan.sides:
                step = most * side.stride
                asked = step if side.ordered else step + 1
                rows = run(scope, side.statement, before=before, most=asked, **values).all()
                if len(rows) > step:
                    continue
                fitting = [row[0] for row in rows if row[1]]
                found += sorted(self._holding(scope, fitting, text) if plan.reads else fitting, reverse=True)
                if len(rows) < step or not side.ordered or len(found) >= limit:
                    return found[:limit]
                before = rows[-1][0]
            most *= _WIDER
        return found[:limit]

    def _between(self, scope: Scope, plan: _Plan, values: dict[str, object], before: int) -> tuple[int, int]:
        """Return where to begin below `before`, and the last number that can fit, by what lies in a range of dates."""
        if plan.bounds is None:
            return before, 0
        many, least, greatest = run(scope, plan.bounds, most=_COUNTED, **values).one()
        if many == _COUNTED:
            return before, 0
        return (min(before, greatest + 1), least) if many else (0, 0)

    def _holding(self, scope: Scope, messages: Sequence[int], asked: Asked) -> list[int]:
        """Return those messages whose texts hold all the words."""
        rows = run(scope, self._texts, chosen=self._dialect.listed(messages)) if messages else ()
        return [id for id, *texts in rows if hold(words(*texts), asked)]

    def _key(self, wanted: MessageFilter) -> tuple[str, ...]:
        """Return the names of the conditions asked for, which choose the statements."""
        plain = ("author", "recipient", "type", "since", "until", "talk")
        asked = [name for name in plain if getattr(wanted, name) is not None]
        asked += [] if wanted.asks_answer is None else ["asking" if wanted.asks_answer else "telling"]
        asked += [] if wanted.unread is None else ["unread" if wanted.unread else "read"]
        asked += [f"data_{number}" for number in range(len(wanted.data))]
        if wanted.text:
            begins = any(begins for _, begins in wanted.text) and not self._words.finds_beginnings
            asked.append(_BEGINNING if begins else "text")
        return tuple(asked)

    def _values(self, scope: Scope, wanted: MessageFilter) -> dict[str, object]:
        plain = ("author", "recipient", "type", "since", "until", "talk")
        values: dict[str, object] = {
            f"asked_{name}": value for name in plain if (value := getattr(wanted, name)) is not None
        }
        for number, (dictionary, code) in enumerate(wanted.data):
            values |= {f"asked_dictionary_{number}": dictionary, f"asked_code_{number}": code}
        if wanted.text:
            values["words_asked"] = self._words.asking(scope, wanted.text)
        return values

    def _build_plan(self, key: tuple[str, ...]) -> _Plan:
        m = self._m
        reads = _BEGINNING in key
        conditions = {name: self._condition(name) for name in key if name != _BEGINNING}
        fits = and_(*conditions.values(), self._visible.direct(m.c.id)).label("fits")
        sides = [self._side(name, fits) for name in sorted(key, key=_usefulness)]
        dates = [name for name in key if name in _DATED]
        if dates:
            sides.append(self._dated(dates, fits))
        lists = _Side(self._judged(self._lists.messages(), fits), stride=_STRIDE)
        sides = [lists, *sides] if reads else [*sides, lists]
        return _Plan(
            sides=tuple(side for side in sides if side is not None),
            bounds=self._bounds(dates) if dates else None,
            reads=reads,
        )

    def _condition(self, name: str) -> ColumnElement[bool]:
        m = self._m
        asked: Any = bindparam(f"asked_{name}")
        if name.startswith("data_"):
            return self._carries(name.removeprefix("data_"), m.c.id)
        if name == "text":
            matching = self._words.matching(PORTFOLIO).whereclause
            assert matching is not None
            return any_row(matching, self._words.message == m.c.id)
        conditions: dict[str, ColumnElement[bool]] = {
            "author": or_(m.c.sender == asked, m.c.sent_for == asked),
            "recipient": self._visible.in_role(m.c.id, asked, Role.RECIPIENT),
            "type": m.c.type == asked,
            **{date: condition(m) for date, condition in _DATED.items()},
            "talk": m.c.talk == asked,
            "asking": m.c.asks_answer,
            "telling": not_(m.c.asks_answer),
            "unread": self._unread.unread(m),
            "read": not_(self._unread.unread(m)),
        }
        return conditions[name]

    def _carries(self, number: str, message: ColumnElement[Any]) -> ColumnElement[bool]:
        row = self._t.message_data.alias()
        return any_row(*self._coded(row, number), row.c.message == message)

    @staticmethod
    def _coded(row: Any, number: str) -> tuple[ColumnElement[bool], ...]:
        return (
            row.c.portfolio == PORTFOLIO,
            row.c.dictionary == bindparam(f"asked_dictionary_{number}"),
            row.c.code == bindparam(f"asked_code_{number}"),
        )

    def _side(self, name: str, fits: ColumnElement[bool]) -> _Side | None:
        """Build the walk over a condition's own index, None where it has none."""
        m = self._m
        asked: Any = bindparam(f"asked_{name}")
        numbers: dict[str, Select[Any]] = {
            "author": self._first_of_both(asked),
            "recipient": self._lists.involving(asked),
            "type": self._first(m.c.id, m.c.portfolio == PORTFOLIO, m.c.type == asked),
            "talk": self._first(m.c.id, m.c.portfolio == PORTFOLIO, m.c.talk == asked),
            "asking": self._first(m.c.id, m.c.portfolio == PORTFOLIO, m.c.asks_answer),
        }
        if name.startswith("data_"):
            row = self._t.message_data.alias()
            numbers[name] = self._first(row.c.message, *self._coded(row, name.removeprefix("data_")))
        if name in ("text", _BEGINNING):
            matching = self._words.matching(PORTFOLIO)
            item = matching.selected_columns[0]
            numbers[name] = matching.where(item < BEFORE).order_by(item.desc()).limit(MOST)
        return _Side(self._judged(numbers[name], fits)) if name in numbers else None

    def _dated(self, names: Sequence[str], fits: ColumnElement[bool]) -> _Side:
        """Build the side of a range of dates, whose index tells how many there are, in another order."""
        return _Side(self._judged(self._in_range(names, BEFORE), fits), ordered=False)

    def _bounds(self, names: Sequence[str]) -> Any:
        counted = self._in_range(names, None).subquery()
        return select(func.count(), func.min(counted.c.id), func.max(counted.c.id))

    def _in_range(self, names: Sequence[str], before: ColumnElement[Any] | None) -> Select[Any]:
        m = self._t.message.alias()
        below = () if before is None else (m.c.id < before,)
        within = (_DATED[name](m) for name in names)
        return select(m.c.id).where(m.c.portfolio == PORTFOLIO, *within, *below).limit(MOST)

    def _first(self, number: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
        return select(number).where(*conditions, number < BEFORE).order_by(number.desc()).limit(MOST)

    def _first_of_both(self, author: ColumnElement[Any]) -> Select[Any]:
        m = self._t.message.alias()
        arms = [
            select(self._first(m.c.id, m.c.portfolio == PORTFOLIO, column == author).subquery().c[0])
            for column in (m.c.sender, m.c.sent_for)
        ]
        both = union(*arms).subquery()
        return select(both.c[0]).order_by(both.c[0].desc()).limit(MOST)

    def _judged(self, numbers: Select[Any], fits: ColumnElement[bool]) -> Select[Any]:
        """Select numbers, newest first, each with whether all holds; a number that is no message fits nothing."""
        m, found = self._m, numbers.subquery("found")
        return (
            select(found.c[0], fits)
            .select_from(found.outerjoin(m, and_(m.c.portfolio == PORTFOLIO, m.c.id == found.c[0])))
            .order_by(found.c[0].desc())
        )


_DATED: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "since": lambda m: m.c.date >= bindparam("asked_since"),
    "until": lambda m: m.c.date < bindparam("asked_until"),
}
_USEFUL: Sequence[str] = ("talk", "text", "data", "recipient", "author", "type", "asking", _BEGINNING)


def _usefulness(name: str) -> int:
    kind = "data" if name.startswith("data_") else name
    return _USEFUL.index(kind) if kind in _USEFUL else len(_USEFUL)
