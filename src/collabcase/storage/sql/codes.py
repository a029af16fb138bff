"""The column of the codes that a message carries (T8): what a page of messages shows needs no further statement."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from collabcase.model.dictionary import Pairs


class Codes(TypeDecorator[Pairs]):
    """Pairs of dictionary and code as one JSON object, NULL for none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[tuple[str, str]] | None, dialect: Dialect) -> str | None:
        """Return what is stored."""
        return json.dumps(dict(value), ensure_ascii=False) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Pairs:
        """Return what was stored, in the order in which it was."""
        return () if value is None else tuple(json.loads(value).items())
