"""What a page of trends looks at: the whole fleet, a group, a tag, an environment, one host."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Self
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.fleet.models import HostQuerySet
from secdash.posture.days import before, gone_before
from secdash.posture.filtering.reading import LONGEST
from secdash.scans.models import PostureDay, PostureDayQuerySet

LOOKUPS = {"host": "slug", "group": "group__slug", "tag": "tags__name", "environment": "environment"}


class Scope(NamedTuple):
    """`kind` is a name of LOOKUPS, or "" for the fleet. A value that nobody knows has no hosts.

    A group has the hosts that were in it on the day; tags and environments are those that hosts have now, so that
    hosts which are gone count in the fleet and in groups alone.
    """

    kind: str = ""
    value: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """The first of host, group, tag and environment that the address names."""
        texts = ((name, query.get(name, "").replace("\0", "")[:LONGEST].strip()) for name in LOOKUPS)
        return next((cls(kind, value) for kind, value in texts if value), cls())

    def query(self, **more: object) -> str:
        """For an address: this scope, and more parameters; those that are empty are left out."""
        named = {self.kind: self.value, **more} if self.kind else more
        return urlencode({name: value for name, value in named.items() if value})

    def hosts(self, user: User) -> HostQuerySet:
        """Those that belong to it now."""
        hosts = hosts_for(user)
        return hosts.filter(**{LOOKUPS[self.kind]: self.value}) if self.kind else hosts

    def ever(self, user: User) -> HostQuerySet:
        """Those that exist now and ever belonged to it."""
        if self.kind != "group":
            return self.hosts(user)
        return hosts_for(user).filter(pk__in=self._in_group().values("host_ident"))

    def days(self, user: User) -> PostureDayQuerySet:
        """All days of hosts that ever belonged to it."""
        return PostureDay.objects.filter(Q(host__in=self.ever(user)) | self._gone())

    def days_before(self, user: User, day: date) -> PostureDayQuerySet:
        """Of each of these hosts the last row up to and with that day."""
        return PostureDay.objects.filter(before(self.ever(user), day) | (self._gone() & gone_before(day)))

    def has(self, group: str | None) -> bool:
        """Whether a row of that group's slug counts."""
        return self.kind != "group" or group == self.value

    def _gone(self) -> Q:
        if self.kind == "group":
            return Q(host=None, host_ident__in=self._in_group().values("host_ident"))
        return Q(host=None) if not self.kind else Q(pk__in=())

    def _in_group(self) -> PostureDayQuerySet:
        return PostureDay.objects.filter(group__slug=self.value)
