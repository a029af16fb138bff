"""I2, V13 and V17 in the feed, through the public face: who is told what, by whom, and whose sight has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collabcase import (
    Collab,
    CollabError,
    DictionaryEntry,
    Feature,
    FeedPage,
    Forbidden,
    InvalidInput,
    ItemRef,
    NotFound,
    Right,
    SnapshotRequired,
    from_json,
    to_json,
)
from collabcase.testing import MovableClock

from .broker import PORTFOLIO, Broker
from .watching import Watch, change_members


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    """The broker's portfolio; y has left the house's ordinary ways and manages groups."""
    broker = Broker(collab, clock)
    with broker.system() as system:
        system.groups.create("Leitung", main=True, members=["y"], rights=[Right.GROUP_MANAGE])
    return broker


@pytest.fixture
def watch(broker: Broker, collab: Collab) -> Watch:
    """Everybody of the portfolio and the host, who follow from now on."""
    watch = Watch(collab)
    watch.begin("a1", "a2", "b1", "b2", "ga", "gb", "x", "y", None)
    return watch


def test_i2_each_follower_is_told_in_order_what_they_may_see(broker: Broker, watch: Watch) -> None:
    """I2, V13: a message is told to who sees it, by V1 or V3, and to the host; nobody else's feed holds anything."""
    first = broker.send("x", "b1")
    second = broker.answer("b1", first)
    for person in ("x", "b1", "b2", "gb", None):
        found = watch.events(person)
        assert [("message.sent", first.ref), ("message.sent", second.ref)] == [(one.kind, one.item) for one in found]
        assert ["x", "b1"] == [one.actor for one in found]
    assert [[]] * 4 == [watch.told(person) for person in ("a1", "a2", "ga", "y")]


def test_i2_a_cursor_goes_on_where_it_ended_and_may_be_used_again(broker: Broker, collab: Collab) -> None:
    """I2: pages of any size give everything once and in order; the same cursor gives the same again."""
    start = collab.feed("b1", portfolio=PORTFOLIO)
    sent = [broker.send("x", "b1").ref for _ in range(5)]
    assert () == start.events
    for size in (1, 2, 500):
        cursor, found = start.cursor, []
        while page := collab.feed("b1", portfolio=PORTFOLIO, after=cursor, limit=size):
            assert len(page.events) <= size
            cursor = page.cursor
            found += [event.item for event in page.events]
            if not page.events:
                break
        assert sent == found


def test_v13_what_is_hidden_leaves_no_trace(broker: Broker, collab: Collab) -> None:
    """V13: hidden events shorten no page, and cursors never look alike, so none tells whether anything happened."""
    start = collab.feed("b1", portfolio=PORTFOLIO)
    seen = []
    for _ in range(3):
        seen.append(broker.send("x", "b1").ref)
        for _ in range(4):
            broker.send("x", "a1")
    page = collab.feed("b1", portfolio=PORTFOLIO, after=start.cursor, limit=3)
    assert seen == [event.item for event in page.events]
    idle = [collab.feed("b1", portfolio=PORTFOLIO).cursor for _ in range(20)]
    assert 20 == len(set(idle))
    assert {len(start.cursor)} == {len(cursor) for cursor in [*idle, page.cursor]}


def test_v13_a_cursor_is_its_persons_alone(broker: Broker, collab: Collab) -> None:
    """V13: a cursor of somebody else, of the host, of another portfolio or list is refused, and tells nothing."""
    collab.create_portfolio("bremen")
    with collab.system("bremen") as system:
        system.people.add("b1", name="B1")
    for _ in range(2):
        broker.send("x", "b1")
    with broker.desk("b1") as desk:
        other_list = desk.talks.inbox(limit=1).next
    cursors = [
        collab.feed("b2", portfolio=PORTFOLIO).cursor,
        collab.feed(portfolio=PORTFOLIO).cursor,
        collab.feed("b1", portfolio="bremen").cursor,
        other_list,
        "",
        "%%",
        "a" * 37,
        "ä" * 38,
        "a" * 101,
    ]
    for cursor in cursors:
        with pytest.raises(InvalidInput, match="after"):
            collab.feed("b1", portfolio=PORTFOLIO, after=cursor)
    with pytest.raises(InvalidInput, match="cursor"), broker.desk("b1") as desk:
        desk.talks.inbox(cursor=collab.feed("b1", portfolio=PORTFOLIO).cursor)


def test_v5_sight_is_judged_when_the_feed_is_read(broker: Broker, watch: Watch) -> None:
    """V5, V13: what somebody may not see any more is not told, though they saw it when it happened; and back."""
    message = broker.send("x", "b1")
    broker.share("B", False)
    broker.share("B+", False)
    assert ["group.sharing_changed", "sight.changed"] * 2 == watch.kinds("b2")
    early = watch.cursors["gb"]
    broker.share("B+", True)
    watch.cursors["gb"] = early
    assert message.ref in [event.item for event in watch.events("gb")]


def test_v13_a_dismissal_is_told_to_who_asked(broker: Broker, watch: Watch) -> None:
    """V13, T4: that somebody will not answer concerns the asker, not those who see the message besides."""
    with broker.desk("x") as desk:
        talk = desk.talks.start(["b1", "y"], subject="Frage", text="…", asks_answer=True)
        [asked] = desk.talks.view(talk.id).messages
    for person in ("b1", "b2", "x", "y"):
        watch.events(person)
    with broker.desk("b1") as desk:
        desk.messages.dismiss(asked.id, reason="nicht zuständig")
    assert [("message.dismissed", "b1")] == watch.told("x")
    assert [[], [], []] == [watch.told(person) for person in ("b1", "b2", "y")]
    with broker.desk("x") as desk:
        desk.messages.waive(asked.id)
    assert [[("message.waived", "x")]] * 3 == [watch.told(person) for person in ("b1", "b2", "y")]


def test_v13_a_teambox_is_its_members_affair(broker: Broker, watch: Watch) -> None:
    """V13, G5: claims are told to present members of the group, not to the sender who sees the message."""
    box = broker.group("Schaden", ["x", "y"], teambox=True)
    message = broker.send("b1", box)
    for person in ("b1", "x", "y", "a1"):
        watch.events(person)
    with broker.desk("x") as desk:
        desk.teambox(box).claim(message.talk)
        desk.teambox(box).put_back(message.talk)
    expected = [("talk.claimed", "x"), ("talk.put_back", "x")]
    assert [expected] * 2 == [
        [one for one in watch.told(person) if one[0].startswith("talk.")] for person in ("x", "y")
    ]
    assert [[], []] == [watch.told(person) for person in ("b1", "a1")]


def test_v13_groups_and_persons_are_told_to_who_may_know(broker: Broker, watch: Watch) -> None:
    """V13: a group's events are told to members and who manages groups, a person's to themself and the same."""
    group = broker.group("Eigene", ["x"])
    with broker.system() as system:
        system.groups.rename(group.id, "Unsere")
        system.people.change("a1", name="Anna")
    shown = ["group.created", "group.renamed"]
    assert [*shown, "person.changed"] == watch.kinds("y")
    assert ["group.created", "sight.changed", "group.renamed"] == watch.kinds("x")
    assert ["person.changed"] == watch.kinds("a1")
    assert [[]] * 3 == [watch.kinds(person) for person in ("a2", "b1", "gb")]
    assert [*shown, "person.changed"] == watch.kinds(None)


def test_v13_dictionaries_are_told_to_all_and_the_portfolio_to_nobody(
    broker: Broker, watch: Watch, collab: Collab
) -> None:
    """V13: everybody may read the dictionaries; switching the feature tells no more than that sight has changed."""
    collab.create_portfolio("bremen")
    with broker.system() as system:
        system.dictionaries.define("line", [DictionaryEntry("car", {"de": "Kfz"})])
        system.features.disable(Feature.SHARE_CASES)
    assert ["dictionary.defined", "sight.changed"] == watch.kinds("a1")
    assert [["dictionary.defined"]] * 2 == [watch.kinds(person) for person in ("x", "y")]
    assert ["dictionary.defined", "feature.disabled"] == watch.kinds(None)


def test_v17_an_actor_who_may_not_be_known_is_nobody(broker: Broker, watch: Watch) -> None:
    """V17, V13: b2, who is named on nothing that a1 sees, acts for b1; a1 is told what, but not who did it."""
    message = broker.send("x", ["a1", "b1"])
    for person in ("a1", "b1", "b2", "x"):
        watch.events(person)
    with broker.desk("b2") as desk:
        desk.talks.add_observer(message.talk, "x")
    assert [("talk.observer_added", "b2")] == watch.told("b1")
    assert [("talk.observer_added", "b2")] == watch.told("x"), "internal persons may know every active person"
    assert [("talk.observer_added", None)] == watch.told("a1")
    broker.answer("b2", message, to=["x", "a1"])
    assert [("message.sent", "b2")] == watch.told("a1"), "b2 is named on the answer"
    with broker.desk("b2") as desk:
        desk.talks.remove_observer(message.talk, "x")
    assert [("talk.observer_removed", "b2")] * 2 == watch.told("a1")


def changed(watch: Watch) -> set[str]:
    """Return who is told that their sight has changed, and by that nothing of what or by whom."""
    found = set()
    for person in watch.cursors:
        for event in watch.events(person) if person is not None else ():
            if event.kind == "sight.changed":
                assert person == event.item.id, "it is about the viewer alone"
                assert (PORTFOLIO, "person", None, ()) == (event.portfolio, event.item.kind, event.actor, event.fields)
                found.add(person)
    return found


def test_i2_joining_and_leaving_change_the_sight_of_all_who_share(broker: Broker, watch: Watch) -> None:
    """I2: whoever joins or leaves is told, and so are the members if the group shares, but nobody else."""
    broker.group("still", ["x", "y"])
    changed(watch)
    change_members(broker, "add_members", "B+", "ga")
    assert {"b1", "b2", "gb", "ga"} == changed(watch)
    change_members(broker, "remove_members", "B+", "ga")
    assert {"b1", "b2", "gb", "ga"} == changed(watch)
    change_members(broker, "add_members", "still", "a1")
    assert {"a1"} == changed(watch)
    with broker.system() as system:
        system.groups.move_main("a1", broker.id("B"))
    assert {"a1", "a2", "b1", "b2"} == changed(watch)


def test_i2_boxes_features_and_deleted_groups_change_sight(broker: Broker, watch: Watch) -> None:
    """I2: ticking a box, the feature, and the end of a group are told to the members concerned, and only to them."""
    broker.share("B+", False)
    assert {"b1", "b2", "gb"} == changed(watch)
    with broker.system() as system:
        system.features.disable(Feature.SHARE_CASES)
    assert {"a1", "a2", "b1", "b2", "ga", "gb"} == changed(watch)
    with broker.system() as system:
        system.features.enable(Feature.SHARE_CASES)
    assert {"a1", "a2", "b1", "b2", "ga", "gb"} == changed(watch)
    with broker.system() as system:
        system.groups.delete(broker.id("B+"))
    assert {"b1", "b2", "gb"} == changed(watch)
    with broker.system() as system:
        system.people.change("x", internal=False)
        system.people.change("y", name="Yvonne")
    assert {"x"} == changed(watch)


def test_i2_who_observes_no_more_is_told_so(broker: Broker, watch: Watch) -> None:
    """I2: an observer who is removed, or a group's members, see less; not those who see the message otherwise."""
    group = broker.group("Revision", ["x", "y"], teambox=True)
    message = broker.send("x", "b1", observers=["a1", "b2", group])
    changed(watch)
    for who in ("a1", "b2", group):
        with broker.desk("x") as desk:
            desk.talks.remove_observer(message.talk, who)
    assert {"a1", "y"} == changed(watch)


def test_i2_changes_of_sight_that_follow_each_other_are_one(broker: Broker, watch: Watch) -> None:
    """I2: however often sight changes between two readings, it is one word to who is told nothing else."""
    with broker.system() as system:
        for on in (False, True, False):
            getattr(system.features, "enable" if on else "disable")(Feature.SHARE_CASES)
    assert ["sight.changed"] == watch.kinds("ga")
    change_members(broker, "remove_members", "GF", "ga")
    message = broker.send("x", "ga")
    change_members(broker, "add_members", "GF", "ga")
    expected = ["sight.changed", "message.sent", "group.members_removed", "group.members_added", "sight.changed"]
    assert sorted(expected) == sorted(watch.kinds("ga")), message.id


def test_g7_only_who_may_act_follows(broker: Broker, collab: Collab, watch: Watch) -> None:
    """G7, V12: a deactivated person is refused, whoever does not exist is not found; activated, they go on."""
    with broker.system() as system:
        system.people.deactivate("b1")
    with pytest.raises(Forbidden):
        watch.events("b1")
    with pytest.raises(NotFound):
        collab.feed("nobody", portfolio=PORTFOLIO)
    with pytest.raises(NotFound):
        collab.feed(portfolio="nowhere")
    message = broker.send("x", "b2")
    with broker.system() as system:
        system.people.activate("b1")
    assert message.ref in [event.item for event in watch.events("b1")]


def test_l2_a_cursor_older_than_what_is_kept_asks_for_the_whole_picture(
    broker: Broker, collab: Collab, watch: Watch
) -> None:
    """L2: who was away for longer than events are kept is told to begin anew, not given what is left of them."""
    old = watch.cursors["b1"]
    broker.send("x", "b1")
    fresh = collab.feed("b1", portfolio=PORTFOLIO).cursor
    forget_events(collab)
    for person in ("b1", None):
        with pytest.raises(SnapshotRequired):
            watch.events(person)
    assert () == collab.feed("b1", portfolio=PORTFOLIO, after=fresh).events
    pages = collab.feeds(PORTFOLIO, {"b1": old, "b2": None})
    assert {"b1": SnapshotRequired, "b2": FeedPage} == {person: type(page) for person, page in pages.items()}


def forget_events(collab: Collab) -> None:
    """Let the portfolio's events up to now be removed."""
    tables, engine = collab._storage._tables, collab._storage._writer
    horizon, _ = collab._storage.horizon()
    with engine.begin() as connection:
        connection.execute(tables.event.delete().where(tables.event.c.position <= horizon))
        connection.execute(tables.portfolio.update().values(feed_floor=horizon))


def test_i2_many_followers_are_told_what_each_is_told(broker: Broker, collab: Collab) -> None:
    """I2: `feeds` gives every follower the page that `feed` gives; who is refused disturbs nobody."""
    persons = ("a1", "a2", "b1", "b2", "ga", "gb", "x", "y")
    begun: dict[str, str | None] = {person: collab.feed(person, portfolio=PORTFOLIO).cursor for person in persons}
    message = broker.send("x", "b1", observers=["a1"])
    begun["gb"] = collab.feed("gb", portfolio=PORTFOLIO).cursor
    broker.answer("b2", message)
    with broker.desk("b1") as desk:
        desk.talks.remove_observer(message.talk, "a1")
    with broker.system() as system:
        system.people.deactivate("a2")
    asked = {**begun, "nobody": None, "ga": begun["b1"]}
    pages = collab.feeds(PORTFOLIO, asked)
    assert set(asked) == set(pages)
    for person, page in pages.items():
        assert single(lambda person=person: collab.feed(person, portfolio=PORTFOLIO, after=asked[person])) == told(page)
    assert {"a2": "forbidden", "nobody": "not_found", "ga": "invalid_input"} == {
        person: page.code for person, page in pages.items() if isinstance(page, CollabError)
    }


def told(page: FeedPage | CollabError) -> object:
    return page.code if isinstance(page, CollabError) else page.events


def single(read: Callable[[], FeedPage]) -> object:
    try:
        return told(read())
    except CollabError as error:
        return told(error)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"wait": -1}, "wait"),
        ({"wait": 61}, "wait"),
        ({"wait": True}, "wait"),
        ({"wait": float("nan")}, "wait"),
        ({"wait": "1"}, "wait"),
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"after": 5}, "after"),
    ],
)
def test_i2_bad_input_is_refused(broker: Broker, collab: Collab, given: dict[str, object], field: str) -> None:
    """I2: what can't be used is refused by name."""
    with pytest.raises(InvalidInput, match=field):
        collab.feed("x", portfolio=PORTFOLIO, **given)


@pytest.mark.parametrize("given", [None, "x", ["x"], {1: None}, {"": None}])
def test_i2_bad_followers_are_refused(broker: Broker, collab: Collab, given: object) -> None:
    """I2: followers are a mapping of ids to cursors."""
    with pytest.raises(InvalidInput, match="followers"):
        collab.feeds(PORTFOLIO, given)


def test_i3_a_page_of_the_feed_has_a_json_form(broker: Broker, watch: Watch, collab: Collab) -> None:
    """I3: a page converts to JSON and back."""
    broker.send("x", "b1")
    page = collab.feed("b1", portfolio=PORTFOLIO, after=watch.cursors["b1"])
    assert page == from_json(to_json(page))
    assert ItemRef("message", page.events[0].item.id) == page.events[0].item
