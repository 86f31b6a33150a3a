"""What the newest rows are: the mark by which kept sums know that they are old."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Max, Subquery

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.scans.models import Scan

FEW_HOSTS = 100


class Mark(NamedTuple):
    """The hosts change it when one comes or goes, the scan with every scan that ends.

    `whose`: "all" for those who see every host; what is kept for another reader is for nobody else.
    """

    whose: str
    hosts: int
    host: int | None
    scan: int | None

    @property
    def fleet(self) -> str:
        return f"{self.whose}:{self.hosts}:{self.host}"

    @property
    def scans(self) -> str:
        """Of a large fleet a few scans more change no sum that shows: it is then old after some of them."""
        return f"{self.fleet}:{(self.scan or 0) // max(1, self.hosts // FEW_HOSTS)}"


def mark(user: User) -> Mark:
    """One query."""
    scan = Scan.objects.filter(state=Scan.State.DONE).order_by("-pk").values("pk")[:1]
    hosts = hosts_for(user)
    found = hosts.aggregate(hosts=Count("pk"), host=Max("pk"), scan=Max(Subquery(scan)))
    whose = f"of-{user.pk}" if hosts.query.where else "all"
    return Mark(whose, found["hosts"], found["host"], found["scan"])
