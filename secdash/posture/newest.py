"""What the newest rows are: the mark by which kept sums know that they are old."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Max, Subquery

from secdash.accounts.models import User
from secdash.fleet.access import eyes, hosts_for
from secdash.scans.models import Scan

FEW_HOSTS = 100


class Mark(NamedTuple):
    """The hosts change it when one comes or goes, the scan with every scan that ends; `eyes` are the reader's."""

    hosts: int
    host: int | None
    scan: int | None
    eyes: str = ""

    @property
    def fleet(self) -> str:
        return f"{self.hosts}:{self.host}:{self.eyes}"

    @property
    def scans(self) -> str:
        """Of a large fleet a few scans more change no sum that shows: it is then old after some of them."""
        return f"{self.fleet}:{(self.scan or 0) // max(1, self.hosts // FEW_HOSTS)}"


def mark(user: User) -> Mark:
    """One query; two for whoever does not see all hosts."""
    scan = Scan.objects.filter(state=Scan.State.DONE).order_by("-pk").values("pk")[:1]
    found = hosts_for(user).aggregate(hosts=Count("pk"), host=Max("pk"), scan=Max(Subquery(scan)))
    return Mark(found["hosts"], found["host"], found["scan"], eyes(user))
