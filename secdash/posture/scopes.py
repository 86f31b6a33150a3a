"""What a page of trends looks at: the whole fleet, a group, a tag, an environment, one host."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Self
from urllib.parse import urlencode

from django.db.models import Exists, Q
from django.http import QueryDict

from secdash.accounts.models import User
from secdash.fleet.access import groups_for, hosts_for
from secdash.fleet.models import HostQuerySet
from secdash.posture.days import before, gone_before
from secdash.posture.filtering.reading import LONGEST
from secdash.scans.access import gone_for
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

    def days(self, user: User) -> PostureDayQuerySet:
        """All days of hosts that may belong to it; `has` says of each whether it did."""
        return PostureDay.objects.filter(Q(host__in=self._hosts(user)) | self._gone(user))

    def days_before(self, user: User, day: date) -> tuple[PostureDayQuerySet, PostureDayQuerySet]:
        """Of each such host the last row up to and with that day: of those that exist, and of those that went."""
        return before(self._hosts(user), day), gone_before(PostureDay.objects.filter(self._gone(user)), day)

    def has(self, group: str | None) -> bool:
        """Whether a row of that group's slug counts."""
        return self.kind != "group" or group == self.value

    def _hosts(self, user: User) -> HostQuerySet:
        """A group's hosts of another day are found among all: their last rows are quicker read than looked for."""
        if self.kind != "group":
            return self.hosts(user)
        known = groups_for(user).order_by().filter(slug=self.value)
        return hosts_for(user) if user.sees_all else hosts_for(user).filter(Exists(known))

    def _gone(self, user: User) -> Q:
        return gone_for(user) if self.kind in ("", "group") else Q(pk__in=())
