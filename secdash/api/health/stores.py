"""What keeps things: the database, the queue, and on the one-machine default the disk under both."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from secdash.api.health.parts import Level, Part
from secdash.celery import app
from secdash.web.health import NOT_MIGRATED, hindrance

SECONDS = 2  # that the queue may take to answer
SCARCE, DANGEROUS = 0.10, 0.03  # shares of the disk that are free


def database() -> Part:
    wrong, title = hindrance(), _("Database")
    if not wrong:
        said = _("It answers, and holds %(size)s.") % {"size": filesizeformat(size_of_database())}
        return Part("database", title, Level.GOOD, said)
    if wrong == NOT_MIGRATED:
        return Part(
            "database", title, Level.BAD, _("Its tables are of an older version."), _("Run “manage.py migrate”.")
        )
    return Part("database", title, Level.BAD, _("It does not answer."), _("See that it runs where DATABASE_URL leads."))


def size_of_database() -> int:
    """In bytes. SQLite's log beside it is not counted."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def queue() -> Part:
    title = _("Queue")
    try:
        with app.connection_for_write(connect_timeout=SECONDS) as there:
            there.ensure_connection(max_retries=1, timeout=SECONDS)
    except (OperationalError, OSError):
        todo = _("See that Redis runs where REDIS_URL leads. Nothing is lost: what waits stands in the database.")
        return Part("queue", title, Level.BAD, _("It does not answer."), todo)
    return Part("queue", title, Level.GOOD, _("It answers."))


def disk() -> Part | None:
    """Where the one-machine default keeps its database; None where that is PostgreSQL's matter."""
    if settings.DATABASE_URL:
        return None
    used = shutil.disk_usage(_there(settings.DATA))
    free, title = used.free / used.total, _("Disk")
    said = _("%(free)s of %(total)s are free.") % {
        "free": filesizeformat(used.free),
        "total": filesizeformat(used.total),
    }
    if free >= SCARCE:
        return Part("disk", title, Level.GOOD, said)
    todo = _("Make room, or move the data directory (SECDASH_DATA) to a larger disk.")
    return Part("disk", title, Level.WARN if free >= DANGEROUS else Level.BAD, said, todo)


def _there(path: Path) -> Path:
    """The directory, or what it will be made in."""
    return next(each for each in (path, *path.parents) if each.exists())
