"""What the pages of one host cost as its containers grow: they are to stay as quick, whatever the host holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bench.figures import tell
from bench.fleet_pages import measure

if TYPE_CHECKING:
    from secdash.fleet.models import Host

ROUNDS = 21
BESIDE = 100  # containers of the host that the others are held against
FLAT = 1.5  # times as many floors as of a host of a hundred containers a page may take of the processor
PAGES = ("/healthz (floor)", "host", "its findings", "a container", "overview")
HEAD = f"pages: 95 %, floors of processor | {' | '.join(PAGES)}"


def pages(hosts: Mapping[int, Host]) -> Iterator[tuple[str, bool]]:
    """A line for each host by its number of containers, and whether its pages keep to their budget and stay flat."""
    from django.test import Client

    from secdash.accounts.services import first_administrator
    from secdash.web.settling import settle

    settle()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(first_administrator())
    beside: list[float] = []
    for count, host in hosts.items():
        costs = [measure(client, address, ROUNDS) for address in addresses(host)]
        floors = [cost.processor / costs[0].processor for cost in costs]
        beside = floors if count == BESIDE else beside
        for name, cost in zip(PAGES, costs, strict=True):
            tell("growth-pages", name, count, cost.slow)
        shown = " | ".join(f"{cost.slow:.0f} ms, {each:.1f} ×" for cost, each in zip(costs, floors, strict=True))
        is_flat = all(each < FLAT * other for each, other in zip(floors, beside, strict=False))
        yield f"| {count:,} containers | {shown} |", is_flat and all(cost.is_good for cost in costs)


def addresses(host: Host) -> list[str]:
    from secdash.findings.models import Finding

    page = f"/hosts/{host.slug}/"
    finding = Finding.objects.open().filter(host=host, subject_kind="container").order_by("pk")[0]
    container = f"{page}containers/{finding.subject_key}/"
    return ["/healthz", page, f"/findings/?host={host.slug}", container, "/"]
