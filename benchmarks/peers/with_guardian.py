"""django-guardian on a SQLite file of its own: a row for each permission of a person or sharing group on a message."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import guardian
from attrs import frozen

from benchmarks.peers.facts import Facts

_APPS = ["django.contrib.contenttypes", "django.contrib.auth", guardian.__name__, "benchmarks.peers.guarded"]


@frozen(eq=False)
class _Guardian:
    folder: Path

    def page(self, viewer: int, limit: int) -> list[int]:
        """Return the newest messages a viewer sees, loaded as objects."""
        from django.contrib.auth.models import User
        from guardian.shortcuts import get_objects_for_user

        seen = get_objects_for_user(User.objects.get(pk=viewer), "guarded.view_message").order_by("-id")[:limit]
        return [message.pk for message in seen]

    def check(self, viewer: int, messages: list[int]) -> set[int]:
        """Return those messages that a viewer sees, their permissions fetched beforehand."""
        from django.contrib.auth.models import User
        from guardian.core import ObjectPermissionChecker

        from benchmarks.peers.guarded.models import Message

        checker = ObjectPermissionChecker(User.objects.get(pk=viewer))
        objects = [Message(pk=one) for one in messages]
        checker.prefetch_perms(objects)
        return {one.pk for one in objects if checker.has_perm("view_message", one)}

    def close(self) -> None:
        """Remove the file."""
        from django.db import connection

        connection.close()
        shutil.rmtree(self.folder)


def build(facts: Facts) -> _Guardian:
    """Return a file filled with the facts."""
    folder = Path(tempfile.mkdtemp(prefix="collabcase-guardian-"))
    path = folder / "guardian.db"
    _configure(path)
    from django.contrib.auth.models import Permission
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    allowed = Permission.objects.get(codename="view_message")
    with sqlite3.connect(path) as connection:
        _fill(connection, facts, allowed.pk, allowed.content_type_id)
    connection.execute("ANALYZE")
    connection.close()
    return _Guardian(folder)


def _configure(path: Path) -> None:
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=_APPS,
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}},
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            ANONYMOUS_USER_NAME=None,
            USE_TZ=True,
        )
        django.setup()
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(path)
    ContentType.objects.clear_cache()


def _fill(connection: sqlite3.Connection, facts: Facts, permission: int, kind: int) -> None:
    groups = {group for those in facts.groups_of.values() for group in those}
    connection.executemany(
        "INSERT INTO auth_user (id, password, is_superuser, username, last_name, first_name, email, is_staff, "
        "is_active, date_joined) VALUES (?, '', 0, ?, '', '', '', 0, 1, '2026-01-01')",
        ((one, f"u{one}") for one in facts.persons),
    )
    connection.executemany("INSERT INTO auth_group (id, name) VALUES (?, ?)", ((one, f"g{one}") for one in groups))
    connection.executemany(
        "INSERT INTO auth_user_groups (user_id, group_id) VALUES (?, ?)",
        ((person, group) for person, those in facts.groups_of.items() for group in those),
    )
    connection.executemany(
        "INSERT INTO guarded_message (id, text) VALUES (?, 'The plumber came.')", ((one,) for one in facts.newest_first)
    )
    for table, holder, rows in (
        ("guardian_userobjectpermission", "user_id", _of_persons(facts)),
        ("guardian_groupobjectpermission", "group_id", _of_groups(facts, groups)),
    ):
        connection.executemany(
            f"INSERT INTO {table} (permission_id, content_type_id, object_pk, {holder}) VALUES (?, ?, ?, ?)",
            ((permission, kind, str(message), one) for message, one in rows),
        )


def _of_persons(facts: Facts) -> Iterator[tuple[int, Any]]:
    for message, named in facts.involved.items():
        yield from ((message, one) for one in named & facts.persons)


def _of_groups(facts: Facts, groups: set[int]) -> Iterator[tuple[int, Any]]:
    for message, named in facts.involved.items():
        yield from ((message, one) for one in facts.feeds_of(message) | (named & groups))
