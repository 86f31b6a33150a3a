"""Writing down what scans saw and judged, in one transaction.

Several hosts that changed are written in about as many statements as one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from secdash.checks.differing import judge_noting
from secdash.checks.engine import catalogue_version
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Snapshot, Unknown
from secdash.findings import attesting
from secdash.findings import services as findings
from secdash.findings.lifecycle import Identity
from secdash.findings.rewriting import rewrite
from secdash.findings.score import Score, weigh
from secdash.fleet.models import Host
from secdash.scans import days, moving, snapshots
from secdash.scans.judging import Judged, builds_on
from secdash.scans.models import Scan
from secdash.scans.models import Snapshot as Kept
from secdash.scans.tallied import Tally, counted, statuses, tallied

__all__ = ["Judged", "Seen", "record", "record_all"]

CLOSED = (
    "state", "stage", "created_at", "finished_at", "lease_until", "timings", "statuses", "tally", "score", "assessed",
    "containers", "engine_version", "catalogue_version", "snapshot", "sight",
)  # fmt: skip


class Seen(NamedTuple):
    """A scan, and what it learnt."""

    scan: Scan
    judged: Judged
    timings: Mapping[str, int]


class _Part(NamedTuple):
    """One host's part of what is recorded."""

    seen: Seen
    host: Host
    before: moving.Before
    tally: Tally
    attested: Mapping[str, Status]


Accepted = Mapping[Identity, Severity]


def record(scan: Scan, judged: Judged, *, timings: Mapping[str, int], at: datetime) -> bool:
    """Bring the findings in line, keep the facts, close the scan. False where the lease was lost."""
    return bool(record_all([Seen(scan, judged, timings)], at=at))


@transaction.atomic
def record_all(several: Sequence[Seen], *, at: datetime) -> list[Seen]:
    """As `record`, for scans of several hosts; those of which no lease was lost."""
    held = _held(several)
    hosts = {host.pk: host for host in _locked([each.scan.host_id for each in held])}
    if not hosts:
        return []
    facts = any(each.judged.built is None for each in held)
    before, said = moving.before(hosts, facts=facts), attesting.said_on(hosts)
    parts = [_part(each, hosts[each.scan.host_id], before, said, at) for each in held]
    recorded = findings.bring_in_line([_whole(part) for part in parts], at=at)
    accepted = moving.accepted_on_each(hosts)
    brought = _closed(parts, recorded, accepted, at)
    days.keep(brought, at=at)
    Host.objects.filter(pk__in=hosts).update(state=Host.State.REACHABLE, seen_at=at)
    return held


def _held(several: Sequence[Seen]) -> list[Seen]:
    """Locks the scans."""
    running = Scan.objects.select_for_update().filter(pk__in=[each.scan.pk for each in several])
    attempts = dict(running.filter(state=Scan.State.RUNNING).order_by("pk").values_list("pk", "attempts"))
    return [each for each in several if attempts.get(each.scan.pk) == each.scan.attempts]


def _locked(hosts: Collection[int]) -> Sequence[Host]:
    """In the order that everybody locks them in."""
    return list(Host.objects.select_for_update().filter(pk__in=hosts).order_by("pk")) if hosts else []


def _part(
    seen: Seen, host: Host, before: Mapping[int, moving.Before], said: Mapping[int, attesting.Said], at: datetime
) -> _Part:
    last = before[host.pk].scan
    if not builds_on(last, host, seen.judged):
        seen = seen._replace(judged=Judged(seen.judged.facts, *judge_noting(seen.judged.facts)))
    seen.scan.created_at = moving.newer_than(last, seen.scan.created_at)
    version, tally = _version(seen.judged.facts), moving.counted_now(seen.judged, last)
    attested = attesting.counted(said[host.pk], engine_version=version, tally=tally, at=at)
    return _Part(seen, host, before[host.pk], tally, attested)


def _whole(part: _Part) -> findings.Whole:
    scan, judged = part.seen.scan, part.seen.judged
    places = judged.built.places if judged.built else None
    return findings.Whole(part.host, judged.facts, judged.verdicts, scan.pk, scan.started_at, places)


def _version(facts: Snapshot) -> str:
    version = facts.engine.version
    return "" if isinstance(version, Unknown) else findings.storable(version)[:80]


def _closed(
    parts: Sequence[_Part], recorded: Sequence[findings.Recorded], accepted: Mapping[int, Accepted], at: datetime
) -> list[days.Brought]:
    """Writes the scans, with their snapshots; what they bring to the days of their hosts."""
    packed = {part.host.pk: snapshots.pack(part.seen.judged.facts) for part in parts}
    kept = snapshots.keep_each(packed, {}, at=at)
    brought = []
    for part, came in zip(parts, recorded, strict=True):
        pk = part.host.pk
        part.seen.scan.snapshot = Kept(pk=kept[pk], host_id=pk, digest=packed[pk].digest)
        reached = _close(part, accepted[pk], at)
        moves = moving.moved(part.before, part.seen.scan, part.seen.judged, part.tally, part.attested, accepted[pk])
        brought.append(days.Brought(part.host, reached, part.seen.scan.tally, days.changes_of(came), moves))
    rewrite([part.seen.scan for part in parts], CLOSED)
    return brought


def _close(part: _Part, accepted: Accepted, at: datetime) -> Score:
    scan, facts = part.seen.scan, part.seen.judged.facts
    scan.state, scan.stage = Scan.State.DONE, Scan.Stage.DONE
    scan.finished_at, scan.lease_until = at, None
    scan.timings = dict(part.seen.timings)
    scan.statuses = statuses(part.tally)
    scan.tally = {**part.tally, **tallied(part.attested.items())}
    reached = weigh(counted(scan.tally), accepted.values())
    scan.score, scan.assessed = reached.value, reached.assessed
    scan.containers = None if isinstance(facts.containers, Unknown) else len(facts.containers)
    scan.engine_version = _version(facts)
    scan.catalogue_version = catalogue_version()
    return reached
