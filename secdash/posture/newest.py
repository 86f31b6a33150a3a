"""What the newest rows are: the mark by which kept sums know that they are old."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Max, Subquery

from secdash.accounts.models import User
from secdash.findings.models import Transition
from secdash.fleet.access import hosts_for
from secdash.scans.models import Scan


class Mark(NamedTuple):
    """Changes with every scan that ends, every finding that moves, and every host that comes or goes."""

    scan: int | None
    transition: int | None
    hosts: int
    host: int | None

    def __str__(self) -> str:
        return ":".join(map(str, self))


def mark(user: User) -> Mark:
    """One query."""
    scan = Scan.objects.filter(state=Scan.State.DONE).order_by("-pk").values("pk")[:1]
    transition = Transition.objects.order_by("-pk").values("pk")[:1]
    found = hosts_for(user).aggregate(
        hosts=Count("pk"), host=Max("pk"), scan=Max(Subquery(scan)), transition=Max(Subquery(transition))
    )
    return Mark(found["scan"], found["transition"], found["hosts"], found["host"])
