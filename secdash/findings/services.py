"""Bringing a host's findings in line with what a scan judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import orjson

from secdash.checks.engine import Verdict
from secdash.checks.outcome import Status
from secdash.facts.model import KINDS, Container, Engine, Snapshot, Unknown, is_complete, known, listing
from secdash.findings.lifecycle import CLOSING, Change, Moved, Opened, Refreshed, Seen, Standing, reconcile
from secdash.findings.models import Finding, State, Transition, Why
from secdash.findings.words import message_as_json
from secdash.fleet.models import Host

SHOWN = ("subject_name", "project", "image", "severity", "reason", "evidence")
BATCH = 500


class Recorded(msgspec.Struct, frozen=True):
    """How many findings a scan opened (or reopened) and resolved."""

    opened: int
    resolved: int


def bring_in_line(
    host: Host, snapshot: Snapshot, verdicts: Iterable[Verdict], *, scan_id: int, at: datetime
) -> Recorded:
    """Write what changed since the last scan; call it inside the transaction that records the scan."""
    verdicts = list(verdicts)
    places = _places(snapshot)
    failing = [_seen(verdict, places) for verdict in verdicts if verdict.status is Status.FAIL]
    closing = [verdict for verdict in verdicts if verdict.status in CLOSING]
    changes = reconcile(_standing(host), failing, closing, _listed(snapshot))
    return _write(host, changes, places, scan_id=scan_id, at=at)


def _standing(host: Host) -> list[Standing]:
    rows = Finding.objects.on(host).values_list("pk", "check_name", "subject_kind", "subject_key", "state", *SHOWN)
    return [
        Standing(pk, (check, kind, key), state, _digest(dict(zip(SHOWN, shown, strict=True))))
        for pk, check, kind, key, state, *shown in rows
    ]


def _seen(verdict: Verdict, places: Mapping[str, tuple[str, str]]) -> Seen:
    return Seen(verdict, _digest(_shown(verdict, places)))


def _shown(verdict: Verdict, places: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    """The columns of SHOWN for a failing verdict."""
    is_container = verdict.subject.kind == Container.kind
    project, image = places.get(verdict.subject.key, ("", "")) if is_container else ("", "")
    return {
        "subject_name": storable(verdict.subject.name)[:400],
        "project": storable(project)[:200],
        "image": storable(image)[:400],
        "severity": int(verdict.severity),
        "reason": message_as_json(verdict.outcome.reason),
        "evidence": storable(orjson.loads(orjson.dumps([list(pair) for pair in verdict.outcome.evidence]))),
    }


def storable(value: Any) -> Any:
    """The value without NUL characters, which JSON and hosts may send and PostgreSQL cannot hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value


def _digest(shown: Mapping[str, object]) -> str:
    return hashlib.blake2b(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _places(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """For each container's key, its Compose project and its image."""
    if isinstance(snapshot.containers, Unknown):
        return {}
    return {each.key: (_project(each), _text(each.image)) for each in snapshot.containers}


def _project(container: Container) -> str:
    labels = container.labels
    return "" if isinstance(labels, Unknown) else dict(labels).get("com.docker.compose.project", "")


def _text(fact: str | Unknown) -> str:
    return "" if isinstance(fact, Unknown) else fact


def _listed(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The keys of each kind whose listing was complete."""
    complete = [kind for kind in KINDS if kind != Engine.kind and is_complete(snapshot, kind)]
    return {kind: frozenset(subject.key for subject in known(listing(snapshot, kind))) for kind in complete}


def _write(
    host: Host, changes: list[Change], places: Mapping[str, tuple[str, str]], *, scan_id: int, at: datetime
) -> Recorded:
    opened = _open(host, [change.seen for change in changes if isinstance(change, Opened)], places, at)
    moved = [change for change in changes if isinstance(change, Moved)]
    lasted = _lasted([move.pk for move in moved if move.now == State.RESOLVED], at)
    _update(changes, places, at)
    transitions = [
        Transition(finding=finding, at=at, now=State.OPEN, why=Why.SEEN, scan_id=scan_id) for finding in opened
    ]
    transitions += [
        Transition(
            finding_id=move.pk,
            at=at,
            was=move.was,
            now=move.now,
            why=move.why,
            scan_id=scan_id,
            lasted=lasted.get(move.pk),
        )
        for move in moved
    ]
    Transition.objects.bulk_create(transitions, batch_size=BATCH)
    reopened = sum(move.now == State.OPEN for move in moved)
    return Recorded(opened=len(opened) + reopened, resolved=len(moved) - reopened)


def _lasted(closed: list[int], at: datetime) -> dict[int, int]:
    """How many seconds each of these findings, which close now, had stood since it opened."""
    opened = Finding.objects.filter(pk__in=closed).values_list("pk", "opened_at") if closed else ()
    return {pk: max(int((at - since).total_seconds()), 0) for pk, since in opened}


def _open(host: Host, seen: list[Seen], places: Mapping[str, tuple[str, str]], at: datetime) -> list[Finding]:
    findings = [
        Finding(
            host=host,
            check_name=each.verdict.check,
            subject_kind=each.verdict.subject.kind,
            subject_key=each.verdict.subject.key,
            opened_at=at,
            changed_at=at,
            **_shown(each.verdict, places),
        )
        for each in seen
    ]
    return Finding.objects.bulk_create(findings, batch_size=BATCH)


def _update(changes: list[Change], places: Mapping[str, tuple[str, str]], at: datetime) -> None:
    """One statement for all that closed, and one a batch for what must carry new evidence."""
    closed = [change.pk for change in changes if isinstance(change, Moved) and change.now == State.RESOLVED]
    Finding.objects.filter(pk__in=closed).update(state=State.RESOLVED, changed_at=at)
    seen = {change.pk: change for change in changes if isinstance(change, Moved | Refreshed) and change.seen}
    rows = list(Finding.objects.filter(pk__in=seen))
    for finding in rows:
        _renew(finding, seen[finding.pk], places, at)
    Finding.objects.bulk_update(rows, [*SHOWN, "state", "opened_at", "changed_at"], batch_size=BATCH)


def _renew(finding: Finding, change: Moved | Refreshed, places: Mapping[str, tuple[str, str]], at: datetime) -> None:
    if change.seen is None:
        return
    for column, value in _shown(change.seen.verdict, places).items():
        setattr(finding, column, value)
    finding.changed_at = at
    if isinstance(change, Moved):
        finding.state = change.now
        finding.opened_at = at
