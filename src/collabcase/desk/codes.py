"""The codes a message carries: its type and its dictionary data, checked when it is sent and when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from collabcase.clock import from_millis
from collabcase.desk.call import Call
from collabcase.errors import InvalidInput, UnknownCode
from collabcase.model import inputs
from collabcase.model.dictionary import MESSAGE_TYPES, DictionaryEntry, Pairs, near

LONGEST = 60
"""How many characters a code or the name of a dictionary may have."""

_MOST = 100


@frozen
class Codes:
    """A message type and dictionary data: pairs of dictionary and code, sorted."""

    type: str | None = None
    data: Pairs = ()


def checked_codes(*, type: object, data: object) -> Codes:
    """Check the form of codes, before anything is looked up.

    Raises:
        InvalidInput: naming the parameter.
    """
    return Codes(inputs.optional_line("type", type, most=LONGEST), () if data is None else _pairs(data))


def _pairs(data: object) -> Pairs:
    if not isinstance(data, Mapping):
        raise InvalidInput("data", f"must be a mapping of dictionaries to codes, not {data.__class__.__name__}")
    if len(data) > _MOST:
        raise InvalidInput("data", f"names {len(data)} dictionaries; {_MOST} are allowed at most")
    pairs = [tuple(inputs.line("data", text, most=LONGEST) for text in pair) for pair in data.items()]
    if len({name for name, _ in pairs}) < len(pairs):
        raise InvalidInput("data", "names a dictionary twice; give it one code")
    return tuple(sorted((name, code) for name, code in pairs))


def check_sendable(call: Call, codes: Codes) -> None:
    """Refuse to send codes that are not valid at this moment (T8); one statement, none without codes.

    Raises:
        UnknownCode: naming at most ten near codes that are.
    """
    _check(call, codes, sending=True)


def check_known(call: Call, codes: Codes) -> None:
    """Refuse to ask for codes that never were, as searches do: what was sent once is found for ever (T8).

    Raises:
        UnknownCode: naming at most ten near codes.
    """
    _check(call, codes, sending=False)


def _check(call: Call, codes: Codes, *, sending: bool) -> None:
    asked = [*([] if codes.type is None else [(MESSAGE_TYPES, codes.type)]), *codes.data]
    if not asked:
        return
    found = call.stores.dictionaries.find(call.scope, asked)
    for dictionary, code in asked:
        if (dictionary, code) not in found or not _usable(call, found[dictionary, code], sending=sending):
            raise _unknown(call, dictionary, code, sending=sending)


def _usable(call: Call, entry: DictionaryEntry, *, sending: bool) -> bool:
    return not sending or entry.valid_at(from_millis(call.now))


def _unknown(call: Call, dictionary: str, code: str, *, sending: bool) -> UnknownCode:
    entries = call.stores.dictionaries.entries(call.scope, dictionary)
    usable = [entry.code for entry in entries if _usable(call, entry, sending=sending)]
    now = " that is valid now" if sending else ""
    if dictionary == MESSAGE_TYPES:
        return UnknownCode("type", code, near(code, usable), f"message type{now}", "desk.types.entries()")
    if entries:
        where = f"desk.dictionaries.entries({dictionary!r})"
        what = f"code of the dictionary {dictionary!r}{now}"
        return UnknownCode("data", code, near(code, usable), what, where, dictionary)
    names = near(dictionary, call.stores.dictionaries.names(call.scope))
    return UnknownCode("data", dictionary, names, "dictionary", "desk.dictionaries.names()")
