"""Writing down what a scan saw and judged, in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Count, F

from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.engine import Verdict, catalogue_version
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Snapshot, Unknown
from secdash.findings import attesting
from secdash.findings import services as findings
from secdash.findings.models import Finding, State
from secdash.findings.score import Score, score
from secdash.fleet.models import Host
from secdash.scans import snapshots
from secdash.scans.models import SEVERITIES, PostureDay, Scan

STATUS_ORDER = (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE)


class Judged(msgspec.Struct, frozen=True):
    """What one scan learnt."""

    facts: Snapshot
    verdicts: list[Verdict]


@transaction.atomic
def record(scan: Scan, judged: Judged, *, timings: Mapping[str, int], at: datetime) -> bool:
    """Bring the findings in line, keep the facts, close the scan. False where the lease was lost."""
    holding = Scan.objects.select_for_update().filter(pk=scan.pk, state=Scan.State.RUNNING, attempts=scan.attempts)
    if not holding.exists():
        return False
    host = Host.objects.select_for_update().get(pk=scan.host_id)
    change = findings.bring_in_line(host, judged.facts, judged.verdicts, scan_id=scan.pk, at=at)
    attested = _attested(host, judged, at)
    standing = _score(host, judged.verdicts, attested)
    _close(scan, judged, attested, standing, timings, at)
    _keep_day(host, [*(v.status for v in judged.verdicts), *attested.values()], standing, change, at)
    Host.objects.filter(pk=host.pk).update(state=Host.State.REACHABLE, seen_at=at)
    return True


def tally(verdicts: list[Verdict]) -> dict[str, list[int]]:
    """Per check: how many subjects pass, fail, are unknown, are not judged."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for verdict in verdicts:
        counts[verdict.check][STATUS_ORDER.index(verdict.status)] += 1
    return dict(counts)


def tally_of(attested: Mapping[str, Status]) -> dict[str, list[int]]:
    """The same of what people attested, by item: its names never meet those of checks."""
    return {item: [int(status is each) for each in STATUS_ORDER] for item, status in attested.items()}


def _attested(host: Host, judged: Judged, at: datetime) -> dict[str, Status]:
    return attesting.counted(host, engine_version=_version(judged.facts), tally=tally(judged.verdicts), at=at)


def _score(host: Host, verdicts: list[Verdict], attested: Mapping[str, Status]) -> Score:
    accepted = Finding.objects.on(host).filter(state=State.ACCEPTED).values_list("severity", flat=True)
    judged = [(verdict.severity, verdict.status) for verdict in verdicts]
    judged += [(MANUAL[item].severity, status) for item, status in attested.items()]
    return score(judged, map(Severity, accepted))


def _version(facts: Snapshot) -> str:
    version = facts.engine.version
    return "" if isinstance(version, Unknown) else findings.storable(version)[:80]


def _close(
    scan: Scan,
    judged: Judged,
    attested: Mapping[str, Status],
    standing: Score,
    timings: Mapping[str, int],
    at: datetime,
) -> None:
    facts = judged.facts
    scan.state, scan.stage = Scan.State.DONE, Scan.Stage.DONE
    scan.finished_at, scan.lease_until = at, None
    scan.timings = dict(timings)
    scan.statuses = Counter(str(verdict.status) for verdict in judged.verdicts)
    scan.tally = tally(judged.verdicts) | tally_of(attested)
    scan.score, scan.assessed = standing.value, standing.assessed
    scan.containers = None if isinstance(facts.containers, Unknown) else len(facts.containers)
    scan.engine_version = _version(facts)
    scan.catalogue_version = catalogue_version()
    scan.snapshot = snapshots.keep(scan.host, facts, at=at)
    scan.save()


def _keep_day(host: Host, judged: list[Status], standing: Score, change: findings.Recorded, at: datetime) -> None:
    statuses = Counter(judged)
    opened = dict(Finding.objects.on(host).open().values_list("severity").annotate(Count("pk")))
    values = {
        "host": host,
        "host_name": host.name,
        "group_id": host.group_id,
        "catalogue_version": catalogue_version(),
        "score": standing.value,
        "assessed": standing.assessed,
        "passed": statuses[Status.PASS],
        "failed": statuses[Status.FAIL],
        "unknown": statuses[Status.UNKNOWN],
        **{word: opened.get(rank, 0) for rank, word in enumerate(SEVERITIES)},
    }
    day = PostureDay.objects.filter(host_ident=host.pk, day=at.date())
    if not day.update(**values, opened=F("opened") + change.opened, resolved=F("resolved") + change.resolved):
        PostureDay.objects.create(
            host_ident=host.pk, day=at.date(), opened=change.opened, resolved=change.resolved, **values
        )
