"""The operator's commands that look: `whoami`, `explain` and `fsck`, on both engines."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

import collabcase
from collabcase import Collab, Feature, Right, cli, from_json

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command and return its exit status, what it printed, and what it said on the error stream."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


class Broker:
    """A portfolio: b1 and b2 share in B and B+, b2 has a teambox, and x has written to b1 and to the teambox."""

    def __init__(self, url: str) -> None:
        self.url, self.ids = url, dict[str, str]()
        with collabcase.open(url) as collab:
            self._set_up(collab)

    def _set_up(self, collab: Collab) -> None:
        collab.create_portfolio("hamburg")
        with collab.system("hamburg") as system:
            system.people.add("x", name="Xaver Xenos")
            for id, name in {"b1": "Bea Blau", "b2": "Bodo Braun"}.items():
                system.people.add(id, name=name, internal=False, organisation="Blau GmbH")
            system.people.add("a1", name="Anna Alt", internal=False)
            system.features.enable(Feature.SHARE_CASES)
            rights = [Right.SIGHT_AUDIT, Right.GROUP_MANAGE]
            groups = {
                "B": system.groups.create("B", main=True, shares_cases=True, members=["b1", "b2"], rights=rights),
                "B+": system.groups.create("B+", shares_cases=True, members=["b1", "b2"]),
                "Nord": system.groups.create("Schäden Nord", teambox=True, open=True, members=["b2"]),
            }
        self.ids |= {name: group.id for name, group in groups.items()}
        with collab.desk("x", portfolio="hamburg") as desk:
            talk = desk.talks.start("b1", subject="Police 4711", text="Wann?")
            desk.talks.start(groups["Nord"], subject="Police 4712", text="Wo?")
            self.ids["talk"] = talk.id
            self.ids["message"] = desk.talks.view(talk.id).messages[0].id

    def change(self, do: Callable[[Any], object]) -> None:
        """Change something as the host does."""
        with collabcase.open(self.url) as collab, collab.system("hamburg") as system:
            do(system)

    def spoil(self, statement: str) -> None:
        """Change rows past the library."""
        with collabcase.open(self.url) as collab, collab._storage._engine.begin() as connection:
            assert connection.execute(text(statement)).rowcount != 0


@pytest.fixture
def broker(new_database: Callable[[], str]) -> Broker:
    """A portfolio to look at."""
    return Broker(new_database())


def test_whoami_for_people(command: Command, broker: Broker) -> None:
    """G2, G3, G5, T5: `whoami` tells a person's main group, rights, sharing, teamboxes and what is unread, aligned."""
    due = """\
b2: Bodo Braun
  portfolio   hamburg, SHARE_CASES is on
  person      external, Blau GmbH
  main group  B: group.manage, sight.audit
  unread      mine 0, teambox 1, shared 1

  group         members  shares with them           teambox
  B (main)            2  yes
  B+                  2  yes
  Schäden Nord        1  no: its box is not ticked  open to externals, 1 item waiting
"""
    assert (0, due, "") == command("whoami", broker.url, "hamburg", "b2")


def test_whoami_as_json(command: Command, broker: Broker) -> None:
    """With `--json`, `whoami` prints one object with every key that docs/operating.md lists."""
    told = json.loads(command("whoami", broker.url, "hamburg", "b2", "--json")[1])
    plain = {"open": False, "teambox": False, "waiting": None}
    assert {
        "portfolio": "hamburg",
        "share_cases": True,
        "person": {
            "id": "b2",
            "name": "Bodo Braun",
            "internal": False,
            "organisation": "Blau GmbH",
            "active": True,
        },
        "main_group": {"id": broker.ids["B"], "name": "B", "rights": ["group.manage", "sight.audit"]},
        "groups": [
            {"id": broker.ids["B"], "name": "B", "main": True, "members": 2, "shares": True, "why_not": None, **plain},
            {
                "id": broker.ids["B+"],
                "name": "B+",
                "main": False,
                "members": 2,
                "shares": True,
                "why_not": None,
                **plain,
            },
            {
                "id": broker.ids["Nord"],
                "name": "Schäden Nord",
                "main": False,
                "members": 1,
                "shares": False,
                "why_not": "box",
                "open": True,
                "teambox": True,
                "waiting": 1,
            },
        ],
        "unread": {"mine": 0, "teambox": 1, "shared": 1, "capped": False},
    } == told


@pytest.mark.parametrize(
    ("change", "why_not"),
    [
        (lambda system, ids: system.groups.share_cases(ids["B"], False), ["box", None, "box"]),
        (lambda system, ids: system.features.disable(Feature.SHARE_CASES), ["feature", "feature", "box"]),
        (lambda system, ids: system.people.deactivate("b2"), ["inactive", "inactive", "box"]),
    ],
)
def test_why_a_group_does_not_share(command: Command, broker: Broker, change: Any, why_not: list[str | None]) -> None:
    """G3, V3: `whoami` tells whether a box, the feature, or being deactivated keeps a group from sharing."""
    broker.change(lambda system: change(system, broker.ids))
    told = json.loads(command("whoami", broker.url, "hamburg", "b2", "--json")[1])
    assert why_not == [group["why_not"] for group in told["groups"]]
    assert [why is None for why in why_not] == [group["shares"] for group in told["groups"]]
    printed = command("whoami", broker.url, "hamburg", "b2")[1]
    words = {"box": "its box is not ticked", "feature": "SHARE_CASES is off", "inactive": "the person is deactivated"}
    assert [printed.count(f"no: {words[why]}") for why in words] == [why_not.count(why) for why in words]


def test_whoami_without_groups(command: Command, broker: Broker) -> None:
    """G2: who is in no main group has no rights, and who is deactivated has nothing counted."""
    broker.change(lambda system: system.people.deactivate("a1"))
    due = """\
a1: Anna Alt
  portfolio   hamburg, SHARE_CASES is on
  person      external, deactivated
  main group  none, so no rights
  unread      not counted, the person is deactivated

In no group.
"""
    assert (0, due, "") == command("whoami", broker.url, "hamburg", "a1")
    told = json.loads(command("whoami", broker.url, "hamburg", "a1", "--json")[1])
    assert (None, [], None) == (told["main_group"], told["groups"], told["unread"])


def test_explain(command: Command, broker: Broker) -> None:
    """V14: `explain` tells every path, says plainly where there is none, and ends with 0 either way."""
    message = broker.ids["message"]
    path = "member of “B” and “B+”, shared with b1, who received it"
    found = [command("explain", broker.url, "hamburg", person, message) for person in ("b2", "a1")]
    assert [
        (0, f"b2 sees message:{message}:\n  · {path}\n", ""),
        (0, f"a1 does not see message:{message}: no path leads there.\n", ""),
    ] == found
    told = from_json(command("explain", broker.url, "hamburg", "b2", message, "--json")[1])
    assert (("message", message), "b2", [path]) == (
        (told.item.kind, told.item.id),
        told.person,
        [reason.text for reason in told.reasons],
    )
    assert () == from_json(command("explain", broker.url, "hamburg", "a1", message, "--json")[1]).reasons


def test_fsck(command: Command, broker: Broker) -> None:
    """`fsck` ends with 0 where all is well, else with 1 and a line for each list that is wrong."""
    well = "1 portfolio, 7 persons and groups, 2 messages: all lists are what the rule gives.\n"
    assert (0, well, "") == command("fsck", broker.url)
    assert () == from_json(command("fsck", broker.url, "--portfolio", "hamburg", "--json")[1]).findings
    broker.spoil(f"DELETE FROM feed WHERE grp = (SELECT no FROM principal WHERE id = '{broker.ids['B']}')")
    group, message = broker.ids["B"], broker.ids["message"]
    due = f"""\
1 portfolio, 7 persons and groups, 2 messages: 1 list is not what the rule gives.

  portfolio  list        {"of".ljust(len(group))}  missing  stale  for example
  hamburg    group feed  {group}        1      0  {message}

Nothing was changed.
"""
    assert (1, due, "") == command("fsck", broker.url)
    status, printed, _ = command("fsck", broker.url, "--json")
    assert (1, 1) == (status, len(from_json(printed).findings))


NOT_THERE = (
    ("whoami nowhere b2", "There is no portfolio 'nowhere' here."),
    ("whoami hamburg nobody", "There is no person 'nobody' here."),
    ("explain hamburg nobody MESSAGE", "There is no person 'nobody' here."),
    ("explain nowhere b2 MESSAGE", "There is no portfolio 'nowhere' here."),
    ("explain hamburg b2 message_0000000000000", "There is no message 'message_0000000000000' here."),
    ("explain hamburg b2 nonsense", "There is no nonsense 'nonsense' here."),
    ("fsck --portfolio nowhere", "There is no portfolio 'nowhere' here."),
    ("whoami hamburg b2 --prefix x_", "python -m collabcase upgrade URL --prefix x_"),
)


def test_what_is_not_there_is_told(command: Command, broker: Broker) -> None:
    """V12: what is not there ends with 1 and one paragraph, as text or as JSON."""
    for line, problem in NOT_THERE:
        name, *rest = line.replace("MESSAGE", broker.ids["message"]).split()
        status, printed, told = command(name, broker.url, *rest)
        assert (1, "") == (status, printed)
        assert told.startswith("collabcase: ")
        assert problem in told
        error = json.loads(command(name, broker.url, *rest, "--json")[2])
        assert {"error", "text", "cause"} == set(error)
        assert problem in error["text"]


def test_a_talk_is_not_explained(command: Command, broker: Broker) -> None:
    """V6: a talk is seen by its messages, and `explain` says so and ends with 2."""
    status, _, told = command("explain", broker.url, "hamburg", "b2", broker.ids["talk"])
    assert (2, True) == (status, "which is seen by its messages" in told)


class Terminal(io.StringIO):
    """An error stream that is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_a_bar_on_terminals_alone(command: Command, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fsck` shows on a terminal how far it is, and clears the line in the end."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.main(["fsck", broker.url]) == 0
    steps = terminal.getvalue().split("\r\x1b[K")
    assert ("", "") == (steps[0], steps[-1])
    assert steps[-2] == f"fsck  {'█' * 30}  100 %  9 of 9"
    assert steps[1] == f"fsck  {'█' * 3}{'·' * 27}   11 %  1 of 9"


def test_a_terminal_without_unicode(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the terminal's encoding lacks becomes a question mark, not a traceback."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", printed)
    assert cli.main(["explain", broker.url, "hamburg", "b2", broker.ids["message"]]) == 0
    printed.seek(0)
    assert "member of ?B? and ?B+?" in printed.read()


def test_interrupted(command: Command, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command with 130 and without a traceback."""

    def interrupted(*args: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Collab, "fsck", interrupted)
    assert (130, "", "") == command("fsck", broker.url)
