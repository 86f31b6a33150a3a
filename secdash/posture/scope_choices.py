"""What a form offers to narrow a page to: groups, environments, tags, hosts."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Tag
from secdash.posture.choices import Option, options_of
from secdash.posture.scopes import Scope

SAID = {
    "": pgettext_lazy("what is looked at", "All hosts"),
    "group": _("Group %(name)s"),
    "environment": _("Environment %(name)s"),
    "tag": _("Hosts tagged %(name)s"),
    "host": _("Host %(name)s"),
}


class Offered(NamedTuple):
    group: list[Option]
    environment: list[Option]
    tag: list[Option]
    host: list[Option]

    def said(self, scope: Scope) -> str:
        """What is looked at, to begin a sentence with; by its value where nothing is known of it."""
        options = getattr(self, scope.kind) if scope.kind else []
        name = next((option.label for option in options if option.chosen), scope.value)
        return str(SAID[scope.kind]) % {"name": name}


def offered(user: User, scope: Scope) -> Offered:
    """Two queries, for words alone: hosts with their groups and environments, then their tags."""
    columns = ("slug", "name", "environment", "group__slug", "group__name")
    hosts = list(hosts_for(user).order_by("name").values_list(*columns))
    tags = Tag.objects.filter(hosts__in=hosts_for(user)).order_by("name").values_list("name", flat=True).distinct()
    found = {
        "group": {group: called for _slug, _name, _where, group, called in hosts if group},
        "environment": {where: where for _slug, _name, where, _group, _called in hosts if where},
        "tag": {name: name for name in tags},
        "host": {slug: name for slug, name, *_ in hosts},
    }
    return Offered(**{kind: options_of(words, _chosen(scope, kind)) for kind, words in found.items()})


def _chosen(scope: Scope, kind: str) -> str:
    return scope.value if scope.kind == kind else ""
