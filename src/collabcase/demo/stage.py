"""How the demo looks: calm colours in a terminal, none where it is piped, at most 80 columns there."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from io import TextIOWrapper

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from collabcase import Audience, CollabError, Explanation, Group, Person, Preview
from collabcase.demo.cast import SIX
from collabcase.demo.scenes import Excerpt, Sees
from collabcase.demo.words import Scene, Words

_PIPED, _WIDEST = 80, 88
_INDENT = 3
_THEME = Theme(
    {
        "heading": "bold #2f8f9d",
        "who": "bold",
        "yes": "#3d9970",
        "lost": "bold #d08a3e",
        "no": "dim",
        "note": "dim",
        "refused": "#c0605a",
        "frame": "dim",
        "head": "#5f87a7",
    }
)


def console() -> Console:
    """Return a console on the standard output, which shows a question mark for what its encoding lacks."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    width = min(Console().width, _WIDEST) if sys.stdout.isatty() else _PIPED
    return Console(theme=_THEME, width=width, highlight=False, emoji=False, markup=False)


class Stage:
    """Shows what the scenes answer.

    Attributes:
        out: the console.
    """

    def __init__(self, out: Console, words: Words) -> None:
        self.out = out
        self._words = words
        self._scene = 0
        plain = not out.encoding.lower().startswith("utf")
        self._yes, self.lost, self._no = ("x", "o", ".") if plain else ("●", "○", "·")

    def opening(self) -> None:
        """Show the title and what this is."""
        self.out.print()
        self.out.print(Rule(Text(self._words.title, "heading"), align="left", style="frame"))
        self.say(self._words.intro)

    def scene(self, scene: Scene, **facts: object) -> None:
        """Show a heading and its introduction."""
        self._scene += 1
        self.out.print()
        self.out.print(Text(f"{self._scene}  {scene.heading}", "heading"))
        self.say(scene.text, **facts)
        self.out.print()

    def say(self, template: str, **facts: object) -> None:
        """Show a few sentences."""
        text = Text(template.format(**facts))
        for line in text.wrap(self.out, self.out.width - 2 * _INDENT):
            self.out.print(" " * _INDENT + line.plain.rstrip())

    def people(self, people: Iterable[Person], groups: Sequence[Group]) -> None:
        """Show who they are and what they write about."""
        table = self._table(*self._words.person_columns)
        for person in people:
            mine = ", ".join(group.name for group in groups if person.id in (group.members or ()))
            subject = self._words.subjects.get(person.id, "")
            table.add_row(Text(person.id, "who"), person.name, person.organisation or "", mine, subject)
        self._indented(table)

    def groups(self, groups: Iterable[Group]) -> None:
        """Show the groups with kind, box and members."""
        table = self._table(*self._words.group_columns)
        for group in groups:
            kind = self._words.main if group.main else self._words.secondary
            ticked = Text("[x]", "yes") if group.shares_cases else Text("[ ]", "no")
            table.add_row(Text(group.name, "who"), kind, ticked, ", ".join(group.members or ()))
        self._indented(table)

    def sees(self, sees: Sees) -> None:
        """Show who sees whose messages."""
        table = self._table(self._words.corner)
        for writer in SIX:
            table.add_column(Text(writer, "who"), justify="center")
        for reader in SIX:
            table.add_row(Text(reader, "who"), *(self._mark(writer in sees[reader]) for writer in SIX))
        self._indented(table)

    def fewer(self, before: Sees, after: Iterable[tuple[str, Sees]]) -> None:
        """Show such tables side by side, with a mark where sight was lost."""
        frame = Table.grid(padding=(0, 2))
        tables = []
        for group, sees in after:
            table = Table(box=box.SIMPLE_HEAD, border_style="frame", padding=0, pad_edge=False, show_edge=False)
            table.title, table.title_style, table.title_justify = (
                self._words.without.format(group=group),
                "head",
                "left",
            )
            table.add_column("", min_width=2)
            for writer in SIX:
                table.add_column(Text(writer, "who"), justify="center", min_width=2)
            for reader in SIX:
                marks = (self._mark(writer in sees[reader], was=writer in before[reader]) for writer in SIX)
                table.add_row(Text(reader, "who"), *marks)
            tables.append(table)
        frame.add_row(*tables)
        self._indented(frame)

    def previews(self, previews: Iterable[tuple[str, Preview]]) -> None:
        """Show what unticking each of some boxes would do."""
        table = self._table(*self._words.preview_columns)
        for group, preview in previews:
            table.add_row(Text(group, "who"), self.changes(preview))
        self._indented(table)

    def changes(self, preview: Preview) -> str:
        """Return who would gain or lose how many messages, in one line."""
        told = []
        for change in preview.changes:
            numbers = [f"+{change.messages_gained}"] if change.messages_gained else []
            numbers += [f"−{change.messages_lost}"] if change.messages_lost else []
            told.append(f"{change.person} {' '.join(numbers)}")
        return ", ".join(told) or self._words.nobody

    def explanations(self, explanations: Iterable[Explanation]) -> None:
        """Show why some persons see something."""
        table = Table.grid(padding=(0, 2))
        for explanation in explanations:
            for reason in self._reasons(explanation):
                table.add_row(Text(explanation.person, "who"), reason)
        self._indented(table)

    def _reasons(self, explanation: Explanation) -> list[str]:
        words, told = self._words, []
        for reason in explanation.reasons:
            who = reason.who.id if reason.who else "?"
            groups = words.listed.join(reason.through)
            if reason.through:
                told.append(words.by_peer.format(groups=groups, who=who, verb=words.verbs[reason.role]))
            elif reason.who and reason.who.kind == "group":
                told.append(words.by_group.format(groups=words.teambox, verb=words.group_verbs[reason.role]))
            else:
                told.append(words.own.format(verb=words.verbs[reason.role]))
        return told

    def audience(self, writer: str, audience: Audience) -> None:
        """Show who would be able to read something, and by whom it names."""
        words = self._words
        table = self._table(*words.because_of)
        for line in sorted(audience.lines, key=lambda line: list(words.audience_roles).index(line.role)):
            who = words.teambox if line.recipient.kind == "group" else line.recipient.id
            readers = [
                f"{reader.person} ({words.listed.join(map(self._group, reader.through))})"
                if reader.through
                else reader.person
                for reader in line.readers
            ]
            if line.others:
                readers.append(words.others.format(writer=writer, count=line.others))
            table.add_row(words.audience_roles[line.role].format(who=who), ", ".join(readers))
        self._indented(table)

    def excerpts(self, excerpts: dict[str, Excerpt], messages: Sequence[str]) -> None:
        """Show what everybody sees of a talk."""
        table = self._table(*self._words.excerpt_columns)
        for column in table.columns[1:-1]:
            column.justify = "center"
        for reader, excerpt in excerpts.items():
            shown = self._words.shown.format(count=excerpt.shown) if excerpt.shown else self._words.not_there
            marks = (self._mark(message in excerpt.messages) for message in messages)
            table.add_row(Text(reader, "who"), *marks, Text(shown, "" if excerpt.shown else "note"))
        self._indented(table)

    def refusals(self, refusals: Iterable[tuple[str, CollabError | None]]) -> None:
        """Show errors with their texts."""
        table = Table.grid(padding=(0, 2))
        for label, error in refusals:
            name = Text(type(error).__name__ if error else self._words.allowed, "refused")
            head = Text.assemble(label, "  ", name) if label else name
            table.add_row(head)
            if error is not None:
                table.add_row(Padding(Text(self._words.tell(error)), (0, 0, 0, 2)))
        self._indented(table)

    def command(self, text: str) -> None:
        """Show a command to be copied: from the first column, and never broken."""
        self.out.print()
        self.out.print(Text(text, "head"), soft_wrap=True)
        self.out.print()

    def _group(self, name: str) -> str:
        """Return a group's name; the library says "a group" of one that the reader may not know."""
        return self._words.some_group if name == "a group" else name

    def _mark(self, sees: bool, *, was: bool = False) -> Text:
        if sees:
            return Text(self._yes, "yes")
        return Text(self.lost, "lost") if was else Text(self._no, "no")

    def _table(self, *columns: str) -> Table:
        table = Table(box=box.SIMPLE_HEAD, border_style="frame", header_style="head", pad_edge=False, show_edge=False)
        for column in columns:
            table.add_column(column)
        return table

    def _indented(self, shown: RenderableType) -> None:
        self.out.print(Padding(shown, (0, 0, 0, _INDENT), expand=False))
