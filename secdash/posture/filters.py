"""The filters of the findings page: read from the address, written back into it, applied to a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self
from urllib.parse import urlencode

import msgspec
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from secdash.checks.outcome import Severity
from secdash.facts.model import KINDS
from secdash.findings.models import FindingQuerySet, State
from secdash.fleet.models import HostQuerySet
from secdash.posture.saying import title_of
from secdash.web.words import SEVERITY_WORDS

ALL = "all"
STATES = (*State.values, ALL)
ON_HOSTS = ("host", "group", "environment")
ON_SUBJECTS = ("check", "project", "image", "kind", "q")
LONGEST = 400


class Chip(NamedTuple):
    """A filter in force, and the rest of the address without it."""

    name: str
    value: str
    query: str


class Filters(msgspec.Struct, frozen=True):
    """What the reader asked for; "" and () ask for nothing. Foreign values in an address are dropped."""

    state: str = State.OPEN
    severity: tuple[str, ...] = ()
    host: str = ""
    group: str = ""
    environment: str = ""
    check: str = ""
    project: str = ""
    image: str = ""
    kind: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        texts = {name: query.get(name, "").replace("\0", "")[:LONGEST].strip() for name in (*ON_HOSTS, *ON_SUBJECTS)}
        state = query.get("state", "")
        asked = {word for value in query.getlist("severity") for word in value.split(",")}
        return cls(
            state=state if state in STATES else State.OPEN,
            severity=tuple(each.word for each in reversed(Severity) if each.word in asked),
            **{**texts, "kind": texts["kind"] if texts["kind"] in KINDS else ""},
        )

    def query(self, **changes: object) -> str:
        """The address's query with these filters, some of them changed; severities stand in one parameter."""
        changed = msgspec.structs.replace(self, **changes)
        values = {name: value for name, value in msgspec.structs.asdict(changed).items() if value}
        if changed.state == State.OPEN:
            del values["state"]
        if changed.severity:
            values["severity"] = ",".join(changed.severity)
        return urlencode(values)

    @property
    def narrows_subjects(self) -> bool:
        """Whether the findings are of some subjects of the chosen hosts only, so that no total stands beside them."""
        return bool(self.project or self.image or self.q)

    @property
    def narrows(self) -> bool:
        return self != Filters(state=self.state)

    def hosts(self, hosts: HostQuerySet) -> HostQuerySet:
        chosen = {"slug": self.host, "group__slug": self.group, "environment": self.environment}
        return hosts.filter(**{name: value for name, value in chosen.items() if value})

    def within(self, findings: FindingQuerySet, hosts: HostQuerySet) -> FindingQuerySet:
        """These findings as asked for, whatever their state."""
        chosen: Mapping[str, object] = {
            "host__in": self.hosts(hosts) if self._on_hosts else None,
            "severity__in": [Severity[word.upper()] for word in self.severity],
            "check_name": self.check,
            "project__iexact": self.project,
            "image__icontains": self.image,
            "subject_kind": self.kind,
        }
        found = findings.filter(**{name: value for name, value in chosen.items() if value})
        return found.filter(_matching(self.q)) if self.q else found

    @property
    def _on_hosts(self) -> bool:
        return bool(self.host or self.group or self.environment)

    def chips(self, names: Mapping[str, str]) -> Iterator[Chip]:
        """`names`: what hosts and groups are called, by "host:slug" and "group:slug"."""
        if self.severity:
            words = ", ".join(str(SEVERITY_WORDS[word]) for word in self.severity)
            yield Chip(_("severity is"), words, self.query(severity=()))
        for name, label in _labels().items():
            value = getattr(self, name)
            if value:
                shown = title_of(value) if name == "check" else names.get(f"{name}:{value}", value)
                yield Chip(label, shown, self.query(**{name: ""}))


def in_state(findings: FindingQuerySet, state: str) -> FindingQuerySet:
    return findings if state == ALL else findings.filter(state=state)


def _matching(text: str) -> Q:
    """Subject, image, project or host has the text in its name, or the check in its name or title."""
    from secdash.checks import CATALOGUE

    folded = text.casefold()
    checks = [name for name in CATALOGUE if folded in name or folded in title_of(name).casefold()]
    places = Q(subject_name__icontains=text) | Q(image__icontains=text) | Q(project__icontains=text)
    return places | Q(host__name__icontains=text) | Q(check_name__in=checks)


def _labels() -> dict[str, str]:
    return {
        "host": _("host is"),
        "group": _("group is"),
        "environment": _("environment is"),
        "check": _("check is"),
        "project": _("project is"),
        "image": _("image contains"),
        "kind": _("kind is"),
        "q": _("contains"),
    }
