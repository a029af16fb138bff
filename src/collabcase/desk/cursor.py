"""Cursors: a position sealed for one person and one question, so that it tells nobody anything.

The seal is a synthetic-IV construction of keyed BLAKE2: the tag authenticates position, person and question, and
seeds the stream that hides the position. Equal positions give equal cursors, so that a cursor moves with nothing
but what its person sees. The cursors of the feed move with whatever happens; no two of them are equal.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_bytes

from collabcase.errors import InvalidInput

_POSITION, _NONCE, _TAG = 8, 8, 12


def seal(key: bytes, question: str, position: int) -> str:
    """Return the cursor of a position; `question` names person and question."""
    return _sealed(key, question, position.to_bytes(_POSITION))


def unseal(key: bytes, question: str, cursor: object) -> int:
    """Return the position of a cursor.

    Raises:
        InvalidInput: it is none, or belongs to another person or question.
    """
    return _unsealed(key, question, cursor, _POSITION, "cursor", "next")


def seal_anew(key: bytes, question: str, position: int) -> str:
    """Return a cursor of a position that looks like no other one, so that nobody sees whether it has moved."""
    return _sealed(key, question, position.to_bytes(_POSITION) + token_bytes(_NONCE))


def unseal_anew(key: bytes, question: str, cursor: object) -> int:
    """Return the position of a cursor that `seal_anew` made.

    Raises:
        InvalidInput: it is none, or belongs to another person or question.
    """
    return _unsealed(key, question, cursor, _POSITION + _NONCE, "after", "cursor")


def _sealed(key: bytes, question: str, plain: bytes) -> str:
    tag = _tag(key, question, plain)
    return urlsafe_b64encode(tag + _xor(plain, _stream(key, tag, len(plain)))).rstrip(b"=").decode()


def _unsealed(key: bytes, question: str, cursor: object, length: int, field: str, source: str) -> int:
    if not isinstance(cursor, str) or len(cursor) > 100 or not cursor.isascii():
        raise InvalidInput(field, f"is none of ours; pass what .{source} gave")
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        sealed = b""
    tag, hidden = sealed[:_TAG], sealed[_TAG:]
    plain = _xor(hidden, _stream(key, tag, length))
    if len(sealed) != _TAG + length or not compare_digest(tag, _tag(key, question, plain)):
        raise InvalidInput(
            field, f"belongs to another person or another question; pass what .{source} of this one gave"
        )
    return int.from_bytes(plain[:_POSITION])


def _tag(key: bytes, question: str, plain: bytes) -> bytes:
    return blake2b(plain + question.encode(), key=key, digest_size=_TAG, person=b"cursor tag").digest()


def _stream(key: bytes, tag: bytes, length: int) -> bytes:
    return blake2b(tag, key=key, digest_size=length, person=b"cursor stream").digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=False))
