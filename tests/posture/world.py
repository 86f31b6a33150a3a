"""Hosts that were scanned, made from facts: what posture's tests look at."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from secdash.checks.engine import judge
from secdash.facts.model import Container, Snapshot
from secdash.fleet.models import Host
from secdash.scans.models import Scan
from secdash.scans.recording import Judged, record
from tests.build import a_container, a_snapshot
from tests.fleet.hosts import a_host


def scan_of(host: Host, /, *containers: Container, days_ago: int = 0, **facts) -> Scan:
    """A finished scan that saw these containers."""
    seen: Snapshot = a_snapshot(containers=tuple(containers), **facts)
    at = timezone.now() - timedelta(days=days_ago)
    scan = Scan.objects.create(
        host=host, trigger=Scan.Trigger.MANUAL, state=Scan.State.RUNNING, attempts=1, created_at=at
    )
    assert record(scan, Judged(seen, list(judge(seen))), timings={}, at=at)
    return scan


def named(name: str, **facts) -> Container:
    return a_container(name=name, key=name, **facts)


def a_fleet(hosts: int, containers: int) -> list[Host]:
    """Hosts that each run containers without a memory limit, the first of them privileged."""
    made = [a_host(f"fleet-{number}") for number in range(hosts)]
    for host in made:
        scan_of(host, *(named(f"app-{n}", memory=0, privileged=n == 0) for n in range(containers)))
    return made
