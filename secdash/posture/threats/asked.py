"""What the reader of the threats and of the plan asked for: read from the address, written back into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import msgspec
from django.http import QueryDict

from secdash.fleet.models import HostQuerySet
from secdash.posture.filtering.chips import Chip
from secdash.posture.scope_choices import Offered
from secdash.posture.scopes import Scope

GROUPS, HOSTS = "group", "host"


class Asked(msgspec.Struct, frozen=True):
    """`by` is "" where the number of hosts is to decide."""

    by: str = ""
    scope: Scope = Scope()

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        by = query.get("by", "")
        return cls(by=by if by in (GROUPS, HOSTS) else "", scope=Scope.of(query))

    def query(self, *, by: str | None = None, scope: Scope | None = None) -> str:
        """The address's query with these choices, some of them changed."""
        chosen = self.scope if scope is None else scope
        return chosen.query(by=self.by if by is None else by)

    @property
    def narrows(self) -> bool:
        return self.scope.narrows

    @property
    def places(self) -> list[tuple[str, str]]:
        """The places that were asked for, for a form that is to keep them."""
        return list(self.scope.chosen.items())

    def hosts(self, hosts: HostQuerySet) -> HostQuerySet:
        return self.scope.narrow(hosts)

    def chips(self, offered: Offered) -> Iterator[Chip]:
        return offered.chips(self.scope, lambda scope: self.query(scope=scope))
