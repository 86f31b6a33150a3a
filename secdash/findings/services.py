"""Bringing a host's findings in line with what a scan judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
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
    Moved,
    Opened,
    Seen,
    Standing,
    identity,
    reconcile,
)
from secdash.findings.models import Acceptance, Finding, FindingQuerySet, Why
from secdash.findings.policy import Policy, current
from secdash.findings.privileges import Place, seen_in
from secdash.findings.scopes import Agreed
from secdash.findings.shown import SHOWN, digest, places_in, seen, storable
from secdash.findings.writing import Recorded, Writing, write
from secdash.fleet.models import Host

__all__ = [
    "Look",
    "Recorded",
    "Whole",
    "bring_in_line",
    "bring_one_in_line",
    "bring_some_in_line",
    "standing_at",
    "storable",
]


def bring_in_line(several: Sequence[Whole], *, at: datetime) -> list[Recorded]:
    """Write what changed since the last scans; call it inside the transaction that records the scans, the hosts locked.

    A finding that was changed since its scan began to look is left to the next one: this one may have seen what was
    before, and somebody who checked again knows better.
    """
    policy, standing = current(), _standing_for(several)
    recorded = _bring_all([_of_whole(each, standing[each.host.pk], policy, at) for each in several])
    proposing.propose({each.host: each.snapshot for each in several}, at=at)
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


def bring_some_in_line(looks: Sequence[Look], *, at: datetime) -> list[Recorded]:
    """As `bring_in_line`, for the findings of a few subjects of several hosts, all of which are locked; each snapshot
    lists all of the kinds that were looked at, or none. About as many statements as for one host.
    """
    policy = current()
    brought = [_brought(look, Writing(look.host, places_in(look.snapshot), at, policy, look.scan_id)) for look in looks]
    return _bring_all(brought)


def standing_at(places: Mapping[int, Collection[Place]]) -> dict[int, list[Standing]]:
    """The findings of these subjects, by host's id."""
    keys = {key for wanted in places.values() for _, key in wanted}
    found: dict[int, list[Standing]] = {host: [] for host in places}
    rows = Finding.objects.filter(host__in=places, subject_key__in=keys)  # another host's keys among them
    for host, standing in _standing_of(rows) if keys else ():
        if standing.place in places[host]:
            found[host].append(standing)
    return found


class Whole(msgspec.Struct, frozen=True):
    """What was seen of all of a host, and judged of it.

    With `places` only of these subjects: of all others the findings are as their last verdicts left them.
    """

    host: Host
    snapshot: Snapshot
    verdicts: Sequence[Verdict]
    scan_id: int
    began: datetime | None = None
    places: Collection[Place] | None = None


class Look(msgspec.Struct, frozen=True):
    """What was seen of a few subjects of a host, what was judged of them, and the findings that they have."""

    host: Host
    snapshot: Snapshot
    places: Collection[Place]
    verdicts: Sequence[Verdict]
    standing: Sequence[Standing]
    scan_id: int


class _Brought(msgspec.Struct):
    """One host's part of what is brought in line. `looked_at` are the subjects of which privileges may be asked."""

    writing: Writing
    snapshot: Snapshot
    standing: list[Standing]
    failing: list[Seen]
    closing: list[Verdict]
    looked_at: Collection[Place] | None = None
    accepting: Accepting = Accepting()
    changes: list[Change] = []

    @property
    def held(self) -> set[int]:
        return {each.acceptance for each in self.standing if each.state == ACCEPTED and each.acceptance}

    def reconcile(self) -> None:
        self.changes = reconcile(self.standing, self.failing, self.closing, _listed(self.snapshot), self.accepting)


def _of_whole(seen: Whole, standing: Sequence[Standing], policy: Policy, at: datetime) -> _Brought:
    writing = Writing(seen.host, places_in(seen.snapshot), at, policy, scan_id=seen.scan_id)
    newer = {each.identity for each in standing if seen.began and each.changed_at and each.changed_at > seen.began}
    older = [each for each in standing if each.identity not in newer]
    verdicts = [each for each in seen.verdicts if identity(each) not in newer] if newer else seen.verdicts
    return _Brought(writing, seen.snapshot, older, *_told(verdicts, writing), looked_at=seen.places)


def _brought(look: Look, writing: Writing) -> _Brought:
    return _Brought(writing, look.snapshot, list(look.standing), *_told(look.verdicts, writing), looked_at=look.places)


def _told(verdicts: Iterable[Verdict], writing: Writing) -> tuple[list[Seen], list[Verdict]]:
    """What fails, and what closes findings."""
    by_status: dict[Status, list[Verdict]] = {status: [] for status in Status}
    for verdict in verdicts:
        by_status[verdict.outcome.status].append(verdict)
    failing = [seen(verdict, writing.places) for verdict in by_status[Status.FAIL]]
    return failing, [verdict for status in CLOSING for verdict in by_status[status]]


def _bring(writing: Writing, standing: list[Standing], snapshot: Snapshot, verdicts: list[Verdict]) -> Recorded:
    return _bring_all([_Brought(writing, snapshot, standing, *_told(verdicts, writing))])[0]


def _bring_all(several: Sequence[_Brought]) -> list[Recorded]:
    """All at the same moment."""
    if not several:
        return []
    agreed = covering.agreed_on({each.writing.host: each.held for each in several})
    for each in several:
        each.accepting = _accepting(each, tuple(agreed[each.writing.host.pk]))
        each.standing = _with_spurned(each.standing, each.failing, each.accepting)
        each.reconcile()
    if gone := _gone_since([change for each in several for change in each.changes]):
        for each in several:
            still = tuple(agreement for agreement in each.accepting.in_force if agreement.pk not in gone)
            each.accepting = replace(each.accepting, in_force=still)
            each.reconcile()
    recorded = write([(each.writing, each.changes) for each in several])
    _conclude([change for each in several for change in each.changes], several[0].writing.at)
    return recorded


def _standing(findings: FindingQuerySet) -> list[Standing]:
    return [standing for _, standing in _standing_of(findings)]


def _standing_for(several: Iterable[Whole]) -> dict[int, list[Standing]]:
    """By host's id, in a query for each of two kinds."""
    whole = [each.host.pk for each in several if each.places is None]
    places = {each.host.pk: each.places for each in several if each.places is not None}
    return {**(_standing_on(whole) if whole else {}), **(standing_at(places) if places else {})}


def _standing_on(hosts: Sequence[int]) -> dict[int, list[Standing]]:
    """By host's id."""
    found: dict[int, list[Standing]] = {host: [] for host in hosts}
    for host, standing in _standing_of(Finding.objects.filter(host__in=hosts)):
        found[host].append(standing)
    return found


def _standing_of(findings: FindingQuerySet) -> Iterator[tuple[int, Standing]]:
    """Each with its host's id."""
    columns = ("host_id", "pk", "check_name", "subject_kind", "subject_key", "state", "acceptance_id", "bound_to")
    rows = findings.values_list(*columns, "changed_at", *SHOWN)
    for host, pk, check, kind, key, state, acceptance, bound, changed_at, *values in rows:
        shown = dict(zip(SHOWN, values, strict=True))
        yield (
            host,
            Standing(
                pk,
                (check, kind, key),
                state,
                digest(shown),
                severity=shown["severity"],
                acceptance=acceptance,
                bound=Bound.of(bound),
                changed_at=changed_at,
            ),
        )


def _accepting(each: _Brought, in_force: tuple[Agreed, ...]) -> Accepting:
    """Privileges are read only where an acceptance may ask for them."""
    host = each.writing.host
    return Accepting(
        in_force=in_force,
        day=each.writing.at.date(),
        privileges=seen_in(each.snapshot, each.looked_at) if in_force or each.held else {},
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
