"""What a page looks at: the whole fleet, or the hosts of a group, an environment or a tag, or one host; or several.

One reader for all pages that can be narrowed so: the same parameters, the same treatment of what nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Self
from urllib.parse import urlencode

import msgspec
from django.db.models import Exists, Q
from django.http import QueryDict

from secdash.accounts.models import User
from secdash.fleet.access import groups_for, hosts_for
from secdash.fleet.models import HostQuerySet
from secdash.posture.days import before, gone_before
from secdash.posture.filtering.reading import text_in
from secdash.scans.access import gone_for
from secdash.scans.models import PostureDay, PostureDayQuerySet

# By their names in an address, in the order of forms and chips.
LOOKUPS = {"group": "group__slug", "environment": "environment", "tag": "tags__name", "host": "slug"}


class Scope(msgspec.Struct, frozen=True):
    """ "" asks for nothing; what several ask for must all fit. A value that nobody knows has no hosts.

    A group has the hosts that were in it on the day; tags and environments are those that hosts have now, so that
    hosts which are gone count in the fleet and in groups alone.
    """

    group: str = ""
    environment: str = ""
    tag: str = ""
    host: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        return cls(**{name: text_in(query.get(name, "")) for name in LOOKUPS})

    @property
    def chosen(self) -> dict[str, str]:
        """What is asked for, by its name in an address."""
        return {name: value for name in LOOKUPS if (value := getattr(self, name))}

    @property
    def narrows(self) -> bool:
        return bool(self.chosen)

    def query(self, **more: object) -> str:
        """For an address: this scope, and more parameters; those that are empty are left out."""
        return urlencode({name: value for name, value in {**self.chosen, **more}.items() if value})

    def without(self, name: str) -> Self:
        return msgspec.structs.replace(self, **{name: ""})

    def narrow(self, hosts: HostQuerySet) -> HostQuerySet:
        """Those of these hosts that belong to it now."""
        return hosts.filter(**_lookups(self.chosen))

    def hosts(self, user: User) -> HostQuerySet:
        """Those that belong to it now."""
        return self.narrow(hosts_for(user))

    def days(self, user: User) -> PostureDayQuerySet:
        """All days of hosts that may belong to it; `has` says of each whether it did."""
        return PostureDay.objects.filter(Q(host__in=self._hosts(user)) | self._gone(user))

    def days_before(self, user: User, day: date) -> tuple[PostureDayQuerySet, PostureDayQuerySet]:
        """Of each such host the last row up to and with that day: of those that exist, and of those that went."""
        return before(self._hosts(user), day), gone_before(PostureDay.objects.filter(self._gone(user)), day)

    def has(self, group: str | None) -> bool:
        """Whether a row of that group's slug counts."""
        return not self.group or group == self.group

    def _hosts(self, user: User) -> HostQuerySet:
        """A group's hosts of another day are found among all: their last rows are quicker read than looked for."""
        hosts = self.without("group").hosts(user)
        if not self.group or user.sees_all:
            return hosts
        return hosts.filter(Exists(groups_for(user).order_by().filter(slug=self.group)))

    def _gone(self, user: User) -> Q:
        return Q(pk__in=()) if self.without("group").narrows else gone_for(user)


def _lookups(chosen: Mapping[str, str]) -> dict[str, str]:
    return {LOOKUPS[name]: value for name, value in chosen.items()}
