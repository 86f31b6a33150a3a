"""What the sidebar of every page counts: findings, hosts, checks, proposals that await the reader; and the scan."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Count, Max, Subquery, Value
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from knowledge.models import Proposal
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.findings.access import findings_for
from secdash.fleet.access import hosts_for
from secdash.posture.kept import counted_views
from secdash.scans.models import Scan


def rooms(request: HttpRequest) -> dict[str, Any]:
    """Four counts and a scan for somebody who signed in; nothing for strangers and for htmx fragments."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or getattr(request, "htmx", False):
        return {}
    return {
        "rooms": {
            **_counts(user),
            "checks": len(CATALOGUE),
            "proposals": Proposal.objects.awaiting(user).count(),
        },
        "my_role": user.get_role_display(),
        "running_scan": _running(user),
        "saved_views": SimpleLazyObject(partial(counted_views, user)),  # asked for where a page shows them
    }


def _counts(user: User) -> dict[str, int]:
    """Both in one query, which stands on every page."""
    opened = findings_for(user).open().order_by().annotate(all=Value(1)).values("all").annotate(number=Count("*"))
    counts = hosts_for(user).aggregate(hosts=Count("pk"), findings=Max(Subquery(opened.values("number"))))
    return {"hosts": counts["hosts"], "findings": counts["findings"] or 0}


def _running(user: User) -> Scan | None:
    """The newest scan under way, which the sidebar draws."""
    return Scan.objects.visible_to(user).active().select_related("host").newest_first().first()
