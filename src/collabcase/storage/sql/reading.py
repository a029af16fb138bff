"""Read state in SQL; keeps `ReadingStore`. What is unread comes from `unread`; this file only asks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Integer, Select, and_, bindparam, exists, or_, select, update

from collabcase.ids import first_at
from collabcase.model.reading import Heading, Question
from collabcase.storage.interfaces.reading import DismissalRow, ReadState
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.unread import UnreadRule
from collabcase.storage.sql.visible import ME, Visible


class SqlReading:
    """Read marks, answers that count, waivers and dismissals."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._dialect, self._rule = dialect, UnreadRule(tables)
        message = tables.message
        these = message.c.portfolio == PORTFOLIO, dialect.among(message.c.id, "messages")
        self._unread = select(message.c.id).where(*these, self._rule.unread(message))
        self._states = self._build_states(tables).where(*these)
        self._dismissals = self._build_dismissals(tables)
        self._groups = self._rule.groups_since()
        self._mine = self._rule.walk_mine()
        self._teambox = self._rule.walk_teambox()
        self._shared = self._rule.walk_shared()
        self._mark = dialect.insert(tables.read_mark)
        self._note = dialect.insert(tables.answered)
        self._pass_on = {every: self._build_pass_on(tables, every) for every in (False, True)}
        self._waive: Executable = (
            update(message)
            .where(message.c.portfolio == PORTFOLIO, message.c.id == bindparam("waived"), message.c.waived_at.is_(None))
            .values(waived_at=bindparam("at"))
        )
        self._dismiss = (
            dialect.insert(tables.dismissal)
            .values(
                portfolio=PORTFOLIO,
                **{name: bindparam(f"new_{name}") for name in ("message", "person", "reason", "at")},
            )
            .returning(tables.dismissal.c.person)
        )

    def _build_states(self, t: Tables) -> Select[Any]:
        message, answered = t.message, t.answered
        dismissal = t.dismissal.alias("dismissed")
        to_it = answered.c.portfolio == PORTFOLIO, answered.c.message == message.c.id
        dismissed = dismissal.c.portfolio == PORTFOLIO, dismissal.c.message == message.c.id
        asked = {
            "asker": or_(message.c.sender == ME, and_(message.c.sent_for.is_not(None), message.c.sent_for == ME)),
            "addressed": self._rule.addressed(message),
            "answered": exists().where(*to_it, self._rule.us(answered.c.principal)),
            "answer_seen": exists().where(*to_it, Visible(t).direct(answered.c.answer)),
            "waived": message.c.waived_at.is_not(None),
            "dismissed": exists().where(*dismissed, dismissal.c.person == ME),
            "has_dismissals": exists().where(*dismissed),
        }
        return select(
            message.c.id,
            self._rule.unread(message).label("unread"),
            message.c.asks_answer,
            *(and_(message.c.asks_answer, said).label(name) for name, said in asked.items()),
        )

    def _build_pass_on(self, t: Tables, every: bool) -> Executable:
        row = t.answered
        some = () if every else (self._dialect.among(row.c.message, "messages"),)
        passed = (
            select(row.c.portfolio, row.c.message, bindparam("new", type_=Integer()), row.c.answer)
            .distinct()
            .where(row.c.portfolio == PORTFOLIO, self._dialect.among(row.c.principal, "principals"), *some)
        )
        return self._dialect.insert(row).from_select(["portfolio", "message", "principal", "answer"], passed)

    def _build_dismissals(self, t: Tables) -> Select[Any]:
        dismissal, message, principal = t.dismissal, t.message, t.principal
        return (
            select(dismissal.c.message, dismissal.c.person, principal.c.id, dismissal.c.reason, dismissal.c.at)
            .join(message, and_(message.c.portfolio == dismissal.c.portfolio, message.c.id == dismissal.c.message))
            .join(principal, and_(principal.c.portfolio == dismissal.c.portfolio, principal.c.no == dismissal.c.person))
            .where(
                dismissal.c.portfolio == PORTFOLIO,
                self._dialect.among(dismissal.c.message, "messages"),
                or_(message.c.sender == ME, message.c.sent_for == ME),
            )
            .order_by(dismissal.c.message, dismissal.c.at, principal.c.id)
        )

    def states(
        self, scope: Scope, viewer: int, messages: Collection[int], *, questions: bool
    ) -> Mapping[int, ReadState]:
        """Return how messages stand with a viewer who was found to see them, in one statement."""
        if not messages:
            return {}
        listed = self._dialect.listed(messages)
        if not questions:
            unread = set(run(scope, self._unread, me=viewer, messages=listed).scalars())
            return {message: ReadState(message in unread) for message in messages}
        return {
            id: ReadState(bool(unread), Question(*map(bool, asked)) if asks else None)
            for id, unread, asks, *asked in run(scope, self._states, me=viewer, messages=listed).all()
        }

    def dismissals(self, scope: Scope, asker: int, messages: Collection[int]) -> Mapping[int, Sequence[DismissalRow]]:
        """Return who has dismissed those of these questions that are the asker's own, the first one first."""
        found: dict[int, list[DismissalRow]] = {}
        for message, *said in run(scope, self._dismissals, me=asker, messages=self._dialect.listed(messages)):
            found.setdefault(message, []).append(DismissalRow(*said))
        return found

    def unread(self, scope: Scope, viewer: int, *, most: int) -> Mapping[Heading, int]:
        """Return how many messages a viewer sees that are unread under each heading, counted up to `most` (T5)."""
        mine = set(run(scope, self._mine, me=viewer, most=most).scalars())
        groups = run(scope, self._groups, me=viewer).all()
        boxed, shared = set[int](), set[int]()
        for group, since, shares, *more in groups:
            for walk, found, begins in (
                (self._teambox, boxed, since),
                *(((self._shared, shared, max(since, *more)),) if shares else ()),
            ):
                if len(found) < most:
                    found |= set(run(scope, walk, me=viewer, of_group=group, low=first_at(begins), most=most).scalars())
        counts = {Heading.MINE: mine, Heading.TEAMBOX: boxed, Heading.SHARED: shared}
        return {heading: min(len(found), most) for heading, found in counts.items()}

    def mark_read(self, scope: Scope, person: int, messages: Collection[int]) -> None:
        """Keep that a person has read messages; known marks stay as they are."""
        store(scope, self._mark, [{"person": person, "message": message} for message in sorted(messages)])

    def note_answer(self, scope: Scope, question: int, answer: int, principals: Collection[int]) -> None:
        """Keep for which persons and groups a message answers a question, whatever changes later."""
        rows = [{"message": question, "principal": one, "answer": answer} for one in sorted(principals)]
        store(scope, self._note, rows)

    def pass_on(self, scope: Scope, old: Collection[int], new: int, messages: Collection[int] | None = None) -> None:
        """Let what answers questions for some principals answer them for another one, too."""
        asked = {} if messages is None else {"messages": self._dialect.listed(messages)}
        run(scope, self._pass_on[messages is None], principals=self._dialect.listed(old), new=new, **asked)

    def waive(self, scope: Scope, message: int, *, at: int) -> bool:
        """Keep since when (milliseconds) a question needs no answer; return whether it did before."""
        return run(scope, self._waive, waived=message, at=at).rowcount == 1

    def dismiss(self, scope: Scope, message: int, person: int, reason: str, *, at: int) -> bool:
        """Keep that a person will not answer; return False where they had said so before, and keep what they said."""
        said = {"new_message": message, "new_person": person, "new_reason": reason, "new_at": at}
        return run(scope, self._dismiss, **said).one_or_none() is not None
