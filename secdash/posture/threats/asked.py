"""What the reader of the threats asked for: read from the address, written back into it, offered as choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Self
from urllib.parse import urlencode

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Group, HostQuerySet
from secdash.posture.choices import Option, options_of
from secdash.posture.filtering.chips import Chip
from secdash.posture.filtering.reading import LONGEST

GROUPS, HOSTS = "group", "host"
PLACES = ("host", "group", "environment")  # by their name in the address


class Asked(msgspec.Struct, frozen=True):
    """ "" asks for nothing; `by` is "" where the number of hosts is to decide."""

    by: str = ""
    host: str = ""
    group: str = ""
    environment: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        places = {name: query.get(name, "").replace("\0", "")[:LONGEST].strip() for name in PLACES}
        by = query.get("by", "")
        return cls(by=by if by in (GROUPS, HOSTS) else "", **places)

    def query(self, **changes: str) -> str:
        """The address's query with these choices, some of them changed."""
        values = msgspec.structs.asdict(self) | changes
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def narrows(self) -> bool:
        return bool(self.host or self.group or self.environment)

    @property
    def places(self) -> list[tuple[str, str]]:
        """The places that were asked for, for a form that is to keep them."""
        return [(name, getattr(self, name)) for name in PLACES if getattr(self, name)]

    def hosts(self, hosts: HostQuerySet) -> HostQuerySet:
        chosen = {"slug": self.host, "group__slug": self.group, "environment": self.environment}
        return hosts.filter(**{name: value for name, value in chosen.items() if value})

    def chips(self, offered: Offered) -> Iterator[Chip]:
        words = {option.value: option.label for option in offered.groups}
        if self.host:
            yield Chip(_("host is"), self.host, self.query(host=""))
        if self.group:
            yield Chip(_("group is"), words.get(self.group, self.group), self.query(group=""))
        if self.environment:
            yield Chip(_("environment is"), self.environment, self.query(environment=""))


class Offered(NamedTuple):
    groups: list[Option]
    environments: list[Option]


def offered(user: User, asked: Asked) -> Offered:
    """Two queries, whatever the number of hosts."""
    hosts = hosts_for(user)
    groups = dict(Group.objects.filter(hosts__in=hosts).distinct().values_list("slug", "name"))
    named = hosts.exclude(environment="").order_by("environment").values_list("environment", flat=True).distinct()
    words = {word: word for word in named}
    return Offered(options_of(groups, asked.group), options_of(words, asked.environment))
