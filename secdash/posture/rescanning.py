"""Scanning the hosts of chosen findings again."""

from __future__ import annotations

from datetime import datetime

from secdash.accounts.models import User
from secdash.findings.models import FindingQuerySet
from secdash.fleet.access import hosts_for
from secdash.scans import services


def rescan(findings: FindingQuerySet, *, by: User, at: datetime) -> int:
    """A scan for each host of these findings; how many hosts."""
    hosts = hosts_for(by).filter(pk__in=findings.order_by().values("host"))
    return services.request_all(hosts, at=at, by=by)
