"""Findings into an acceptance and out of it, in chunks: each a short transaction that first locks the hosts.

Scans lock their host's row before they touch its findings (`scans.recording`), so neither loses what the other wrote.
Everybody locks hosts before acceptances, and each of them by id: nobody waits in a circle.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings import covering, seeing
from secdash.findings.adding import add_for_each
from secdash.findings.binding import Bound
from secdash.findings.chunking import Row, chunks
from secdash.findings.models import Acceptance, Finding, FindingQuerySet, State, Transition, Why
from secdash.findings.policy import current
from secdash.findings.privileges import Place
from secdash.findings.rewriting import rewrite
from secdash.findings.signals import acceptances_changed
from secdash.fleet.models import Host

OPEN_AGAIN: dict[str, Any] = {"state": State.OPEN, "acceptance": None, "bound_to": {}}


def hold(acceptance: Acceptance, *, by: User | None, at: datetime) -> int:
    """Accept what stands open in the acceptance's scope; how many findings. Run again, it holds what was left out.

    What only stood open after somebody asked is not what they looked at: it is left open, unless later ones are
    covered too.
    """
    rows = _meant(acceptance).filter(covering.within(acceptance)).order_by("host_id", "pk").values_list("host_id", "pk")
    return sum(hold_rows(acceptance, chunk, by=by, at=at) for chunk in chunks(rows))


def _meant(acceptance: Acceptance) -> FindingQuerySet:
    found = Finding.objects.open()
    later = acceptance.covers == Acceptance.Covers.LATER
    return found if later else found.filter(opened_at__lte=acceptance.at)


@transaction.atomic
def hold_rows(acceptance: Acceptance, chunk: list[Row], *, by: User | None, at: datetime) -> int:
    """The same of one of `chunks`, whatever the scope says; of what does not stand open any more nothing."""
    _lock_hosts(chunk)
    if not locked({acceptance.pk}):
        return 0
    meant = _meant(acceptance).filter(pk__in=[pk for _, pk in chunk])
    meant = meant.only("host_id", "subject_kind", "subject_key", "severity").order_by("pk")
    findings = list(meant.select_for_update(no_key=True))
    _bind(findings, acceptance)
    rewrite(findings, ("bound_to",), state=State.ACCEPTED, acceptance=acceptance.pk, changed_at=at)
    _explain(_rows(findings), was=State.OPEN, now=State.ACCEPTED, why=Why.ACCEPTED, by=by, at=at)
    _tell(at, begun=Counter(finding.host_id for finding in findings))
    return len(findings)


def _bind(findings: Sequence[Finding], acceptance: Acceptance) -> None:
    """To what was last seen of their subjects."""
    wanted: dict[int, set[Place]] = {}
    for finding in findings:
        wanted.setdefault(finding.host_id, set()).add(_place(finding))
    seen = seeing.last_seen(wanted)
    for finding in findings:
        privileges = seen.get(finding.host_id, {}).get(_place(finding), {})
        finding.bound_to = Bound(acceptance.pk, finding.severity, privileges).as_json()


def _place(finding: Finding) -> Place:
    return finding.subject_kind, finding.subject_key


def release(held: Q, *, why: Why, by: User | None, at: datetime, most: int | None = None) -> int:
    """Open the accepted ones among `held`, `most` at most; how many. Their time to be fixed begins anew."""
    found = Finding.objects.filter(held, state=State.ACCEPTED).order_by("host_id", "pk")
    rows = list(found.values_list("host_id", "pk")[:most])
    return sum(_release([pk for _, pk in chunk], chunk, why=why, by=by, at=at) for chunk in chunks(rows))


@transaction.atomic
def _release(pks: list[int], chunk: list[Row], *, why: Why, by: User | None, at: datetime) -> int:
    _lock_hosts(chunk)
    accepted = Finding.objects.filter(pk__in=pks, state=State.ACCEPTED)
    accepted = accepted.only("host_id", "severity").order_by("pk")
    findings, policy = list(accepted.select_for_update(no_key=True)), current()
    for severity, alike in _by_severity(findings).items():
        told = Transition.told(policy.due_on(Severity(severity), at))
        _explain(_rows(alike), was=State.ACCEPTED, now=State.OPEN, why=why, by=by, at=at, note=told)
    _rows(findings).update(**OPEN_AGAIN, changed_at=at, due_on=policy.dues(at))
    _tell(at, ended=Counter(finding.host_id for finding in findings))
    return len(findings)


def locked(acceptances: Collection[int]) -> set[int]:
    """Those that are in force, locked until the transaction ends: nobody ends them before."""
    rows = Acceptance.objects.in_force().filter(pk__in=acceptances).order_by("pk").select_for_update()
    return set(rows.values_list("pk", flat=True)) if acceptances else set()


def conclude(pk: int, ended: str, *, at: datetime, by: User | None = None) -> bool:
    """End an acceptance that can hold nothing any more: it holds nothing, and covers nothing that turns up later.

    One of a single finding that was voided or taken back never takes it again, whatever it covers.
    """
    if not locked({pk}) or Finding.objects.filter(acceptance=pk).exists():
        return False
    over = Q(covers=Acceptance.Covers.PRESENT)
    if ended != Acceptance.Ended.FULFILLED:
        over |= Q(scope=Acceptance.Scope.FINDING)
    row = Acceptance.objects.in_force().filter(over, pk=pk)
    return bool(row.update(state=Acceptance.State.ENDED, ended=ended, ended_at=at, ended_by=by))


def _lock_hosts(chunk: Iterable[Row]) -> None:
    hosts = {host for host, _ in chunk}
    list(Host.objects.select_for_update().filter(pk__in=hosts).order_by("pk").values_list("pk"))


def _rows(findings: Iterable[Finding]) -> FindingQuerySet:
    return Finding.objects.filter(pk__in=[finding.pk for finding in findings])


def _by_severity(findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.severity].append(finding)
    return found


def _explain(held: FindingQuerySet, *, by: User | None, note: Any = None, **columns: Any) -> None:
    """A transition of each while its acceptance holds it: that is the one that it is told of."""
    given = [("finding", "pk"), ("acceptance", "acceptance_id")]
    by_whom = by.pk if by else None
    add_for_each(held, Transition, given, by=by_whom, scan=None, lasted=None, note=note or {}, **columns)


def _tell(at: datetime, *, begun: Counter[int] | None = None, ended: Counter[int] | None = None) -> None:
    begun, ended = begun or Counter(), ended or Counter()
    hosts = sorted({*begun, *ended})
    if hosts:
        acceptances_changed.send(sender=Acceptance, hosts=hosts, at=at, begun=dict(begun), ended=dict(ended))
