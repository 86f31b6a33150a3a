"""Looks at each part of the installation, and says in words how it is. Nothing here names a host."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.api.health import stores, workers
from secdash.api.health.parts import Level, Part
from secdash.audit.models import AuditEntry
from secdash.messaging.models import Delivery
from secdash.posture import troubles
from secdash.scans.models import Scan, Tick
from secdash.watching.models import Watch, Watcher
from secdash.web import times

LATE = timedelta(minutes=1)  # beat ticks six times a minute
WAITS_LONG = timedelta(minutes=10)
SILENT = timedelta(minutes=2)  # watchers give a sign of life every few seconds
BACKUP_EVERY = timedelta(days=8)


def look(*, at: datetime) -> list[Part]:
    """Every part, in the order in which one thing needs the other."""
    queue = stores.queue()
    serving = workers.serving() if queue.level is Level.GOOD else {}
    parts = [stores.database(), queue, workers.scanners(serving), workers.senders(serving)]
    parts += [clock(at), scans(at), messages(at), watcher(at), backup(at)]
    disk = stores.disk()
    return [*parts, disk] if disk else parts


def clock(at: datetime) -> Part:
    """The tick is asked for by beat and done by a worker, so that it proves both."""
    ticked = Tick.objects.values_list("at", flat=True).first()
    title = _("Clock")
    if ticked and at - ticked < LATE:
        return Part("clock", title, Level.GOOD, _("It starts what is due."))
    said = _("It last ticked: %(when)s.") % {"when": times.moment(ticked)} if ticked else _("It never ticked.")
    todo = _("Start one “celery -A secdash beat”, and a worker. Until then no scan starts by itself.")
    return Part("clock", title, Level.BAD, said, todo)


def scans(at: datetime) -> Part:
    queued = Scan.objects.filter(state=Scan.State.QUEUED)
    oldest = queued.aggregate(oldest=Min("created_at"))["oldest"]
    title = _("Waiting scans")
    if oldest is None or at - oldest < troubles.LATE:
        return Part("scans", title, Level.GOOD, _("No scan waits longer than five minutes."))
    said = _waiting_since(queued.count(), oldest)
    todo = _("Start more workers, or scan less often: see the sizes in docs/operations.md.")
    return Part("scans", title, Level.WARN, said, todo)


def _waiting_since(number: int, oldest: datetime) -> str:
    said = ngettext(
        "%(number)d scan waits, since %(when)s.", "%(number)d scans wait, the oldest since %(when)s.", number
    )
    return said % {"number": number, "when": times.moment(oldest)}


def messages(at: datetime) -> Part:
    late = Delivery.objects.waiting(at - WAITS_LONG)
    number, title = late.count(), _("Waiting messages")
    if not number:
        return Part("messages", title, Level.GOOD, _("No message is late by more than ten minutes."))
    said = ngettext("%(number)d message is late.", "%(number)d messages are late.", number) % {"number": number}
    todo = _("See that a worker serves the queue secdash-messages, and that it may reach mail servers and chats.")
    return Part("messages", title, Level.BAD, said, todo)


def watcher(at: datetime) -> Part:
    """Without hosts to watch nobody misses it."""
    alive = Watcher.objects.filter(seen_at__gt=at - SILENT).count()
    wanted, title = Watch.objects.wanted().count(), _("Watcher")
    if alive or not wanted:
        said = ngettext("%(number)d process listens.", "%(number)d processes listen.", alive) % {"number": alive}
        return Part("watcher", title, Level.GOOD, said if alive else _("There is no host to watch."))
    said = ngettext("Nobody listens to %(number)d host.", "Nobody listens to %(number)d hosts.", wanted)
    todo = _("Start “manage.py watch”. Until then changes are seen by the next scan only.")
    return Part("watcher", title, Level.WARN, said % {"number": wanted}, todo)


def backup(at: datetime) -> Part:
    made, title = last_backup(), _("Backup")
    if made and at - made < BACKUP_EVERY:
        return Part("backup", title, Level.GOOD, _("The last one: %(when)s.") % {"when": times.moment(made)})
    said = _("The last one: %(when)s.") % {"when": times.moment(made)} if made else _("None was made yet.")
    todo = _("Have “manage.py backup” run every night, unless you archive the database in another way.")
    return Part("backup", title, Level.WARN, said, todo)


def last_backup() -> datetime | None:
    return AuditEntry.objects.filter(act="backup.made").order_by("-pk").values_list("at", flat=True).first()
