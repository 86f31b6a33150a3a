"""What a large fleet costs on PostgreSQL: 1,000 hosts, a million findings, 10 million transitions, a year of days.

Run as `python -m bench.fleet` (some 6 GB while it runs); `python -m bench.fleet 100` builds 100 hosts, and
`python -m bench.fleet 1000 20` asks 20 times instead of 200. Prints one table in Markdown: each page warm (95th
percentile and queries; /healthz is the floor), one act on 10,000 findings while somebody else works, all that is open
as files. A row says what it is held against and whether it kept it; a fleet too small for that is not judged, unless
it is over even so.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.figures import verdict
from bench.fleet_table import HEAD, Line
from tests.engine.services import running_postgres

if TYPE_CHECKING:
    from django.test import Client

ROUNDS = 200
HOSTS, FINDINGS, MOVES = 1000, 1001, 10  # of each host, of each finding; the host that is the pattern has fewer
CONTAINERS = 40


def prepare(url: str, folder: str) -> None:
    """Django on that database; before anything else of the product is imported."""
    os.environ.update({"SECDASH_DATA": folder, "DJANGO_SETTINGS_MODULE": "secdash.settings", "DATABASE_URL": url})
    os.environ.pop("REDIS_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)  # thousands of acts are told
    call_command("migrate", verbosity=0)
    call_command("load_guide", verbosity=0)


def populate(hosts: int) -> None:
    from django.utils import timezone

    from bench.fleet_rows import Size, write
    from bench.pages import scanned_host

    now = timezone.now()
    template = scanned_host("fleet-0000", 0, CONTAINERS, at=now)
    write(Size(hosts, FINDINGS, MOVES), template=template.pk, today=now.date())


def main(hosts: int, rounds: int) -> int:
    with tempfile.TemporaryDirectory() as folder, running_postgres() as url:
        prepare(url, folder)
        from django.db import connection
        from django.test import Client

        from secdash.accounts.services import first_administrator
        from secdash.web.settling import settle

        begun = time.perf_counter()
        populate(hosts)
        print(f"{_size()}; built in {time.perf_counter() - begun:.0f} s. {rounds} warm requests a page.\n\n{HEAD}")
        settle()  # as the web process does
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(first_administrator())
        over, judged = 0, hosts >= HOSTS
        for line in lines(client, rounds):
            print(line if judged else line.of_a_smaller_fleet(), flush=True)
            over += line.kept is False
        connection.close()
    return verdict(kept=not over, judged=judged or over > 0)


def lines(client: Client, rounds: int) -> Iterator[Line]:
    from bench.fleet_acts import accepting
    from bench.fleet_exports import exports
    from bench.fleet_pages import pages

    yield from pages(client, rounds)
    yield from accepting(client)
    yield from exports()


def _size() -> str:
    """Counted, since it is what all that follows is true of."""
    from secdash.findings.models import Finding, Transition
    from secdash.fleet.models import Host
    from secdash.scans.models import PostureDay

    counts = (
        (Host.objects.count(), f"hosts of {CONTAINERS} containers"),
        (Finding.objects.count(), "findings"),
        (Finding.objects.open().count(), "of them open"),
        (Transition.objects.count(), "transitions"),
        (PostureDay.objects.count(), "days of hosts"),
    )
    return ", ".join(f"{count:,} {what}" for count, what in counts)


if __name__ == "__main__":
    size, times = [*map(int, sys.argv[1:]), 0, 0][:2]
    sys.exit(main(size or HOSTS, times or (ROUNDS if (size or HOSTS) >= HOSTS else 20)))
