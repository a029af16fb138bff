"""Cursors: a position sealed for one person and one question, so that it tells nobody anything.

The seal is a synthetic-IV construction of keyed BLAKE2: the tag authenticates position, person and question, and
seeds the stream that hides the position. Equal positions give equal cursors, so that a cursor moves with nothing
but what its person sees.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest

from collabcase.errors import InvalidInput

_POSITION, _TAG = 8, 12


def seal(key: bytes, question: str, position: int) -> str:
    """Return the cursor of a position; `question` names person and question."""
    plain = position.to_bytes(_POSITION)
    tag = _tag(key, question, plain)
    return urlsafe_b64encode(tag + _xor(plain, _stream(key, tag))).rstrip(b"=").decode()


def unseal(key: bytes, question: str, cursor: object) -> int:
    """Return the position of a cursor.

    Raises:
        InvalidInput: it is none, or belongs to another person or question.
    """
    if not isinstance(cursor, str) or len(cursor) > 100 or not cursor.isascii():
        raise InvalidInput("cursor", "is none of ours; pass what .next gave")
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        sealed = b""
    tag, hidden = sealed[:_TAG], sealed[_TAG:]
    plain = _xor(hidden, _stream(key, tag))
    if len(sealed) != _TAG + _POSITION or not compare_digest(tag, _tag(key, question, plain)):
        raise InvalidInput("cursor", "belongs to another person or another question; pass what .next of this one gave")
    return int.from_bytes(plain)


def _tag(key: bytes, question: str, plain: bytes) -> bytes:
    return blake2b(plain + question.encode(), key=key, digest_size=_TAG, person=b"cursor tag").digest()


def _stream(key: bytes, tag: bytes) -> bytes:
    return blake2b(tag, key=key, digest_size=_POSITION, person=b"cursor stream").digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=False))
