"""What the filter form of the findings page offers."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.facts.model import KINDS
from secdash.fleet.access import hosts_for
from secdash.posture.filters import Filters
from secdash.posture.saying import title_of
from secdash.web.words import SEVERITY_WORDS

KIND_WORDS = {
    "engine": _("engine"),
    "container": _("container"),
    "image": _("image"),
    "network": _("network"),
    "volume": _("volume"),
    "file": _("file"),
    "service": _("service"),
}


class Option(NamedTuple):
    value: str
    label: str
    chosen: bool


class Choices(NamedTuple):
    severities: list[Option]
    hosts: list[Option]
    groups: list[Option]
    environments: list[Option]
    checks: list[Option]
    kinds: list[Option]

    def names(self) -> dict[str, str]:
        """What chips call hosts, groups and kinds."""
        kinds = {"host": self.hosts, "group": self.groups, "kind": self.kinds}
        return {f"{kind}:{option.value}": option.label for kind, options in kinds.items() for option in options}


def choices(user: User, filters: Filters) -> Choices:
    """One query: hosts bring their groups and environments."""
    hosts = list(hosts_for(user).by_name())
    groups = {host.group.slug: host.group.name for host in hosts if host.group}
    words = {host.environment: host.environment for host in hosts if host.environment}
    checks = {name: title_of(name) for name in CATALOGUE}
    return Choices(
        severities=[Option(n, str(w), n in filters.severity) for n, w in SEVERITY_WORDS.items()],
        hosts=options_of({host.slug: host.name for host in hosts}, filters.host),
        groups=options_of(groups, filters.group),
        environments=options_of(words, filters.environment),
        checks=options_of(checks, filters.check),
        kinds=options_of({kind: kind_word(kind) for kind in KINDS}, filters.kind),
    )


def options_of(labels: dict[str, str], chosen: str) -> list[Option]:
    return [Option(v, label, v == chosen) for v, label in sorted(labels.items(), key=lambda pair: pair[1].casefold())]


def kind_word(kind: str) -> str:
    return str(KIND_WORDS[kind])
