"""Who may be known and addressed (V17)."""

from __future__ import annotations

from attrs import frozen


@frozen
class Acquaintance:
    """What a viewer has to do with a person or group.

    Attributes:
        no: the principal's number.
        group: whether it is a group.
        me: whether it is the viewer.
        active: of a person, whether they may act; of a group, whether it still exists.
        internal: of a person, whether they belong to the house.
        teambox: of a group, whether it can be written to.
        open: of a group, whether external persons may write to it.
        together: of a person, whether both are in one group; of a group, whether the viewer is a member.
        named: whether it is named on something the viewer sees.
    """

    no: int
    group: bool
    me: bool
    active: bool
    internal: bool
    teambox: bool
    open: bool
    together: bool
    named: bool


def may_address(viewer_internal: bool, other: Acquaintance) -> bool:
    """Tell whether a viewer may write to somebody of their own accord.

    Internal persons may write to every active person and teambox; external ones to internal persons with whom they
    share a group or who are named on something they see, and to open teamboxes.
    """
    if not other.active or other.me:
        return False
    if other.group:
        return other.teambox and (viewer_internal or other.open)
    return viewer_internal or (other.internal and (other.together or other.named))


def may_answer_to(viewer_internal: bool, other: Acquaintance) -> bool:
    """Tell whether somebody who answers may write to somebody: whoever is named on what they see, besides."""
    reachable = other.teambox and other.active if other.group else not other.me
    return may_address(viewer_internal, other) or (other.named and reachable)


def knows(viewer_internal: bool, other: Acquaintance, *, manages_groups: bool = False) -> bool:
    """Tell whether a viewer may know of somebody: errors, lists and explanations name nobody else.

    Args:
        viewer_internal: whether the viewer belongs to the house.
        other: what they have to do with the person or group.
        manages_groups: whether the viewer holds `group.manage`, which shows groups and their members.
    """
    if other.me or other.together or other.named or manages_groups:
        return True
    return may_address(viewer_internal, other)
