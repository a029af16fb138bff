"""The memberships and boxes of a portfolio, and names for what is shown of them."""

from __future__ import annotations

from collections.abc import Collection

from collabcase.desk.call import Call
from collabcase.model.portfolio import Feature
from collabcase.permissions.explain import Name, World


def world(call: Call) -> World:
    """Return who is in which group and which groups share."""
    return World(
        groups_of=call.stores.groups.memberships(call.scope),
        ticked=call.stores.groups.sharing_groups(call.scope),
        feature=Feature.SHARE_CASES in call.stores.portfolios.features(call.scope),
    )


def names_of(call: Call, principals: Collection[int]) -> dict[int, Name]:
    """Return reference and name of persons and groups, by number."""
    return {
        **{no: Name(card.ref, card.id) for no, card in call.stores.people.cards(call.scope, principals).items()},
        **{no: Name(group.ref, group.name) for no, group in call.stores.groups.named(call.scope, principals).items()},
    }
