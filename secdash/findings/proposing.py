"""Labels that propose an acceptance: `secdash.accept.CHECK=reason` on a container. A person decides, never a label.

Labels are written by whoever starts containers: what they say is a text of bounded length, nothing more. A finding has
one open proposal at most; what was refused or taken up is not proposed again in the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from secdash.checks import CATALOGUE
from secdash.facts.model import Container, Snapshot, Unknown
from secdash.facts.redact import PROPOSING
from secdash.findings.models import Acceptance, Finding
from secdash.fleet.models import Host

LONGEST = 500
MOST_A_HOST = 200

Said = dict[tuple[str, str], str]  # check and container's key → reason


def propose(seen: Mapping[Host, Snapshot], *, at: datetime) -> int:
    """Bring the proposals of these hosts in line with their labels; how many are new. Within the scans' transaction."""
    listed = {host: facts.containers for host, facts in seen.items() if not isinstance(facts.containers, Unknown)}
    before = _proposed_on([host.pk for host in listed])
    return sum(_propose(host, containers, before[host.pk], at) for host, containers in listed.items())


def _proposed_on(hosts: Collection[int]) -> dict[int, list[Acceptance]]:
    """By host's id, in one query."""
    found: dict[int, list[Acceptance]] = {host: [] for host in hosts}
    for row in Acceptance.objects.filter(finding__host__in=hosts, by_name="", by=None).select_related("finding"):
        if row.finding is not None:
            found[row.finding.host_id].append(row)
    return found


def _propose(host: Host, containers: Collection[Container], before: list[Acceptance], at: datetime) -> int:
    said = _said(containers)
    if not said and not before:
        return 0
    known = {(row.finding_id, row.reason) for row in before}
    _forget(before, said, {each.key for each in containers if not isinstance(each.labels, Unknown)}, at)
    waiting = {row.finding_id: row for row in before if row.state == Acceptance.State.PROPOSED}
    fresh = [
        _proposal(finding, reason, at)
        for finding, reason in _open(host, said)
        if (finding.pk, reason) not in known and finding.pk not in waiting
    ]
    return len(Acceptance.objects.bulk_create(fresh))


def _said(containers: Iterable[Container]) -> Said:
    found: Said = {}
    for container in containers:
        labels = () if isinstance(container.labels, Unknown) else container.labels
        for name, value in labels:
            check = name.removeprefix(PROPOSING)
            reason = " ".join(value.replace("\0", "").split())[:LONGEST]
            if name.startswith(PROPOSING) and check in CATALOGUE and reason and len(found) < MOST_A_HOST:
                found[check, container.key] = reason
    return found


def _open(host: Host, said: Said) -> Iterable[tuple[Finding, str]]:
    found = (
        Finding.objects.on(host)
        .open()
        .filter(
            subject_kind=Container.kind,
            check_name__in={check for check, _ in said},
            subject_key__in={key for _, key in said},
        )
    )
    return ((each, said[each.check_name, each.subject_key]) for each in found if _place(each) in said)


def _place(finding: Finding) -> tuple[str, str]:
    return (finding.check_name, finding.subject_key)


def _forget(before: list[Acceptance], said: Said, seen: set[str], at: datetime) -> None:
    """A proposal whose label is gone, or says something else now, is taken back as it was made."""
    for row in before:
        finding = row.finding
        if row.state != Acceptance.State.PROPOSED or finding is None or finding.subject_key not in seen:
            continue
        if said.get(_place(finding)) != row.reason:
            row.state, row.ended, row.ended_at = Acceptance.State.ENDED, Acceptance.Ended.WITHDRAWN, at
            row.save(update_fields=["state", "ended", "ended_at"])


def _proposal(finding: Finding, reason: str, at: datetime) -> Acceptance:
    return Acceptance(
        check_name=finding.check_name,
        scope=Acceptance.Scope.FINDING,
        finding=finding,
        reason=reason,
        state=Acceptance.State.PROPOSED,
        at=at,
    )
