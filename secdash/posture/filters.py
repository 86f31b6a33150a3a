"""The filters of the findings page: read from the address, written back into it, applied to a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Self
from urllib.parse import urlencode

import msgspec
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.outcome import Severity
from secdash.findings.models import FindingQuerySet, State
from secdash.fleet.access import hosts_for
from secdash.fleet.models import HostQuerySet
from secdash.posture.filtering.asker import Asker
from secdash.posture.filtering.facets import FACETS, ON_HOSTS, ON_SUBJECTS, Values
from secdash.posture.filtering.orders import BYS, SORTS
from secdash.posture.filtering.reading import days_in, text_in, values_in
from secdash.posture.saying import title_of

ALL = "all"
STATES = (*State.values, ALL)
WORST_FIRST = tuple(each.word for each in reversed(Severity))


class Filters(msgspec.Struct, frozen=True):
    """What the reader asked for. `only` and `but`: by facet, values of which one must hold, and none may hold."""

    state: str = State.OPEN
    only: Mapping[str, Values] = msgspec.field(default_factory=dict)
    but: Mapping[str, Values] = msgspec.field(default_factory=dict)
    within: int = 0  # opened within so many days; 0 asks for nothing
    older: int = 0
    q: str = ""
    by: str = BYS[0]
    sort: str = SORTS[0]

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        turned = query.getlist("not")
        only = {name: values_in(query, name, FACETS[name]) for name in FACETS}
        but = {
            name: values_in(query, f"{name}!", FACETS[name]) + (only[name] if name in turned else ()) for name in only
        }
        state, by, sort = query.get("state", ""), query.get("by", ""), query.get("sort", "")
        return cls(
            state=state if state in STATES else State.OPEN,
            only={name: values for name, values in only.items() if values and name not in turned},
            but={name: tuple(dict.fromkeys(values)) for name, values in but.items() if values},
            within=days_in(query, "within"),
            older=days_in(query, "older"),
            q=text_in(query.get("q", "")),
            by=by if by in BYS else BYS[0],
            sort=sort if sort in SORTS else SORTS[0],
        )

    def query(self) -> str:
        """The address's query that asks for this, always in the same order; severities stand in one parameter."""
        return urlencode(list(self._pairs()), safe="!,*")

    def _pairs(self) -> Iterator[tuple[str, object]]:
        usual = Filters()
        if self.state != usual.state:
            yield "state", self.state
        for name in FACETS:
            for key, values in ((name, self.only.get(name, ())), (f"{name}!", self.but.get(name, ()))):
                if name == "severity" and values:
                    values = (",".join(word for word in WORST_FIRST if word in values),)
                yield from ((key, value) for value in values)
        for name in ("within", "older", "q", "by", "sort"):
            if getattr(self, name) != getattr(usual, name):
                yield name, getattr(self, name)

    def kept(self) -> list[tuple[str, object]]:
        """What a form that asks for every facet anew carries on beside it: state, order, and exclusions of a facet that
        is asked for values too, which a form cannot say."""
        both = Filters(
            state=self.state,
            by=self.by,
            sort=self.sort,
            but={name: self.but[name] for name in self.but if name in self.only},
        )
        return list(both._pairs())

    def having(self, **changes: object) -> Self:
        """The same with another state, order, grouping or text."""
        return msgspec.structs.replace(self, **changes)

    def only_with(self, name: str, value: str) -> Self:
        """Narrowed to one value of a facet, whatever was asked of the facet before."""
        but = {each: values for each, values in self.but.items() if each != name}
        return self.having(only={**self.only, name: (value,)}, but=but)

    def without(self, name: str, *, turned: bool = False) -> Self:
        """Without what was asked of a facet; `turned`: without what was excluded."""
        kept = self.but if turned else self.only
        rest = {each: values for each, values in kept.items() if each != name}
        return self.having(but=rest) if turned else self.having(only=rest)

    def free_of(self, *names: str) -> Self:
        """Without these facets altogether."""
        only = {each: values for each, values in self.only.items() if each not in names}
        but = {each: values for each, values in self.but.items() if each not in names}
        return self.having(only=only, but=but)

    @property
    def asks_of_subjects(self) -> bool:
        """Whether the findings are of some subjects of the chosen hosts only, so that no total stands beside them."""
        return bool(self.q or self.within or self.older or any(self.asks(name) for name in ON_SUBJECTS))

    @property
    def asks_of_hosts(self) -> bool:
        return any(self.asks(name) for name in ON_HOSTS)

    @property
    def narrows(self) -> bool:
        return self != Filters(state=self.state, by=self.by, sort=self.sort)

    def asks(self, name: str) -> bool:
        return name in self.only or name in self.but

    def hosts(self, hosts: HostQuerySet, asker: Asker) -> HostQuerySet:
        """Those of these hosts that were asked for."""
        for name, facet in ON_HOSTS.items():
            if name in self.only:
                hosts = hosts.filter(facet.where(self.only[name], asker))
            if name in self.but:
                hosts = hosts.exclude(facet.where(self.but[name], asker))
        return hosts

    def among(self, findings: FindingQuerySet, user: User) -> FindingQuerySet:
        """These findings as asked for by this person now, whatever their state."""
        asker = Asker(user, timezone.now())
        if self.asks_of_hosts:
            findings = findings.filter(host__in=self.hosts(hosts_for(user), asker))
        for name, facet in FACETS.items():
            if name in self.only and name not in ON_HOSTS:
                findings = findings.filter(facet.where(self.only[name], asker))
            if name in self.but and name not in ON_HOSTS:
                findings = findings.exclude(facet.where(self.but[name], asker))
        return findings.filter(self._of_age(asker), _matching(self.q))

    def _of_age(self, asker: Asker) -> Q:
        found = Q()
        if self.within:
            found &= Q(opened_at__gte=asker.now - timedelta(days=self.within))
        if self.older:
            found &= Q(opened_at__lt=asker.now - timedelta(days=self.older))
        return found


def in_state(findings: FindingQuerySet, state: str) -> FindingQuerySet:
    return findings if state == ALL else findings.filter(state=state)


def _matching(text: str) -> Q:
    """Subject, image, project or host has the text in its name, or the check in its name or title."""
    if not text:
        return Q()
    folded = text.casefold()
    checks = [name for name in CATALOGUE if folded in name or folded in title_of(name).casefold()]
    places = Q(subject_name__icontains=text) | Q(image__icontains=text) | Q(project__icontains=text)
    return places | Q(host__name__icontains=text) | Q(check_name__in=checks)
