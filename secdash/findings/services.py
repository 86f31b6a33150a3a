"""Bringing a host's findings in line with what a scan judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from msgspec.structs import replace

from secdash.accounts.models import User
from secdash.checks.engine import Verdict
from secdash.checks.outcome import Status
from secdash.facts.model import KINDS, Engine, Snapshot, is_complete, known, listing
from secdash.findings import covering, holding, proposing
from secdash.findings.binding import Bound
from secdash.findings.lifecycle import (
    ACCEPTED,
    CLOSING,
    RESOLVED,
    Accepting,
    Change,
    Identity,
    Moved,
    Opened,
    Seen,
    Standing,
    identity,
    reconcile,
)
from secdash.findings.models import Acceptance, Finding, FindingQuerySet, Why
from secdash.findings.policy import current
from secdash.findings.privileges import Place, seen_in
from secdash.findings.shown import SHOWN, digest, places_in, seen, storable
from secdash.findings.writing import Recorded, Writing, write
from secdash.fleet.models import Host

__all__ = ["Recorded", "bring_in_line", "bring_one_in_line", "bring_some_in_line", "storable"]


def bring_in_line(
    host: Host,
    snapshot: Snapshot,
    verdicts: Iterable[Verdict],
    *,
    scan_id: int,
    at: datetime,
    began: datetime | None = None,
) -> Recorded:
    """Write what changed since the last scan; call it inside the transaction that records the scan, the host locked.

    A finding that was changed since the scan `began` to look is left to the next one: this one may have seen what was
    before, and somebody who checked again knows better.
    """
    writing = Writing(host, places_in(snapshot), at, current(), scan_id=scan_id)
    on_host = Finding.objects.on(host)
    newer = _identities(on_host.filter(changed_at__gt=began)) if began else set()
    standing = [each for each in _standing(on_host) if each.identity not in newer]
    recorded = _bring(writing, standing, snapshot, [each for each in verdicts if identity(each) not in newer])
    proposing.propose(host, snapshot, at=at)
    return recorded


def bring_one_in_line(
    finding: Finding, snapshot: Snapshot, verdict: Verdict | None, *, by: User | None, at: datetime
) -> Recorded:
    """Write what one verdict changes of its finding; call it inside a transaction that has the host and it locked.

    Without a verdict the finding is resolved where the snapshot lists all of its kind and its subject is not there.
    """
    writing = Writing(finding.host, places_in(snapshot), at, current(), by=by)
    standing = _standing(Finding.objects.filter(pk=finding.pk))
    return _bring(writing, standing, snapshot, [verdict] if verdict else [])


def bring_some_in_line(
    host: Host, snapshot: Snapshot, verdicts: Iterable[Verdict], places: Iterable[Place], *, scan_id: int, at: datetime
) -> Recorded:
    """As `bring_in_line`, for the findings of a few subjects alone; the snapshot lists all of their kinds, or none."""
    some = Q()
    for kind, key in places:
        some |= Q(subject_kind=kind, subject_key=key)
    writing = Writing(host, places_in(snapshot), at, current(), scan_id=scan_id)
    standing = _standing(Finding.objects.on(host).filter(some)) if some else []
    return _bring(writing, standing, snapshot, list(verdicts))


def _bring(writing: Writing, standing: list[Standing], snapshot: Snapshot, verdicts: list[Verdict]) -> Recorded:
    failing = [seen(verdict, writing.places) for verdict in verdicts if verdict.status is Status.FAIL]
    closing = [verdict for verdict in verdicts if verdict.status in CLOSING]
    accepting = _accepting(writing.host, snapshot, standing, writing.at)
    standing = _with_spurned(standing, failing, accepting)
    changes = reconcile(standing, failing, closing, _listed(snapshot), accepting)
    if gone := _gone_since(changes):
        still = tuple(each for each in accepting.in_force if each.pk not in gone)
        changes = reconcile(standing, failing, closing, _listed(snapshot), replace(accepting, in_force=still))
    recorded = write(writing, changes)
    _conclude(changes, writing.at)
    return recorded


def _identities(findings: FindingQuerySet) -> set[Identity]:
    return set(findings.values_list("check_name", "subject_kind", "subject_key"))


def _standing(findings: FindingQuerySet) -> list[Standing]:
    columns = ("pk", "check_name", "subject_kind", "subject_key", "state", "acceptance_id", "bound_to")
    rows = findings.values_list(*columns, *SHOWN)
    found = []
    for pk, check, kind, key, state, acceptance, bound, *values in rows:
        shown = dict(zip(SHOWN, values, strict=True))
        found.append(
            Standing(pk, (check, kind, key), state, digest(shown), shown["severity"], acceptance, Bound.of(bound))
        )
    return found


def _accepting(host: Host, snapshot: Snapshot, standing: Iterable[Standing], at: datetime) -> Accepting:
    """Privileges are read only where an acceptance may ask for them."""
    held = {finding.acceptance for finding in standing if finding.state == ACCEPTED and finding.acceptance}
    in_force = tuple(covering.agreed_on(host, held))
    return Accepting(
        in_force=in_force,
        day=at.date(),
        privileges=seen_in(snapshot) if in_force or held else {},
        host=host.pk,
        group=host.group_id,
    )


def _with_spurned(standing: list[Standing], failing: Iterable[Seen], accepting: Accepting) -> list[Standing]:
    """Asked only for what comes back."""
    seen_now = {each.identity for each in failing}
    back = {each.pk for each in standing if each.state == RESOLVED and each.identity in seen_now}
    found = covering.spurned(back, accepting.in_force)
    return [replace(each, spurned=found.get(each.pk, frozenset())) if each.pk in back else each for each in standing]


def _gone_since(changes: Iterable[Change]) -> set[int]:
    """Acceptances that would begin to hold something, and ended while this scan was judged.

    Locks these, and those that lose something, all at once: in the order that everybody locks them in.
    """
    begun = {change.bound.acceptance for change in changes if isinstance(change, Opened | Moved) and change.bound}
    return begun - holding.locked(begun | _losing(changes))


def _losing(changes: Iterable[Change]) -> set[int]:
    moves = (change for change in changes if isinstance(change, Moved) and change.was == ACCEPTED)
    return {move.acceptance for move in moves if move.acceptance}


def _conclude(changes: list[Change], at: datetime) -> None:
    """End the acceptances that can hold nothing any more."""
    voided = {change.acceptance for change in changes if isinstance(change, Moved) and change.why == Why.VOIDED}
    for acceptance in sorted(_losing(changes)):
        ended = Acceptance.Ended.VOIDED if acceptance in voided else Acceptance.Ended.FULFILLED
        holding.conclude(acceptance, ended, at=at)


def _listed(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The keys of each kind whose listing was complete."""
    complete = [kind for kind in KINDS if kind != Engine.kind and is_complete(snapshot, kind)]
    return {kind: frozenset(subject.key for subject in known(listing(snapshot, kind))) for kind in complete}
