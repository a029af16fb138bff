"""Who has no access, or stands on the other side, is told nothing: no picture, no event, no byte on their stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import APIResponse, expect

from .conftest import At
from .desk import Somebody
from .office import NAMES, Begun, Office

HEARD = """async path => {
  window.heard = "";
  const answer = await fetch(path), reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  (async () => { for (let part; !(part = await reader.read()).done;) window.heard += part.value; })();
}"""


@contextmanager
def listening(person: Somebody, office: Office) -> Iterator[list[str]]:
    """Listen on a stream of somebody's; what it said is given at the end, up to what they were surely told last."""
    page = person.window("/drafts").page
    opened = said(_post(person, "windows", {"folder": "", "mode": "visible"}))
    path = f"/cowork/windows/{opened['window']}/stream?after={opened['picture']['cursor']}"
    page.evaluate(HEARD, path)
    heard: list[str] = []
    yield heard
    by, to = ("b1", person.person) if person.person != "b1" else ("b2", "b1")
    last = office.begin(by, to)  # after everything else, and theirs to know
    page.wait_for_function("id => window.heard.includes(id)", arg=last.message)
    heard.append(page.evaluate("window.heard"))
    heard.append(person.context.request.get(f"{person.address}/cowork/windows/{opened['window']}/picture").text())


def _post(person: Somebody, path: str, body: dict[str, Any]) -> APIResponse:
    return person.context.request.post(
        f"{person.address}/cowork/{path}", data=json.dumps(body), headers={"Origin": person.address}
    )


def said(answer: APIResponse) -> Any:
    """Return what an answer says."""
    return json.loads(answer.text())


def live_through(at: At, office: Office, talk: Begun) -> None:
    """Let everything that locks can do happen on a talk of b1's."""
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.button("Ask to release").click()
    expect(bea.page.get_by_test_id("asked-banner")).to_be_visible()
    bert.button("Take over …").click()
    dialog = bert.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("A reason nobody else reads")
    dialog.get_by_role("button", name="Take over").click()
    bert.holds()
    bea.reads(NAMES["b2"])
    bert.close()
    expect(bea.lock).to_have_attribute("data-state", "lost")


@pytest.mark.parametrize(("outsider", "sees"), [("x1", False), ("a1", True), ("ga", True)])
def test_v13_no_event_and_no_picture_of_a_lock(at: At, office: Office, outsider: str, sees: bool) -> None:
    """L1, V13: a stranger, the other side and an observer: their streams and pictures hold nothing of the locks."""
    talk = office.begin("b1", "a1", observers=["ga"]) if sees else office.begin("b1", "gb")
    with listening(at(outsider), office) as heard:
        live_through(at, office, talk)
    assert 2 == len(heard)
    for text in heard:
        assert "lock." not in text
        assert talk.id not in text
        assert "A reason nobody else reads" not in text


def test_v13_a_colleague_hears_all_of_it(at: At, office: Office) -> None:
    """L1: the same on the stream of a colleague: the steps are told, so the silence above means something.

    Who asked the holder to let go is between these two.
    """
    talk = office.begin("b1", "a1", observers=["ga"])
    with listening(at("gb"), office) as heard:
        live_through(at, office, talk)
    kinds = ("acquired", "asked", "forced", "released")
    told = {kind for kind in kinds if f'"lock.{kind}", "item": "talk:{talk.id}"' in heard[0]}
    assert {"acquired", "forced", "released"} == told


def test_v12_a_lock_by_hand(at: At, office: Office) -> None:
    """V12, L1: calls made by hand get for a hidden talk what they get for one that never was; observers are refused."""
    hidden, copied = office.begin("b1", "gb"), office.begin("b1", "a1", observers=["ga"])
    never = hidden.id[:-2] + ("1" if hidden.id[-2] == "0" else "0") + hidden.id[-1]
    stranger, observer = at("x1"), at("ga")

    def answers(person: Somebody, id: str) -> list[tuple[int, str]]:
        window = said(_post(person, "windows", {}))["window"]
        came = [
            _post(person, f"windows/{window}/{verb}", {"item": f"talk:{id}", "reason": "x"})
            for verb in ("focus", "ask", "force")
        ]
        came.append(_post(person, f"windows/{window}/gone", {"refs": [f"talk:{id}"]}))
        return [(answer.status, answer.text().replace(id, "ID")) for answer in came]

    assert answers(stranger, never) == answers(stranger, hidden.id)
    assert (403, '{"code":"forbidden"}') == answers(observer, copied.id)[0]


def test_another_persons_window_is_not_there(at: At, office: Office) -> None:
    """A window's id is worth nothing to somebody else, whatever they call with it."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1"), at("b2")
    window = bea.at(talk)
    window.holds()
    id = window.page.evaluate("document.querySelector('#answer input[name=window]').value")
    for verb in ("beat", "blur", "close", "release-all", "force", "focus"):
        answer = _post(bert, f"windows/{id}/{verb}", {"item": f"talk:{talk.id}", "reason": "x"})
        assert (410, {"code": "window_gone"}) == (answer.status, said(answer))
    for path in ("picture", "mine", "stream"):
        assert 410 == bert.context.request.get(f"{bert.address}/cowork/windows/{id}/{path}").status
    window.holds()
    bert.context.clear_cookies()
    assert 401 == bert.context.request.get(f"{bert.address}/cowork/windows/{id}/picture").status
