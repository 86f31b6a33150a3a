"""What people changed of a host's settings, from the log of changes, as far as whoever reads may know it.

Everybody who sees the host may know how it is called, sorted, read and watched. How it is reached, and with what, is
for those who manage it; names of groups are for those who see the group. Addresses of people never stand here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.models import AuditEntry
from secdash.audit.words import act_in_words, field_in_words
from secdash.fleet.access import groups_for, may
from secdash.fleet.models import Connection, Host, MaintenanceWindow
from secdash.watching.models import Watch
from secdash.web import times

MOST = 200  # on a page
OF_MANAGERS = ("address", "host_key", "certificate_ends", "key")
OF_HOST = (
    *("host.changed", "host.watched", "connection.changed", "connection.pinned", "connection.key_renewed"),
    "connection.key_handed_out",
)
OF_WINDOWS = ("maintenance.announced", "maintenance.ended")
WORDS: Mapping[str, Mapping[Any, str | Promise]] = {
    "file_reading": dict(Host.Files.choices),
    "image_reading": dict(Host.Images.choices),
    "kind": dict(Connection.Kind.choices),
    "mode": dict(Watch.Mode.choices),
    "credentials": {"new": pgettext_lazy("credentials", "replaced")},
}


class Change(NamedTuple):
    """One setting: what it said, and what it says; "" for nothing."""

    field: str
    was: str
    now: str


class Setting(NamedTuple):
    """`by` is "" for secdash itself."""

    at: datetime
    act: str
    by: str
    changes: list[Change]


def settings_changed(host: Host, reader: User, since: datetime, until: datetime) -> list[Setting]:
    """The newest of that time. Three queries, and one for a reader who does not see all."""
    entries = _entries(host, since, until)
    manages = may(reader, Act.MANAGE_HOSTS, host)
    groups = None if reader.sees_all else set(groups_for(reader).values_list("name", flat=True))
    told = (_told(entry, manages, groups) for entry in entries if manages or entry.act != "connection.key_handed_out")
    return [each for each in told if each]


def _entries(host: Host, since: datetime, until: datetime) -> Iterable[AuditEntry]:
    windows = MaintenanceWindow.objects.filter(Q(host=host) | Q(group__isnull=False, group=host.group_id))
    keys = [str(pk) for pk in windows.values_list("pk", flat=True)]
    of_host = Q(kind="host", key=str(host.pk), act__in=OF_HOST)
    of_windows = Q(kind="maintenancewindow", key__in=keys, act__in=OF_WINDOWS)
    return AuditEntry.objects.filter(of_host | of_windows, at__gte=since, at__lt=until).order_by("-pk")[:MOST]


def _told(entry: AuditEntry, manages: bool, groups: set[str] | None) -> Setting | None:
    """None where nothing of it was changed."""
    changes = list(_changes(entry, manages, groups))
    if not changes and entry.act == "host.changed":
        return None
    return Setting(entry.at, str(act_in_words(entry.act)), entry.by_name, changes)


def _changes(entry: AuditEntry, manages: bool, groups: set[str] | None) -> Iterator[Change]:
    before, after = entry.before, entry.after
    for field in dict.fromkeys((*before, *after)):
        was, now = before.get(field), after.get(field)
        if was == now or (field in OF_MANAGERS and not manages):
            continue
        if field != "credentials" or now == "new":
            yield Change(str(field_in_words(field)), _written(field, was, groups), _written(field, now, groups))


def _written(field: str, value: Any, groups: set[str] | None) -> str:
    if field == "group" and value and groups is not None and value not in groups:
        return _("another group")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field in WORDS:
        return str(WORDS[field].get(value, value or ""))
    if field in ("from", "until", "certificate_ends") and value:
        at = timezone.localtime(datetime.fromisoformat(value))
        return f"{times.day(at)} {at:%H:%M}"
    return "" if value is None else str(value)
