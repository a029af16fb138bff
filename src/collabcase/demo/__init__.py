"""The worked example, played on a fresh database and shown in a terminal.

Everything shown comes from the library's public face; this package uses nothing else of it.
"""

from __future__ import annotations

from pathlib import Path

from collabcase import InvalidInput, MissingExtra
from collabcase.demo.folder import fresh_database
from collabcase.demo.words import Words

LANGUAGES = ("en", "de")
"""What the demo speaks."""


def run(folder: Path, lang: str = "en") -> int:
    """Play the worked example on a fresh SQLite file and print what the database answers.

    Args:
        folder: where the database is left, made where missing; a database of an earlier run is replaced.
        lang: one of `LANGUAGES`.

    Returns:
        0, the exit status of the command.

    Raises:
        MissingExtra: the package rich is not installed.
        InvalidInput: the folder can't be used, holds a database that is not the demo's, or the language is unknown.
    """
    try:
        from collabcase.demo.play import play
    except ModuleNotFoundError as error:
        if error.name != "rich":
            raise
        raise MissingExtra("demo", "rich") from error
    words = _words(lang)
    play(fresh_database(folder), words)
    return 0


def _words(lang: str) -> Words:
    if lang == "en":
        from collabcase.demo.english import ENGLISH

        return ENGLISH
    if lang == "de":
        from collabcase.demo.german import GERMAN

        return GERMAN
    raise InvalidInput("lang", f"{lang!r} is not spoken here; there are {', '.join(LANGUAGES)}")
