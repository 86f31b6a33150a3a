"""What a report is asked for: whose hosts, which days, which edition; read from the address, written back into it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple, Self
from urllib.parse import parse_qsl

from django.http import QueryDict

from secdash.checks.benchmark import EDITIONS
from secdash.posture.asked_days import day_of
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
        until = min(day_of(query.get("until", "")) or today, today)
        since = day_of(query.get("since", "")) or until - timedelta(days=USUAL_DAYS - 1)
        since = max(min(since, until), until - timedelta(days=MOST_DAYS))
        edition = query.get("edition", "")
        return cls(Scope.of(query), since, until, edition if edition in EDITIONS else EDITION)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What a form takes along that asks for this very report."""
        return parse_qsl(self.query)

    @property
    def query(self) -> str:
        return self.scope.query(since=self.since.isoformat(), until=self.until.isoformat(), edition=self.edition)
