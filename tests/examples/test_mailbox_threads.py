"""The example that loads a mailbox: threads, people and lists become what they were."""

from __future__ import annotations

import collabcase
from examples.boxes import LIST, POST, NewDatabase, Run, answers, facts, mail, pages, reasons, seen_by


def test_answers_make_a_thread(run: Run, new_database: NewDatabase) -> None:
    """T1: a mail answers the nearest mail of its thread that is there, wherever that stands in the file."""
    told = run(
        mail(3, "a", "b", answers(1, 2), text="Third.", subject="Re: One")
        + mail(1, "a", "b", text="First.", subject="One")
        + mail(2, "b", "a", answers(1), text="Second.", subject="AW: One")
        + mail(4, "b", "a", answers(3, "gone"), text="Fourth.", subject="RE: One")
        + mail(5, "b", "a", answers("gone"), text="Fifth.", subject="Re: Gone"),
        url := new_database(),
    )
    found = facts(url)

    assert {} == reasons(told)
    assert {"<1>": None, "<2>": "<1>", "<3>": "<2>", "<4>": "<3>", "<5>": None} == {
        id: fact.answers for id, fact in found.items()
    }
    assert {"One": 4, "Re: Gone": 1} == {
        subject: sum(fact.talk == subject for fact in found.values()) for subject in ("One", "Re: Gone")
    }
    assert "5  imported, in 2 talks" in told.printed


def test_mails_that_answer_each_other(run: Run, new_database: NewDatabase) -> None:
    """T1: where mails claim to answer each other, or themselves, all of them are imported all the same."""
    told = run(
        mail(1, "a", "b", answers(2)) + mail(2, "b", "a", answers(1)) + mail(3, "a", "b", answers(3)),
        url := new_database(),
    )

    assert {} == reasons(told)
    assert {"<1>": "<2>", "<2>": None, "<3>": None} == {id: fact.answers for id, fact in facts(url).items()}


def test_who_is_on_a_mail_is_on_the_message(run: Run, new_database: NewDatabase) -> None:
    """V7: the recipients are those in To, the observers those in Cc, and an answer carries no others."""
    run(
        mail(1, "a", "b c", cc="d e")
        + mail(2, "b", "a", answers(1), cc="e")
        + mail(3, "a", "B@X.Example, b@x.example, A@x.example", answers(2))
        + mail(4, "b", "a", cc="a b d"),
        url := new_database(),
    )
    on = {id: (" ".join(fact.to), " ".join(fact.observers)) for id, fact in facts(url).items()}

    assert {
        "<1>": ("b@x.example c@x.example", "d@x.example e@x.example"),
        "<2>": ("a@x.example", "e@x.example"),
        "<3>": ("b@x.example", ""),
        "<4>": ("a@x.example", "d@x.example"),
    } == on


def test_an_observer_who_answers_starts_a_talk(run: Run, new_database: NewDatabase) -> None:
    """G2: who only observed a mail answers an earlier one that they may answer, or starts a talk; both is told."""
    told = run(
        mail(1, "a", "b", cc="c")
        + mail(2, "c", "a", answers(1))
        + mail(3, "b", "a", answers(1), cc="d")
        + mail(4, "a", "c d", answers(1, 3))
        + mail(5, "e", "a", answers(4))
        + mail(6, "b", "a", answers(1, 4)),
        url := new_database(),
    )
    own, earlier = (
        "starts a talk of its own, since its sender was no recipient of the mail it answers",
        "answers an earlier mail of its thread, since its sender was no recipient of the nearest",
    )

    assert {"<1>": None, "<2>": None, "<3>": "<1>", "<4>": "<3>", "<5>": None, "<6>": "<1>"} == {
        id: fact.answers for id, fact in facts(url).items()
    }
    assert {2: [own], 5: [own], 6: [earlier]} == {line["mail"]: line["notes"] for line in told.report if line["notes"]}


def test_people_are_called_as_their_mails_say(run: Run, new_database: NewDatabase) -> None:
    """V17: a person's id is the address in small letters, the name the first one that a mail gives."""
    run(
        "From x\nFrom: =?iso-8859-1?q?J=F6rg_=22Jo=22_Hahn?= <Joerg@X.example>\nTo: b@x.example\n\nHi.\n\n"
        "From x\nFrom: Ben (the broker) <b@x.example>\n"
        "To: 'Other' <joerg@x.example>, =?utf-8?b?xYHEhWNr?= <l@x.example>\n\nHi.\n",
        url := new_database(),
    )
    with collabcase.open(url) as collab, collab.system("mailbox") as system:
        people = {person.id: (person.name, person.organisation) for person in pages(system.people.list)}

    assert {
        "joerg@x.example": ('Jörg "Jo" Hahn', "x.example"),
        "b@x.example": ("Ben (the broker)", "x.example"),
        "l@x.example": ("Łąck", "x.example"),
    } == people


def test_a_list_becomes_a_group(run: Run, new_database: NewDatabase) -> None:
    """V2: a list becomes a group with a teambox, whose members, and they alone, see and answer what goes there."""
    told = run(
        mail(1, "a", LIST, POST)
        + mail(2, "b", "a", POST, answers(1), f"Cc: {LIST}")
        + mail(3, "c", f"Some List <{LIST.upper()}>", POST, answers(2))
        + mail(4, "a", LIST, answers(3))
        + mail(5, "a", "d", POST)
        + mail(6, "d", "a"),
        url := new_database(),
    )
    with collabcase.open(url) as collab:
        with collab.system("mailbox") as system:
            [group] = system.groups.list()
        seen = {person: sorted(seen_by(collab, f"{person}@x.example")) for person in "abcd"}

    assert ("all@lists.example", True, False, False) == (group.name, group.teambox, group.open, group.shares_cases)
    assert ("a@x.example", "b@x.example", "c@x.example") == group.members
    assert {
        "a": ["<1>", "<2>", "<3>", "<4>", "<5>", "<6>"],
        "b": ["<1>", "<2>", "<3>", "<4>", "<5>"],
        "c": ["<1>", "<2>", "<3>", "<4>", "<5>"],
        "d": ["<5>", "<6>"],
    } == seen
    found = facts(url)
    assert ["<1>", "<2>", "<3>"] == [found[f"<{id}>"].answers for id in (2, 3, 4)]
    assert ((LIST, "d@x.example"), ()) == (found["<5>"].to, found["<5>"].observers)
    assert "all@lists.example" in told.printed


def test_a_person_is_made_no_list(run: Run, new_database: NewDatabase) -> None:
    """V2: an address is no list because one or two mails say so, or few of those that go there."""
    forged = "List-Post: <mailto:b@x.example>"
    few = "".join(mail(id, "c", "b", forged) for id in (1, 2))
    many = "".join(mail(id, "c", "d", "X-BeenThere: d@x.example") for id in range(10, 14))
    most = "".join(mail(id, "a", "d") for id in range(20, 25))
    run(few + many + most, url := new_database())
    with collabcase.open(url) as collab, collab.system("mailbox") as system:
        assert [] == list(system.groups.list())
        assert {"a", "b", "c", "d"} == {person.id[0] for person in pages(system.people.list)}


def test_lists_known_otherwise(run: Run, new_database: NewDatabase) -> None:
    """V2: a list is also known by its List-Id, by other programs' headers, and by the command line."""
    told = run(
        "".join(mail(id, "a", "one@l.example", "List-Id: One <one.l.example>") for id in range(3))
        + "".join(mail(id, "a", "two@l.example", "Mailing-List: list two@l.example; run by x") for id in range(3, 6))
        + mail(7, "a", "three@l.example"),
        url := new_database(),
        "--list",
        "Three@l.example",
    )
    with collabcase.open(url) as collab, collab.system("mailbox") as system:
        assert {"one@l.example", "two@l.example", "three@l.example"} == {group.name for group in system.groups.list()}
    assert {} == reasons(told)
