"""Reading a mailbox: the file, and what the headers of its mails say."""

from __future__ import annotations

import gzip
import mailbox
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from mailbox_import.content import CONTROLS, REPLACED, header_text, one_line, raw_text

MOST_ADDRESS, MOST_NAME, MOST_ID = 190, 200, 200
NO_SENDER = "no sender"
NO_HEADERS = "no headers: a line that begins with “From ” cut it off the mail before it"

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]+@[^\s<>()\[\],;:\"@]+")
_ID = re.compile(r"<([^<>\s]+)>")
_SENDERS = ("From", "Sender", "Resent-From", "Reply-To", "Return-Path")
_DELIVERED = ("Resent-To", "X-Original-To", "Envelope-To", "Apparently-To", "Delivered-To")
_ANY = (*_SENDERS, "To", "Cc", "Date", "Message-ID", "Subject", "Received")


@dataclass(frozen=True, slots=True)
class Head:
    """What the headers of one mail say.

    Attributes:
        no: its place in the file, from 1.
        id: its Message-ID, or "".
        key: the same for the same mail, whenever it is imported.
        sender: the address of who wrote it, or "".
        to: addresses of the recipients.
        copied: addresses in Cc.
        delivered: addresses it was handed to, for mails that name no recipient.
        lists: addresses of mailing lists that it came by.
        list_ids: identifiers of these lists.
        names: the display name of each address that has one.
        answers: ids of the mails it answers, the nearest first.
        subject: in one line, may be "".
        date: when it was written, None where nothing tells.
        notes: what was changed or guessed, for the report.
        unfit: why it can't be imported, or "".
    """

    no: int
    id: str = ""
    key: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()
    lists: frozenset[str] = frozenset()
    list_ids: frozenset[str] = frozenset()
    names: tuple[tuple[str, str], ...] = ()
    answers: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    notes: tuple[str, ...] = ()
    unfit: str = ""


@contextmanager
def opened(file: Path) -> Iterator[tuple[mailbox.mbox, int]]:
    """Open a mailbox, plain or packed by gzip, and count what stands before its first mail; it is only read."""
    with file.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    with TemporaryDirectory() as folder:
        plain = file
        if packed:
            plain = Path(folder) / "mailbox"
            with gzip.open(file) as source, plain.open("wb") as target:
                shutil.copyfileobj(source, target)
        box = mailbox.mbox(plain, create=False)
        try:
            yield box, _bytes_before(plain)
        finally:
            box.close()


def _bytes_before(file: Path) -> int:
    """Return how many bytes, blank ones left out, stand before the first mail of a file."""
    size = 0
    with file.open("rb") as stream:
        for line in stream:
            if line.startswith(b"From "):
                break
            size += len(line.strip())
    return size


def heads(box: mailbox.mbox, progress: Callable[[int, int], None]) -> Iterator[Head]:
    """Yield what the headers of each mail say, in the order of the file."""
    total = len(box)
    for no, key in enumerate(box.keys(), start=1):
        progress(no, total)
        try:
            yield _head(box, no, key)
        except Exception as error:  # whatever a broken mail makes the parser do, it must be listed
            yield Head(no, unfit=f"its headers can't be read ({type(error).__name__}: {one_line(str(error))[:100]})")


def _head(box: mailbox.mbox, no: int, key: str) -> Head:
    with box.get_file(key) as stream:
        mail = BytesHeaderParser().parse(stream)
    if not any(mail[name] for name in _ANY):
        return Head(no, unfit=NO_HEADERS)
    notes: list[str] = []
    names: dict[str, str] = {}
    sender = _sender(mail, names, notes)
    to, copied = (tuple(_addresses(mail, [name], names, notes)) for name in ("To", "Cc"))
    id = one_line(raw_text(mail["Message-ID"] or ""))[:MOST_ID]
    date = _date(mail["Date"])
    if date is None:
        with box.get_file(key, from_=True) as stream:
            date = _date(stream.readline().decode("latin-1").partition(" ")[2].strip().partition(" ")[2])
        notes.append("no date that can be read" + ("" if date is None else ", that of its arrival taken"))
    subject = header_text(mail["Subject"] or "")
    if CONTROLS.search(subject):
        notes.append(REPLACED)
    same = [id, sender, *(raw_text(mail[name]) for name in ("Date", "Subject"))] if id else []
    raw = "\n".join(same).encode("utf-8", "replace") if id else box.get_bytes(key)
    lists, list_ids = _lists(mail)
    return Head(
        no=no,
        id=id,
        key=f"mail:{sha256(raw).hexdigest()}",
        sender=sender,
        to=to,
        copied=tuple(address for address in copied if address not in to),
        delivered=tuple(_addresses(mail, _DELIVERED, names, [])),
        lists=lists,
        list_ids=list_ids,
        names=tuple(names.items()),
        answers=_answered(mail),
        subject=one_line(subject),
        date=date,
        notes=tuple(notes),
        unfit="" if sender else NO_SENDER,
    )


def _sender(mail: Message, names: dict[str, str], notes: list[str]) -> str:
    for name in _SENDERS:
        found = _addresses(mail, [name], names, notes)
        if found:
            if name != "From":
                notes.append(f"no From: {name} taken as sender")
            return found[0]
    return ""


def _addresses(mail: Message, headers: Iterable[str], names: dict[str, str], notes: list[str]) -> list[str]:
    """Return the addresses of some headers, each once, and note their names."""
    found: dict[str, None] = {}
    for header in headers:
        for value in mail.get_all(header, []):
            text = one_line(raw_text(value))
            pairs = [(name, address) for name, address in getaddresses([text]) if _ADDRESS.fullmatch(address)]
            missed = set(_ADDRESS.findall(text)) - {address for _, address in pairs} if not pairs else ()
            for name, address in [*pairs, *(("", address) for address in sorted(missed))]:
                folded = address.lower()
                if len(folded) > MOST_ADDRESS:
                    notes.append(f"{header}: an address of {len(folded)} characters left out")
                    continue
                found[folded] = None
                called = one_line(header_text(name)).strip("'\" ")[:MOST_NAME]
                if called and folded not in names:
                    names[folded] = called
            if text and not pairs and not missed and header in ("To", "Cc") and not re.search(r":\s*;$", text):
                notes.append(f"{header} holds no address: {text[:60]}")
    return list(found)


def _date(value: object) -> datetime | None:
    try:
        moment = parsedate_to_datetime(one_line(raw_text(value)))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if not 1901 <= moment.year <= 8998:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _answered(mail: Message) -> tuple[str, ...]:
    nearest = _ID.findall(one_line(raw_text(mail["In-Reply-To"] or "")))
    earlier = _ID.findall(one_line(raw_text(mail["References"] or "")))
    return tuple(dict.fromkeys(f"<{id}>" for id in [*nearest, *reversed(earlier)]))


def _lists(mail: Message) -> tuple[frozenset[str], frozenset[str]]:
    """Return the addresses and the identifiers of the mailing lists by which a mail came."""
    addresses: set[str] = set()
    for header, before in (
        ("List-Post", r"<mailto:"),
        ("X-BeenThere", r"^"),
        ("X-Mailing-List", r"^<?"),
        ("Mailing-List", r"\blist "),
        ("Delivered-To", r"^mailing list "),
    ):
        for value in mail.get_all(header, []):
            match = re.search(f"{before}({_ADDRESS.pattern})", one_line(raw_text(value)).lower())
            if match:
                addresses.add(match.group(1).partition("?")[0])
    ids = _ID.findall(one_line(raw_text(mail["List-Id"] or "")).lower())
    return frozenset(addresses), frozenset(ids[-1:])
