"""How to call every public call, with what a caller could think of: what the properties of this folder run through.

A new call, or a new parameter of an old one, turns `test_every_public_call_is_registered` red until it stands in
the registry below; from then on non-interference, the canaries and bad input hold it by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import collabcase
from collabcase import DictionaryEntry, Feature, ItemRef, Person, Right
from properties.naming import Given, Id, Pool, Ref, Symbol, Use, Who
from properties.reflection import find_calls
from properties.window_calls import WINDOW_CALLS

__all__ = ["DATA", "TYPE", "USES", "Given", "Id", "Pool", "Ref", "Symbol", "look", "unregistered"]

USES: dict[str, Use] = {**WINDOW_CALLS}

_Arguments: TypeAlias = Callable[[Pool], Iterable[Given]]


def use(who: Who, *names: str, changes: bool = False) -> Callable[[_Arguments], _Arguments]:
    """Register how calls are called."""

    def register(arguments: _Arguments) -> _Arguments:
        for name in names:
            assert name not in USES
            USES[name] = Use(who, arguments, changes)
        return arguments

    return register


def unregistered() -> list[str]:
    """Give the public calls that the registry lacks, and what it holds beyond them."""
    return sorted(find_calls().keys() ^ USES.keys())


def _by_id(pool: Pool, things: Iterable[Any], name: str = "id") -> Iterator[Given]:
    return ({name: one} for one in things)


_WHEN = datetime(2026, 1, 1, 9, 0, 20, tzinfo=UTC)
_LISTED: tuple[Given, ...] = ({}, {"limit": 1}, {"limit": 3}, {"cursor": None})

use("person", "desk.people.known", "desk.groups.mine", "desk.groups.list")(lambda pool: _LISTED)
use("system", "system.people.list", "system.groups.mine", "system.groups.list")(lambda pool: _LISTED)
use("person", "desk.people.get")(lambda pool: _by_id(pool, pool.persons))
use("system", "system.people.get")(lambda pool: _by_id(pool, pool.persons))
use("system", "system.people.activate", "system.people.deactivate", changes=True)(
    lambda pool: _by_id(pool, pool.persons)
)
use("person", "desk.groups.get")(lambda pool: _by_id(pool, pool.groups))
use("system", "system.groups.get")(lambda pool: _by_id(pool, pool.groups))
use("person", "desk.messages.get")(lambda pool: _by_id(pool, pool.messages))
use("system", "system.features.enabled")(lambda pool: [{}])
use("system", "system.features.enable", "system.features.disable", changes=True)(
    lambda pool: [{"feature": Feature.SHARE_CASES}]
)


@use("person", "desk.messages.visible")
def _visible(pool: Pool) -> Iterator[Given]:
    yield {"ids": pool.messages}
    yield {"ids": [*reversed(pool.messages), *pool.talks[:1]]}


@use("person", "desk.messages.search")
def _search(pool: Pool) -> Iterator[Given]:
    yield from ({}, {"limit": 1}, {"limit": 2}, {"since": _WHEN}, {"until": _WHEN, "limit": 1}, {"cursor": None})
    for person in pool.persons:
        yield {"author": person, "limit": pool.rng.choice([1, 2, 50])}
    for one in pool.everybody():
        yield {"recipient": one, "limit": pool.rng.choice([1, 2, 50])}
    for person, one in pool.pairs(pool.persons, pool.everybody(), 5):
        yield {"author": person, "recipient": one, "since": _WHEN, "until": _WHEN + timedelta(seconds=15)}
    for limit in (1, 50):
        yield from ({"unread": on, "limit": limit} for on in (True, False))
        yield from ({"asks_answer": on, "limit": limit} for on in (True, False))
        yield from ({"text": text, "limit": limit} for text in ("Antwort", "thema", "text* t*", "gibt es nicht"))
        yield from ({"type": TYPE, "limit": limit}, {"data": DATA, "limit": limit})
    for person in pool.persons:
        yield {"author": person, "text": "t*", "unread": True, "limit": 1}


@use("person", "desk.talks.inbox")
def _inbox(pool: Pool) -> Iterator[Given]:
    for heading in ("all", "mine", "teambox", "shared", "archived"):
        yield {"heading": heading}
        yield {"heading": heading, "limit": 1, "cursor": None}


@use("person", "desk.messages.mark_read", changes=True)
def _mark_read(pool: Pool) -> Iterator[Given]:
    for message in pool.messages:
        yield {"messages": message}
    for message, other in pool.pairs(pool.messages, pool.messages, 8):
        yield {"messages": [message, other]}


@use("person", "desk.messages.dismiss", changes=True)
def _dismiss(pool: Pool) -> Iterator[Given]:
    return ({"message": message, "reason": "Nicht zuständig"} for message in pool.messages)


use("person", "desk.messages.waive", changes=True)(lambda pool: _by_id(pool, pool.messages, "message"))
use("person", "desk.messages.unread")(lambda pool: [{}])


@use("person", "desk.talks.view")
def _view(pool: Pool) -> Iterator[Given]:
    for talk in pool.talks:
        yield {"talk": talk}
        yield {"talk": talk, "limit": 1}
    yield {"talk": pool.talks[0], "limit": 2, "cursor": None}


@use("person", "desk.talks.start", changes=True)
def _start(pool: Pool) -> Iterator[Given]:
    said = {"subject": "Thema", "text": "Anfang"}
    for one in pool.everybody():
        yield {**said, "to": one}
    for to, copied in pool.pairs(pool.everybody(), pool.everybody(), 6):
        yield {**said, "to": [to], "observers": [copied], "confidential": True, "asks_answer": True}
    for to in pool.some(pool.everybody(), 3):
        yield {**said, "to": to, "comment": "dazu", "date": _WHEN, "key": "k1", "host_ref": "h1"}
        yield {**said, "to": to, "type": TYPE, "data": DATA}
        yield {**said, "to": to, "type": pool.rng.choice([TYPE, "anfage"]), "data": {"sparte": "zug"}}


@use("person", "desk.talks.reply", changes=True)
def _reply(pool: Pool) -> Iterator[Given]:
    for message in pool.messages:
        yield {"message": message, "text": "Antwort"}
    for message, to in pool.pairs(pool.messages, pool.everybody(), 12):
        yield {"message": message, "text": "Antwort", "to": [to]}
    for message, one in pool.pairs(pool.messages, pool.everybody(), 12):
        yield {"message": message, "text": "Antwort", pool.rng.choice(["observers", "drop_observers"]): one}
    for message, one in pool.pairs(pool.messages, pool.persons, 12):
        yield {"message": message, "text": "Antwort", "sent_for": one, "asks_answer": True, "comment": "dazu"}
    for message in pool.some(pool.messages, 3):
        yield {"message": message, "text": "Antwort", "date": _WHEN, "key": "k2", "host_ref": "h2"}
        yield {"message": message, "text": "Antwort", "type": TYPE, "data": DATA}
        yield {"message": message, "text": "Antwort", "type": pool.rng.choice([TYPE, "anfage"]), "data": {"spate": "x"}}


@use("person", "desk.talks.reply_options")
def _reply_options(pool: Pool) -> Iterator[Given]:
    return _by_id(pool, pool.messages, "message")


@use("person", "desk.talks.audience")
def _audience(pool: Pool) -> Iterator[Given]:
    for one in pool.everybody():
        yield {"to": one, "confidential": pool.rng.random() < 0.3}
    for one, other in pool.pairs(pool.everybody(), pool.everybody(), 6):
        yield {"to": [one], "observers": [other]}
    for message in pool.messages:
        yield {"message": message}
    for message, one in pool.pairs(pool.messages, pool.everybody(), 12):
        yield {"message": message, pool.rng.choice(["to", "observers", "drop_observers"]): one}
    for message, one in pool.pairs(pool.messages, pool.persons, 8):
        yield {"message": message, "sent_for": one}
    for talk, one in pool.pairs(pool.talks, pool.everybody(), 12):
        yield {"talk": talk, "observers": one}


@use("person", "desk.talks.remove_observer", changes=True)
def _observing(pool: Pool) -> Iterator[Given]:
    for talk, who in pool.pairs(pool.talks, pool.everybody(), 25):
        yield {"talk": talk, "who": who}


@use("person", "desk.talks.add_observer", changes=True)
def _adding(pool: Pool) -> Iterator[Given]:
    for given in _observing(pool):
        yield {**given, "with_history": pool.rng.random() < 0.5}


@use("person", "desk.talks.hand_over", changes=True)
def _hand_over(pool: Pool) -> Iterator[Given]:
    for talk, to in pool.pairs(pool.talks, pool.everybody(), 25):
        yield {"talk": talk, "to": to}


@use("person", "desk.explain")
def _explain(pool: Pool) -> Iterator[Given]:
    for item in (*pool.explained, *pool.talks[:2], *pool.groups[:1], *pool.persons[:1]):
        yield {"item": item}
        if isinstance(item, Id):
            yield {"item": Ref(item)}
    for item, person in pool.pairs(pool.explained, pool.asked, 15):
        yield {"item": item, "person": person}


@use("system", "system.explain")
def _system_explain(pool: Pool) -> Iterator[Given]:
    for item, person in pool.pairs(pool.explained, pool.asked, 25):
        yield {"item": item, "person": person}


# -------------------------------------------------------------------- dictionaries and message types

TYPE, DATA = "anfrage", {"sparte": "kfz", "region": "nord"}
"""Codes that worlds begin with, see `scenes.CODE_STEPS`."""

use("person", "desk.types.entries", "desk.dictionaries.names")(lambda pool: [{}])
use("system", "system.types.entries", "system.dictionaries.names")(lambda pool: [{}])


@use("person", "desk.dictionaries.entries")
@use("system", "system.dictionaries.entries")
def _codes(pool: Pool) -> Iterator[Given]:
    return ({"name": name} for name in (*DATA, "neu"))


def _entries(pool: Pool) -> Iterator[list[DictionaryEntry]]:
    yield [DictionaryEntry("kfz", {"de": "Kfz"}, _WHEN), DictionaryEntry("neu", valid_until=_WHEN)]
    yield []


@use("system", "system.types.define", changes=True)
def _define_types(pool: Pool) -> Iterator[Given]:
    return ({"entries": entries} for entries in _entries(pool))


@use("system", "system.dictionaries.define", changes=True)
def _define(pool: Pool) -> Iterator[Given]:
    return ({"name": name, "entries": entries} for name in ("sparte", "neu") for entries in _entries(pool))


# -------------------------------------------------------------------- teamboxes, drafts, one's archive

use("person", "desk.teambox", "Teambox.counts")(
    lambda pool: ({"group": group} for id in pool.groups for group in (id, Ref(id)))
)
use("person", "desk.talks.drafts")(lambda pool: _LISTED)
use("person", "desk.talks.archive", "desk.talks.restore", changes=True)(lambda pool: _by_id(pool, pool.talks, "talk"))


@use("person", "Teambox.items")
def _items(pool: Pool) -> Iterator[Given]:
    for group in pool.groups:
        yield {"group": group, "limit": 1}
        yield {"group": Ref(group), "claimed": True, "limit": 2, "cursor": None}


@use("person", "Teambox.claim", "Teambox.put_back", changes=True)
def _of_teambox(pool: Pool) -> Iterator[Given]:
    for group, item in [(group, item) for group in pool.groups for item in pool.talks]:
        yield {"group": group, "item": item}


@use("person", "desk.talks.draft", changes=True)
def _draft(pool: Pool) -> Iterator[Given]:
    for item in (*pool.messages, *pool.talks):
        yield {"item": pool.rng.choice([item, Ref(item)]), "text": pool.rng.choice(["begonnen", "begonnen", ""])}


# -------------------------------------------------------------------- groups


def _creation(pool: Pool) -> Iterator[Given]:
    yield {"name": "Neu", "teambox": True, "open": True, "key": "k3", "host_ref": "h3"}
    yield {"name": "Neu", "shares_cases": True}
    for person in pool.persons:
        yield {"name": "Neu", "main": pool.rng.random() < 0.5, "members": [person]}


use("person", "desk.groups.create", changes=True)(_creation)


@use("system", "system.groups.create", changes=True)
def _system_creation(pool: Pool) -> Iterator[Given]:
    yield from _creation(pool)
    yield {"name": "Neu", "main": True, "rights": [Right.CASE_CREATE]}


@use("system", "system.groups.set_rights", changes=True)
def _rights(pool: Pool) -> Iterator[Given]:
    for id in pool.groups:
        yield {"id": id, "rights": ["case.create"]}


@use("person", "desk.groups.rename", changes=True)
@use("system", "system.groups.rename", changes=True)
def _rename(pool: Pool) -> Iterator[Given]:
    return ({"id": id, "name": "Anders"} for id in pool.groups)


@use("person", "desk.groups.delete", changes=True)
@use("system", "system.groups.delete", changes=True)
def _delete(pool: Pool) -> Iterator[Given]:
    yield from _by_id(pool, pool.groups)
    for id, heir in pool.pairs(pool.groups, pool.groups, 8):
        yield {"id": id, "move_to": heir}


@use("person", "desk.groups.add_members", "desk.groups.remove_members", changes=True)
@use("system", "system.groups.add_members", "system.groups.remove_members", changes=True)
def _members(pool: Pool) -> Iterator[Given]:
    for id, person in pool.pairs(pool.groups, pool.persons, 15):
        yield {"id": id, "members": [person]}


@use("person", "desk.groups.move_main", changes=True)
@use("system", "system.groups.move_main", changes=True)
def _move_main(pool: Pool) -> Iterator[Given]:
    for id, person in pool.pairs(pool.groups, pool.persons, 12):
        yield {"person": person, "id": id}


@use("person", "desk.groups.share_cases", changes=True)
@use("system", "system.groups.share_cases", changes=True)
def _share(pool: Pool) -> Iterator[Given]:
    return ({"id": id, "on": on} for id in pool.groups for on in (True, False))


@use("person", "desk.groups.preview")
@use("system", "system.groups.preview")
def _preview(pool: Pool) -> Iterator[Given]:
    for id, person in pool.pairs(pool.groups, pool.persons, 10):
        yield {"add_members": (id, [person])}
        yield {"remove_members": (id, [person])}
        yield {"move_main": (person, id)}
    for id in pool.groups:
        yield {"share_cases": (id, pool.rng.random() < 0.5)}
    yield {"feature": (Feature.SHARE_CASES, False)}
    yield {"feature": (Feature.SHARE_CASES, True)}


# -------------------------------------------------------------------- the system's people


@use("system", "system.people.add", changes=True)
def _add(pool: Pool) -> Iterator[Given]:
    yield {"id": "neu", "name": "Neu"}
    of_a_client = {"email": "n@example.test", "internal": False, "organisation": "Neu GmbH", "host_ref": "h"}
    yield {"id": "neu", "name": "Neu", **of_a_client}
    yield {"id": pool.me, "name": "Schon da"}


@use("system", "system.people.change", changes=True)
def _change(pool: Pool) -> Iterator[Given]:
    for person in pool.persons:
        yield {"id": person, "name": "Anders"}
        yield {"id": person, "internal": True, "organisation": None, "email": None, "host_ref": "h"}


@use("system", "system.people.sync", changes=True)
def _sync(pool: Pool) -> Iterator[Given]:
    directory = [Person(person, "Neu") for person in pool.persons]
    yield {"directory": directory, "deactivate_missing": False}
    yield {"directory": directory[:2], "deactivate_missing": True}


# -------------------------------------------------------------------- the host


def look(desk: collabcase.Desk) -> list[Any]:
    """Look round at a desk, as the work of `Collab.run`."""
    return [desk.messages.search(), desk.people.known(), desk.groups.list()]


_PORTS: Given = {"leases": None, "may_see": None, "wakeup": "poll"}


@use("for person", "collab.desk")
def _desk(pool: Pool) -> Iterator[Given]:
    yield {"person": pool.me, "portfolio": Symbol.HERE, "connection": None, "client_version": "4.7"}
    yield {"person": pool.me, "portfolio": Symbol.HERE, "window": "some window", "token": 5}


@use("for person", "collab.run")
def _run(pool: Pool) -> Iterator[Given]:
    yield {"person": pool.me, "portfolio": Symbol.HERE, "work": look, "client_version": "5.0"}
    yield {"person": pool.me, "portfolio": Symbol.HERE, "work": look, "window": "some window", "token": 5}


use("host", "collab.system")(lambda pool: [{"portfolio": Symbol.HERE, "connection": None}])
use("host", "collab.fsck")(lambda pool: [{"portfolio": Symbol.HERE, "progress": None}])
use("host", "collab.portfolio")(lambda pool: [{"id": Symbol.HERE, "connection": None}])
use("host", "collab.create_portfolio", changes=True)(
    lambda pool: [{"id": f"neu {pool.rng.random()}", "title": "Neu", "sent_for_since": "4.8", "connection": None}]
)
use("host", "collab.pump", "collab.start", "collab.close")(lambda pool: [{}])
use("host", "collab.signals.connect")(
    lambda pool: [{"receiver": print, "kinds": "message.sent", "portfolio": Symbol.HERE}]
)
use("host", "collab.signals.heard")(lambda pool: [{}])
use("host", "collab.signals.disconnect")(lambda pool: [{"receiver": print}])
use("host", "collab.signals.send")(
    lambda pool: [{"event": collabcase.Event("x", "message.sent", ItemRef("message", "x"), None, _WHEN)}]
)
use("host", "collabcase.open")(lambda pool: [{"url": None, "clock": None, **_PORTS}])
use("host", "collabcase.embed")(
    lambda pool: [{"engine": Symbol.ENGINE, "schema": None, "prefix": "", "clock": None, **_PORTS}]
)
use("host", "collabcase.upgrade")(lambda pool: [{"engine": Symbol.ENGINE, "schema": None, "prefix": "", "to": "head"}])
use("host", "collabcase.configure_sqlite")(lambda pool: [{"engine": Symbol.SQLITE}])
use("host", "collabcase.include_name")(lambda pool: [{"schema": None, "prefix": "collab_"}])
use("host", "collabcase.to_json")(lambda pool: [{"value": ItemRef("message", "x")}])
use("host", "collabcase.from_json")(
    lambda pool: [{"text": '{"type": "ItemRef", "v": 1, "kind": "message", "id": "x"}'}]
)
