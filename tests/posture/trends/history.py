"""Kept days for tests, written as recording a scan would write them."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from secdash.fleet.models import Connection, Group, Host
from secdash.scans.models import PostureDay
from tests.fleet.hosts import a_host


def today() -> date:
    return timezone.now().date()


def a_group(name: str) -> Group:
    return Group.objects.create(name=name, slug=name.lower())


def a_day(host: Host, ago: int, score: int | None, **columns) -> PostureDay:
    """How the host stood so many days ago; `host_id` None in `columns` for one that is gone."""
    day = today() - timedelta(days=ago)
    values = {"host": host, "group": host.group, "catalogue_version": "one", "assessed": 0.9, **columns}
    return PostureDay.objects.create(host_ident=host.pk, host_name=host.name, day=day, score=score, **values)


def a_history(name: str, *scores: int, group: Group | None = None, **columns) -> Host:
    """A host, reached through a socket, with a day for each score, the last one today."""
    host = a_host(name, at=timezone.now(), kind=Connection.Kind.UNIX, address=f"/run/{name}.sock")
    Host.objects.filter(pk=host.pk).update(group=group)
    host.refresh_from_db()
    for ago, score in enumerate(reversed(scores)):
        a_day(host, ago, score, **columns)
    return host
