"""What the reader of the benchmark asked for: read from the address, written back into it, offered as choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self
from urllib.parse import urlencode

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.checks.benchmark import EDITIONS
from secdash.checks.outcome import Status
from secdash.fleet.access import hosts_for
from secdash.fleet.models import HostQuerySet
from secdash.posture.choices import Option, options_of
from secdash.posture.filtering.chips import Chip
from secdash.posture.filtering.reading import text_in
from secdash.posture.host import SECTION_NAMES
from secdash.posture.tallies import EDITION, SECTIONS
from secdash.web.words import VERDICT_WORDS

LEVELS = ("1", "2", "unknown")
PROFILES = ("docker", "swarm")
ANSWERED_BY = ("check", "people", "nobody")
KNOWN: Mapping[str, tuple[str, ...]] = {
    "section": SECTIONS,
    "level": LEVELS,
    "profile": PROFILES,
    "status": tuple(status.value for status in Status),
    "by": ANSWERED_BY,
}


class Asked(msgspec.Struct, frozen=True):
    """ "" asks for nothing. Foreign values in an address are dropped; a host that nobody knows shows nothing."""

    edition: str = EDITION
    host: str = ""
    group: str = ""
    section: str = ""
    level: str = ""
    profile: str = ""
    status: str = ""
    by: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        places = {name: text_in(query.get(name, "")) for name in ("host", "group")}
        chosen = {name: query.get(name, "") for name in KNOWN if query.get(name, "") in KNOWN[name]}
        edition = query.get("edition", "")
        return cls(edition=edition if edition in EDITIONS else EDITION, **places, **chosen)

    def query(self, **changes: str) -> str:
        """The address's query with these choices, some of them changed."""
        values = {name: value for name, value in self._with(changes).items() if value}
        if values["edition"] == EDITION:
            del values["edition"]
        return urlencode(values)

    def _with(self, changes: Mapping[str, str]) -> dict[str, str]:
        return msgspec.structs.asdict(self) | dict(changes)

    @property
    def place(self) -> str:
        """The chosen host or group, to go on with in an address of the findings; "" for all."""
        kind, value = ("host", self.host) if self.host else ("group", self.group)
        return f"&{urlencode({kind: value})}" if value else ""

    @property
    def narrows(self) -> bool:
        return self != Asked(edition=self.edition)

    @property
    def narrows_items(self) -> bool:
        return any(getattr(self, name) for name in KNOWN)

    def hosts(self, hosts: HostQuerySet) -> HostQuerySet:
        chosen = {"slug": self.host, "group__slug": self.group}
        return hosts.filter(**{name: value for name, value in chosen.items() if value})

    def chips(self, offered: Offered) -> Iterator[Chip]:
        for name, label in _labels().items():
            value = getattr(self, name)
            if value:
                word = next((option.label for option in getattr(offered, name) if option.chosen), value)
                yield Chip(label, word, self.query(**{name: ""}))


class Offered(NamedTuple):
    """What the filter form offers."""

    host: list[Option]
    group: list[Option]
    section: list[Option]
    level: list[Option]
    profile: list[Option]
    status: list[Option]
    by: list[Option]


def offered(user: User, asked: Asked) -> Offered:
    """One query: hosts bring their groups. Words alone, for all of 1,000 hosts are choices."""
    columns = ("slug", "name", "group__slug", "group__name")
    hosts = list(hosts_for(user).order_by("name").values_list(*columns))
    groups = {group: called for _slug, _name, group, called in hosts if group}
    words = {name: {value: str(word) for value, word in table.items()} for name, table in _words().items()}
    return Offered(
        host=options_of({slug: name for slug, name, _group, _called in hosts}, asked.host),
        group=options_of(groups, asked.group),
        **{name: [Option(v, w, v == getattr(asked, name)) for v, w in table.items()] for name, table in words.items()},
    )


def _words() -> dict[str, Mapping[str, object]]:
    return {
        "section": {number: f"{number} {SECTION_NAMES[number]}" for number in SECTIONS},
        "level": {"1": _("level 1"), "2": _("level 2"), "unknown": _("level not known")},
        "profile": {"docker": "Docker", "swarm": "Swarm"},
        "status": VERDICT_WORDS,
        "by": {"check": _("a check"), "people": _("people"), "nobody": _("nobody yet")},
    }


def _labels() -> dict[str, str]:
    return {
        "host": _("host is"),
        "group": _("group is"),
        "section": _("section is"),
        "level": _("level is"),
        "profile": _("profile is"),
        "status": _("status is"),
        "by": _("answered by"),
    }
