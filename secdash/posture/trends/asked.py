"""What the reader of the trends asked for: read from the address, written back into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Self
from urllib.parse import urlencode

import msgspec
from django.http import QueryDict

from secdash.posture.asked_days import day_of
from secdash.posture.filtering.chips import Chip
from secdash.posture.filtering.reading import text_in
from secdash.posture.scope_choices import Offered
from secdash.posture.scopes import Scope
from secdash.posture.trends.periods import PRESETS, USUAL, Period

DATES = ("from", "to", "versus_from", "versus_to")


class Asked(msgspec.Struct, frozen=True, rename={"since": "from"}):
    """ "" asks for nothing. Dates go before a number of days, and a group to compare with before a period."""

    scope: Scope = Scope()
    days: int = USUAL
    since: str = ""
    to: str = ""
    versus: str = ""
    versus_from: str = ""
    versus_to: str = ""
    judged: str = ""  # "now": held against the same days as today's checks would have judged them

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        dates = {name: query.get(name, "").strip()[:10] for name in DATES}
        days = query.get("days", "")
        chosen = int(days) if days in map(str, PRESETS) else USUAL
        judged = "now" if query.get("judged") == "now" else ""
        versus = text_in(query.get("versus", ""))
        return cls(Scope.of(query), days=chosen, since=dates.pop("from"), versus=versus, judged=judged, **dates)

    def query(self, **changes: object) -> str:
        """The address's query with these choices, some of them changed."""
        return urlencode(self._values(changes))

    def fields(self, *without: str) -> list[tuple[str, object]]:
        """What a form that asks for `without` takes along as it is."""
        return [(name, value) for name, value in self._values({}).items() if name not in without]

    def _values(self, changes: Mapping[str, object]) -> dict[str, object]:
        values = msgspec.to_builtins(msgspec.structs.replace(self, **changes))
        values = {**values.pop("scope"), **values}
        if values["from"] or values["to"] or values["days"] == USUAL:
            del values["days"]
        return {name: value for name, value in values.items() if value}

    @property
    def narrows(self) -> bool:
        return self.scope.narrows

    @property
    def compares(self) -> bool:
        """Whether something else was asked for than the period before."""
        return bool(self.versus or self.versus_from or self.versus_to or self.judged)

    def period(self, today: date) -> Period:
        return self._range(today) or Period.ending(today, self.days)

    def preset(self, today: date) -> int | None:
        """The number of days that is chosen; None for a range of dates."""
        return None if self._range(today) else self.days

    def versus_period(self, today: date) -> Period | None:
        """The other period asked for; None where none is, or a group is compared."""
        return None if self.versus else Period.between(day_of(self.versus_from), day_of(self.versus_to), today)

    def misread(self, today: date) -> bool:
        """Whether dates were given that are no range: the page says so, and shows what it can."""
        first = bool(self.since or self.to) and self._range(today) is None
        second = bool(self.versus_from or self.versus_to) and not self.versus and self.versus_period(today) is None
        return first or second

    def _range(self, today: date) -> Period | None:
        return Period.between(day_of(self.since), day_of(self.to), today)

    def chips(self, offered: Offered) -> Iterator[Chip]:
        return offered.chips(self.scope, lambda scope: self.query(scope=scope))
