"""Writing down what glances saw: judged alone, each recorded as a scan of its own kind.

Its row stands behind the scan that it continues and has a snapshot of its own, which is that scan's with what changed
since. So whatever reads the newest scan of a host reads how it stands now, and the difference of two scores is taken
apart as ever. Of the glances of one day the last one keeps snapshot and tally; the others keep their figures.

Glances of many hosts are written in one transaction, in about as many statements as those of one would take.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import transaction

from secdash.checks import releases
from secdash.checks.engine import Verdict, catalogue_version, judge_some
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Snapshot, Unknown
from secdash.findings import services as findings
from secdash.findings.adding import add_these
from secdash.findings.lifecycle import Identity, Standing, identity
from secdash.findings.models import State, Transition, Why
from secdash.findings.privileges import Place
from secdash.findings.rewriting import rewrite
from secdash.findings.score import Judged as Weighed
from secdash.findings.score import weigh
from secdash.findings.services import Recorded
from secdash.fleet.models import Host
from secdash.scans import days, moving, snapshots
from secdash.scans.exchanging import Exchange, Stood
from secdash.scans.glances import KINDS, Came, Glance, newest
from secdash.scans.models import Scan
from secdash.scans.release_tables import in_force
from secdash.scans.remembering import Memory, Newest, same_way
from secdash.scans.snapshots import Packed
from secdash.scans.tallied import counted


class Judged(NamedTuple):
    """A glance with its verdicts on what changed, as it was and as it is; and its facts as they are kept."""

    glance: Glance
    old: list[Verdict]
    new: list[Verdict]
    packed: Packed

    @property
    def host(self) -> int:
        return self.glance.scan.host.pk


class _Part(NamedTuple):
    """One host's part of what is recorded: the scan that it continues as it stands now, and the one that it becomes."""

    judged: Judged
    host: Host
    last: Scan
    scan: Scan
    standing: list[Standing]
    exchange: Exchange
    stood: Counter[Weighed]  # what was behind the score of `last`, and what is behind that of `scan`
    stands: Counter[Weighed]


Accepted = Mapping[int, Mapping[Identity, Severity]]


def record(glances: Sequence[Glance], memory: Memory, *, at: datetime) -> list[Came]:
    """Judge what was seen and write it down, but for hosts where something came between. At most one of each host."""
    with releases.using(in_force()):
        version = catalogue_version()
        judged = [_judged(glance) for glance in glances if glance.scan.catalogue_version == version]
        parts = {part.host.pk: part for part in _record(judged, at)} if judged else {}
    for part in parts.values():
        _remember(part, memory)
    current = {each.host for each in judged}
    return [_came(glance.scan.host.pk, parts, current) for glance in glances]


def _remember(part: _Part, memory: Memory) -> None:
    """For the next look at this host, which need not ask what is known of it."""
    scan, packed = Newest(part.scan.pk, part.host, part.scan.catalogue_version), part.judged.packed
    memory.keep(part.host.pk, packed.digest, part.judged.glance.after, packed.weight, scan=scan)


def _came(host: int, recorded: Collection[int], current: Collection[int]) -> Came:
    if host in recorded:
        return Came.RECORDED
    return Came.LATER if host in current else Came.WHOLE


def _judged(glance: Glance) -> Judged:
    old, new = (_verdicts(facts, glance.places) for facts in (glance.before, glance.after))
    return Judged(glance, old, new, snapshots.pack(glance.after))


def _verdicts(facts: Snapshot, places: Collection[Place]) -> list[Verdict]:
    keys = {kind: {key for of, key in places if of == kind} for kind in KINDS}
    return [verdict for kind in KINDS if keys[kind] for verdict in judge_some(facts, kind, keys[kind])]


@transaction.atomic
def _record(judged: Sequence[Judged], at: datetime) -> list[_Part]:
    """What was recorded."""
    hosts = {host.pk: host for host in _locked(each.host for each in judged)}
    lasts = {scan.host_id: scan for scan in newest(hosts) if not scan.waits}  # type: ignore[attr-defined]  # annotated
    judged = [each for each in judged if each.host in lasts and _is_still(each, lasts[each.host], hosts[each.host])]
    standing = findings.standing_at({each.host: each.glance.places for each in judged})
    parts = [_part(each, hosts[each.host], lasts[each.host], standing[each.host], at) for each in judged]
    held = moving.accepted_on_each([part.host.pk for part in parts])
    _save(parts, held, at)
    became = findings.bring_some_in_line([_look(part) for part in parts], at=at)
    holds = _held_since(parts, became, held)
    brought = [
        _of_day(part, held[part.host.pk], holds[part.host.pk], came) for part, came in zip(parts, became, strict=True)
    ]
    days.keep(brought, at=at)
    Host.objects.filter(pk__in=[part.host.pk for part in parts]).update(state=Host.State.REACHABLE, seen_at=at)
    return parts


def _locked(hosts: Iterable[int]) -> Iterable[Host]:
    """In the order that everybody locks them in."""
    found = Host.objects.select_for_update(of=("self",)).select_related("connection")
    return found.filter(pk__in=set(hosts)).order_by("pk")


def _is_still(judged: Judged, last: Scan, host: Host) -> bool:
    """Nothing came between: what was seen is that host's, and continues its newest scan."""
    seen = judged.glance.scan
    return last.pk == seen.pk and same_way(host, seen.host)


def _part(judged: Judged, host: Host, last: Scan, standing: list[Standing], at: datetime) -> _Part:
    exchange = Exchange(_as_counted(judged, standing, last), judged.new)
    scan = _row(judged, host, last, exchange, at)
    return _Part(judged, host, last, scan, standing, exchange, counted(last.tally), counted(scan.tally))


def _as_counted(judged: Judged, standing: Iterable[Standing], last: Scan) -> list[Verdict]:
    """The old verdicts as the tally has them: of what was asked again since the scan, the finding knows better."""
    since = [each for each in standing if each.changed_at and last.finished_at and each.changed_at > last.finished_at]
    said = {each.identity: _said(each) for each in since}
    counted = ((verdict, said.get(identity(verdict), verdict.status)) for verdict in judged.old)
    return [_with_status(verdict, status) for verdict, status in counted if status]


def _said(finding: Standing) -> Status | None:
    """None where its subject was not there."""
    if finding.state != State.RESOLVED:
        return Status.FAIL
    last = Transition.objects.filter(finding=finding.pk).last()
    return Status.PASS if last and last.why == Why.FIXED else None


def _with_status(verdict: Verdict, status: Status) -> Verdict:
    if verdict.status is status:
        return verdict
    return msgspec.structs.replace(verdict, outcome=msgspec.structs.replace(verdict.outcome, status=status))


def _row(judged: Judged, host: Host, last: Scan, exchange: Exchange, at: datetime) -> Scan:
    containers, began = judged.glance.after.containers, judged.glance.began
    return Scan(
        host=host,
        trigger=Scan.Trigger.LIVE,
        state=Scan.State.DONE,
        stage=Scan.Stage.DONE,
        attempts=1,
        created_at=moving.newer_than(last, began),
        started_at=began,
        finished_at=at,
        timings={Scan.Stage.READING: round((at - began).total_seconds() * 1000)},
        statuses=exchange.statuses(last.statuses),
        tally=exchange.tally(last.tally),
        containers=None if isinstance(containers, Unknown) else len(containers),
        engine_version=last.engine_version,
        catalogue_version=last.catalogue_version,
    )


def _save(parts: Sequence[_Part], held: Accepted, at: datetime) -> None:
    """The rows of the scans, with their snapshots."""
    left = [part.last for part in parts if _gives_up(part.last, at)]
    Scan.objects.filter(pk__in=[last.pk for last in left]).update(snapshot=None, tally={}, statuses={})
    free = {last.host_id: last.snapshot_id for last in left if last.snapshot_id is not None}
    kept = snapshots.keep_each({part.host.pk: part.judged.packed for part in parts}, free, at=at)
    for part in parts:
        part.scan.snapshot_id = kept[part.host.pk]
        _set_score(part, held[part.host.pk])
    add_these([part.scan for part in parts])


def _gives_up(last: Scan, at: datetime) -> bool:
    """A glance of the same day gives its snapshot up and keeps its figures only."""
    is_of_today = last.finished_at is not None and last.finished_at.date() == at.date()
    return last.trigger == Scan.Trigger.LIVE and last.snapshot_id is not None and is_of_today


def _set_score(part: _Part, accepted: Mapping[Identity, Severity]) -> None:
    score = weigh(part.stands, accepted.values())
    part.scan.score, part.scan.assessed = score.value, score.assessed


def _held_since(parts: Sequence[_Part], became: Sequence[Recorded], held: Accepted) -> Accepted:
    """What stands accepted after that, which the scores follow."""
    moved = [part for part, came in zip(parts, became, strict=True) if held[part.host.pk] or came.accepted]
    holds = {**held, **moving.accepted_on_each([part.host.pk for part in moved])} if moved else held
    others = [part for part in moved if holds[part.host.pk] != held[part.host.pk]]
    for part in others:
        _set_score(part, holds[part.host.pk])
    rewrite([part.scan for part in others], ("score", "assessed"))
    return holds


def _look(part: _Part) -> findings.Look:
    glance = part.judged.glance
    return findings.Look(part.host, glance.after, glance.places, part.judged.new, part.standing, part.scan.pk)


def _of_day(
    part: _Part, held: Mapping[Identity, Severity], holds: Mapping[Identity, Severity], became: Recorded
) -> days.Brought:
    before, after = Stood(part.last.score, part.stood, held), Stood(part.scan.score, part.stands, holds)
    score, moves = weigh(part.stands, holds.values()), part.exchange.moves(before, after)
    return days.Brought(part.host, score, part.scan.tally, days.changes_of(became), moves)
