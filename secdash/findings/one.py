"""Bringing one finding in line with one verdict, as a scan brings all of a host's."""

from __future__ import annotations

from datetime import datetime

from secdash.accounts.models import User
from secdash.checks.engine import Verdict
from secdash.checks.outcome import Status
from secdash.facts.model import Snapshot
from secdash.findings import services
from secdash.findings.lifecycle import CLOSING, Moved, Opened, Refreshed, Standing, reconcile
from secdash.findings.models import Finding, State, Transition


def bring_one_in_line(
    finding: Finding,
    snapshot: Snapshot,
    verdict: Verdict | None,
    *,
    at: datetime,
    by: User | None = None,
    scan_id: int | None = None,
) -> Moved | Refreshed | None:
    """Write what the verdict changes; call it inside a transaction that holds the finding's row. None: nothing.

    Without a verdict the finding is resolved where the snapshot lists all of its kind and its subject is not there.
    """
    change = _change(finding, snapshot, verdict)
    if change is None:
        return None
    if change.seen:
        for column, value in services._shown(change.seen.verdict, services._places(snapshot)).items():
            setattr(finding, column, value)
    finding.changed_at = at
    if isinstance(change, Moved):
        _move(finding, change, at=at, by=by, scan_id=scan_id)
    finding.save()
    return change


def _change(finding: Finding, snapshot: Snapshot, verdict: Verdict | None) -> Moved | Refreshed | None:
    seen = [services._seen(verdict, services._places(snapshot))] if verdict and verdict.status is Status.FAIL else []
    closing = [verdict] if verdict and verdict.status in CLOSING else []
    changes = reconcile([_standing(finding)], seen, closing, services._listed(snapshot))
    return next((change for change in changes if not isinstance(change, Opened)), None)


def _standing(finding: Finding) -> Standing:
    shown = {column: getattr(finding, column) for column in services.SHOWN}
    identity = (finding.check_name, finding.subject_kind, finding.subject_key)
    return Standing(finding.pk, identity, finding.state, services._digest(shown))


def _move(finding: Finding, move: Moved, *, at: datetime, by: User | None, scan_id: int | None) -> None:
    lasted = max(0, round((at - finding.opened_at).total_seconds())) if move.now == State.RESOLVED else None
    finding.state = move.now
    if move.now == State.OPEN:
        finding.opened_at = at
    else:
        finding.acceptance, finding.bound_to = None, {}
    Transition.objects.create(
        finding=finding, at=at, was=move.was, now=move.now, why=move.why, by=by, scan_id=scan_id, lasted=lasted
    )
