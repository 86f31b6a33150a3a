"""The filters with values to choose from: which values exist, and which findings or hosts have one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from django.db.models import Q

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.benchmark import EDITIONS, SECTIONS, cis_for
from secdash.checks.outcome import Severity
from secdash.checks.risks import RISKS
from secdash.facts.model import KINDS
from secdash.findings.models import State
from secdash.fleet.models import Host
from secdash.posture.filtering.asker import Asker

ME, NOBODY = "me", "nobody"
OVERDUE, SOON, NO_DUE = "overdue", "soon", "none"
DUES = (OVERDUE, SOON, NO_DUE)
SOON_IS = timedelta(days=7)
NEWEST = EDITIONS[-1]
CIS_SECTIONS = tuple(dict.fromkeys(section.partition(".")[0] for section in SECTIONS))
Values = tuple[str, ...]


class Facet(NamedTuple):
    """`where` is a condition on hosts for those of ON_HOSTS, else on findings; `knows` says which values exist."""

    name: str
    where: Callable[[Values, Asker], Q]
    knows: Callable[[str], bool] = bool


def _column(name: str) -> Callable[[Values, Asker], Q]:
    return lambda values, _asker: Q(**{f"{name}__in": values})


def _beginning(name: str) -> Callable[[Values, Asker], Q]:
    """The value itself, or with a star at its end everything that begins so."""

    def where(values: Values, _asker: Asker) -> Q:
        found = Q(**{f"{name}__in": [value for value in values if not value.endswith("*")]})
        for value in values:
            if value.endswith("*"):
                found |= Q(**{f"{name}__startswith": value[:-1]})
        return found

    return where


def _tags(values: Values, _asker: Asker) -> Q:
    """A subquery: a join would list a host once for each of its tags."""
    return Q(pk__in=Host.tags.through.objects.filter(tag__name__in=values).values("host"))


def _severities(values: Values, _asker: Asker) -> Q:
    return Q(severity__in=[int(Severity[value.upper()]) for value in values])


def _checks(of: Callable[[str], frozenset[str]]) -> Callable[[Values, Asker], Q]:
    return lambda values, _asker: Q(check_name__in=sorted(frozenset[str]().union(*map(of, values))))


@cache
def in_section(number: str) -> frozenset[str]:
    """Checks that answer an item of this section of the newest edition, or the item of this number."""
    return frozenset(
        name
        for name in CATALOGUE
        if any(each == number or each.startswith(f"{number}.") for each in cis_for(name, NEWEST))
    )


@cache
def opening(risk: str) -> frozenset[str]:
    """Checks whose failure opens the risk."""
    return frozenset(name for name, check in CATALOGUE.items() if risk in check.risks)


def _assignees(values: Values, asker: Asker) -> Q:
    names = {asker.user.get_username() if value == ME else value for value in values} - {NOBODY}
    people = User.objects.filter(username__in=names).values("pk")
    return Q(assignee__in=people) | Q(assignee=None) if NOBODY in values else Q(assignee__in=people)


def _dues(values: Values, asker: Asker) -> Q:
    """Only what is open can be late or come due."""
    today = asker.now.date()
    each = {
        OVERDUE: Q(state=State.OPEN, due_on__lt=today),
        SOON: Q(state=State.OPEN, due_on__gte=today, due_on__lte=today + SOON_IS),
        NO_DUE: Q(due_on=None),
    }
    return _any(each[value] for value in values)


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


ON_HOSTS = {
    facet.name: facet
    for facet in (
        Facet("host", _column("slug")),
        Facet("group", _column("group__slug")),
        Facet("tag", _tags),
        Facet("environment", _column("environment")),
    )
}
ON_CHECKS = {
    facet.name: facet
    for facet in (
        Facet("severity", _severities, {each.word for each in Severity}.__contains__),
        Facet("check", _column("check_name")),
        Facet("cis", _checks(in_section), lambda value: bool(in_section(value))),
        Facet("risk", _checks(opening), RISKS.__contains__),
        Facet("kind", _column("subject_kind"), KINDS.__contains__),
    )
}
ON_SUBJECTS = {
    facet.name: facet
    for facet in (
        Facet("project", _beginning("project")),
        Facet("image", _beginning("image")),
        Facet("assignee", _assignees),
        Facet("due", _dues, DUES.__contains__),
    )
}
FACETS: dict[str, Facet] = {**ON_CHECKS, **ON_HOSTS, **ON_SUBJECTS}
