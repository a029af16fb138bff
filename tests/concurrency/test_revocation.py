"""Who has lost access never sees what is sent afterwards."""

from __future__ import annotations

import time
from typing import Any

from collabcase import Collab, Desk, Feature, ItemRef, NotFound
from concurrency.crew import SIZE, Crew
from concurrency.scene import insist, set_up

WRITERS = 2
READERS = [f"r{number}" for number in range(SIZE - WRITERS)]
WAYS = ["remove_members", "untick", "delete", "teambox"] * 3 + ["feature"]
PATIENCE = 40.0


def write(collab: Collab, member: int, groups: list[str]) -> None:
    """Send, take the readers' access away, and send again in the same talk; with each group in another way."""
    for number, (way, group) in enumerate(zip(WAYS, groups, strict=True)):
        send_around(collab, f"s{member}-{number}", way, group)
    collab.run("x", "p", lambda desk: desk.talks.start(READERS, subject="s", text=f"end {member}"))


def send_around(collab: Collab, sender: str, way: str, group: str) -> None:
    to: Any = ItemRef("group", group) if way == "teambox" else "x"

    def start(desk: Desk) -> str:
        talk = desk.talks.start(to, subject="s", text=f"open {sender}")
        return desk.talks.view(talk.id).messages[0].id

    message = collab.run(sender, "p", start)
    time.sleep(0.01)
    insist(revoke, collab, way, group)
    collab.run(sender, "p", lambda desk: desk.talks.reply(message, "secret"))


def revoke(collab: Collab, way: str, group: str) -> None:
    with collab.system("p") as system:
        if way == "untick":
            system.groups.share_cases(group, False)
        elif way == "delete":
            system.groups.delete(group)
        elif way == "feature":
            system.features.disable(Feature.SHARE_CASES)
        else:
            system.groups.remove_members(group, READERS)


def read(collab: Collab, me: str) -> set[str]:
    """Look at everything in every way until both writers have ended, and return what was seen."""
    seen: set[str] = set()
    deadline = time.monotonic() + PATIENCE
    while {f"end {member}" for member in range(WRITERS)} - seen:
        assert time.monotonic() < deadline, "the writers never end"
        with collab.desk(me, portfolio="p") as desk:
            found = list(desk.messages.search(limit=100))
        seen |= {message.text for message in found}
        for message in found[:3]:
            try:
                with collab.desk(me, portfolio="p") as desk:
                    seen |= {one.text for one in desk.talks.view(message.talk).messages}
                    seen.add(desk.messages.get(message.id).text)
            except NotFound:
                continue  # the access has gone meanwhile
    return seen


def work(collab: Collab, member: int, groups: list[str]) -> set[str]:
    """Write or read, as the number of the process says."""
    if member >= WRITERS:
        return read(collab, READERS[member - WRITERS])
    write(collab, member, groups)
    return set()


def test_nothing_sent_after_a_revocation_is_seen(url: str, collab: Collab, crew: Crew) -> None:
    """V5: who was taken out of a group, or whose group shares no more or is gone, never sees what is sent later."""
    senders = [[f"s{member}-{number}" for number in range(len(WAYS))] for member in range(WRITERS)]
    shared = {
        sender: {"shares_cases": True, "teambox": True, "members": [sender, *READERS]}
        for sender in [*senders[0], *senders[1]]
    }
    groups = set_up(collab, [*READERS, *senders[0], *senders[1], "x"], shared)
    given = [[groups[sender].id for sender in own] for own in senders] + [[]] * len(READERS)
    answers: list[set[str]] = crew.at_once(url, work, enumerate(given))
    seen = set().union(*answers)
    assert "secret" not in seen
    assert len([text for text in seen if text.startswith("open")]) > len(WAYS), "hardly anything was seen before"
