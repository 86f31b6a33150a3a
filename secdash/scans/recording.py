"""Writing down what a scan saw and judged, in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Count, F

from secdash.checks.engine import Verdict, catalogue_version
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Snapshot, Unknown
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
    standing = _score(host, judged.verdicts)
    _close(scan, judged, standing, timings, at)
    _keep_day(host, judged.verdicts, standing, change, at)
    Host.objects.filter(pk=host.pk).update(state=Host.State.REACHABLE, seen_at=at)
    return True


def tally(verdicts: list[Verdict]) -> dict[str, list[int]]:
    """Per check: how many subjects pass, fail, are unknown, are not judged."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for verdict in verdicts:
        counts[verdict.check][STATUS_ORDER.index(verdict.status)] += 1
    return dict(counts)


def _score(host: Host, verdicts: list[Verdict]) -> Score:
    accepted = Finding.objects.on(host).filter(state=State.ACCEPTED).values_list("severity", flat=True)
    return score(((verdict.severity, verdict.status) for verdict in verdicts), map(Severity, accepted))


def _close(scan: Scan, judged: Judged, standing: Score, timings: Mapping[str, int], at: datetime) -> None:
    facts = judged.facts
    scan.state, scan.stage = Scan.State.DONE, Scan.Stage.DONE
    scan.finished_at, scan.lease_until = at, None
    scan.timings = dict(timings)
    scan.statuses = Counter(str(verdict.status) for verdict in judged.verdicts)
    scan.tally = tally(judged.verdicts)
    scan.score, scan.assessed = standing.value, standing.assessed
    scan.containers = None if isinstance(facts.containers, Unknown) else len(facts.containers)
    scan.engine_version = (
        "" if isinstance(facts.engine.version, Unknown) else findings.storable(facts.engine.version)[:80]
    )
    scan.catalogue_version = catalogue_version()
    scan.snapshot = snapshots.keep(scan.host, facts, at=at)
    scan.save()


def _keep_day(host: Host, verdicts: list[Verdict], standing: Score, change: findings.Recorded, at: datetime) -> None:
    statuses = Counter(verdict.status for verdict in verdicts)
    opened = dict(Finding.objects.on(host).open().values_list("severity").annotate(Count("pk")))
    values = {
        "score": standing.value,
        "assessed": standing.assessed,
        "passed": statuses[Status.PASS],
        "failed": statuses[Status.FAIL],
        "unknown": statuses[Status.UNKNOWN],
        **{word: opened.get(rank, 0) for rank, word in enumerate(SEVERITIES)},
    }
    day = PostureDay.objects.filter(host=host, day=at.date())
    if not day.update(**values, opened=F("opened") + change.opened, resolved=F("resolved") + change.resolved):
        PostureDay.objects.create(host=host, day=at.date(), opened=change.opened, resolved=change.resolved, **values)
