"""Between two scans: what a glance saw anew is judged alone, and recorded as a scan of its own kind.

Its row stands behind the scan that it continues and has a snapshot of its own, which is that scan's with what changed
since. So whatever reads the newest scan of a host reads how it stands now, and the difference of two scores is taken
apart as ever. Of the glances of one day the last one keeps snapshot and tally; the others keep their figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

import msgspec
import zstandard
from django.db import transaction
from django.db.models import Exists, Q

from secdash.checks import releases
from secdash.checks.engine import Verdict, catalogue_version, judge_some
from secdash.checks.outcome import Severity, Status
from secdash.facts import glance as facts
from secdash.facts.model import Snapshot, Unknown, listing
from secdash.findings import services as findings
from secdash.findings.lifecycle import Identity, identity
from secdash.findings.models import Finding, State, Why
from secdash.findings.privileges import Place
from secdash.findings.score import weigh
from secdash.fleet.models import Host
from secdash.scans import days, moves, moving, snapshots
from secdash.scans.collecting import endpoint_of
from secdash.scans.models import Scan
from secdash.scans.models import Snapshot as Kept
from secdash.scans.release_tables import in_force
from secdash.scans.tallied import STATUS_ORDER, Row, Tally, counted

KINDS = ("container", "image")


class Came(Enum):
    """What came of a glance."""

    RECORDED = "recorded"
    NOTHING = "nothing"  # as it was
    LATER = "later"  # a scan is under way, or another look came first: it is to be asked again
    WHOLE = "whole"  # only a scan can tell


class Glance(NamedTuple):
    """What was seen: the facts of the scan that it continues, the same with what changed, and where they differ."""

    scan: Scan
    before: Snapshot
    after: Snapshot
    places: frozenset[Place]
    began: datetime


def look(host: Host, wanted: Collection[str], *, began: datetime) -> Glance | Came:
    """Ask the Engine about these containers. Raises Unreachable."""
    scan = _newest(host)
    if scan is not None and scan.waits:  # type: ignore[attr-defined]  # annotated
        return Came.LATER
    before = _facts(scan) if scan else None
    if scan is None or before is None or isinstance(before.containers, Unknown):
        return Came.WHOLE
    after = facts.glance(endpoint_of(host), before, wanted)
    if isinstance(after.containers, Unknown) or isinstance(after.images, Unknown):
        return Came.WHOLE
    places = frozenset(place for kind in KINDS for place in _differing(kind, before, after))
    return Glance(scan, before, after, places, began) if places else Came.NOTHING


def record(glance: Glance, *, at: datetime) -> Came:
    """Judge what was seen and write it down, unless something came between."""
    with releases.using(in_force()):
        if glance.scan.catalogue_version != catalogue_version():
            return Came.WHOLE
        old, new = (_judged(each, glance.places) for each in (glance.before, glance.after))
        return _record(glance, old, new, at)


@transaction.atomic
def _record(glance: Glance, old: list[Verdict], new: list[Verdict], at: datetime) -> Came:
    host = Host.objects.select_for_update().get(pk=glance.scan.host_id)
    last = _still_newest(host, glance.scan)
    if last is None:
        return Came.LATER
    old, held = _as_counted(host, glance, old), moving.accepted_on(host)
    scan = _row(host, glance, last, old, new, at)
    _set_score(scan, held)
    scan.save()
    recorded = findings.bring_some_in_line(host, glance.after, new, glance.places, scan_id=scan.pk, at=at)
    holds = moving.accepted_on(host) if held or recorded.accepted else held
    if holds != held:
        _set_score(scan, holds)
        scan.save(update_fields=["score", "assessed"])
    score = weigh(counted(scan.tally), holds.values())
    moved = _moves(scan, last, (held, holds), old, new)
    days.keep(host, score=score, tally=scan.tally, scan_id=scan.pk, moves=moved, at=at)
    Host.objects.filter(pk=host.pk).update(state=Host.State.REACHABLE, seen_at=at)
    return Came.RECORDED


def _still_newest(host: Host, scan: Scan) -> Scan | None:
    """The scan that the glance continues, as it stands now; None where another came after it, or one is under way."""
    newest = Scan.objects.filter(host=host, state=Scan.State.DONE).newest_first().values("pk")[:1]
    found = Scan.objects.filter(Q(state=Scan.State.RUNNING) | Q(pk__in=newest), host=host).order_by()
    rows = list(found.defer("timings", "error"))
    return rows[0] if [row.pk for row in rows] == [scan.pk] else None


def _set_score(scan: Scan, accepted: Mapping[Identity, Severity]) -> None:
    score = weigh(counted(scan.tally), accepted.values())
    scan.score, scan.assessed = score.value, score.assessed


def _newest(host: Host) -> Scan | None:
    done = Scan.objects.filter(host=host, state=Scan.State.DONE)
    running = Scan.objects.filter(host=host, state=Scan.State.RUNNING)
    return done.select_related("snapshot").annotate(waits=Exists(running)).newest_first().first()


def _facts(scan: Scan) -> Snapshot | None:
    try:
        return snapshots.facts_of(scan.snapshot) if scan.snapshot else None
    except (msgspec.ValidationError, zstandard.ZstdError):
        return None


def _differing(kind: str, before: Snapshot, after: Snapshot) -> Iterable[Place]:
    """What came, went, or is not what it was."""
    old, new = ({each.key: each for each in _listed(facts, kind)} for facts in (before, after))
    return ((kind, key) for key in {*old, *new} if old.get(key) != new.get(key))


def _listed(facts: Snapshot, kind: str) -> Iterable[Any]:
    listed = listing(facts, kind)
    return () if isinstance(listed, Unknown) else listed


def _judged(facts: Snapshot, places: Collection[Place]) -> list[Verdict]:
    keys = {kind: {key for of, key in places if of == kind} for kind in KINDS}
    return [verdict for kind in KINDS if keys[kind] for verdict in judge_some(facts, kind, keys[kind])]


def _as_counted(host: Host, glance: Glance, old: Iterable[Verdict]) -> list[Verdict]:
    """The old verdicts as the tally has them: of what was asked again since the scan, the finding knows better."""
    since = Finding.objects.on(host).filter(subject_kind__in=KINDS, changed_at__gt=glance.scan.finished_at)
    said = {
        (each.check_name, each.subject_kind, each.subject_key): _said(each)
        for each in since
        if (each.subject_kind, each.subject_key) in glance.places
    }
    counted = ((verdict, said.get(identity(verdict), verdict.status)) for verdict in old)
    return [_with_status(verdict, status) for verdict, status in counted if status]


def _said(finding: Finding) -> Status | None:
    """None where its subject was not there."""
    if finding.state != State.RESOLVED:
        return Status.FAIL
    last = finding.transitions.last()
    return Status.PASS if last and last.why == Why.FIXED else None


def _with_status(verdict: Verdict, status: Status) -> Verdict:
    if verdict.status is status:
        return verdict
    return msgspec.structs.replace(verdict, outcome=msgspec.structs.replace(verdict.outcome, status=status))


def _row(host: Host, glance: Glance, last: Scan, old: list[Verdict], new: list[Verdict], at: datetime) -> Scan:
    containers = glance.after.containers
    return Scan(
        host=host,
        trigger=Scan.Trigger.LIVE,
        state=Scan.State.DONE,
        stage=Scan.Stage.DONE,
        attempts=1,
        created_at=moving.newer_than(last, glance.began),
        started_at=glance.began,
        finished_at=at,
        timings={Scan.Stage.READING: round((at - glance.began).total_seconds() * 1000)},
        statuses=_exchanged(last.statuses, (str(v.status) for v in old), (str(v.status) for v in new)),
        tally=_tally(last.tally, old, new),
        containers=None if isinstance(containers, Unknown) else len(containers),
        engine_version=last.engine_version,
        catalogue_version=last.catalogue_version,
        snapshot=_snapshot(host, glance, last, at),
    )


def _exchanged(counts: Mapping[str, int], out: Iterable[str], come: Iterable[str]) -> dict[str, int]:
    sums = Counter(counts)
    sums.update(come)
    sums.subtract(Counter(out))
    return dict(+sums)


def _tally(tally: Tally, old: Iterable[Verdict], new: Iterable[Verdict]) -> dict[str, Row]:
    changed = {name: list(row) for name, row in tally.items()}
    for verdicts, more in ((new, 1), (old, -1)):
        for verdict in verdicts:
            row = changed.setdefault(verdict.check, [0, 0, 0, 0])
            row[STATUS_ORDER.index(verdict.status)] += more
    return {name: [max(count, 0) for count in row] for name, row in changed.items() if any(row)}


def _moves(
    scan: Scan, last: Scan, accepted: tuple[Mapping[Identity, Severity], ...], old: list[Verdict], new: list[Verdict]
) -> moves.Moves:
    """What of the two made the score of this row another than that of the last."""
    if last.score is None or scan.score is None:
        return {}
    held, holds = accepted
    touched = {identity(verdict) for verdict in (*old, *new)}
    return moves.within(
        last.score,
        moves.Standing(last.tally, Counter(held.values())),
        moves.Standing(scan.tally, Counter(holds.values())),
        moves.picture(old, {}, {which: held[which] for which in held if which in touched}),
        moves.picture(new, {}, {which: holds[which] for which in holds if which in touched}),
    )


def _snapshot(host: Host, glance: Glance, last: Scan, at: datetime) -> Kept:
    """The glance before this one, of the same day, gives its snapshot up and keeps its figures only."""
    is_of_today = last.finished_at is not None and last.finished_at.date() == at.date()
    if last.trigger != Scan.Trigger.LIVE or last.snapshot_id is None or not is_of_today:
        return snapshots.keep(host, glance.after, at=at)
    Scan.objects.filter(pk=last.pk).update(snapshot=None, tally={}, statuses={})
    return snapshots.replaced(host, last.snapshot_id, glance.after, at=at)
