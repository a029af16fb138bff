"""The desk: one unit of work of one person, and the same for the host itself."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from collabcase.desk.call import Calls
from collabcase.desk.dictionaries import Dictionaries, SystemDictionaries, SystemTypes, Types
from collabcase.desk.explaining import explain
from collabcase.desk.features import Features
from collabcase.desk.forcing import forced
from collabcase.desk.groups import Groups, SystemGroups
from collabcase.desk.lockables import guard_hosts
from collabcase.desk.messages import Messages
from collabcase.desk.people import People, SystemPeople
from collabcase.desk.talks import Talks
from collabcase.desk.teambox import Teambox, group_ref
from collabcase.errors import DeskClosed
from collabcase.model.group import Group
from collabcase.model.item import ItemRef, Referable
from collabcase.model.lock import Forced
from collabcase.model.page import Page
from collabcase.permissions.explain import Explanation


class _Opened:
    """A unit of work: opens nothing until its first verb, commits at the end of its block, rolls back on an error."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._used = False

    def __enter__(self) -> Self:
        if self._used:
            raise DeskClosed("A desk serves one with block.")
        self._used = self._calls.open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.open = False
        if kind is None:
            self._calls.finish()
        else:
            self._calls.work.rollback()


class Desk(_Opened):
    """What one person does in one unit of work; get it from `Collab.desk`.

    Attributes:
        people: whom the person may know.
        groups: groups of the portfolio.
        talks: conversations.
        messages: what was sent.
        dictionaries: the codes that messages carry, with their labels.
        types: the types of messages.
    """

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls)
        self.people = People(calls)
        self.groups = Groups(calls)
        self.talks = Talks(calls)
        self.messages = Messages(calls)
        self.dictionaries = Dictionaries(calls)
        self.types = Types(calls)

    def teambox(self, group: str | ItemRef | Group) -> Teambox:
        """Return a group's teambox, for its members (G5).

        Whether there is such a group, and whether the person is a member of it, is told by the teambox's verbs.

        Args:
            group: an id, a reference or a value.

        Raises:
            InvalidInput: it is none of these.
        """
        return Teambox(self._calls, group_ref(group))

    def guard(self, item: ItemRef) -> None:
        """Refuse to go on where a thing of the host's own is locked, and keep it as it is until this desk ends (L8).

        For the host's own writes to it, in the same transaction: on a desk with the host's ``connection=``.

        Args:
            item: its reference, of a kind of the host's.

        Raises:
            NotFound: there is no such person or portfolio.
            Forbidden: the person is deactivated.
            ItemLocked: somebody else is at work on it.
            StaleLock: the desk's token is not that of its window's present lock on it.
            WindowGone: the desk's window is closed, or was silent for too long.
            InvalidInput: it is nothing of the host's.
        """
        guard_hosts(self._calls, item)

    def explain(self, item: str | ItemRef | Referable, person: str | None = None) -> Explanation:
        """Tell by which paths a thing is seen (V14).

        Args:
            item: an id, a reference or a value, of a message or whatever else has sight of its own.
            person: whose sight; the asker's own by default.

        Returns:
            Every path, in a fixed order; for an auditor also none.

        Raises:
            NotFound: the asker does not see the thing, or may not know the person (V12).
            Forbidden: it is about somebody else, and the asker lacks `sight.audit`.
            InvalidInput: it is a talk, which is seen by its messages.
        """
        return explain(self._calls, item, person)


class System(_Opened):
    """What the host does in one unit of work; get it from `Collab.system`.

    Attributes:
        people: setting up persons.
        groups: groups, and the rights they give.
        features: what the portfolio can do.
        dictionaries: setting up the codes that messages carry.
        types: setting up the types of messages.
    """

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls)
        self.people = SystemPeople(calls)
        self.groups = SystemGroups(calls)
        self.features = Features(calls)
        self.dictionaries = SystemDictionaries(calls)
        self.types = SystemTypes(calls)

    def forced(
        self, item: str | ItemRef | Referable | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Forced]:
        """Return the record of locks that were freed by force, newest first (L5).

        Args:
            item: only of this talk, or thing of the host's own.
            cursor: where to go on, from `next` of the page before.
            limit: how many at most, 1 to 500.

        Raises:
            NotFound: there is no such portfolio or talk.
            InvalidInput: a parameter can't be used.
        """
        return forced(self._calls, item, cursor=cursor, limit=limit)

    def explain(self, item: str | ItemRef | Referable, person: str) -> Explanation:
        """Tell by which paths a person sees a thing; without any, they don't (V14).

        Args:
            item: an id, a reference or a value.
            person: whose sight.

        Raises:
            NotFound: there is no such thing or person.
            InvalidInput: it is a talk, which is seen by its messages.
        """
        return explain(self._calls, item, person)
