"""Which findings of the list somebody chose: some rows, whole groups, or all that match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import msgspec
from django.db.models import Q
from django.http import QueryDict

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet
from secdash.posture.filtering.facets import NOBODY
from secdash.posture.filtering.orders import COLUMNS
from secdash.posture.filters import Filters, in_state

MOST_ROWS = 5000


class Selection(msgspec.Struct, frozen=True):
    """`filters` are those of the list at which the choice was made: groups and *all that match* mean what it showed."""

    filters: Filters
    findings: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    matching: bool = False

    @classmethod
    def of(cls, sent: QueryDict) -> Self:
        numbers = [value for value in sent.getlist("finding")[:MOST_ROWS] if value.isascii() and value.isdecimal()]
        return cls(
            filters=Filters.of(QueryDict(sent.get("query", ""))),
            findings=tuple(int(value) for value in numbers if len(value) < 19),
            groups=tuple(value.replace("\0", "") for value in sent.getlist("group")[:MOST_ROWS]),
            matching=bool(sent.get("matching")),
        )

    def __bool__(self) -> bool:
        return bool(self.findings or self.groups or self.matching)

    def fields(self) -> Iterator[tuple[str, object]]:
        """The hidden fields by which a form carries the choice on."""
        yield "query", self.filters.query()
        if self.matching:
            yield "matching", 1
        else:
            yield from (("group", key) for key in self.groups)
            yield from (("finding", pk) for pk in self.findings)

    def found(self, user: User) -> FindingQuerySet:
        """The chosen findings that this person may see. A row counts also when it does not match any more."""
        matched = in_state(self.filters.among(findings_for(user), user), self.filters.state)
        if self.matching:
            return matched
        rows = Q(pk__in=self.findings)
        return findings_for(user).filter(rows | Q(pk__in=matched.filter(self._in_groups()).values("pk")))

    def _in_groups(self) -> Q:
        column = COLUMNS[self.filters.by]
        found = Q(**{f"{column}__in": self.groups})
        return found | Q(assignee=None) if self.filters.by == "assignee" and NOBODY in self.groups else found
