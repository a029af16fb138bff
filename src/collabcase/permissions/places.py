"""In whose place somebody acts on a talk: who stands in whose way there, and is told of whose lock (L1).

On a message one acts for oneself, for the teambox one is in, and for the colleagues whose messages one sees by
sharing. Who is on one side of a message in person never acts for the other side. Observers act for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set

from collabcase.permissions.sight import Involvement, Role, Sight

_SENDING = frozenset({Role.SENDER, Role.SENT_FOR})
_RECEIVING = frozenset({Role.RECIPIENT})


def places(
    sight: Sight, shapes: Iterable[Sequence[Involvement]], groups_of: Callable[[int], Set[int]]
) -> frozenset[int]:
    """Return the persons and groups in whose place somebody acts on a talk.

    Two persons stand in each other's way where these meet. Whoever acts in nobody's place may write nothing there.

    Args:
        sight: of who acts.
        shapes: who is on the messages of the talk; messages with the same people need to be told once.
        groups_of: tells the groups a person is in; of a group, none.
    """
    return frozenset(
        row.principal for shape in shapes for row in _my_side(sight, shape) if _acts_for(sight, row, groups_of)
    )


def _my_side(sight: Sight, shape: Sequence[Involvement]) -> list[Involvement]:
    """Return the rows of the sides of a message that one is on in person; of both where one is on none."""
    sides = [[row for row in shape if row.role in roles] for roles in (_SENDING, _RECEIVING)]
    mine = [side for side in sides if any(_is_own(sight, row) for row in side)]
    return [row for side in mine or sides for row in side]


def _is_own(sight: Sight, row: Involvement) -> bool:
    return row.principal == sight.me or row.principal in sight.groups


def _acts_for(sight: Sight, row: Involvement, groups_of: Callable[[int], Set[int]]) -> bool:
    return _is_own(sight, row) or (row.extends and bool(sight.sharing & groups_of(row.principal)))
