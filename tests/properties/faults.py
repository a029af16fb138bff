"""Leaks put into the library, each of which the properties of this folder must catch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from typing import Any

import pytest
from attrs import evolve, fields
from sqlalchemy import ColumnElement, Table, bindparam, func, select, true

from collabcase import CollabError, Explanation, Forbidden, ItemRef, Message, NotFound, PersonCard, Right
from collabcase.desk import audience, explaining, preview, reading, showing
from collabcase.desk.call import Call
from collabcase.desk.messages import Messages
from collabcase.desk.people import People
from collabcase.desk.reading import Standing
from collabcase.desk.talks import Talks
from collabcase.ids import Kind, decode
from collabcase.storage.interfaces import DismissalRow, MessageRow, Named
from collabcase.storage.interfaces.messages import MessageFilter
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.interfaces.talks import Listed
from collabcase.storage.sql.groups import SqlGroups
from collabcase.storage.sql.inbox import Inbox as SqlInbox
from collabcase.storage.sql.messages import SqlMessages
from collabcase.storage.sql.people import SqlPeople
from collabcase.storage.sql.reading import SqlReading
from collabcase.storage.sql.rows import PORTFOLIO, run
from collabcase.storage.sql.search import Search
from collabcase.storage.sql.visible import Visible
from properties.window_faults import NO_DIFFERENCE, NO_MARK, WINDOW_FAULTS

Fault = Callable[[pytest.MonkeyPatch], None]


def _message_table(messages: Any) -> Table:
    table: Table = messages._visible._tables.message
    return table


def page_cut_before_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search takes its page of all messages, and leaves out afterwards what is not seen."""

    def newest(self: SqlMessages, scope: Scope, viewer: int, _: object, *, before: int, limit: int) -> list[MessageRow]:
        m = _message_table(self)
        every = select(*(m.c[field.name] for field in fields(MessageRow))).where(
            m.c.portfolio == PORTFOLIO, m.c.id < bindparam("before")
        )
        page = run(scope, every.order_by(m.c.id.desc()).limit(bindparam("most")), before=before, most=limit)
        rows = [MessageRow(*row) for row in page]
        seen = self.visible(scope, viewer, [row.id for row in rows])
        return [row for row in rows if row.id in seen]

    monkeypatch.setattr(SqlMessages, "newest", newest)


def words_found_before_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search for words takes its page of whatever holds them, and leaves out afterwards what is not seen."""
    newest = Search.newest

    class Blind(Visible):
        def direct(self, item: ColumnElement[Any], *, many: bool = False) -> ColumnElement[bool]:
            return true()

    def found(self: Search, scope: Scope, viewer: int, wanted: MessageFilter, **page: int) -> list[MessageRow]:
        search = copy(self)
        if wanted.text:
            search._visible, search._plan = Blind(self._t), search._build_plan
        return newest(search, scope, viewer, wanted, **page)

    monkeypatch.setattr(Search, "newest", found)


def inbox_ordered_by_all_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A talk stands in the inbox where its newest message of all is, seen or not."""
    page = SqlInbox.page

    def ordered(self: SqlInbox, scope: Scope, viewer: int, *heading: Any, **more: Any) -> list[Listed]:
        m, shown = self._t.message, page(self, scope, viewer, *heading, **more)
        newest = run(scope, select(m.c.talk, func.max(m.c.id)).where(m.c.portfolio == PORTFOLIO).group_by(m.c.talk))
        last = {row[0]: row[1] for row in newest}
        return sorted(shown, key=lambda one: last[one.talk.id], reverse=True)

    monkeypatch.setattr(SqlInbox, "page", ordered)


def inbox_shows_the_newest_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inbox shows the newest message of a talk, seen or not."""
    page = SqlInbox.page

    def shown(self: SqlInbox, scope: Scope, *given: Any, **more: Any) -> list[Listed]:
        m = self._t.message
        rows = select(*(m.c[field.name] for field in fields(MessageRow))).where(
            m.c.portfolio == PORTFOLIO, m.c.talk == bindparam("of_talk")
        )
        newest = rows.order_by(m.c.id.desc()).limit(1)
        return [
            evolve(one, last=MessageRow(*run(scope, newest, of_talk=one.talk.id).one()))
            for one in page(self, scope, *given, **more)
        ]

    monkeypatch.setattr(SqlInbox, "page", shown)


def answered_message_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message names the message it answers, whoever sees that."""
    message = showing._message

    def shown(call: Call, row: MessageRow, named: Iterable[Named], _: set[int], standing: Standing) -> Message:
        return message(call, row, named, {row.answers or 0}, standing)

    monkeypatch.setattr(showing, "_message", shown)


def participants_of_all_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A talk's participants are taken from all of its messages."""
    named_in_talk = SqlMessages.named_in_talk

    def everybody(self: SqlMessages, scope: Scope, viewer: int, talk: int) -> set[Named]:
        m = _message_table(self)
        ids = run(
            scope, select(m.c.id).where(m.c.portfolio == PORTFOLIO, m.c.talk == bindparam("of_talk")), of_talk=talk
        )
        if not named_in_talk(self, scope, viewer, talk):
            return set()
        return {one for named in self.named(scope, list(ids.scalars())).values() for one in named}

    monkeypatch.setattr(SqlMessages, "named_in_talk", everybody)


def _denying(verb: Callable[..., Any], told: Callable[[NotFound], CollabError]) -> Callable[..., Any]:
    """Return a verb that denies what is there and not seen otherwise than what was never issued."""

    def called(self: Any, **given: Any) -> Any:
        try:
            return verb(self, **given)
        except NotFound as error:
            denied = told(error) if _is_there(self, error) else error
            if denied is error:
                raise
            raise denied from error

    return called


def _is_there(verbs: Any, error: NotFound) -> bool:
    with verbs._calls.reading() as call:
        table = _message_table(call.stores.messages)
        column = table.c.id if error.kind == Kind.MESSAGE else table.c.talk
        number = decode(error.id, Kind(error.kind))
        found = run(call.scope, select(table.c.id).where(table.c.portfolio == PORTFOLIO, column == number))
        return found.first() is not None


def denial_worded_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """NotFound says more of a message that is there than of one never issued."""

    def told(error: NotFound) -> NotFound:
        error.args = (f"{error.args[0]} Ask its owner.",)
        return error

    monkeypatch.setattr(Messages, "get", _denying(Messages.get, told))


def denial_with_an_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    """NotFound carries one fact more about a message that is there."""

    def told(error: NotFound) -> NotFound:
        error.__dict__["hidden"] = True
        return error

    monkeypatch.setattr(Messages, "get", _denying(Messages.get, told))


def denial_with_a_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """NotFound of a message that is there has a cause."""

    def told(error: NotFound) -> NotFound:
        error.__cause__ = PermissionError("not in sight")
        return error

    monkeypatch.setattr(Messages, "get", _denying(Messages.get, told))


def denial_of_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A talk that is there and not seen is Forbidden."""
    told = Forbidden("see", "this talk is not yours.")
    monkeypatch.setattr(Talks, "view", _denying(Talks.view, lambda _: told))


def explanation_names_unknown_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """An explanation names whoever stands on a path."""
    monkeypatch.setattr(explaining, "known_among", lambda call, principals: set(principals))


def audience_names_the_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An audience names every reader and group."""
    monkeypatch.setattr(audience, "known_among", lambda call, principals: set(principals))


def everybody_known_to_externals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of known persons holds everybody."""
    known = SqlPeople.known
    monkeypatch.setattr(SqlPeople, "known", lambda *args, **given: known(*args, **{**given, "everybody": True}))


def every_group_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of groups holds all of them."""
    page = SqlGroups.page
    monkeypatch.setattr(SqlGroups, "page", lambda *args, **given: page(*args, **{**given, "all": True}))


def samples_for_managers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview shows samples to who is not the system."""
    change = preview._change
    monkeypatch.setattr(preview, "_change", lambda call, *rest: change(evolve(call, system=True), *rest))


def explains_everybody_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask why somebody else sees a thing, seen or not."""
    explain = explaining._explain

    def explained(call: Call, *rest: Any) -> Explanation:
        return explain(evolve(call, actor=evolve(call.actor, rights=frozenset({Right.SIGHT_AUDIT}))), *rest)

    monkeypatch.setattr(explaining, "_explain", explained)


def error_names_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error about a person whom one may not know says what they are called."""
    get = People.get

    def told(self: People, id: str) -> PersonCard:
        try:
            return get(self, id)
        except NotFound as error:
            with self._calls.reading() as call:
                names = [person.name for _, person in call.stores.people.find(call.scope, [id]).values()]
            raise error from LookupError(names)

    monkeypatch.setattr(People, "get", told)


def groups_of_every_portfolio(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group is found by its id alone, in whatever portfolio it is."""
    find, principals = SqlGroups.find, SqlPeople.principals

    def everywhere(self: SqlGroups, scope: Scope, ids: Any, **more: Any) -> Any:
        found = [find(self, evolve(scope, portfolio=number), ids, **more) for number in range(1, 10)]
        return {id: group for groups in found for id, group in groups.items()}

    def numbers(self: SqlPeople, scope: Scope, refs: Collection[ItemRef]) -> Any:
        groups = [ref for ref in refs if ref.kind == Kind.GROUP]
        found = [principals(self, evolve(scope, portfolio=number), groups) for number in range(1, 10)]
        return {ref: no for some in (*found, principals(self, scope, refs)) for ref, no in some.items()}

    monkeypatch.setattr(SqlGroups, "find", everywhere)
    monkeypatch.setattr(SqlPeople, "principals", numbers)


def answers_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who sees a question is told that it has been answered."""
    states = SqlReading.states

    def told(self: SqlReading, scope: Scope, viewer: int, messages: Any, *, questions: bool) -> Any:
        kept = self._rule._tables.answered
        answered = set(run(scope, select(kept.c.message).where(kept.c.portfolio == PORTFOLIO)).scalars())
        return {
            id: evolve(state, question=evolve(state.question, answer_seen=id in answered)) if state.question else state
            for id, state in states(self, scope, viewer, messages, questions=questions).items()
        }

    monkeypatch.setattr(SqlReading, "states", told)


def dismissals_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who sees a question is told who will not answer, and why."""

    def everybody(self: SqlReading, scope: Scope, asker: int, messages: Collection[int]) -> Any:
        kept = self._rule._tables.dismissal
        rows = run(scope, select(kept.c.message, kept.c.reason).where(kept.c.portfolio == PORTFOLIO)).all()
        return {one: [DismissalRow(0, "", reason, 0) for id, reason in rows if id == one] for one in messages}

    monkeypatch.setattr(reading, "_is_told", lambda question: question.has_dismissals)
    monkeypatch.setattr(SqlReading, "dismissals", everybody)


def dismissals_name_the_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An asker is named whoever dismisses their question."""
    monkeypatch.setattr(reading, "known_among", lambda call, principals: set(principals))


FAULTS: Mapping[Fault, str] = {
    page_cut_before_the_rule: "desk.messages.search",
    words_found_before_the_rule: "desk.messages.search",
    inbox_ordered_by_all_messages: "desk.talks.inbox",
    inbox_shows_the_newest_of_all: "desk.talks.inbox",
    answered_message_shown: "desk.messages.get",
    participants_of_all_messages: "desk.talks.view",
    denial_worded_otherwise: "desk.messages.get",
    denial_with_an_attribute: "desk.messages.get",
    denial_with_a_cause: "desk.messages.get",
    denial_of_the_right: "desk.talks.view",
    explanation_names_unknown_groups: "desk.explain",
    audience_names_the_unknown: "desk.talks.audience",
    everybody_known_to_externals: "desk.people.known",
    every_group_listed: "desk.groups.list",
    samples_for_managers: "desk.groups.preview",
    explains_everybody_to_all: "desk.explain",
    error_names_a_stranger: "desk.people.get",
    groups_of_every_portfolio: "system.groups.rename",
    answers_told_to_all: "desk.messages.get",
    dismissals_told_to_all: "desk.messages.get",
    dismissals_name_the_unknown: "desk.messages.get",
    **WINDOW_FAULTS,
}
"""Each fault with a call that shows it."""

NO_MARK_SHOWN = frozenset(
    {
        page_cut_before_the_rule,
        words_found_before_the_rule,
        inbox_ordered_by_all_messages,
        denial_worded_otherwise,
        denial_with_an_attribute,
        denial_with_a_cause,
        denial_of_the_right,
        explains_everybody_to_all,
        answers_told_to_all,
        *NO_MARK,
    }
)
"""Those by which somebody learns that there is something, without a word of it: non-interference alone sees them."""

NO_DIFFERENCE_MADE = frozenset(
    {
        explanation_names_unknown_groups,
        error_names_a_stranger,
        groups_of_every_portfolio,
        dismissals_name_the_unknown,
        *NO_DIFFERENCE,
    }
)
"""Those that tell of both worlds of a pair alike, or tell auditors or the system: the canaries alone see them."""
