"""What a form offers to narrow a page to, and a scope in words: chips to take away, the beginning of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Self

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Tag
from secdash.posture.choices import Option, options_of
from secdash.posture.filtering.chips import Chip
from secdash.posture.scopes import LOOKUPS, Scope

ALL = pgettext_lazy("what is looked at", "All hosts")
SAID = {
    "group": _("Group %(name)s"),
    "environment": _("Environment %(name)s"),
    "tag": _("Hosts tagged %(name)s"),
    "host": _("Host %(name)s"),
}
LABELS = {
    "group": _("group is"),
    "environment": _("environment is"),
    "tag": _("tag is"),
    "host": _("host is"),
}


class Offered(NamedTuple):
    """In the order of the form; `host` is empty on pages whose form offers none."""

    group: list[Option]
    environment: list[Option]
    tag: list[Option]
    host: list[Option]

    @classmethod
    def of(cls, scope: Scope, labels: Mapping[str, dict[str, str]]) -> Self:
        """`labels`: by the names of LOOKUPS, what each value is called."""
        return cls(**{name: options_of(labels[name], getattr(scope, name)) for name in LOOKUPS})

    @property
    def any(self) -> bool:
        return any(self)

    def label(self, name: str, value: str) -> str:
        """What the value is called; the value itself where nothing is known of it."""
        return next((option.label for option in getattr(self, name) if option.value == value), value)

    def said(self, scope: Scope) -> str:
        """What is looked at, to begin a sentence with."""
        parts = [str(SAID[name]) % {"name": self.label(name, value)} for name, value in scope.chosen.items()]
        return ", ".join(parts) or str(ALL)

    def chips(self, scope: Scope, query: Callable[[Scope], str]) -> Iterator[Chip]:
        """`query` writes the page's address with another scope."""
        for name, value in scope.chosen.items():
            yield Chip(str(LABELS[name]), self.label(name, value), query(scope.without(name)))


def offered(user: User, scope: Scope) -> Offered:
    """Two queries, for words alone: hosts with their groups and environments, then their tags."""
    columns = ("slug", "name", "environment", "group__slug", "group__name")
    hosts = list(hosts_for(user).order_by("name").values_list(*columns))
    places = [where[2:] for where in hosts]
    return Offered.of(scope, {**_labels(user, places), "host": {slug: name for slug, name, *_ in hosts}})


def offered_places(user: User, scope: Scope) -> Offered:
    """The same without the hosts, for pages that name them anyway: fewer words than there are hosts."""
    places = hosts_for(user).order_by().values_list("environment", "group__slug", "group__name").distinct()
    return Offered.of(scope, {**_labels(user, list(places)), "host": {}})


def _labels(user: User, places: list[tuple[str, ...]]) -> dict[str, dict[str, str]]:
    tags = Tag.objects.filter(hosts__in=hosts_for(user)).order_by("name").values_list("name", flat=True).distinct()
    return {
        "group": {group: called for _where, group, called in places if group},
        "environment": {where: where for where, _group, _called in places if where},
        "tag": {name: name for name in tags},
    }
