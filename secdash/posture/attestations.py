"""One item that people attest: on all hosts, and on one host with everything that was said of it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.checks.benchmark import EDITIONS, Item, items
from secdash.checks.benchmark_manual import MANUAL, Manual
from secdash.findings.access import attestations_for
from secdash.findings.models import Attestation
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture import latest
from secdash.posture.benchmark import Said, attested, statements
from secdash.scans.models import Scan


class Asking(NamedTuple):
    """The item: what it asks, and its number in each edition."""

    manual: Manual
    item: Item
    numbers: list[tuple[str, str]]


class HostLine(NamedTuple):
    host: Host
    scan: Scan | None
    said: Said


class HostWord(NamedTuple):
    """`history` has everything that was said of the item on this host, newest first."""

    said: Said
    history: list[Attestation]


def asking(name: str) -> Asking | None:
    """None for a name that no edition asks of people."""
    if name not in MANUAL:
        return None
    found = {edition: _named(name, edition) for edition in EDITIONS}
    numbers = [(edition, item.number) for edition, item in found.items() if item]
    item = next((item for item in found.values() if item), None)
    return Asking(MANUAL[name], item, numbers) if item else None


def _named(name: str, edition: str) -> Item | None:
    return next((item for item in items(edition) if item.manual and item.manual.name == name), None)


def on_all_hosts(user: User, item: Manual, *, day: date) -> list[HostLine]:
    """By name; four queries."""
    said = statements(user)
    return [
        HostLine(host, scan, attested(item, scan, said.get((host.pk, item.name)), day))
        for host, scan in latest.hosts_now(hosts_for(user))
    ]


def on_host(user: User, item: Manual, host: Host, *, day: date) -> HostWord:
    rows = list(attestations_for(user).filter(host=host, item=item.name).select_related("by"))
    return HostWord(attested(item, latest.newest_scan(host), rows[0] if rows else None, day), rows)
