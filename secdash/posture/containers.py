"""A host's containers as rows, and one container with all that is judged of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from secdash.checks.engine import Verdict, in_order
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Container, Unknown
from secdash.findings.models import Finding, State
from secdash.fleet.models import Host
from secdash.posture import exposure, tallies
from secdash.posture.replay import Replay
from secdash.posture.tallies import Faces

PROJECT = "com.docker.compose.project"
STATUS_RANK = {Status.FAIL: 0, Status.UNKNOWN: 1, Status.PASS: 2, Status.NOT_APPLICABLE: 3}

Identity = tuple[str, str, str]  # check, subject kind, subject key


class PortTag(NamedTuple):
    text: str
    wide: bool


class ContainerRow(NamedTuple):
    """`worst` is the severity of its worst open failure, None where nothing fails; `open` is how many there are."""

    key: str
    name: str
    project: str
    image: str
    state: str
    created: datetime | None
    worst: Severity | None
    open: int
    faces: Faces
    ports: list[PortTag]
    on_host_network: bool

    @property
    def bar_severity(self) -> int:
        """The colour of the failed part of its bar."""
        return int(self.worst if self.worst is not None else Severity.LOW)


class VerdictLine(NamedTuple):
    """A verdict beside the finding that carries it, where there is one."""

    verdict: Verdict
    finding: Finding | None

    @property
    def is_accepted(self) -> bool:
        return self.finding is not None and self.finding.state == State.ACCEPTED


def findings_of(host: Host, shown: Iterable[Identity]) -> dict[Identity, Finding]:
    """Those of these identities that are open or accepted, in one query, without what is long."""
    wanted = set(shown)
    found = Finding.objects.on(host).exclude(state=State.RESOLVED)
    found = found.filter(
        check_name__in={check for check, _, _ in wanted}, subject_key__in={key for _, _, key in wanted}
    )
    short = found.defer("evidence", "reason", "bound_to")
    rows = {(row.check_name, row.subject_kind, row.subject_key): row for row in short}
    return {identity: row for identity, row in rows.items() if identity in wanted}


def findings_of_subject(host: Host, kind: str, key: str) -> dict[Identity, Finding]:
    """All of one subject that are open or accepted."""
    rows = Finding.objects.on(host).exclude(state=State.RESOLVED).filter(subject_kind=kind, subject_key=key)
    return {(row.check_name, row.subject_kind, row.subject_key): row for row in rows.defer("evidence", "reason")}


def accepted_on(host: Host) -> dict[Identity, Severity]:
    """What is accepted there, with its severity."""
    rows = Finding.objects.on(host).filter(state=State.ACCEPTED)
    columns = rows.values_list("check_name", "subject_kind", "subject_key", "severity")
    return {(check, kind, key): Severity(severity) for check, kind, key, severity in columns}


def verdicts_by_container(seen: Replay) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {each.key: [] for each in seen.containers()}
    for verdict in seen.verdicts:
        if verdict.subject.kind == Container.kind:
            found.setdefault(verdict.subject.key, []).append(verdict)
    return found


def worst_first(seen: Replay, accepted: Collection[Identity]) -> list[Container]:
    """All containers; only those with an accepted finding are looked at again, the rest is sorted out once."""
    about, ranks = seen.once(verdicts_by_container), seen.once(_ranks)
    again = {key for _, kind, key in accepted if kind == Container.kind and key in about}
    ranks = {**ranks, **{key: _rank(about[key], accepted) for key in again}}
    return sorted(seen.containers(), key=lambda each: ranks[each.key], reverse=True)


def _ranks(seen: Replay) -> dict[str, tuple[int, int]]:
    return {key: _rank(verdicts, ()) for key, verdicts in seen.once(verdicts_by_container).items()}


def _rank(verdicts: Iterable[Verdict], accepted: Collection[Identity]) -> tuple[int, int]:
    failing = [v for v in verdicts if v.status is Status.FAIL]
    worst = max((int(v.severity) for v in failing if identity_of(v) not in accepted), default=-1)
    return worst, len(failing)


def container_row(container: Container, verdicts: Iterable[Verdict], accepted: Collection[Identity]) -> ContainerRow:
    verdicts = list(verdicts)
    failing = [v.severity for v in verdicts if v.status is Status.FAIL and identity_of(v) not in accepted]
    return ContainerRow(
        key=container.key,
        name=container.name,
        project=project_of(container),
        image=text(container.image),
        state=text(container.state),
        created=moment(text(container.created)),
        worst=max(failing, default=None),
        open=len(failing),
        faces=tallies.faces_of(verdict.status for verdict in verdicts),
        ports=[PortTag(exposure.written(port), exposure.is_wide(port)) for port in exposure.published(container)],
        on_host_network=text(container.network_mode) == "host",
    )


def verdict_lines(verdicts: Iterable[Verdict], findings: Mapping[Identity, Finding]) -> list[VerdictLine]:
    """All of one container: failures first, then the unknown, each worst first."""
    ordered = in_order(verdicts)
    ordered.sort(key=lambda verdict: STATUS_RANK[verdict.status])
    return [VerdictLine(verdict, findings.get(identity_of(verdict))) for verdict in ordered]


def identity_of(verdict: Verdict) -> Identity:
    return (verdict.check, verdict.subject.kind, verdict.subject.key)


def project_of(container: Container) -> str:
    return "" if isinstance(container.labels, Unknown) else dict(container.labels).get(PROJECT, "")


def text(fact: str | Unknown) -> str:
    return "" if isinstance(fact, Unknown) else fact


def moment(written: str) -> datetime | None:
    """The Engine's ISO time, whose fraction may have nine digits; None for "" and what is no time."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None
