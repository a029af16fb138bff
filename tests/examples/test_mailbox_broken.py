"""The example that loads a mailbox: whatever is wrong with a mail, it is imported or listed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import collabcase
from examples.boxes import NewDatabase, Run, answers, facts, mail, pages, reasons

BROKEN: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "no sender": (b"To: b@x.example\nSubject: S\n\nHi.\n", "no sender", {}),
    "From without an address": (b"From: Ann\nTo: b@x.example\n\nHi.\n", "no sender", {}),
    "to oneself": (b"From: a@x.example\nTo: A@x.example\nCc: a@x.example\n\nHi.\n", "to nobody but its sender", {}),
    "to nobody": (
        b"From: a@x.example\nTo: undisclosed-recipients:;\n\nHi.\n",
        "no recipient is named (--owner ADDRESS tells whose mailbox it is)",
        {},
    ),
    "no headers": (b"\nHi.\n", "no headers: a line that begins with “From ” cut it off the mail before it", {}),
    "nothing at all": (b"", "no headers: a line that begins with “From ” cut it off the mail before it", {}),
    "only an envelope": (
        b"Return-Path: <a@x.example>\nDelivered-To: b@x.example\n\nHi.\n",
        "",
        {"to": ("b@x.example",)},
    ),
    "only Cc": (b"From: a@x.example\nCc: b@x.example\n\nHi.\n", "", {"to": ("b@x.example",), "observers": ()}),
    "no text": (b"From: a@x.example\nTo: b@x.example\n\n \n", "", {"text": "(no text)"}),
    "no subject": (b"From: a@x.example\nTo: b@x.example\nSubject:\n\nHi.\n", "", {"talk": "(no subject)"}),
    "subject with controls": (
        b"From: a@x.example\nTo: b@x.example\nSubject: =?utf-8?q?A=00B=0AC=C2=9D=E2=80=A8D?=\n\nHi.\n",
        "",
        {"talk": "A B C D"},
    ),
    "long subject": (
        b"From: a@x.example\nTo: b@x.example\nSubject: " + b"s" * 600 + b"\n\nHi.\n",
        "",
        {"talk": "s" * 500, "comment": "subject: " + "s" * 600},
    ),
    "controls": (
        b"From: a@x.example\nTo: b@x.example\n\na\x00b\x1b[1m\x07\tc\x7f\x0cd\r\ne\rf\n",
        "",
        {"text": "a\ufffdb\ufffd[1m\ufffd\tc\ufffd\nd\ne\nf"},
    ),
    "bytes without a charset": (b"From: a@x.example\nTo: b@x.example\n\nK\xf6ln \x80 5\n", "", {"text": "Köln € 5"}),
    "UTF-8 without a charset": (b"From: a@x.example\nTo: b@x.example\n\nK\xc3\xb6ln\n", "", {"text": "Köln"}),
    "charset that is none": (
        b"From: a@x.example\nTo: b@x.example\nContent-Type: text/plain; charset=x-\x01hex\n\nK\xf6ln\n",
        "",
        {"text": "Köln"},
    ),
    "charset of bytes": (
        b"From: a@x.example\nTo: b@x.example\nContent-Type: text/plain; charset=hex\n\nabcd\n",
        "",
        {"text": "abcd"},
    ),
    "wrong charset": (
        b"From: a@x.example\nTo: b@x.example\nContent-Type: text/plain; charset=utf-8\n\nK\xf6ln\n",
        "",
        {"text": "Köln"},
    ),
    "surrogates": (
        b"From: a@x.example\nTo: b@x.example\nContent-Type: text/plain; charset=utf-7\n\na+2AA-b\n",
        "",
        {"text": "a\ufffdb"},
    ),
    "bytes in headers": (
        b"From: J\xf6rg <a@x.example>\nTo: b@x.example\nSubject: K\xf6ln =?x?y?z?=\n\nHi.\n",
        "",
        {"talk": "Köln =?x?y?z?="},
    ),
    "HTML": (
        b"From: a@x.example\nTo: b@x.example\nContent-Type: text/html\n\n"
        b"<style>p {}</style><p>One  &amp;\ntwo</p><script>x()</script><p>Three<br>four",
        "",
        {"text": "One & two\n\nThree\nfour"},
    ),
    "base64 that is none": (
        b"From: a@x.example\nTo: b@x.example\nContent-Transfer-Encoding: base64\n\n\xff!x\n",
        "",
        {},
    ),
    "multipart without parts": (
        b"From: a@x.example\nTo: b@x.example\nContent-Type: multipart/mixed\n\nWords.\n",
        "",
        {"text": "Words."},
    ),
    "years that are none": (
        b"From: a@x.example\nTo: b@x.example\nDate: Mon, 02 Mar 99999 09:00:00 +9999\n\nHi.\n",
        "",
        {"date": datetime(2026, 3, 2, 8, tzinfo=UTC)},
    ),
    "date without a zone": (
        b"From: a@x.example\nTo: b@x.example\nDate: 3 Mar 2026 10:00 -0000\n\nHi.\n",
        "",
        {"date": datetime(2026, 3, 3, 10, tzinfo=UTC)},
    ),
    "endless address": (
        b"From: a@x.example\nTo: b@x.example, " + b"l" * 300 + b"@x.example\n\nHi.\n",
        "",
        {"to": ("b@x.example",)},
    ),
    "commas gone wrong": (
        b'From: a@x.example\nTo: "Ben, <b@x.example>, Cleo <c@x.example>\n\nHi.\n',
        "",
        {"to": ("b@x.example", "c@x.example")},
    ),
    "endless Message-ID": (b"From: a@x.example\nTo: b@x.example\nMessage-ID: <" + b"i" * 300 + b">\n\nHi.\n", "", {}),
}
MBOX_LINE = b"From a@x.example Mon Mar  2 08:00:00 2026\n"


@pytest.mark.parametrize("name", BROKEN)
def test_broken_mails(name: str, run: Run, tmp_path: Path) -> None:
    """T1: a broken mail becomes a message that holds what can be read, or is listed with the reason."""
    raw, reason, wanted = BROKEN[name]
    told = run(MBOX_LINE + raw, url := f"sqlite:///{tmp_path / 'own.db'}")

    assert [reason] == [line["reason"] for line in told.report]
    found = [fact._asdict() for fact in facts(url).values()]
    assert (0, not reason) == (told.status, bool(found))
    for fact in found:
        assert wanted == {field: fact[field] for field in wanted}


def test_broken_mails_together(run: Run, new_database: NewDatabase) -> None:
    """T1: on both engines the counts of a mailbox full of broken mails add up."""
    told = run(b"\n".join(MBOX_LINE + raw for raw, _, _ in BROKEN.values()), url := new_database())
    refused = reasons(told)

    assert [reason for _, reason, _ in BROKEN.values() if reason] == list(refused.values())
    assert f"{len(BROKEN)} mails\n  {len(BROKEN) - len(refused):>7}  imported" in told.printed
    assert f"\n  {len(refused):>7}  not imported" in told.printed
    with collabcase.open(url) as collab:
        seen = set()
        for person in ("a@x.example", "b@x.example"):
            with collab.desk(person, portfolio="mailbox") as desk:
                seen |= {message.id for message in pages(desk.messages.search)}
    assert seen == {line["message"] for line in told.report if line["message"]}
    noted = dict(zip(BROKEN, (line["notes"] for line in told.report), strict=True))
    assert ["subject with controls", "controls", "surrogates"] == [
        name for name, notes in noted.items() if "control characters replaced" in notes
    ]
    assert "HTML turned into plain text" in noted["HTML"]
    assert "no From: Return-Path taken as sender" in noted["only an envelope"]
    assert "To: an address of 310 characters left out" in noted["endless address"]


def test_a_mail_that_breaks_the_reader(run: Run, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """T1: a mail that the reader or the library refuses is listed with the error, and the others are imported."""
    from mailbox_import import content, filing

    def break_down(mail: Any) -> content.Content:
        said = content.content(mail)
        if "boom" in said.text:
            raise RecursionError("too\ndeep")
        return content.Content(text=said.text.replace("bell", "\x07"))

    monkeypatch.setattr(filing, "content", break_down)
    told = run(
        mail(1, "a", "b", text="boom") + mail(2, "a", "b", text="bell") + mail(3, "b", "a", answers(1)), new_database()
    )

    first, second = reasons(told).values()
    assert "can't be read (RecursionError: too deep)" == first
    assert second.startswith("refused: ")
    assert "U+0007" in second


def test_attachments_are_named(run: Run, tmp_path: Path) -> None:
    """T1: what is attached is named in the comment with type and size; of two forms of a text the plain one stays."""
    raw = b"""From: a@x.example
To: b@x.example
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=n

--n
Content-Type: text/html

<b>Words</b>
--n
Content-Type: text/plain

Words
--n--
--m
Content-Type: application/pdf; name*=iso-8859-1''B%FCro.pdf

12345
--m
Content-Type: text/plain
Content-Disposition: attachment; filename="=?utf-8?q?a=00b.txt?="

123
--m
Content-Type: message/rfc822

Subject: inner

Hi
--m
Content-Type: image/png

--m
Content-Type: text/plain

More words
--m--
"""
    told = run(MBOX_LINE + raw, url := f"sqlite:///{tmp_path / 'own.db'}")
    [fact] = facts(url).values()

    assert "Words\n\nMore words" == fact.text
    assert [
        "not imported yet: Büro.pdf, application/pdf, 5 bytes",
        "not imported yet: a b.txt, text/plain, 3 bytes",
        "not imported yet: (no name), message/rfc822, 18 bytes",
        "not imported yet: (no name), image/png, 0 bytes",
    ] == fact.comment.splitlines()
    assert ["attachments named, not imported yet"] == told.report[0]["notes"][1:]


def test_an_enormous_text_is_cut(run: Run, new_database: NewDatabase) -> None:
    """T1: of a text of more than a million characters the first million is kept, and the report says so."""
    told = run(mail(1, "a", "b", text="words " * 250_000 + "."), url := new_database())

    assert [["text cut: 1,000,000 of 1,500,001 characters kept"]] == [line["notes"] for line in told.report]
    assert ("words " * 250_000)[:1_000_000] == facts(url)["<1>"].text


def test_the_same_mail_twice_in_a_file(run: Run, new_database: NewDatabase) -> None:
    """I3: the same mail is imported once, the other time listed; another one with its Message-ID is imported, too."""
    nameless = "From x\nFrom: a@x.example\nTo: b@x.example\n\nHi.\n\n"
    told = run(
        mail(1, "a", "b") + mail(1, "a", "b c") + mail(1, "a", "b", subject="Other") + nameless + nameless,
        new_database(),
    )

    assert {2: "the same mail as 1", 5: "the same mail as 4"} == reasons(told)
