"""What each page costs a warm server: the 95th percentile of its time, and its queries."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from bench.fleet_table import Line

if TYPE_CHECKING:
    from django.test import Client

    from secdash.findings.models import Finding

BUDGET_MS, BUDGET_QUERIES = 150, 15
TARGET = f"95 % under {BUDGET_MS} ms, {BUDGET_QUERIES} queries at most"


class Cost(NamedTuple):
    """Milliseconds of the warm requests, and of the first one."""

    status: int
    first: float
    median: float
    slow: float
    processor: float
    queries: int

    @property
    def is_good(self) -> bool:
        return self.status == 200 and self.slow < BUDGET_MS and self.queries <= BUDGET_QUERIES


def pages(client: Client, rounds: int) -> Iterator[Line]:
    yield _line("/healthz", measure(client, "/healthz", rounds), is_floor=True)
    for address in addresses():
        yield _line(address, measure(client, address, rounds))


def measure(client: Client, url: str, rounds: int) -> Cost:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    begun = time.perf_counter()
    client.get(url)
    first = (time.perf_counter() - begun) * 1000
    with CaptureQueriesContext(connection) as queries:
        status = client.get(url).status_code
    count = len(queries)
    wall, processor = zip(*sorted(_timed(client, url) for _ in range(rounds)), strict=True)
    return Cost(status, first, statistics.median(wall), wall[int(0.95 * rounds)], statistics.median(processor), count)


def _timed(client: Client, url: str) -> tuple[float, float]:
    """Of all, and of this process alone: the rest is the database's, or that of whoever else uses the machine."""
    begun, used = time.perf_counter(), time.process_time()
    client.get(url)
    return (time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000


def _line(address: str, cost: Cost, *, is_floor: bool = False) -> Line:
    answered = "" if cost.status == 200 else f"answered {cost.status}, "
    return Line(
        what=f"`{address}`",
        measured=f"{answered}{cost.slow:.0f} ms, {cost.queries} queries",
        beside=f"median {cost.median:.0f} ms, processor {cost.processor:.0f} ms, first {cost.first:.0f} ms",
        target="(floor)" if is_floor else TARGET,
        kept=None if is_floor else cost.is_good,
    )


def addresses() -> list[str]:
    """What is promised first: overview, findings by any one filter, host, trends, threats. Then what else is large."""
    finding = _a_finding()
    host = f"/hosts/{finding.host.slug}/"
    return [
        "/", *(f"/findings/{each and '?'}{each}" for each in ("", *filters(finding))), host, "/trends/?days=365",
        "/threats/", "/threats/?by=host", "/threats/daemon-takeover/", "/trends/?days=365&group=group-3",
        "/trends/why/", "/plan/", "/plan/best/", f"/findings/{finding.pk}/", "/hosts/", f"{host}timeline/",
        "/acceptances/", "/benchmark/", "/checks/", "/checks/no-memory-limit/",
        "/live/?checks=no-memory-limit,privileged-container,no-healthcheck",
    ]  # fmt: skip


def filters(finding: Finding) -> list[str]:
    """Each filter of the list by itself. Raises KeyError for one that is not measured."""
    from secdash.posture.filtering.facets import FACETS

    value = _values(finding)
    alone = ["within=30", "older=90", "q=app-1", "state=accepted", "state=resolved", "state=all"]
    return [*(f"{name}={value[name]}" for name in FACETS), *alone]


def _values(finding: Finding) -> Mapping[str, str]:
    return {
        "severity": "high",
        "check": "no-memory-limit",
        "cis": "5",
        "risk": "daemon-takeover",
        "kind": "image",
        "host": finding.host.slug,
        "group": "group-3",
        "tag": "tag-3",
        "environment": "test",
        "project": finding.project,
        "image": finding.image,
        "assignee": "person-1",
        "due": "overdue",
    }


def _a_finding() -> Finding:
    from secdash.findings.models import Finding

    return Finding.objects.open().filter(subject_kind="container").exclude(project="").order_by("-pk")[0]
