"""What Prometheus is told: posture and operation, read from the database when it asks.

So the figures are those of all processes, and there is nothing to add up between them. The reader is told of hosts that
the token's owner may see; figures of the whole installation only whoever sees all hosts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

import secdash
from secdash.accounts.models import User
from secdash.api.health.looking import SILENT, last_backup
from secdash.api.health.stores import size_of_database
from secdash.checks import CATALOGUE
from secdash.checks.engine import catalogue_version
from secdash.checks.outcome import Severity
from secdash.findings.access import acceptances_for, findings_for
from secdash.findings.models import Acceptance, State
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.messaging.models import Delivery
from secdash.posture.stands import Stand, stands
from secdash.posture.troubles import LATE
from secdash.scans.models import Scan, ScanQuerySet, Tick
from secdash.watching.models import Watch, Watcher

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_GROUPS = 200  # by name; what is beyond them is summed
OTHER, NONE = "(other)", ""
LOOKED_BACK = timedelta(hours=1)
QUANTILES = (0.5, 0.95, 1)
MOST_SCANS = 10_000


def exposition(user: User, *, at: datetime) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(user, at))
    return generate_latest(registry)


class Figures(Collector):
    """A fixed number of queries, however many hosts and findings."""

    def __init__(self, user: User, at: datetime) -> None:
        self.user = user
        self.at = at
        self.sees_all = user.reach == User.Reach.ALL

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        yield from self._posture()
        yield from self._scans()
        if self.sees_all:
            yield from self._installation()

    def _posture(self) -> Iterator[Metric]:
        names = self._group_names()
        stand = stands(hosts_for(self.user))
        groups = dict(hosts_for(self.user).order_by().values_list("pk", "group_id"))
        yield _by_group("secdash_score", "Mean score of the hosts, 0 to 100.", stand, groups, names, lambda s: s.score)
        yield _by_group(
            "secdash_assessed_share", "Mean share of what could be judged.", stand, groups, names, lambda s: s.assessed
        )
        yield from self._findings(names)
        hosts = GaugeMetricFamily("secdash_hosts", "Hosts by state.", labels=["state"])
        counts = _counted(hosts_for(self.user), "state")
        for state in Host.State.values:
            hosts.add_metric([state], counts.get(state, 0))
        yield hosts
        acceptances = GaugeMetricFamily("secdash_acceptances", "Acceptances by state.", labels=["state"])
        counts = _counted(acceptances_for(self.user), "state")
        for state in Acceptance.State.values:
            acceptances.add_metric([state], counts.get(state, 0))
        yield acceptances

    def _findings(self, names: dict[int | None, str]) -> Iterator[Metric]:
        rows = findings_for(self.user).filter(state__in=(State.OPEN, State.ACCEPTED)).order_by()
        counted = rows.values_list("state", "host__group", "severity").annotate(Count("pk"))
        sums: dict[tuple[str, str, str], int] = {}
        for state, group, severity, number in counted:
            key = (names.get(group, OTHER), Severity(severity).word, state)
            sums[key] = sums.get(key, 0) + number
        findings = GaugeMetricFamily(
            "secdash_findings", "Findings by group of hosts, severity and state.", labels=["group", "severity", "state"]
        )
        for group in sorted(set(names.values()) | {key[0] for key in sums}):
            for severity in Severity:
                for state in (State.OPEN.value, State.ACCEPTED.value):
                    findings.add_metric([group, severity.word, state], sums.get((group, severity.word, state), 0))
        yield findings
        overdue = findings_for(self.user).overdue(self.at.date()).count()
        yield GaugeMetricFamily("secdash_findings_overdue", "Open findings past their due date.", value=overdue)

    def _group_names(self) -> dict[int | None, str]:
        """By id; what is beyond the most groups has none."""
        seen = hosts_for(self.user).order_by("group__name").values_list("group_id", "group__slug").distinct()
        return {pk: slug or NONE for pk, slug in seen[:MOST_GROUPS]}

    def _scans(self) -> Iterator[Metric]:
        recent = Scan.objects.visible_to(self.user).filter(finished_at__gt=self.at - LOOKED_BACK)
        active = _counted(Scan.objects.visible_to(self.user).active(), "state")
        over = _counted(recent.filter(state__in=(Scan.State.DONE, Scan.State.FAILED)), "state")
        scans = GaugeMetricFamily(
            "secdash_scans", "Scans under way, and those that ended within the last hour.", labels=["state"]
        )
        for state in Scan.State.values:
            scans.add_metric([state], active.get(state, 0) + over.get(state, 0))
        yield scans
        yield self._durations(recent)
        oldest = hosts_for(self.user).due(self.at).aggregate(oldest=Min("scan_due_at"))["oldest"]
        yield self._age("secdash_scan_oldest_due_seconds", "How long the longest waiting host is due.", oldest)
        queued = Scan.objects.visible_to(self.user).filter(state=Scan.State.QUEUED)
        late = queued.filter(created_at__lt=self.at - LATE).count()
        yield GaugeMetricFamily(
            "secdash_scans_late", "Scans that waited for a worker for over five minutes.", value=late
        )
        oldest = queued.aggregate(oldest=Min("created_at"))["oldest"]
        yield self._age("secdash_scan_oldest_queued_seconds", "Age of the oldest queued scan.", oldest)

    def _age(self, name: str, said: str, since: datetime | None) -> Metric:
        return GaugeMetricFamily(name, said, value=(self.at - since).total_seconds() if since else 0)

    def _durations(self, recent: ScanQuerySet) -> Metric:
        """Quantiles of the last hour: buckets that forget would be no histogram."""
        ended = recent.filter(state=Scan.State.DONE, started_at__isnull=False)
        times = ended.values_list("started_at", "finished_at")[:MOST_SCANS]
        took = sorted((end - start).total_seconds() for start, end in times if start and end)
        family = GaugeMetricFamily(
            "secdash_scan_duration_seconds", "How long scans of the last hour took.", labels=["quantile"]
        )
        for quantile in QUANTILES if took else ():
            family.add_metric([str(quantile)], took[min(len(took) - 1, int(quantile * len(took)))])
        return family

    def _installation(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("secdash_info", "What runs here.", labels=["version", "catalogue"])
        info.add_metric([secdash.__version__, catalogue_version()], 1)
        yield info
        yield GaugeMetricFamily("secdash_checks", "Checks in the catalogue.", value=len(CATALOGUE))
        ticked = Tick.objects.values_list("at", flat=True).first()
        yield GaugeMetricFamily(
            "secdash_last_tick_timestamp_seconds",
            "When the beat's tick was last done; 0 for never.",
            value=ticked.timestamp() if ticked else 0,
        )
        yield from self._kept()
        deliveries = GaugeMetricFamily(
            "secdash_deliveries", "Messages on their way, and those that failed within the last hour.", labels=["state"]
        )
        failed = Q(state=Delivery.State.FAILED, finished_at__gt=self.at - LOOKED_BACK)
        under_way = Q(state__in=(Delivery.State.QUEUED, Delivery.State.RUNNING))
        counts = _counted(Delivery.objects.filter(failed | under_way), "state")
        for state in (Delivery.State.QUEUED, Delivery.State.RUNNING, Delivery.State.FAILED):
            deliveries.add_metric([state.value], counts.get(state, 0))
        yield deliveries

    def _kept(self) -> Iterator[Metric]:
        """What an operator watches beside the posture: whether somebody listens, and what would be lost."""
        alive = Watcher.objects.filter(seen_at__gt=self.at - SILENT).count()
        yield GaugeMetricFamily("secdash_watchers", "Processes that listen to Engines.", value=alive)
        yield GaugeMetricFamily(
            "secdash_watched_hosts", "Hosts that are to be listened to.", value=Watch.objects.wanted().count()
        )
        yield GaugeMetricFamily("secdash_database_bytes", "Size of the database.", value=size_of_database())
        made = last_backup()
        yield GaugeMetricFamily(
            "secdash_last_backup_timestamp_seconds",
            "When manage.py backup was last done; 0 for never.",
            value=made.timestamp() if made else 0,
        )


def _counted(rows: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))


def _by_group(
    name: str,
    said: str,
    stand: Mapping[int, Stand],
    groups: Mapping[int, int | None],
    names: Mapping[int | None, str],
    value: Callable[[Stand], float | None],
) -> Metric:
    """The mean over the hosts of each group; a group without a scanned host is left out."""
    found: dict[str, list[float]] = {}
    for host, each in stand.items():
        if (number := value(each)) is not None:
            found.setdefault(names.get(groups.get(host), OTHER), []).append(number)
    family = GaugeMetricFamily(name, said, labels=["group"])
    for group, numbers in sorted(found.items()):
        family.add_metric([group], sum(numbers) / len(numbers))
    return family
