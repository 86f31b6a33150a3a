"""What a report is asked for: whose hosts, which days, which edition; read from the address, written back into it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple, Self
from urllib.parse import urlencode

from django.http import QueryDict

from secdash.checks.benchmark import EDITIONS
from secdash.posture.scopes import Scope
from secdash.posture.tallies import EDITION

USUAL_DAYS = 30
MOST_DAYS = 3 * 365


class Asked(NamedTuple):
    """`since` to `until`, both counted. Foreign values in an address are dropped, and no report tells of the future."""

    scope: Scope
    since: date
    until: date
    edition: str

    @classmethod
    def of(cls, query: QueryDict, *, today: date) -> Self:
        until = min(_day(query.get("until", "")) or today, today)
        since = _day(query.get("since", "")) or until - timedelta(days=USUAL_DAYS)
        since = max(min(since, until), until - timedelta(days=MOST_DAYS))
        edition = query.get("edition", "")
        return cls(Scope.of(query), since, until, edition if edition in EDITIONS else EDITION)

    def query(self, **more: str) -> str:
        named = {"since": self.since.isoformat(), "until": self.until.isoformat(), "edition": self.edition}
        scope = {self.scope.kind: self.scope.value} if self.scope.kind else {}
        return urlencode(scope | named | more)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
