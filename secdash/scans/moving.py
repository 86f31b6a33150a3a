"""Finding out why a host's score moved: how it stood before a scan, and what of it the scan changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import zstandard

from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.differing import Differing, differing
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Snapshot
from secdash.findings.lifecycle import Identity, identity
from secdash.findings.models import Finding, State
from secdash.scans import moves, snapshots
from secdash.scans.exchanging import Exchange
from secdash.scans.judging import Judged, newest_of, touched
from secdash.scans.models import Scan
from secdash.scans.moves import Moves
from secdash.scans.tallied import STATUS_ORDER, Tally, tallied, tally


class Earlier(NamedTuple):
    """How a host stood: its score, the tally that this was made of, what was seen, and what stood accepted."""

    score: int
    tally: Tally
    facts: Snapshot
    accepted: Mapping[Identity, Severity]


class Before(NamedTuple):
    """A host's newest finished scan, None where this is its first; and which findings stood accepted."""

    scan: Scan | None
    accepted: Mapping[Identity, Severity]


def before(hosts: Collection[int], *, facts: bool = True) -> dict[int, Before]:
    """By host's id, in two queries. Call it before findings are brought in line.

    The scans are annotated as `touched`. Without their `facts` each that is asked for these after all is one query.
    """
    columns = ["host", "score", "tally", "catalogue_version", "created_at", "finished_at", "snapshot__digest"]
    columns += ["snapshot__content"] if facts else []
    scans = Scan.objects.filter(pk__in=newest_of(hosts)).select_related("snapshot").only(*columns).order_by()
    last = {scan.host_id: scan for scan in scans.annotate(touched=touched())}
    accepted = accepted_on_each(hosts)
    return {host: Before(last.get(host), accepted[host]) for host in hosts}


def newer_than(last: Scan | None, at: datetime) -> datetime:
    """The place in time of what is recorded after `last`: also where that began after this one was asked for."""
    return max(at, last.created_at + timedelta(microseconds=1)) if last else at


def accepted_on_each(hosts: Collection[int]) -> dict[int, dict[Identity, Severity]]:
    """By host's id, in one query."""
    found: dict[int, dict[Identity, Severity]] = {host: {} for host in hosts}
    rows = Finding.objects.filter(host__in=found, state=State.ACCEPTED).order_by()
    for host, *which, severity in rows.values_list("host_id", "check_name", "subject_kind", "subject_key", "severity"):
        check, kind, key = which
        found[host][check, kind, key] = Severity(severity)
    return found


def moved(
    before: Before,
    scan: Scan,
    judged: Judged,
    now: Tally,
    attested: Mapping[str, Status],
    accepted: Mapping[Identity, Severity],
) -> Moves:
    """Why the score of this scan, which is closed, differs. Nothing for a first scan, or where one had no score."""
    old = before.scan
    if old is None or old.score is None or scan.score is None or _unmoved(old, scan):
        return {}
    facts = judged.built.facts if judged.built else _facts_before(old, scan, judged.facts)
    if facts is None:
        return moves.summed([{moves.CATALOGUE: {moves.NO_CHECK: scan.score - old.score}}])
    return between(Earlier(old.score, old.tally, facts, before.accepted), judged, now, attested, accepted)


def between(
    old: Earlier, judged: Judged, now: Tally, attested: Mapping[str, Status], accepted: Mapping[Identity, Severity]
) -> Moves:
    """Of what stood, only what may differ is judged again. `now` is what the checks say, counted."""
    differ = _differing(old, judged, {which for which, _ in old.accepted.items() ^ accepted.items()})
    attested_before = attested_in(old.tally)
    if judged.built:
        whole = old.tally  # as it was counted, by the same checks
    else:
        whole = {**Exchange(differ.new, differ.old).tally(now), **tallied(attested_before.items())}
    return moves.between(
        old.score,
        old.tally,
        moves.picture(differ.old, attested_before, old.accepted),
        moves.picture(differ.new, attested, accepted),
        whole,
    )


def _differing(old: Earlier, judged: Judged, restated: Collection[Identity]) -> Differing:
    """With verdicts that are the same on both sides where people took another view of them."""
    built = judged.built
    found = built.differ if built else differing(old.facts, judged.facts, judged.verdicts, judged.looked)
    theirs = {identity(verdict) for verdict in found.new}
    more = [each for each in judged.verdicts if identity(each) in restated and identity(each) not in theirs]
    return Differing(found.old + more, found.new + more)


def attested_in(tally: Tally) -> dict[str, Status]:
    """What people attested, as it was counted."""
    said = ((name, row) for name, row in tally.items() if name in MANUAL)
    return {name: status for name, row in said for status, count in zip(STATUS_ORDER, row, strict=True) if count}


def counted_now(judged: Judged, last: Scan | None) -> Tally:
    """What the checks say of all that was seen, without what people attested."""
    if judged.built is None or last is None:
        return tally(judged.verdicts)
    of_checks = {name: row for name, row in last.tally.items() if name not in MANUAL}
    return Exchange(*judged.built.differ).tally(of_checks)


def _unmoved(old: Scan, scan: Scan) -> bool:
    """The rescan of a host that did not change: nothing is unpacked or judged for it."""
    same_facts = _digest(old) is not None and _digest(old) == _digest(scan)
    return same_facts and (old.score, old.tally) == (scan.score, scan.tally)


def _digest(scan: Scan) -> str | None:
    return scan.snapshot.digest if scan.snapshot else None


def _facts_before(old: Scan, scan: Scan, now: Snapshot) -> Snapshot | None:
    """None where they are gone or cannot be read any more."""
    if old.snapshot is None:
        return None
    if _digest(old) == _digest(scan):
        return now
    try:
        return snapshots.facts_of(old.snapshot)
    except (msgspec.ValidationError, zstandard.ZstdError):
        return None
