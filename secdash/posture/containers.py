"""A host's containers as rows, and one container with all that is judged of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """`worst` is the severity of its worst open failure, None where nothing fails."""

    key: str
    name: str
    project: str
    image: str
    state: str
    created: datetime | None
    worst: Severity | None
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


def findings_of(host: Host) -> dict[Identity, Finding]:
    """Those that are open or accepted, in one query, without what is long."""
    rows = Finding.objects.on(host).exclude(state=State.RESOLVED).defer("evidence", "reason")
    return {(row.check_name, row.subject_kind, row.subject_key): row for row in rows}


def container_rows(seen: Replay, findings: Mapping[Identity, Finding]) -> list[ContainerRow]:
    """Worst first."""
    verdicts: dict[str, list[Verdict]] = {}
    for verdict in seen.verdicts:
        if verdict.subject.kind == Container.kind:
            verdicts.setdefault(verdict.subject.key, []).append(verdict)
    rows = [container_row(each, verdicts.get(each.key, []), findings) for each in seen.containers()]
    return sorted(rows, key=lambda row: (-1 if row.worst is None else row.worst, row.faces.failed), reverse=True)


def container_row(
    container: Container, verdicts: Iterable[Verdict], findings: Mapping[Identity, Finding]
) -> ContainerRow:
    verdicts = list(verdicts)
    failing = [v.severity for v in verdicts if v.status is Status.FAIL and not _accepted(v, findings)]
    return ContainerRow(
        key=container.key,
        name=container.name,
        project=project_of(container),
        image=text(container.image),
        state=text(container.state),
        created=moment(text(container.created)),
        worst=max(failing, default=None),
        faces=tallies.faces_of(verdict.status for verdict in verdicts),
        ports=[PortTag(exposure.written(port), exposure.is_wide(port)) for port in exposure.published(container)],
        on_host_network=text(container.network_mode) == "host",
    )


def verdict_lines(seen: Replay, key: str, findings: Mapping[Identity, Finding]) -> list[VerdictLine]:
    """All of one container: failures first, then the unknown, each worst first."""
    ordered = in_order(seen.about(Container.kind, key))
    ordered.sort(key=lambda verdict: STATUS_RANK[verdict.status])
    return [VerdictLine(verdict, findings.get(_identity(verdict))) for verdict in ordered]


def _identity(verdict: Verdict) -> Identity:
    return (verdict.check, verdict.subject.kind, verdict.subject.key)


def _accepted(verdict: Verdict, findings: Mapping[Identity, Finding]) -> bool:
    finding = findings.get(_identity(verdict))
    return finding is not None and finding.state == State.ACCEPTED


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
