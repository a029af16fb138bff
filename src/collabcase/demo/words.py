"""What the demo says, as a form that each language fills in."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from collabcase import CollabError


@frozen
class Scene:
    """A heading and what it introduces."""

    heading: str
    text: str


@frozen
class Words:
    """The demo in one language; names in braces are filled in with what the database answered.

    Attributes:
        portfolio: the title of the portfolio.
        teambox: the name of the broker's group.
        subjects: what each writer's talk is about, by person.
        texts: what each writer says, by person.
        question_subject: what the clerk's talk is about.
        question: what the clerk asks.
        answer: what is answered.
        title: the first line.
        intro: the lines under it.
        people: who they are.
        person_columns: id, name, house, groups, subject.
        group_columns: group, kind, box, members.
        main: a main group.
        secondary: a secondary group.
        sees: who sees whom.
        corner: the corner of the table, reader below, writer above.
        ask_first: the previews.
        preview_columns: the change, and who would see more or fewer.
        nobody: nobody gains or loses.
        unticked: the tables with a box unticked.
        without: the title of such a table.
        again: ticking a box again.
        warning: people of several houses would share.
        listed: what stands between two of several.
        why: the explanations.
        own: a path: one's own part.
        by_group: a path: one's group's part.
        by_peer: a path: a peer's part.
        verbs: what somebody did, by role, after "who".
        group_verbs: what happened to a group, by role.
        steps_in: a colleague answers.
        because_of: the columns of the audience.
        audience_roles: who is named, by role.
        some_group: a group one may not know.
        others: readers beyond those one knows.
        answered: the answer's sender, and who it was sent for.
        only_answer: who sees the answer without the question.
        excerpt_columns: reader, question, answer, what the talk shows.
        shown: how many messages the talk shows.
        not_there: the talk is not found.
        one_main: the refusal of a second main group.
        moving: what moving would do instead.
        allowed: nothing was refused after all.
        hidden: the refusals of what one may not see.
        asked_hidden: asking for a message one may not see.
        asked_unknown: asking for one never issued.
        look: what is left, and what it holds.
        commands: how to look at it.
        errors: texts of errors by code; the error's own where a language has none.
    """

    portfolio: str
    teambox: str
    subjects: Mapping[str, str]
    texts: Mapping[str, str]
    question_subject: str
    question: str
    answer: str
    title: str
    intro: str
    people: Scene
    person_columns: tuple[str, ...]
    group_columns: tuple[str, ...]
    main: str
    secondary: str
    sees: Scene
    corner: str
    ask_first: Scene
    preview_columns: tuple[str, ...]
    nobody: str
    unticked: Scene
    without: str
    again: str
    warning: str
    listed: str
    why: Scene
    own: str
    by_group: str
    by_peer: str
    verbs: Mapping[str, str]
    group_verbs: Mapping[str, str]
    steps_in: Scene
    because_of: tuple[str, ...]
    audience_roles: Mapping[str, str]
    some_group: str
    others: str
    answered: str
    only_answer: str
    excerpt_columns: tuple[str, ...]
    shown: str
    not_there: str
    one_main: Scene
    moving: str
    allowed: str
    hidden: Scene
    asked_hidden: str
    asked_unknown: str
    look: Scene
    commands: str
    errors: Mapping[str, str]

    def tell(self, error: CollabError) -> str:
        """Return an error's text in this language, made of its code and its facts as a host would do."""
        template = self.errors.get(error.code)
        if template is None:
            return str(error)
        facts = {
            name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in vars(error).items()
        }
        return template.format(**facts)
