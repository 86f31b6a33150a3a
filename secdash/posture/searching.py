"""What the search box finds: sections of the guide, checks, and what the reader may see of hosts, by name."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import get_language, override

from knowledge.reading import FALLBACK
from knowledge.search import finding, ranking
from knowledge.search.query import parse
from knowledge.search.words import line
from knowledge.shipped import LANGUAGES
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.findings.access import findings_for
from secdash.findings.models import Finding
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture.filters import Filters
from secdash.posture.saying import title_of

LONGEST = 200


class Most(NamedTuple):
    """How many of each are shown."""

    sections: int
    checks: int
    hosts: int
    containers: int
    findings: int


PAGE = Most(sections=12, checks=12, hosts=12, containers=20, findings=20)
BOX = Most(sections=4, checks=3, hosts=3, containers=3, findings=3)


class ContainerHit(NamedTuple):
    name: str
    host: str
    url: str


class Found(NamedTuple):
    """Findings are those that are open, containers those that have one."""

    guide: finding.Found
    checks: list[Check]
    hosts: list[Host]
    containers: list[ContainerHit]
    findings: list[Finding]
    findings_total: int

    @property
    def shown(self) -> int:
        sections = sum(len(group.hits) for group in self.guide.groups)
        return sections + len(self.checks) + len(self.hosts) + len(self.containers) + len(self.findings)


def search(user: User, text: str, most: Most = PAGE) -> Found:
    """A constant number of queries."""
    rows = Filters(q=text).among(findings_for(user).open(), user)
    return Found(
        guide=finding.find(text, _language(), most=most.sections),
        checks=checks_with(text)[: most.checks],
        hosts=list(hosts_for(user).by_name().filter(name__icontains=text)[: most.hosts]),
        containers=_containers(user, text)[: most.containers],
        findings=list(rows.select_related("host").worst_first()[: most.findings]),
        findings_total=rows.count(),
    )


def checks_with(text: str) -> list[Check]:
    """By title in the reader's language, name or CIS number; best first, of equals the graver."""
    language = _language()
    query = parse(text, language)
    scored = ((ranking.score(known, query), check) for check, known in _known(language))
    found = [(points, check) for points, check in scored if points is not None]
    return [check for _points, check in sorted(found, key=lambda pair: (-pair[0], -pair[1].severity, pair[1].name))]


@cache
def _known(language: str) -> tuple[tuple[Check, ranking.Lines], ...]:
    """Each check with the words it is known by."""
    with override(language):
        return tuple((check, _lines(check, language)) for check in CATALOGUE.values())


def _lines(check: Check, language: str) -> ranking.Lines:
    numbers = sorted({number for edition in check.cis.values() for number in edition})
    title, known = line(title_of(check.name), language), line(" ".join([check.name, *numbers]), language)
    return ranking.Lines(level=2, above=" ", heading=title, claims=known, body=" ")


def _containers(user: User, text: str) -> list[ContainerHit]:
    rows = findings_for(user).open().filter(subject_kind="container", subject_name__icontains=text)
    named = rows.order_by("subject_name", "host__name").values_list(
        "subject_name", "host__name", "host__slug", "subject_key"
    )
    return [
        ContainerHit(name, host, reverse("container", args=[slug, key]))
        for name, host, slug, key in named.distinct()[: PAGE.containers]
    ]


def _language() -> str:
    language = (get_language() or FALLBACK)[:2]
    return language if language in LANGUAGES else FALLBACK
