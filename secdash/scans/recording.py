"""Writing down what a scan saw and judged, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.engine import Verdict, catalogue_version
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Snapshot, Unknown
from secdash.findings import attesting
from secdash.findings import services as findings
from secdash.findings.score import Score, score
from secdash.fleet.models import Host
from secdash.scans import days, moving, snapshots
from secdash.scans.models import Scan
from secdash.scans.moving import Judged
from secdash.scans.tallied import tallied, tally

__all__ = ["Judged", "record"]


@transaction.atomic
def record(scan: Scan, judged: Judged, *, timings: Mapping[str, int], at: datetime) -> bool:
    """Bring the findings in line, keep the facts, close the scan. False where the lease was lost."""
    holding = Scan.objects.select_for_update().filter(pk=scan.pk, state=Scan.State.RUNNING, attempts=scan.attempts)
    if not holding.exists():
        return False
    host = Host.objects.select_for_update().get(pk=scan.host_id)
    before = moving.before(host)
    began = scan.started_at
    scan.created_at = moving.newer_than(before.scan, scan.created_at)
    became = findings.bring_in_line(host, judged.facts, judged.verdicts, scan_id=scan.pk, at=at, began=began)
    attested = _attested(host, judged, at)
    accepted = moving.accepted_on(host)
    reached = _score(judged.verdicts, attested, accepted.values())
    _close(scan, judged, attested, reached, timings, at)
    moves = moving.moved(before, scan, judged, attested, accepted)
    days.keep([days.Brought(host, reached, scan.tally, days.changes_of(became), moves)], at=at)
    Host.objects.filter(pk=host.pk).update(state=Host.State.REACHABLE, seen_at=at)
    return True


def _attested(host: Host, judged: Judged, at: datetime) -> dict[str, Status]:
    return attesting.counted(host, engine_version=_version(judged.facts), tally=tally(judged.verdicts), at=at)


def _score(verdicts: list[Verdict], attested: Mapping[str, Status], accepted: Iterable[Severity]) -> Score:
    judged = [(verdict.severity, verdict.status) for verdict in verdicts]
    judged += [(MANUAL[item].severity, status) for item, status in attested.items()]
    return score(judged, accepted)


def _version(facts: Snapshot) -> str:
    version = facts.engine.version
    return "" if isinstance(version, Unknown) else findings.storable(version)[:80]


def _close(
    scan: Scan,
    judged: Judged,
    attested: Mapping[str, Status],
    reached: Score,
    timings: Mapping[str, int],
    at: datetime,
) -> None:
    facts = judged.facts
    scan.state, scan.stage = Scan.State.DONE, Scan.Stage.DONE
    scan.finished_at, scan.lease_until = at, None
    scan.timings = dict(timings)
    scan.statuses = Counter(str(verdict.status) for verdict in judged.verdicts)
    scan.tally = tally(judged.verdicts) | tallied(attested.items())
    scan.score, scan.assessed = reached.value, reached.assessed
    scan.containers = None if isinstance(facts.containers, Unknown) else len(facts.containers)
    scan.engine_version = _version(facts)
    scan.catalogue_version = catalogue_version()
    scan.snapshot = snapshots.keep(scan.host, facts, at=at)
    scan.save()
