"""Maintenance windows: announced, ended early, and which hosts are in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.fleet import access
from secdash.fleet.models import Group, Host, MaintenanceWindow, WindowQuerySet

LONGEST = timedelta(days=30)  # what lasts longer is no maintenance: the host would be forgotten


@transaction.atomic
def announce(
    target: Host | Group, *, starts_at: datetime, ends_at: datetime, reason: str, by: User, at: datetime
) -> MaintenanceWindow:
    """From then until then the clock starts no scan there. Raises PermissionDenied for hosts that others manage."""
    host, group = (target, None) if isinstance(target, Host) else (None, target)
    window = MaintenanceWindow(
        host=host, group=group, starts_at=starts_at, ends_at=ends_at, reason=reason, by=by, created_at=at
    )
    _need(by, window)
    window.full_clean()
    window.save()
    record("maintenance.announced", by=by, on=window, name=str(target), after=told(window), at=at)
    return window


@transaction.atomic
def end(window: MaintenanceWindow, *, by: User, at: datetime) -> None:
    """It is over now, or never begins. Hosts whose time came meanwhile are scanned by the next tick."""
    _need(by, window)
    record("maintenance.ended", by=by, on=window, name=str(window.target), before=told(window), at=at)
    if window.starts_at >= at:
        window.delete()
        return
    window.ends_at = at
    window.save(update_fields=["ends_at"])


def windows_for(user: User) -> WindowQuerySet:
    """Those of hosts and groups that this person sees."""
    hosts, groups = access.hosts_for(user), access.groups_for(user)
    seen = Q(host__in=hosts) | Q(group__in=groups)
    return MaintenanceWindow.objects.filter(seen).select_related("host", "group", "by")


def manages(user: User, window: MaintenanceWindow) -> bool:
    if window.host is not None:
        return access.may(user, Act.MANAGE_HOSTS, window.host)
    return window.group is not None and access.groups_where(user, Act.MANAGE_HOSTS).contains(window.group)


def now_on(hosts: Iterable[Host], *, at: datetime) -> Mapping[int, MaintenanceWindow]:
    """The window that each of these hosts is in, the one that lasts longest. One query."""
    found = list(hosts)
    groups = {host.group_id for host in found if host.group_id}
    windows = MaintenanceWindow.objects.open(at).filter(Q(host__in=found) | Q(group__in=groups)).order_by("ends_at")
    of_hosts = [(host.pk, window) for window in windows for host in found if _is_about(window, host)]
    return dict(of_hosts)


def _is_about(window: MaintenanceWindow, host: Host) -> bool:
    return window.host_id == host.pk or (window.group_id is not None and window.group_id == host.group_id)


def told(window: MaintenanceWindow) -> dict[str, Any]:
    """As the log of changes keeps it."""
    return {"from": window.starts_at, "until": window.ends_at, "reason": window.reason}


def _need(by: User, window: MaintenanceWindow) -> None:
    if not manages(by, window):
        raise PermissionDenied
