"""Where each host stands: its newest finished scan, and which failures are accepted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery

from secdash.checks.outcome import Severity
from secdash.findings.models import Finding, State
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


def hosts_now(hosts: HostQuerySet, *, leave: Iterable[str] = ()) -> list[HostNow]:
    """Three queries, whatever the number of hosts and scans; `leave` names columns of scans that nobody will read."""
    newest = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE).newest_first().values("pk")[:1]
    found = {host: pk for host, pk in hosts.annotate(newest=Subquery(newest)).values_list("pk", "newest") if pk}
    scans = Scan.objects.defer("timings", "statuses", "error", *leave).in_bulk(found.values())
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


class Standing(NamedTuple):
    """A host's findings by severity: open, and accepted."""

    open: Counter[Severity]
    accepted: Counter[Severity]


def standing(hosts: HostQuerySet) -> dict[int, Standing]:
    """By host's id, in one query; a host without findings is there with empty counts."""
    counted: dict[int, Standing] = defaultdict(lambda: Standing(Counter(), Counter()))
    live = Finding.objects.filter(host__in=hosts, state__in=(State.OPEN, State.ACCEPTED))
    for host, state, severity, number in live.values_list("host_id", "state", "severity").annotate(Count("pk")):
        kind = counted[host].open if state == State.OPEN else counted[host].accepted
        kind[Severity(severity)] += number
    return counted


def total(counts: Iterable[Counter[Severity]]) -> Counter[Severity]:
    return sum(counts, Counter())
