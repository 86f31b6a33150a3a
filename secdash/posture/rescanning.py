"""Scanning the hosts of chosen findings again."""

from __future__ import annotations

from datetime import datetime

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.findings.models import FindingQuerySet
from secdash.fleet.access import hosts_where
from secdash.scans import services


def rescan(findings: FindingQuerySet, *, by: User, at: datetime) -> int:
    """A scan for each host of these findings that this person may scan; how many hosts."""
    hosts = hosts_where(by, Act.SCAN).filter(pk__in=findings.order_by().values("host"))
    return services.request_all(hosts, at=at, by=by)
