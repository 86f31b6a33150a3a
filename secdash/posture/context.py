"""What the sidebar of every page counts: findings, hosts, checks, what awaits the reader; and the scan under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Aggregate, Count, Max, Min, QuerySet, Subquery, Sum, Value
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from knowledge.models import Proposal
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.checks import CATALOGUE
from secdash.findings.access import findings_for
from secdash.findings.models import Acceptance, SavedView, Stamp, Transition
from secdash.fleet.access import eyes, hosts_for
from secdash.posture import keeping
from secdash.posture.saved import counted_views
from secdash.scans.models import Scan, Tick
from secdash.web.kept_sql import KeptSql, kept_sql

_counted: WeakKeyDictionary[HttpRequest, Rooms] = WeakKeyDictionary()


# Figures of the rooms above this one, so that they cost no query of their own.
_also: dict[str, Callable[[User], Subquery]] = {}


def also(name: str, of: Callable[[User], Subquery]) -> None:
    """Have a figure counted with the others, as `Rooms.more` then has it."""
    _also[name] = of


class Rooms(NamedTuple):
    """`mark` is that of `keeping`, `hosts_mark` the part of it that only hosts change; `more` has what `also` added."""

    hosts: int
    proposals: int
    acceptances: int
    running: int | None  # the newest scan under way
    views: int
    more: dict[str, int]
    seen_at: datetime | None  # when a host was seen last
    ticked_at: datetime | None  # when beat's tick was done last
    due_since: datetime | None  # when the host that waits longest for its turn should have been scanned, if one does
    waiting: int  # scans that no worker took yet
    waiting_since: datetime | None
    mark: str
    hosts_mark: str

    @property
    def live_mark(self) -> str:
        """Another one also where a scan changed no finding, but what it judged, or when it was."""
        return f"{self.mark}:{self.seen_at.isoformat() if self.seen_at else ''}"


def rooms(request: HttpRequest) -> dict[str, Any]:
    """One query, and one for each of saved views, a scan under way, and findings that changed. None for fragments."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or getattr(request, "htmx", False):
        return {}
    counts = rooms_of(request, user)
    return {
        "rooms": {
            "hosts": counts.hosts,
            "findings": keeping.kept("open", counts.mark, lambda: findings_for(user).open().count()),
            "checks": len(CATALOGUE),
            "proposals": counts.proposals,
            "acceptances": counts.acceptances,
        },
        "may_read_audit": user.can(Act.READ_AUDIT),
        "my_role": user.get_role_display(),
        "running_scan": _running(counts.running),
        # Asked for where a page shows them, and where there are any.
        "saved_views": SimpleLazyObject(partial(counted_views, user, counts.hosts_mark)) if counts.views else [],
    }


def rooms_of(request: HttpRequest, user: User) -> Rooms:
    """Asked once a request: the page reads them as well as its sidebar."""
    if request not in _counted:
        _counted[request] = _rooms_for(user)
    return _counted[request]


def _rooms_for(user: User) -> Rooms:
    """One more query for whoever does not see all hosts: what is kept of some is kept apart from what is of others."""
    found = _question(Who(user.pk, user.role, user.reach, user.is_active), connection.vendor).first()
    if found is None:
        raise User.DoesNotExist
    hosts_mark = ":".join([*(str(found[name]) for name in ("host_count", "host_newest", "host_sum")), eyes(user)])
    return Rooms(
        hosts=found["host_count"] or 0,
        proposals=found["proposal_count"] or 0,
        acceptances=found["acceptance_count"] or 0,
        running=found["running_scan"],
        views=found["view_count"] or 0,
        more={name: found[name] or 0 for name in _also},
        seen_at=found["seen_at"],
        ticked_at=found["ticked_at"],
        due_since=found["due_since"],
        waiting=found["waiting"] or 0,
        waiting_since=found["waiting_since"],
        mark=f"{hosts_mark}:{found['transition']}:{found['stamp']}",
        hosts_mark=hosts_mark,
    )


class Who(NamedTuple):
    """What of a person decides which figures are theirs."""

    pk: int
    role: str
    reach: str
    is_active: bool


@lru_cache(maxsize=256)  # some kilobytes each
def _question(who: Who, _vendor: str) -> KeptSql:
    """All in one query, which stands on every page: the person's own row carries the figures.

    Put together once for each person, for that takes longer than asking it.
    """
    user = User(**who._asdict())
    hosts, queued = hosts_for(user), Scan.objects.visible_to(user).filter(state=Scan.State.QUEUED)
    figures = {
        "host_count": figure(hosts, Count("pk")),
        "host_newest": figure(hosts, Max("pk")),
        "host_sum": figure(hosts, Sum("pk")),
        "seen_at": figure(hosts, Max("seen_at")),
        "ticked_at": Subquery(Tick.objects.values("at")[:1]),
        "due_since": figure(hosts, Min("scan_due_at")),
        "waiting": figure(queued, Count("pk")),
        "waiting_since": figure(queued, Min("created_at")),
        "transition": Subquery(Transition.objects.order_by("-pk").values("pk")[:1]),
        "stamp": Subquery(Stamp.objects.values("number")[:1]),
        "proposal_count": figure(Proposal.objects.awaiting(user), Count("pk")),
        "acceptance_count": figure(Acceptance.objects.awaiting(user), Count("pk")),
        "running_scan": Subquery(Scan.objects.visible_to(user).active().newest_first().values("pk")[:1]),
        "view_count": figure(SavedView.objects.visible_to(user), Count("pk")),
        **{name: of(user) for name, of in _also.items()},
    }
    return kept_sql(User.objects.filter(pk=user.pk).annotate(**figures).values(*figures))


def figure(rows: QuerySet[Any], of: Aggregate) -> Subquery:
    """An aggregate of these rows as a part of another query; NULL where there are none."""
    return Subquery(rows.order_by().annotate(all=Value(1)).values("all").annotate(figure=of).values("figure"))


def _running(pk: int | None) -> Scan | None:
    """The newest scan under way, which the sidebar draws; no query where there is none."""
    return Scan.objects.active().select_related("host").filter(pk=pk).first() if pk else None
