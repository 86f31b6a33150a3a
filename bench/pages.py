"""What pages cost on the server: 50 hosts × 40 containers, each page's time and queries beside a floor in the same run.

Run as `python -m bench.pages`. The floor is /healthz: the same process, middleware and database, and no page. The
budget is 100 ms (median of warm requests) and 15 queries a page, warm as well; what the very first request takes is
shown beside it. So is the processor's time of the best request, which says the same on a machine that is busy with
other things.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bench.figures import verdict

if TYPE_CHECKING:
    from django.test import Client

    from secdash.fleet.models import Host
    from secdash.scans.sample.plan import Plan

ROUNDS = 7
HOSTS, CONTAINERS = 50, 40
BUDGET_MS, BUDGET_QUERIES = 100, 15


def prepare(folder: str) -> None:
    """Django on a database of its own; before anything else of the product is imported."""
    os.environ.update({"SECDASH_DATA": folder, "DJANGO_SETTINGS_MODULE": "secdash.settings"})
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_guide", verbosity=0)


def a_container(number: int, host: int) -> Plan:
    from secdash.scans.sample.plan import Plan

    fault = (number + host) % 8
    return Plan(
        name=f"app-{number}",
        image=f"registry.example.com/app-{number % 12}:1.{host % 5}",
        project=f"project-{number % 6}",
        network="apps",
        privileged=fault == 0,
        memory=512 if fault in (1, 2, 3) else 0,
        read_only=fault == 3,
        no_new_privileges=fault in (2, 3),
        ports=(("0.0.0.0", 8000 + number, 8080),) if fault in (0, 4) else (),  # noqa: S104 - what the page is to show
    )


def populate() -> None:
    """The fleet, scanned once a day for three days, with something changing each day."""
    from django.utils import timezone

    today = timezone.now()
    for index in range(HOSTS):
        scanned_host(f"host-{index:02}", index, CONTAINERS, at=today, days=3)


def scanned_host(name: str, index: int, containers: int, *, at: datetime, days: int = 1) -> Host:
    """A host of that many containers, scanned once a day for so many days; the first container changes daily."""
    import msgspec

    from secdash.checks.engine import judge
    from secdash.facts.parse import parse
    from secdash.fleet import services
    from secdash.scans.models import Scan
    from secdash.scans.recording import Judged, record
    from secdash.scans.sample import engine
    from secdash.scans.sample.inspect import container, identifier, image

    base = engine.answers(engine.address("web-01", at.date()), day=at.date())
    host = services.register(name, kind="unix", address="/run/docker.sock", at=at, group_name=f"Group {index % 5}")
    assert isinstance(base.networks, tuple)
    apps = {**base.networks[0], "Name": "apps", "Id": identifier(name, "apps"), "Options": {}}
    for days_ago in range(days - 1, -1, -1):
        day = at - timedelta(days=days_ago)
        plans = [a_container(number, index + (days_ago if number == 0 else 0)) for number in range(containers)]
        answers = msgspec.structs.replace(
            base,
            containers=tuple(container(name, plan) for plan in plans),
            images=tuple(image(reference) for reference in sorted({plan.image for plan in plans})),
            networks=(*base.networks, {**apps, "Containers": {identifier(name, plan.name): {} for plan in plans}}),
        )
        facts = parse(answers)
        scan = Scan.objects.create(host=host, trigger="schedule", state="running", attempts=1, created_at=day)
        record(scan, Judged(facts, list(judge(facts))), timings={}, at=day)
    return host


def addresses() -> list[str]:
    from secdash.findings.models import Finding

    finding = Finding.objects.open().filter(subject_kind="container").worst_first().first()
    assert finding is not None
    return [
        "/", "/findings/", "/findings/?severity=high&group=group-1", "/findings/?expand=no-memory-limit",
        "/findings/group/?key=no-memory-limit", f"/findings/{finding.pk}/", "/hosts/", f"/hosts/{finding.host.slug}/",
        f"/hosts/{finding.host.slug}/timeline/",
        f"/hosts/{finding.host.slug}/containers/{finding.subject_key}/", "/checks/", "/checks/no-memory-limit/",
        "/live/no-memory-limit/?lang=fr", "/guide/en/", "/guide/en/cgroups/", "/guide/en/cgroups/history/",
        "/hosts/add/", "/benchmark/", f"/benchmark/?host={finding.host.slug}",
    ]  # fmt: skip


class Cost(NamedTuple):
    """Milliseconds and queries of the first request; of warm ones the median by the clock, the best of the
    processor's own, and the queries.
    """

    status: int
    first: float
    first_queries: int
    median: float
    processor: float
    queries: int

    @property
    def is_good(self) -> bool:
        return self.status == 200 and self.median < BUDGET_MS and self.queries <= BUDGET_QUERIES


def measure(client: Client, url: str) -> Cost:
    first, first_queries, status = counted(client, url)
    taken, worked = [], []
    for _ in range(ROUNDS):
        begun, idle = time.perf_counter(), time.process_time()
        client.get(url)
        taken.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - idle) * 1000)
    return Cost(status, first, first_queries, statistics.median(taken), min(worked), counted(client, url)[1])


def counted(client: Client, url: str) -> tuple[float, int, int]:
    """Milliseconds, queries and status of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        status = client.get(url).status_code
    return (time.perf_counter() - begun) * 1000, len(queries), status


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from django.test import Client

        from secdash.accounts.services import first_administrator
        from secdash.findings.models import Finding

        populate()
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(first_administrator())
        print(f"{HOSTS} hosts × {CONTAINERS} containers, {Finding.objects.open().count()} open findings")
        print(f"{'page':<58}{'status':>7}{'first':>9}{'queries':>9}{'median':>9}{'processor':>11}{'queries':>9}")
        over = 0
        for url in ["/healthz", *addresses()]:
            cost = measure(client, url)
            over += not cost.is_good
            first = f"{cost.first:>7.1f}ms{cost.first_queries:>9}"
            times = f"{first}{cost.median:>7.1f}ms{cost.processor:>9.1f}ms"
            print(f"{url[:57]:<58}{cost.status:>7}{times}{cost.queries:>9}{'' if cost.is_good else '  over'}")
    return verdict(kept=not over)


if __name__ == "__main__":
    sys.exit(main())
