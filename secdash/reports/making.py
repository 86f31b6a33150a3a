"""What each kind of report shows, for the page and for paper alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from secdash.accounts.models import User
from secdash.posture.scope_choices import offered
from secdash.reports.asked import Asked
from secdash.reports.evidence import evidence
from secdash.reports.management import management
from secdash.reports.models import Kind

MAKE: Mapping[str, Callable[..., Any]] = {Kind.MANAGEMENT: management, Kind.EVIDENCE: evidence}
TEMPLATES: Mapping[str, str] = {kind: f"reports/{kind.value}.html" for kind in Kind}


def context(user: User, asked: Asked, kind: str, *, now: datetime) -> dict[str, Any]:
    return {
        "asked": asked,
        "kind": kind,
        "scope_said": offered(user, asked.scope).said(asked.scope),
        "page": MAKE[kind](user, asked, now=now),
        "by": user,
        "now": now,
    }
