"""What a mail says: its text, what is attached, and what had to be changed for it to be stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.header import Header, decode_header
from email.message import Message
from html.parser import HTMLParser

MOST_TEXT = 1_000_000
NO_TEXT = "(no text)"
REPLACED = "control characters replaced"
FROM_HTML = "HTML turned into plain text"
CUT = "text cut"

CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_WINDOWS = {"ascii", "us-ascii", "iso-8859-1", "latin-1", "latin1"}
"""What mails say that are written in Windows-1252: every character of these means the same there."""


@dataclass
class Content:
    """What a mail says.

    Attributes:
        text: its text.
        plain: whether that was written as plain text.
        attachments: what is attached, as «name, type, bytes».
        notes: what was changed, for the report.
    """

    text: str = ""
    plain: bool = True
    attachments: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def content(mail: Message) -> Content:
    """Return what a mail says, fit to be stored."""
    said = Content()
    _read(mail, said)
    broken = sorted({type(defect).__name__ for part in mail.walk() for defect in part.defects})
    if broken:
        said.notes.append(f"broken MIME ({', '.join(broken)})")
    if not said.plain:
        said.notes.append(FROM_HTML)
    text = said.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    said.text = CONTROLS.sub("\ufffd", text)
    if said.text != text:
        said.notes.append(REPLACED)
    said.text = said.text.rstrip() or NO_TEXT
    if len(said.text) > MOST_TEXT:
        said.notes.append(f"{CUT}: {MOST_TEXT:,} of {len(said.text):,} characters kept")
        said.text = said.text[:MOST_TEXT]
    return said


def _read(part: Message, said: Content) -> None:
    kind = part.get_content_type()
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        parts = [one for one in part.get_payload() if isinstance(one, Message)]
        if kind == "multipart/alternative":
            _read_best(parts, said)
        else:
            for one in parts:
                _read(one, said)
    elif _is_text(part, kind):
        text = decoded(part.get_payload(decode=True) or b"", part.get_content_charset(), said.notes)
        if kind == "text/html":
            text = as_text(text)
            said.plain = said.plain and not text.strip()
        said.text = f"{said.text}\n\n{text}" if said.text.strip() else text
    else:
        name = one_line(header_text(part.get_filename() or "")) or "(no name)"
        said.attachments.append(f"{name}, {one_line(kind)}, {_size(part)}")


def _is_text(part: Message, kind: str) -> bool:
    if part.is_multipart() or part.get_content_disposition() == "attachment" or part.get_filename():
        return False
    return kind in ("text/plain", "text/html") or kind.startswith("multipart/")  # one without parts, so broken


def _read_best(parts: list[Message], said: Content) -> None:
    """Of several forms of one text take the plain one, where it says anything."""
    forms = []
    for part in parts:
        form = Content()
        _read(part, form)
        forms.append(form)
    worded = [form for form in forms if form.text.strip()]
    best = next((form for form in worded if form.plain), worded[0] if worded else Content())
    said.text = f"{said.text}\n\n{best.text}" if said.text.strip() else best.text
    said.plain = said.plain and best.plain
    said.notes += best.notes
    said.attachments += [one for form in forms for one in form.attachments]


def _size(part: Message) -> str:
    inner = part.get_payload(decode=True)
    if not isinstance(inner, bytes):
        try:
            inner = b"".join(one.as_bytes() for one in part.get_payload() if isinstance(one, Message))
        except (ValueError, LookupError, TypeError, AttributeError):  # what as_bytes raises for broken parts
            return "size unknown"
    return f"{len(inner):,} bytes"


def decoded(raw: bytes, charset: str | None, notes: list[str]) -> str:
    """Return bytes as text: in the charset named if that works, else in the likeliest one."""
    named = (charset or "us-ascii").strip().lower()
    try:
        return raw.decode("ascii" if named in _WINDOWS else named)
    except (LookupError, ValueError):
        if named not in _WINDOWS:
            notes.append(f"not in its charset {one_line(named)[:40] or '(none)'}")
    for likely in ("utf-8", "cp1252"):
        try:
            return raw.decode(likely)
        except ValueError:
            continue
    return raw.decode("latin-1")


def header_text(value: object) -> str:
    """Return a header, or a part of one, as people read it."""
    if isinstance(value, Header):  # it holds bytes beyond ASCII
        value = raw_text(value)
    try:
        return "".join(
            decoded(part, charset, []) if isinstance(part, bytes) else part
            for part, charset in decode_header(str(value))
        )
    except (ValueError, LookupError):  # encoded words that are none
        return str(value)


def raw_text(value: object) -> str:
    """Return a header as it stands in the mail, its bytes beyond ASCII as text."""
    if isinstance(value, Header):
        return "".join(decoded(part, None, []) if isinstance(part, bytes) else part for part, _ in decode_header(value))
    return str(value)


def one_line(text: str) -> str:
    """Return a text in one line, without control characters."""
    return " ".join(_BREAKS.sub(" ", text).split())


def as_text(html: str) -> str:
    """Return what a page of HTML says."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the words, and breaks the lines where a page would."""

    BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "hr"})
    SILENT = frozenset({"script", "style", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break the line, or begin to be silent."""
        self._silent += tag in self.SILENT
        if tag in self.BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Break the line, or end being silent."""
        self._silent = max(0, self._silent - (tag in self.SILENT))
        if tag in self.BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Take words; line breaks of the source mean nothing."""
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))
