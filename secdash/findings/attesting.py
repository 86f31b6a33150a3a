"""Attestations: what people state of the items that no machine can judge, and what of it counts in a score.

What counts is looked up once, when a scan is recorded, and kept in its tally beside the checks: every page that takes
the score apart reads the same numbers, however the attestations change until the next scan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.checks.benchmark_manual import MANUAL, moot
from secdash.checks.outcome import Status
from secdash.findings.models import Attestation
from secdash.fleet.access import need
from secdash.fleet.models import Host

LONGEST = timedelta(days=366)
WITHDRAWN = Attestation.Says.WITHDRAWN


def last_day(today: date) -> date:
    """The latest day until which something can be attested today."""
    return today + LONGEST


def attest(
    host: Host, item: str, *, says: str, note: str, until: date, by: User, at: datetime, evidence: str = ""
) -> Attestation:
    """Add a statement; it replaces what was said before.

    Raises ValueError for what no form lets through, PermissionDenied where this person may not on that host.
    """
    need(by, Act.ATTEST, host)
    if item not in MANUAL or says not in (Attestation.Says.PASS, Attestation.Says.FAIL):
        raise ValueError(f"{item}: {says} cannot be attested")
    if not at.date() <= until <= last_day(at.date()):
        raise ValueError(f"{until} is not within a year of {at.date()}")
    return _add(host, item, says=says, note=note, evidence=evidence, until=until, by=by, at=at)


def withdraw(host: Host, item: str, *, by: User, at: datetime) -> Attestation | None:
    """Take the statement back; None where nothing holds any more. Raises PermissionDenied as `attest` does."""
    need(by, Act.ATTEST, host)
    said = Attestation.objects.filter(host=host, item=item).newest().first()
    if said is None or not said.holds(at.date()):
        return None
    return _add(host, item, says=WITHDRAWN, note="", evidence="", until=None, by=by, at=at)


@transaction.atomic
def _add(
    host: Host, item: str, *, says: str, note: str, evidence: str, until: date | None, by: User, at: datetime
) -> Attestation:
    said = Attestation.objects.create(
        host=host,
        item=item,
        says=says,
        note=note,
        evidence=evidence,
        until=until,
        by=by,
        by_name=by.display_name,
        at=at,
    )
    after = {"item": item, "says": says, "note": note, "evidence": evidence, "until": until}
    act = "attestation.withdrawn" if says == WITHDRAWN else "attestation.made"
    record(act, by=by, on=host, after={name: value for name, value in after.items() if value}, at=at)
    return said


Said = Mapping[str, Attestation]  # item → what was stated of it last


def said_on(hosts: Collection[int]) -> dict[int, dict[str, Attestation]]:
    """By host's id, in one query."""
    found: dict[int, dict[str, Attestation]] = {host: {} for host in hosts}
    for row in Attestation.objects.filter(host__in=hosts).newest():
        found[row.host_id][row.item] = row
    return found


def counted(said: Said, *, engine_version: str, tally: Mapping[str, Sequence[int]], at: datetime) -> dict[str, Status]:
    """What the statements in force say of a host that was seen like this: item → pass or fail."""
    return {
        name: Status(said[name].says)
        for name, item in MANUAL.items()
        if name in said and said[name].holds(at.date()) and moot(item, engine_version, tally) is None
    }
