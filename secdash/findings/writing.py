"""Writing down the changes of a host's findings, in batches: rows, and the transitions that explain them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeGuard

import msgspec

from secdash.accounts.models import User
from secdash.findings.adding import Row, add
from secdash.findings.binding import Bound
from secdash.findings.lifecycle import Change, Learnt, Moved, Opened, Refreshed, Step
from secdash.findings.models import Finding, State, Transition, Why
from secdash.findings.policy import Policy
from secdash.findings.rewriting import rewrite
from secdash.findings.shown import SHOWN, shown
from secdash.findings.words import message_as_json
from secdash.fleet.models import Host

RENEWED = (*SHOWN, "state", "opened_at", "changed_at", "due_on", "acceptance", "bound_to")
Places = Mapping[str, tuple[str, str]]


class Recorded(msgspec.Struct, frozen=True):
    """How many findings a scan opened (or reopened), resolved, accepted, and returned from their acceptance; and all of
    that step by step.
    """

    opened: int
    resolved: int
    accepted: int = 0
    returned: int = 0
    steps: tuple[Step, ...] = ()


class Writing(msgspec.Struct, frozen=True):
    """What all changes of one look are written with: a scan's, or one that a person asked for."""

    host: Host
    places: Places
    at: datetime
    policy: Policy
    scan_id: int | None = None
    by: User | None = None

    @property
    def by_id(self) -> int | None:
        return self.by.pk if self.by else None


def write(several: Sequence[tuple[Writing, list[Change]]]) -> list[Recorded]:
    """All changes of several hosts, whose rows must be locked, at one moment: as many statements as for one."""
    opened = [_opened(writing, changes) for writing, changes in several]
    keys = iter(add(Finding, [finding for findings in opened for finding in findings]))
    closed = _close([change.pk for _, changes in several for change in changes if _closes(change)], several)
    renewing = [(writing, change) for writing, changes in several for change in changes if _renews(change)]
    stand = {**closed, **_renew_all(renewing)}
    made = [
        [*_births(writing, [(next(keys), finding) for finding in findings]), *_transitions(writing, changes, stand)]
        for (writing, changes), findings in zip(several, opened, strict=True)
    ]
    add(Transition, [each.row for of_one in made for each in of_one])
    return [_recorded([each.step for each in of_one]) for of_one in made]


def _recorded(steps: Sequence[Step]) -> Recorded:
    counts = Counter(step.why for step in steps)
    return Recorded(
        steps=tuple(steps),
        opened=counts[Why.SEEN] + counts[Why.REOPENED],
        resolved=counts[Why.FIXED] + counts[Why.GONE],
        accepted=counts[Why.ACCEPTED],
        returned=counts[Why.EXPIRED] + counts[Why.VOIDED] + counts[Why.RETURNED],
    )


def _opened(writing: Writing, changes: Iterable[Change]) -> list[Row]:
    return [_finding(writing, change) for change in changes if isinstance(change, Opened)]


def _closes(change: Change) -> TypeGuard[Moved]:
    return isinstance(change, Moved) and change.now == State.RESOLVED


def _renews(change: Change) -> TypeGuard[Moved | Refreshed | Learnt]:
    return not isinstance(change, Opened) and not _closes(change)


def _finding(writing: Writing, change: Opened) -> Row:
    verdict = change.seen.verdict
    return {
        "host_id": writing.host.pk,
        "check_name": verdict.check,
        "subject_kind": verdict.subject.kind,
        "subject_key": verdict.subject.key,
        "state": State.OPEN,
        "opened_at": writing.at,
        "changed_at": writing.at,
        "due_on": writing.policy.due_on(verdict.severity, writing.at),
        **shown(verdict, writing.places),
        **_held(change.bound),
    }


def _held(bound: Bound | None) -> dict[str, Any]:
    if bound is None:
        return {}
    return {"state": State.ACCEPTED, "acceptance_id": bound.acceptance, "bound_to": bound.as_json()}


class _Made(NamedTuple):
    """The row of a transition, and the severity and due date of its finding."""

    row: Row
    severity: int
    due_on: date | None

    @property
    def step(self) -> Step:
        row = self.row
        return Step(row.get("was", ""), row["now"], row["why"], row.get("lasted"), self.severity, self.due_on)


def _births(writing: Writing, opened: Iterable[tuple[int, Row]]) -> Iterable[_Made]:
    """The first transition of each new finding, and the second of one that is accepted as it turns up."""
    for pk, finding in opened:
        birth = {"finding_id": pk, "at": writing.at, "scan_id": writing.scan_id, "by_id": writing.by_id}
        stands = finding["severity"], finding["due_on"]
        told = Transition.told(finding["due_on"])
        yield _Made({**birth, "now": State.OPEN, "why": Why.SEEN, "note": told}, *stands)
        if finding["state"] == State.ACCEPTED:
            held = {"acceptance_id": finding["acceptance_id"], "was": State.OPEN, "now": State.ACCEPTED}
            yield _Made({**birth, **held, "why": Why.ACCEPTED}, *stands)


class _Stands(NamedTuple):
    """A finding that moved, as it is since; of one that closed when it had opened."""

    severity: int
    due_on: date | None
    opened_at: datetime | None = None


def _transition(writing: Writing, move: Moved, finding: _Stands) -> _Made:
    opened_at = finding.opened_at if move.now == State.RESOLVED else None
    due = finding.due_on if move.now == State.OPEN else None
    row = {
        "finding_id": move.pk,
        "at": writing.at,
        "was": move.was,
        "now": move.now,
        "why": move.why,
        "scan_id": writing.scan_id,
        "by_id": writing.by_id,
        "acceptance_id": move.acceptance,
        "lasted": max(int((writing.at - opened_at).total_seconds()), 0) if opened_at else None,
        "note": Transition.told(due, [message_as_json(gain) for gain in move.gains]),
    }
    return _Made(row, finding.severity, finding.due_on)


def _transitions(writing: Writing, changes: Iterable[Change], stand: Mapping[int, _Stands]) -> Iterable[_Made]:
    return (_transition(writing, change, stand[change.pk]) for change in changes if isinstance(change, Moved))


def _close(pks: list[int], several: Sequence[tuple[Writing, list[Change]]]) -> dict[int, _Stands]:
    """One statement for all that closed."""
    if not pks:
        return {}
    closing = Finding.objects.filter(pk__in=pks)
    rows = closing.values_list("pk", "severity", "due_on", "opened_at")
    stand = {pk: _Stands(severity, due_on, opened_at) for pk, severity, due_on, opened_at in rows}
    closing.update(state=State.RESOLVED, changed_at=several[0][0].at, acceptance=None)
    return stand


def _renew_all(renewing: Sequence[tuple[Writing, Moved | Refreshed | Learnt]]) -> dict[int, _Stands]:
    """What must carry new evidence: one statement, sent once for each in one go."""
    if not renewing:
        return {}
    rows = Finding.objects.in_bulk({change.pk for _, change in renewing})
    for writing, change in renewing:
        _renew(writing, rows[change.pk], change)
    rewrite(list(rows.values()), RENEWED)
    return {pk: _Stands(finding.severity, finding.due_on) for pk, finding in rows.items()}


def _renew(writing: Writing, finding: Finding, change: Moved | Refreshed | Learnt) -> None:
    if isinstance(change, Learnt):
        finding.bound_to = change.bound.as_json()
        return
    if change.seen:
        for column, value in shown(change.seen.verdict, writing.places).items():
            setattr(finding, column, value)
    finding.changed_at = writing.at
    if isinstance(change, Moved):
        _move(writing, finding, change)


def _move(writing: Writing, finding: Finding, move: Moved) -> None:
    finding.state = move.now
    if move.bound:
        finding.acceptance_id, finding.bound_to = move.bound.acceptance, move.bound.as_json()
        return
    finding.acceptance_id, finding.bound_to = None, {}
    finding.due_on = writing.policy.due_on(finding.severity, writing.at)
    if move.why == Why.REOPENED:
        finding.opened_at = writing.at
