"""Teamboxes in SQL; keeps `TeamboxStore`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    Executable,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
    update,
)

from collabcase.ids import KIND_MASK
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.interfaces.teamboxes import TeamboxRow
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import ME, Visible

_KEY = ("portfolio", "grp", "item")
_COLUMNS = (*_KEY, "since", "type", "answered")


class SqlTeamboxes:
    """What was sent to groups, and who has claimed it."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._tables, self._dialect = tables, dialect
        box = self._box = tables.teambox_item
        sees = Visible(tables).direct(box.c.since)
        in_group = self._in_group = box.c.portfolio == PORTFOLIO, box.c.grp == bindparam("of_group")
        one = (*in_group, box.c.item == bindparam("of_item"))
        is_open = self._is_open = or_(box.c.claimed_by.is_(None), ~box.c.answered)
        self._enter = self._build_enter()
        self._answer = (
            update(box)
            .where(box.c.portfolio == PORTFOLIO, dialect.among(box.c.grp, "groups"), one[-1], ~box.c.answered)
            .values(answered=True)
        )
        self._member = self._build_member()
        self._prepare_reading(one, sees)
        self._claim = (
            update(box)
            .where(*one, box.c.claimed_by.is_(None), sees)
            .values(claimed_by=ME, claimed_at=bindparam("moment"))
            .returning(box.c.item)
        )
        nobody = {"claimed_by": None, "claimed_at": None}
        self._put_back = update(box).where(*one, box.c.claimed_by == ME, sees).values(nobody).returning(box.c.item)
        of_persons = box.c.portfolio == PORTFOLIO, dialect.among(box.c.claimed_by, "persons")
        self._release = update(box).where(*of_persons).values(nobody).returning(box.c.since, box.c.grp)
        self._release_in = self._release.where(in_group[1])
        self._open = select(func.count()).where(*in_group, is_open)
        self._claims_of_open = select(box.c.since).where(*in_group, box.c.claimed_by.is_not(None), ~box.c.answered)
        self._inherit = self._build_inherit()
        self._forget = delete(box).where(*in_group)

    def _build_enter(self) -> Executable:
        message, grp, box = self._tables.message, self._tables.grp, self._box
        rows = (
            select(
                message.c.portfolio,
                grp.c.no,
                bindparam("of_item", type_=BigInteger()),
                message.c.id,
                message.c.type,
                false(),
            )
            .join(grp, grp.c.portfolio == message.c.portfolio)
            .where(
                message.c.portfolio == PORTFOLIO,
                message.c.id == bindparam("since"),
                self._dialect.among(grp.c.no, "groups"),
                grp.c.teambox,
            )
            .order_by(grp.c.no)
        )
        adding = self._dialect.adding(box).from_select(_COLUMNS, rows)
        return adding.on_conflict_do_update(index_elements=_KEY, set_={**self._older(adding), "answered": false()})

    def _older(self, adding: Any) -> dict[str, Any]:
        """Set the older message of a known row and a new one, with its type."""
        known, new = self._box.c, adding.excluded
        older = new.since < known.since
        return {
            "since": case((older, new.since), else_=known.since),
            "type": case((older, new.type), else_=known.type),
        }

    def _build_member(self) -> Select[Any]:
        member, person = self._tables.membership, self._tables.person
        return select(
            exists().where(
                member.c.portfolio == PORTFOLIO,
                member.c.grp == bindparam("of_group"),
                member.c.person == bindparam("of_person"),
                person.c.portfolio == member.c.portfolio,
                person.c.no == member.c.person,
                person.c.active,
            )
        )

    def _prepare_reading(self, one: tuple[Any, ...], sees: Any) -> None:
        box, talk, message = self._box, self._tables.talk, self._tables.message
        rows = (
            select(
                box.c.item,
                talk.c.subject,
                box.c.type,
                box.c.since,
                message.c.sent_at,
                box.c.answered,
                box.c.claimed_by,
                box.c.claimed_at,
            )
            .join(talk, and_(talk.c.portfolio == box.c.portfolio, talk.c.id == box.c.item))
            .join(message, and_(message.c.portfolio == box.c.portfolio, message.c.id == box.c.since))
            .where(sees)
        )
        waits = *self._in_group, box.c.claimed_by.is_(None)
        self._find = rows.where(*one)
        self._waiting = (
            rows.where(*waits, box.c.since > bindparam("after")).order_by(box.c.since).limit(bindparam("most"))
        )
        moment, behind = bindparam("moment", type_=BigInteger()), bindparam("behind", type_=BigInteger())
        self._claimed = (
            rows.where(
                *self._in_group,
                box.c.claimed_by.is_not(None),
                tuple_(box.c.claimed_at, box.c.item) < tuple_(moment, behind),
            )
            .order_by(box.c.claimed_at.desc(), box.c.item.desc())
            .limit(bindparam("most"))
        )
        kind = box.c.item.op("&")(KIND_MASK).label("kind")
        self._counts = select(kind, box.c.type, func.count()).where(*waits, sees).group_by(kind, box.c.type)

    def _build_inherit(self) -> Executable:
        box = self._box
        heir = bindparam("heir", type_=Integer())
        rows = (
            select(box.c.portfolio, heir, box.c.item, box.c.since, box.c.type, box.c.answered)
            .where(*self._in_group, self._is_open)
            .order_by(box.c.item)
        )
        adding = self._dialect.adding(box).from_select(_COLUMNS, rows)
        answered = and_(box.c.answered, adding.excluded.answered)
        return adding.on_conflict_do_update(index_elements=_KEY, set_={**self._older(adding), "answered": answered})

    def enter(self, scope: Scope, groups: Collection[int], item: int, *, since: int) -> None:
        """Let an item wait in the teamboxes of groups, unanswered; a known one keeps its claim and the older place."""
        run(scope, self._enter, groups=self._dialect.listed(groups), of_item=item, since=since)

    def answer(self, scope: Scope, groups: Collection[int], item: int) -> None:
        """Mark an item as answered in the teamboxes of these groups that hold it."""
        run(scope, self._answer, groups=self._dialect.listed(groups), of_item=item)

    def has_member(self, scope: Scope, group: int, person: int) -> bool:
        """Tell whether an active person is a member of a group."""
        return bool(run(scope, self._member, of_group=group, of_person=person).scalar_one())

    def find(self, scope: Scope, viewer: int, group: int, item: int) -> TeamboxRow | None:
        """Return an item of a group's teambox."""
        row = run(scope, self._find, me=viewer, of_group=group, of_item=item).one_or_none()
        return None if row is None else TeamboxRow(*row)

    def waiting(self, scope: Scope, viewer: int, group: int, *, after: int, limit: int) -> list[TeamboxRow]:
        """Return unclaimed items that wait since a message with an id above `after`, oldest first."""
        return [
            TeamboxRow(*row) for row in run(scope, self._waiting, me=viewer, of_group=group, after=after, most=limit)
        ]

    def claimed(
        self, scope: Scope, viewer: int, group: int, *, before: tuple[int, int], limit: int
    ) -> list[TeamboxRow]:
        """Return claimed items behind a moment and item, newest claim first."""
        moment, behind = before
        rows = run(scope, self._claimed, me=viewer, of_group=group, moment=moment, behind=behind, most=limit)
        return [TeamboxRow(*row) for row in rows]

    def counts(self, scope: Scope, viewer: int, group: int) -> list[tuple[int, str | None, int]]:
        """Return the number of unclaimed items for each kind and type."""
        return [(row[0], row[1], row[2]) for row in run(scope, self._counts, me=viewer, of_group=group)]

    def claim(self, scope: Scope, viewer: int, group: int, item: int, *, at: int) -> bool:
        """Give an unclaimed item to the viewer, and tell whether it was there to be given."""
        claimed = run(scope, self._claim, me=viewer, of_group=group, of_item=item, moment=at)
        return claimed.one_or_none() is not None

    def put_back(self, scope: Scope, viewer: int, group: int, item: int) -> bool:
        """End the viewer's own claim, and tell whether there was one."""
        return run(scope, self._put_back, me=viewer, of_group=group, of_item=item).one_or_none() is not None

    def release(self, scope: Scope, persons: Collection[int], group: int | None = None) -> list[tuple[int, int]]:
        """End all claims of persons, and return the messages since which the items wait, with their groups, sorted."""
        listed = self._dialect.listed(persons)
        if group is None:
            return sorted((row.since, row.grp) for row in run(scope, self._release, persons=listed))
        rows = run(scope, self._release_in, persons=listed, of_group=group)
        return sorted((row.since, row.grp) for row in rows)

    def open_items(self, scope: Scope, group: int) -> int:
        """Return how many items of a group nobody has claimed, or no member has answered."""
        return int(run(scope, self._open, of_group=group).scalar_one())

    def forget(self, scope: Scope, group: int) -> None:
        """Delete all items of a group."""
        run(scope, self._forget, of_group=group)

    def take_over(self, scope: Scope, old: int, new: int) -> list[int]:
        """Move the open items of one group to another, forget the others, and return what was claimed of these."""
        ended = sorted(run(scope, self._claims_of_open, of_group=old).scalars())
        run(scope, self._inherit, of_group=old, heir=new)
        self.forget(scope, old)
        return ended
