"""Whether this process may be given requests, for supervisors and load balancers. Anybody may ask, and learns no more.

`live`: the process answers; nothing else is touched, so that a database that is away ends no process that waits for it.
`ready`: its database is reached, and has the tables that this version works with.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

UNREACHABLE, NOT_MIGRATED = "database unreachable", "database not migrated"
Key = tuple[str, str]


@login_not_required
@require_safe
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    wrong = hindrance()
    return HttpResponse(f"{wrong or 'ok'}\n", status=503 if wrong else 200, content_type="text/plain")


def hindrance() -> str:
    """Why requests cannot be answered now; an empty text where they can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "" if _migrated.holds() else NOT_MIGRATED
    except DatabaseError:
        return UNREACHABLE


class Migrated:
    """Asked until it holds, and never again: a process does not lose the tables that it began with."""

    def __init__(self) -> None:
        self._holds = False

    def holds(self) -> bool:
        self._holds = self._holds or not missing(_known(), MigrationRecorder(connection).applied_migrations())
        return self._holds


def missing(known: Iterable[Key], applied: Iterable[Key]) -> set[Key]:
    """What this version wants and the database has not. That it has more is what a rolling upgrade looks like."""
    return set(known) - set(applied)


@lru_cache(maxsize=1)
def _known() -> frozenset[Key]:
    """Of all apps; a squashed one counts by those that it replaces, until they are gone."""
    found = MigrationLoader(None, load=False)
    found.load_disk()
    return frozenset(key for key, migration in found.disk_migrations.items() if not migration.replaces)


_migrated = Migrated()
