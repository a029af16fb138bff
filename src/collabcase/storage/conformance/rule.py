"""The rule of visibility, one situation after another, asked of every method that applies it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from collabcase.ids import LARGEST
from collabcase.model.person import Person
from collabcase.permissions.sight import Involvement, Role
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite
from collabcase.storage.interfaces import MessageFilter

Situation: TypeAlias = Callable[[Scene, int, int], int]
"""Given a scene, the viewer and a talk, send the message that is looked for."""


def _peer(here: Scene, me: int, *, shares: bool = True, feature: bool = True, main: bool = False) -> int:
    """Return somebody in one group with the viewer."""
    here.share(feature)
    peer = here.person("peer")
    here.group("both", me, peer, shares=shares, main=main)
    return peer


def _others(here: Scene) -> tuple[int, int]:
    x, y = here.persons("x", "y")
    return x, y


def _i_sent_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, me, here.person("x"))


def _i_received_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, here.person("x"), me)


def _i_observe_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, *_others(here), observers=[me])


def _it_was_sent_for_me(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, *_others(here), sent_for=me)


def _my_group_received_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, here.person("x"), here.group("box", me, teambox=True))


def _my_group_observes_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, *_others(here), observers=[here.group("box", me, teambox=True)])


def _a_peer_sent_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, _peer(here, me), here.person("x"))


def _a_peer_in_my_main_group_sent_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, _peer(here, me, main=True), here.person("x"))


def _a_peer_received_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, here.person("x"), _peer(here, me))


def _it_was_sent_for_a_peer(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, *_others(here), sent_for=_peer(here, me))


def _an_inactive_peer_sent_it(here: Scene, me: int, talk: int) -> int:
    peer = _peer(here, me)
    here.stores.people.update(here.scope, peer, Person("peer", "Gone", active=False))
    return here.message(talk, peer, here.person("x"))


def _a_peer_joined_later(here: Scene, me: int, talk: int) -> int:
    x, y = _others(here)
    message = here.message(talk, x, y)
    here.share()
    here.group("both", me, y, shares=True)
    return message


def _strangers_wrote(here: Scene, me: int, talk: int) -> int:
    _peer(here, me)
    return here.message(talk, *_others(here))


def _a_peer_observes_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, *_others(here), observers=[_peer(here, me)])


def _a_peers_group_received_it(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, here.person("x"), here.group("box", _peer(here, me), teambox=True))


def _a_peer_of_a_peer_sent_it(here: Scene, me: int, talk: int) -> int:
    farther, x = _others(here)
    here.group("further", _peer(here, me), farther, shares=True)
    return here.message(talk, farther, x)


def _the_box_is_unticked(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, _peer(here, me, shares=False), here.person("x"))


def _another_group_of_mine_shares(here: Scene, me: int, talk: int) -> int:
    peer = _peer(here, me, shares=False)
    here.group("mine", me, shares=True)
    here.group("theirs", peer, shares=True)
    return here.message(talk, peer, here.person("x"))


def _the_feature_is_off(here: Scene, me: int, talk: int) -> int:
    return here.message(talk, _peer(here, me, feature=False), here.person("x"))


def _i_am_inactive(here: Scene, me: int, talk: int) -> int:
    here.stores.people.update(here.scope, me, Person("me", "Me", internal=False, active=False))
    return here.message(talk, _peer(here, me), here.person("x"))


def _i_left(here: Scene, me: int, talk: int) -> int:
    message = here.message(talk, _peer(here, me), here.person("x"))
    here.stores.groups.leave(here.scope, here.stores.groups.find(here.scope, ["both"])["both"][0], [me])
    return message


def _the_peer_left(here: Scene, me: int, talk: int) -> int:
    peer = _peer(here, me)
    here.stores.groups.leave(here.scope, here.stores.groups.find(here.scope, ["both"])["both"][0], [peer])
    return here.message(talk, peer, here.person("x"))


def _it_is_confidential(here: Scene, me: int, talk: int) -> int:
    message = here.message(talk, *_others(here))
    here.stores.sights.involve(here.scope, message, [Involvement(_peer(here, me), Role.RECIPIENT, False)])
    return message


def _i_observe_no_more(here: Scene, me: int, talk: int) -> int:
    message = _i_observe_it(here, me, talk)
    here.stores.sights.withdraw(here.scope, [message], me, Role.OBSERVER)
    return message


SEEN: tuple[tuple[str, Situation], ...] = (
    ("V1", _i_sent_it),
    ("V1", _i_received_it),
    ("V1", _i_observe_it),
    ("V1", _it_was_sent_for_me),
    ("V2", _my_group_received_it),
    ("V2", _my_group_observes_it),
    ("V3", _a_peer_sent_it),
    ("V3", _a_peer_in_my_main_group_sent_it),
    ("V3", _a_peer_received_it),
    ("V3", _it_was_sent_for_a_peer),
    ("V3", _an_inactive_peer_sent_it),
    ("V5", _a_peer_joined_later),
)
"""Situations in which the viewer sees the message, by their rules."""

UNSEEN: tuple[tuple[str, Situation], ...] = (
    ("V1", _strangers_wrote),
    ("V1", _i_observe_no_more),
    ("V3", _a_peer_observes_it),
    ("V3", _a_peers_group_received_it),
    ("V4", _a_peer_of_a_peer_sent_it),
    ("V3", _the_box_is_unticked),
    ("V3", _another_group_of_mine_shares),
    ("V3", _the_feature_is_off),
    ("V3", _i_am_inactive),
    ("V5", _i_left),
    ("V5", _the_peer_left),
    ("V15", _it_is_confidential),
)
"""Situations in which the viewer does not see it."""

_ALL = [
    pytest.param(situation, seen, id=f"{rule}{situation.__name__}")
    for seen, situations in ((True, SEEN), (False, UNSEEN))
    for rule, situation in situations
]


class RuleSuite(Suite):
    """Every method that reads for a viewer applies the rule, the same rule."""

    @pytest.mark.parametrize(("situation", "seen"), _ALL)
    def test_all_methods_apply_one_rule(self, here: Scene, there: Scene, situation: Situation, seen: bool) -> None:
        """V1 to V6, V15: whatever reads for a viewer, in Python or in the store, shows what the rule gives."""
        for scene in (there, here):
            me, witness, side = scene.person("me", internal=False), scene.person("witness"), scene.person("side")
            talk = scene.talk(side, side)
            message = situation(scene, me, talk) if scene is here else scene.message(talk, me, side)
            circle = scene.group("circle")
            scene.stores.talks.stand(scene.scope, [message], witness)
            scene.stores.talks.stand(scene.scope, [message], circle)
            scene.message(scene.talk(side, witness), side, witness)
        expected = {message} if seen else set()
        assert expected == _seen_in_lists(here, me, talk, message)
        assert seen == _seen_by_rule(here, me, message)
        assert seen == (here.stores.messages.find(here.scope, me, message) is not None)
        assert int(seen) == len(here.stores.messages.senders_of_talk(here.scope, me, talk))
        assert seen == bool(here.stores.messages.named_in_talk(here.scope, me, talk))
        standing = {named.no for named in here.stores.talks.standing_in_talk(here.scope, me, talk)}
        assert ({witness, circle} if seen else set()) == standing
        people, groups = here.stores.people, here.stores.groups
        assert seen == people.acquaintances(here.scope, me, [witness], named=True)[witness].named
        known = people.known(here.scope, me, everybody=False, before=LARGEST, limit=50)
        assert seen == (witness in {no for no, _ in known})
        shown = groups.page(here.scope, viewer=me, all=False, mine=False, before=LARGEST, limit=50)
        assert seen == (circle in {no for no, _, _ in shown})

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """What involves, or brings together, equal numbers in another portfolio shows nothing in this one."""
        for scene in (there, here):
            scene.share()
            me, x, peer = scene.persons("me", "x", "peer")
            box = scene.group("box", *([me] if scene is there else []), teambox=True)
            scene.group("both", me, *([peer] if scene is there else []), shares=True)
            talk = scene.talk(x, x)
            own = [scene.message(talk, x, box), scene.message(talk, x, me if scene is there else x)]
            shared = scene.message(talk, peer, x)
        messages = here.stores.messages
        assert {*own, shared} == _seen_in_lists(there, me, talk, *own, shared)
        assert own == messages.ids_of_talk(there.scope, me, talk, own=True)
        assert _seen_in_lists(here, me, talk, *own, shared) == set()
        assert messages.ids_of_talk(here.scope, me, talk, own=True) == []
        for message in (*own, shared):
            assert not _seen_by_rule(here, me, message)
            assert _seen_by_rule(there, me, message)


def _seen_in_lists(here: Scene, me: int, talk: int, *asked: int) -> set[int]:
    messages, sights = here.stores.messages, here.stores.sights
    found = [
        {row.id for row in messages.newest(here.scope, me, MessageFilter(), before=LARGEST, limit=50)},
        {row.id for row in messages.newest(here.scope, me, MessageFilter(talk=talk), before=LARGEST, limit=50)},
        {row.id for row in messages.of_talk(here.scope, me, talk, after=0, limit=50)},
        set(messages.ids_of_talk(here.scope, me, talk, own=False)),
        messages.visible(here.scope, me, asked),
        sights.sees(here.scope, me, asked),
    ]
    assert all(one == found[0] for one in found), "the methods differ"
    return found[0]


def _seen_by_rule(here: Scene, me: int, message: int) -> bool:
    sights = here.stores.sights
    return sights.sight(here.scope, me).sees(message, sights.facts(here.scope, [message]))
