"""One container: everything judged of it, what it leaves open, what is in its environment, its hardened file."""

from __future__ import annotations

from typing import NamedTuple

from secdash.facts.model import Container, EnvName, Unknown
from secdash.findings.models import Finding, State
from secdash.fixes import Rendered, render_all
from secdash.fleet.models import Host
from secdash.posture import containers, exposure
from secdash.posture.containers import ContainerRow, VerdictLine
from secdash.posture.exposure import Opening
from secdash.posture.latest import newest_scan
from secdash.posture.mending import Line, fixes_of, near
from secdash.posture.replay import Replay, replay
from secdash.scans.models import Scan
from secdash.web.saying import said


class Hardened(NamedTuple):
    """The container's file with every fix that can be written in it."""

    rendered: Rendered
    lines: list[Line]


class ContainerPage(NamedTuple):
    """`container` is None where the newest scan no longer saw it: then only its findings are left."""

    scan: Scan | None
    container: Container | None
    row: ContainerRow | None
    lines: list[VerdictLine]
    openings: list[Opening]
    environment: tuple[EnvName, ...] | None
    hardened: Hardened | None
    findings: list[Finding]


def container_page(host: Host, key: str) -> ContainerPage | None:
    """None where neither a scan nor a finding knows a container of that key."""
    scan = newest_scan(host)
    seen = replay(scan)
    container = seen.container(key) if seen else None
    if seen is None or container is None:
        return _gone(host, key, scan)
    about = seen.once(containers.verdicts_by_container)[key]
    found = containers.findings_of_subject(host, Container.kind, key)
    accepted = {identity for identity, finding in found.items() if finding.state == State.ACCEPTED}
    return ContainerPage(
        scan=scan,
        container=container,
        row=containers.container_row(container, about, accepted),
        lines=containers.verdict_lines(about, found),
        openings=exposure.openings(about, [container]),
        environment=None if isinstance(container.env, Unknown) else container.env,
        hardened=_hardened(container, seen),
        findings=list(found.values()),
    )


def _gone(host: Host, key: str, scan: Scan | None) -> ContainerPage | None:
    known = list(Finding.objects.on(host).filter(subject_kind=Container.kind, subject_key=key).worst_first()[:100])
    return ContainerPage(scan, None, None, [], [], None, None, known) if known else None


def _hardened(container: Container, seen: Replay) -> Hardened | None:
    """None where nothing fails that a Compose file could mend."""
    fixes = fixes_of(container, seen)
    if not fixes:
        return None
    rendered = render_all(fixes, container, seen.facts, said)
    return Hardened(rendered, list(near(rendered.diff_lines)))


def hardened_file(host: Host, key: str) -> str | None:
    """The commented Compose file of the container as it should be; None where there is nothing to harden."""
    seen = replay(newest_scan(host))
    container = seen.container(key) if seen else None
    found = _hardened(container, seen) if seen and container else None
    return found.rendered.compose_commented if found else None
