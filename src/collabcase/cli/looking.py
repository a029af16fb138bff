"""The commands that tell about one person: who they are, and why they see a thing."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from collabcase.cli.opened import opened
from collabcase.cli.output import number, say, say_json, table
from collabcase.errors import NotFound

if TYPE_CHECKING:
    from collabcase.collab import Collab
    from collabcase.desk.desk import System
    from collabcase.model.group import Group
    from collabcase.model.person import Person

WHOAMI = """\
Tell who somebody is: their main group and its rights, their groups, which of these share with them now and why the
others do not, their teamboxes, and what is unread.

  python -m collabcase whoami sqlite:///broker.db hamburg b2
  python -m collabcase whoami postgresql://user@host/name hamburg b2 --prefix collab_ --json
"""

EXPLAIN = """\
Tell by which paths somebody sees a thing, or that no path leads there. ITEM is an id, such as that of a message.

  python -m collabcase explain sqlite:///broker.db hamburg b2 message_38g2bkk5dtm84
"""

_WHY_NOT = {
    "box": "no: its box is not ticked",
    "feature": "no: SHARE_CASES is off",
    "inactive": "no: the person is deactivated",
}


def whoami(given: Namespace) -> int:
    """Tell who somebody is."""
    with opened(given) as collab:
        found = _about(collab, given.portfolio, given.person)
    if given.json:
        say_json(found)
    else:
        say(_told(found))
    return 0


def explain(given: Namespace) -> int:
    """Tell why somebody sees a thing."""
    from collabcase.storage.packing import to_json

    with opened(given) as collab, collab.system(given.portfolio) as system:
        found = system.explain(given.item, given.person)
    if given.json:
        say_json(json.loads(to_json(found)))
    else:
        say(str(found))
    return 0


def _about(collab: Collab, portfolio: str, id: str) -> dict[str, Any]:
    """Return all that `whoami` tells, as JSON shows it."""
    from collabcase.model.portfolio import Feature

    place = collab.portfolio(portfolio)
    if place is None:
        raise NotFound("portfolio", portfolio)
    feature = Feature.SHARE_CASES in place.features
    with collab.system(portfolio) as system:
        person = system.people.get(id)
        groups = [_group(group, person, feature) for group in _groups_of(system, id)]
    groups.sort(key=lambda group: (not group["main"], group["name"], group["id"]))
    main = next((group for group in groups if group["main"]), None)
    found = {
        "portfolio": portfolio,
        "share_cases": feature,
        "person": {
            "id": person.id,
            "name": person.name,
            "internal": person.internal,
            "organisation": person.organisation,
            "active": person.active,
        },
        "main_group": None if main is None else {name: main[name] for name in ("id", "name", "rights")},
        "groups": [{name: value for name, value in group.items() if name != "rights"} for group in groups],
        "unread": None,
    }
    if person.active:
        _look(collab, portfolio, id, found)
    return found


def _groups_of(system: System, id: str) -> Iterator[Group]:
    cursor = None
    while True:
        page = system.groups.list(cursor=cursor, limit=500)
        yield from (group for group in page if id in (group.members or ()))
        cursor = page.next
        if cursor is None:
            return


def _group(group: Group, person: Person, feature: bool) -> dict[str, Any]:
    why_not = "box" if not group.shares_cases else "feature" if not feature else None if person.active else "inactive"
    return {
        "id": group.id,
        "name": group.name,
        "main": group.main,
        "members": len(group.members or ()),
        "shares": why_not is None,
        "why_not": why_not,
        "teambox": group.teambox,
        "open": group.open,
        "waiting": None,
        "rights": [right.value for right in group.rights or ()],
    }


def _look(collab: Collab, portfolio: str, id: str, found: dict[str, Any]) -> None:
    """Add what the person themselves would be told: what is unread, and what waits in their teamboxes."""
    from collabcase.model.item import ItemRef

    with collab.desk(id, portfolio=portfolio) as desk:
        unread = desk.messages.unread()
        found["unread"] = {name: getattr(unread, name) for name in ("mine", "teambox", "shared", "capped")}
        for group in found["groups"]:
            if group["teambox"]:
                counts = desk.teambox(ItemRef("group", group["id"])).counts()
                group["waiting"] = sum(count.number for count in counts)


def _told(found: dict[str, Any]) -> str:
    person, main, unread = found["person"], found["main_group"], found["unread"]
    kind = "internal" if person["internal"] else "external"
    house = f", {person['organisation']}" if person["organisation"] else ""
    rights = "no rights" if main and not main["rights"] else ", ".join(main["rights"]) if main else ""
    lines = [
        ("portfolio", f"{found['portfolio']}, SHARE_CASES is {'on' if found['share_cases'] else 'off'}"),
        ("person", f"{kind}{house}{'' if person['active'] else ', deactivated'}"),
        ("main group", f"{main['name']}: {rights}" if main else "none, so no rights"),
        ("unread", _unread(unread) if unread else "not counted, the person is deactivated"),
    ]
    told = f"{person['id']}: {person['name']}\n{table(lines)}\n\n"
    if not found["groups"]:
        return told + "In no group."
    rows = [("group", "members", "shares with them", "teambox"), *map(_row, found["groups"])]
    return told + table(rows)


def _unread(unread: dict[str, Any]) -> str:
    counts = {name: "99+" if unread[name] >= 100 else str(unread[name]) for name in ("mine", "teambox", "shared")}
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _row(group: dict[str, Any]) -> tuple[str, str, str, str]:
    box = "" if not group["teambox"] else "open to externals" if group["open"] else "internal"
    if group["waiting"] is not None:
        box += f", {number(group['waiting'], 'item', 'items')} waiting"
    name = f"{group['name']} (main)" if group["main"] else group["name"]
    return name, str(group["members"]), _WHY_NOT.get(group["why_not"], "yes"), box
