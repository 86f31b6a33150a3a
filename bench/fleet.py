"""What pages cost with a large fleet, on PostgreSQL: 1,000 hosts, a million findings, 10 million transitions, a year.

Run as `python -m bench.fleet` (minutes, and some 6 GB while it runs); `python -m bench.fleet 20` builds 20 hosts. For
each address: the server's time of 200 warm requests (median and 95th percentile), the processor's time of the web
process and the queries, beside /healthz as a floor. The budget is 150 ms for the 95th percentile and 15 queries. Then
one act on 10,000 findings, and the exports of all that stands open. `python -m bench.fleet 1000 20` asks 20 times.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.engine.services import running_postgres

if TYPE_CHECKING:
    from django.test import Client

ROUNDS = 200
HOSTS, FINDINGS, MOVES = 1000, 1000, 10
CONTAINERS = 40
BUDGET_MS, BUDGET_QUERIES = 150, 15


def prepare(url: str, folder: str) -> None:
    """Django on that database; before anything else of the product is imported."""
    os.environ.update({"SECDASH_DATA": folder, "DJANGO_SETTINGS_MODULE": "secdash.settings", "DATABASE_URL": url})
    os.environ.pop("REDIS_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_guide", verbosity=0)


def populate(hosts: int) -> None:
    from django.utils import timezone

    from bench.fleet_rows import Size, write
    from bench.pages import scanned_host

    now = timezone.now()
    template = scanned_host("fleet-0000", 0, CONTAINERS, at=now)
    write(Size(hosts, FINDINGS, MOVES), template=template.pk, today=now.date())


def addresses() -> list[str]:
    from secdash.findings.models import Finding

    finding = Finding.objects.open().filter(subject_kind="container").exclude(project="").order_by("-pk")[0]
    host = finding.host
    narrowed = [
        f"host={host.slug}", "group=group-3", "environment=test", f"project={finding.project}",
        f"image={finding.image}", "check=no-memory-limit", "section=5", "severity=high", "risk=daemon-takeover",
        "assignee=person-1", "due=overdue", "older=90", "kind=image", "q=app-1", "state=resolved", "state=all",
    ]  # fmt: skip
    return [
        "/", *(f"/findings/?{each}" for each in ("", *narrowed)), f"/findings/{finding.pk}/", "/hosts/",
        f"/hosts/{host.slug}/", f"/hosts/{host.slug}/timeline/", "/trends/?days=365", "/trends/?days=365&group=group-3",
        "/trends/why/", "/threats/?by=group", "/threats/?by=host", "/threats/daemon-takeover/", "/plan/",
        "/acceptances/", "/benchmark/", "/checks/",
    ]  # fmt: skip


class Cost(NamedTuple):
    """Milliseconds of the warm requests."""

    status: int
    first: float
    median: float
    slow: float
    processor: float
    queries: int

    @property
    def is_good(self) -> bool:
        return self.status == 200 and self.slow < BUDGET_MS and self.queries <= BUDGET_QUERIES


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


def main(hosts: int, rounds: int) -> int:
    with tempfile.TemporaryDirectory() as folder, running_postgres() as url:
        prepare(url, folder)
        from django.db import connection
        from django.test import Client

        from secdash.accounts.services import first_administrator
        from secdash.web.settling import settle

        begun = time.perf_counter()
        populate(hosts)
        print(f"{hosts} hosts, built in {time.perf_counter() - begun:.0f} s, {rounds} requests each")
        settle()  # as the web process does
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(first_administrator())
        over = pages(client, rounds) + acts(client) + files()
        connection.close()
    return 1 if over else 0


def pages(client: Client, rounds: int) -> int:
    """How many are over the budget; so below."""
    print(f"{'page':<58}{'status':>7}{'first':>10}{'median':>10}{'95 %':>10}{'CPU':>10}{'queries':>9}")
    over = 0
    for address in ["/healthz", *addresses()]:
        cost = measure(client, address, rounds)
        over += not cost.is_good
        times = "".join(f"{each:>8.1f}ms" for each in (cost.first, cost.median, cost.slow, cost.processor))
        print(f"{address[:57]:<58}{cost.status:>7}{times}{cost.queries:>9}{_mark(cost.is_good)}", flush=True)
    return over


def acts(client: Client) -> int:
    from bench.fleet_acts import accept

    done = accept(client)
    print(f"accept {done.findings} findings: asked in {done.post:.1f} s, done in {done.steps:.1f} s", end="")
    print(f", taken back in {done.undo:.1f} s; {done.others} acts of another person meanwhile, of which", end="")
    print(f" the slowest took {done.waited:.2f} s{_mark(done.is_good)}", flush=True)
    return not done.is_good


def files() -> int:
    from bench.fleet_exports import exports

    over = 0
    for each in exports():
        over += not each.is_good
        print(f"{each.rows} findings as {each.kind:<6}{each.seconds:>7.1f} s {each.size:>7.1f} MB", end="")
        print(f", memory grew by {each.peak:.1f} MB{_mark(each.is_good)}", flush=True)
    return over


def _mark(is_good: bool) -> str:
    return "" if is_good else "  over"


if __name__ == "__main__":
    size, times = [*map(int, sys.argv[1:]), 0, 0][:2]
    sys.exit(main(size or HOSTS, times or (ROUNDS if (size or HOSTS) >= HOSTS else 20)))
