"""Groups: main ones give rights, secondary ones widen sight; both may share cases and own a teambox."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from collabcase.ids import Kind
from collabcase.model.item import ItemRef


class Right(StrEnum):
    """The closed set of rights a main group can give (G6)."""

    CASE_CREATE = "case.create"
    CASE_MANAGE = "case.manage"
    GROUP_MANAGE = "group.manage"
    LOCK_FORCE = "lock.force"
    TEMPLATE_MANAGE = "template.manage"
    TRAY_MANAGE = "tray.manage"
    SIGHT_AUDIT = "sight.audit"


class GroupEvent(StrEnum):
    """What happens to a group."""

    CREATED = "group.created"
    RENAMED = "group.renamed"
    DELETED = "group.deleted"
    MEMBERS_ADDED = "group.members_added"
    MEMBERS_REMOVED = "group.members_removed"
    SHARING_CHANGED = "group.sharing_changed"
    RIGHTS_CHANGED = "group.rights_changed"


@frozen
class Group:
    """Persons of one portfolio.

    Attributes:
        id: issued here.
        name: for people to read; need not be unique.
        main: whether it gives rights; a person is in one main group at most (G1).
        shares_cases: the box «share cases» (G3); it acts only while the portfolio's feature is on. None where the
            viewer may not know.
        teambox: whether it can be written to (G5).
        open: whether external persons may write to its teambox (V17).
        deleted: whether it is gone; its name stays in histories (G4).
        host_ref: the host's own reference; None where the viewer may not know.
        rights: what it gives its members, sorted; None where the viewer may not know.
        members: ids of its members, sorted; None where the viewer may not know (G6, V17).
    """

    id: str
    name: str
    main: bool
    shares_cases: bool | None
    teambox: bool
    open: bool
    deleted: bool = False
    host_ref: str | None = None
    rights: tuple[Right, ...] | None = None
    members: tuple[str, ...] | None = None

    @property
    def ref(self) -> ItemRef:
        """The reference of this group."""
        return ItemRef(Kind.GROUP.value, self.id)
