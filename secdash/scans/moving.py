"""Finding out why a host's score moved: how it stood before a scan, and what of it the scan changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import zstandard

from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.engine import Verdict, judge
from secdash.checks.outcome import Severity, Status
from secdash.findings.lifecycle import Identity
from secdash.findings.models import Finding, State
from secdash.fleet.models import Host
from secdash.scans import moves, snapshots
from secdash.scans.models import Scan
from secdash.scans.moves import Moves
from secdash.scans.tallied import STATUS_ORDER, Tally


class Before(NamedTuple):
    """A host's newest finished scan, None where this is its first; and which findings stood accepted."""

    scan: Scan | None
    accepted: Mapping[Identity, Severity]


def before(host: Host) -> Before:
    """Call it before findings are brought in line."""
    finished = Scan.objects.filter(host=host, state=Scan.State.DONE).newest_first()
    columns = ("host", "score", "tally", "catalogue_version", "created_at", "snapshot__digest")
    return Before(finished.select_related("snapshot").only(*columns).first(), accepted_on(host))


def newer_than(last: Scan | None, at: datetime) -> datetime:
    """The place in time of what is recorded after `last`: also where that began after this one was asked for."""
    return max(at, last.created_at + timedelta(microseconds=1)) if last else at


def accepted_on(host: Host) -> dict[Identity, Severity]:
    return accepted_on_each([host.pk])[host.pk]


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
    verdicts: list[Verdict],
    attested: Mapping[str, Status],
    accepted: Mapping[Identity, Severity],
) -> Moves:
    """Why the score of this scan, which is closed, differs. Nothing for a first scan, or where one had no score."""
    old = before.scan
    if old is None or old.score is None or scan.score is None or _unmoved(old, scan):
        return {}
    stood = _judged_before(old, scan, verdicts)
    if stood is None:
        return moves.summed([{moves.CATALOGUE: {moves.NO_CHECK: scan.score - old.score}}])
    return moves.between(
        old.score,
        old.tally,
        moves.picture(stood, attested_in(old.tally), before.accepted),
        moves.picture(verdicts, attested, accepted),
    )


def attested_in(tally: Tally) -> dict[str, Status]:
    """What people attested, as it was counted."""
    said = ((name, row) for name, row in tally.items() if name in MANUAL)
    return {name: status for name, row in said for status, count in zip(STATUS_ORDER, row, strict=True) if count}


def _unmoved(old: Scan, scan: Scan) -> bool:
    """The rescan of a host that did not change: nothing is unpacked or judged for it."""
    same_facts = _digest(old) is not None and _digest(old) == _digest(scan)
    return same_facts and (old.score, old.tally) == (scan.score, scan.tally)


def _digest(scan: Scan) -> str | None:
    return scan.snapshot.digest if scan.snapshot else None


def _judged_before(old: Scan, scan: Scan, verdicts: list[Verdict]) -> list[Verdict] | None:
    """The facts of before, judged by what counts now; None where they are gone or cannot be read any more."""
    if old.snapshot is None:
        return None
    if _digest(old) == _digest(scan):
        return verdicts
    try:
        return list(judge(snapshots.facts_of(old.snapshot)))
    except (msgspec.ValidationError, zstandard.ZstdError):
        return None
