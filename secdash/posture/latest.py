"""Where each host stands: its newest finished scan, with what it counted."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery

from secdash.fleet.models import Host, HostQuerySet
from secdash.scans.models import Scan


class HostNow(NamedTuple):
    """A host and its newest finished scan; None where it was never scanned to the end."""

    host: Host
    scan: Scan | None

    @property
    def score(self) -> int | None:
        return self.scan.score if self.scan else None

    @property
    def is_unreachable(self) -> bool:
        return self.host.state == Host.State.UNREACHABLE


def hosts_now(hosts: HostQuerySet) -> list[HostNow]:
    """Three queries, whatever the number of hosts and scans; where no tally is read, `stands` costs less."""
    newest = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE).newest_first().values("pk")[:1]
    found = {host: pk for host, pk in hosts.annotate(newest=Subquery(newest)).values_list("pk", "newest") if pk}
    scans = Scan.objects.defer("timings", "statuses", "error").in_bulk(found.values())
    return [HostNow(host, scans.get(found.get(host.pk, 0))) for host in hosts.by_name()]


def newest_scan(host: Host) -> Scan | None:
    """The host's newest finished scan with its snapshot's digest, but without the snapshot's content."""
    finished = Scan.objects.filter(host=host, state=Scan.State.DONE)
    return finished.select_related("snapshot").defer("snapshot__content").newest_first().first()


class Looks(NamedTuple):
    """A host's newest finished scan, and the one that is queued or running; there is one of these at most."""

    newest: Scan | None
    under_way: Scan | None


def looks_at(host: Host) -> Looks:
    """Both in one query; the newest as `newest_scan` gives it."""
    done = Scan.objects.filter(host=host, state=Scan.State.DONE).newest_first().values("pk")[:1]
    either = Scan.objects.filter(Q(pk__in=done) | Q(state__in=Scan.ACTIVE), host=host)
    scans = list(either.select_related("host", "snapshot").defer("snapshot__content"))
    return Looks(
        newest=next((scan for scan in scans if not scan.is_active), None),
        under_way=next((scan for scan in scans if scan.is_active), None),
    )
