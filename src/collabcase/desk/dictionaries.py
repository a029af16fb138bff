"""The verbs of dictionaries and message types: the host defines them, everybody may read them (T8)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from attrs import evolve

from collabcase.clock import from_millis, to_millis
from collabcase.desk.call import Call, Calls
from collabcase.desk.codes import LONGEST
from collabcase.errors import InvalidInput, NotFound
from collabcase.ids import Kind, principal_item
from collabcase.model import inputs
from collabcase.model.dictionary import MESSAGE_TYPES, DictionaryEntry, DictionaryEvent, changes

_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")
_LANGUAGES = 100


class Dictionaries:
    """The portfolio's dictionaries: what stands behind the codes of messages (T8)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def names(self) -> tuple[str, ...]:
        """Return the names of all dictionaries, sorted."""
        with self._calls.reading() as call:
            return tuple(call.stores.dictionaries.names(call.scope))

    def entries(self, name: str) -> tuple[DictionaryEntry, ...]:
        """Return the codes of a dictionary with their labels.

        Args:
            name: the dictionary's.

        Returns:
            All of them, sorted by code; those valid no more too, since messages may carry them.

        Raises:
            NotFound: there is no dictionary of that name.
            InvalidInput: a parameter can't be used.
        """
        wanted = inputs.line("name", name, most=LONGEST)
        with self._calls.reading() as call:
            found = call.stores.dictionaries.entries(call.scope, wanted)
            if not found:
                raise NotFound("dictionary", wanted)
            return tuple(found)


class SystemDictionaries(Dictionaries):
    """The portfolio's dictionaries, for the host to define (G6, T8)."""

    def define(self, name: str, entries: Iterable[DictionaryEntry]) -> tuple[DictionaryEntry, ...]:
        """Set the whole list of a dictionary's codes.

        A code left out is kept with its label, for what carries it, and ends being valid now.

        Args:
            name: the dictionary's, at most 60 characters; a new one makes a new dictionary.
            entries: at most 10,000, each code once; moments count in whole milliseconds.

        Returns:
            All its codes, sorted, with those that ended.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        called, wanted = inputs.line("name", name, most=LONGEST), _checked_list(entries)
        with self._calls.writing() as call:
            return _define(call, called, wanted)


class Types:
    """The portfolio's message types (T8)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def entries(self) -> tuple[DictionaryEntry, ...]:
        """Return the codes of all message types with their labels, sorted by code; those valid no more too."""
        with self._calls.reading() as call:
            return tuple(call.stores.dictionaries.entries(call.scope, MESSAGE_TYPES))


class SystemTypes(Types):
    """The portfolio's message types, for the host to define (G6, T8)."""

    def define(self, entries: Iterable[DictionaryEntry]) -> tuple[DictionaryEntry, ...]:
        """Set the whole list of message types.

        A type left out is kept with its label, for what carries it, and ends being valid now.

        Args:
            entries: at most 10,000, each code once; moments count in whole milliseconds.

        Returns:
            All codes, sorted, with those that ended.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        wanted = _checked_list(entries)
        with self._calls.writing() as call:
            return _define(call, MESSAGE_TYPES, wanted)


def _checked_list(entries: Iterable[DictionaryEntry]) -> list[DictionaryEntry]:
    wanted = [_checked(entry) for entry in inputs.many("entries", entries, DictionaryEntry)]
    if len({entry.code for entry in wanted}) < len(wanted):
        raise InvalidInput("entries", "hold a code twice; give each once")
    return wanted


def _define(call: Call, name: str, wanted: list[DictionaryEntry]) -> tuple[DictionaryEntry, ...]:
    dictionaries = call.stores.dictionaries
    dictionaries.lock(call.scope)
    changed = changes(dictionaries.entries(call.scope, name), wanted, from_millis(call.now))
    if changed:
        dictionaries.put(call.scope, name, changed)
        about = "types" if name == MESSAGE_TYPES else "dictionaries"
        call.emit(DictionaryEvent.DEFINED, principal_item(Kind.PORTFOLIO, call.actor.portfolio), about)
    return tuple(dictionaries.entries(call.scope, name))


def _checked(entry: DictionaryEntry) -> DictionaryEntry:
    labels = {_language(language): inputs.line("labels", label) for language, label in entry.labels}
    if len(labels) > _LANGUAGES or len({language.lower() for language in labels}) < len(entry.labels):
        raise InvalidInput("labels", f"must name at most {_LANGUAGES} languages, each once")
    checked = evolve(
        entry,
        code=inputs.line("code", entry.code, most=LONGEST),
        labels=labels,
        valid_from=_moment("valid_from", entry.valid_from),
        valid_until=_moment("valid_until", entry.valid_until),
    )
    if checked.valid_from is not None and checked.valid_until is not None and checked.valid_until < checked.valid_from:
        raise InvalidInput("valid_until", "must not be earlier than valid_from")
    return checked


def _language(tag: str) -> str:
    language = inputs.line("labels", tag)
    if not _LANGUAGE.fullmatch(language):
        raise InvalidInput("labels", f"holds {language!r}; name languages by tags such as 'de' or 'de-AT'")
    return language


def _moment(field: str, moment: datetime | None) -> datetime | None:
    return None if moment is None else from_millis(to_millis(inputs.moment(field, moment)))
