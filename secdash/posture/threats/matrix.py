"""The matrix: each risk of the guide's threat model against hosts or groups.

What passes and what is unknown comes from the newest scans, what is open and accepted from the findings; both are
aggregated before they get here, so the page costs the same number of queries for one host and for a thousand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.checks.risks import RISKS, Risk
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet, State
from secdash.fleet.access import hosts_for
from secdash.posture import keeping
from secdash.posture.kept import OF_CHECK
from secdash.posture.threats import places
from secdash.posture.threats.asked import GROUPS, HOSTS, Asked
from secdash.posture.threats.cells import Cell, Held, Stand, Worst, cell, held
from secdash.posture.threats.places import Place, Seen

MOST_HOSTS = 25  # more stand by group, unless somebody asks for the hosts
A_PAGE = 50
LIVE = (State.OPEN, State.ACCEPTED)
Key = int | None
Standing = Mapping[Key, list[Held]]  # column → what stands on each risk
EMPTY = [Held()] * len(RISKS)


class Row(NamedTuple):
    """A risk; `all` is all chosen hosts together."""

    risk: Risk
    checks: int
    all: Cell
    cells: list[tuple[Place, Cell]]

    @property
    def drawn_from(self) -> tuple[object, ...]:
        """All of it that its line shows."""
        cells = [(place.kind, place.key, place.slug, place.last_seen, cell) for place, cell in self.cells]
        return self.risk.key, self.checks, self.all, cells


class Matrix(NamedTuple):
    """`stands` says how many risks stand how on all chosen hosts together; `page` is None where groups are shown."""

    by: str
    rows: list[Row]
    places: list[Place]
    all: Place
    stands: Counter[Stand]
    page: Page[Seen] | None
    as_of: datetime | None

    @property
    def is_empty(self) -> bool:
        return self.all.hosts == self.all.unscanned


def matrix(user: User, asked: Asked, mark: str, *, number: str = "1") -> Matrix:
    """`number` is the page of hosts, as the address has it; `mark` that of `keeping`, for what is summed over all."""
    hosts = places.seen_hosts(asked.hosts(hosts_for(user)))
    found = places.sums(hosts)
    by = asked.by or (GROUPS if len(hosts) > MOST_HOSTS else HOSTS)
    findings = findings_for(user).filter(state__in=LIVE)
    findings = findings.filter(host__in=asked.hosts(hosts_for(user))) if asked.narrows else findings
    page, name = Paginator(hosts, A_PAGE).get_page(number) if by == HOSTS else None, f"threats:{asked.query()}"
    if page is None:
        columns, standing = (
            places.group_places(hosts, found),
            keeping.kept(f"{name}:groups", mark, lambda: _by_group(findings)),
        )
    else:
        shown = [host.pk for host in page]
        columns, standing = (
            places.host_places(page, found),
            keeping.kept(keeping.of_these("threats-of", shown), mark, lambda: _by_host(findings, shown)),
        )
    whole = page is None or page.paginator.num_pages == 1
    everything = _summed(standing.values()) if whole else keeping.kept(name, mark, lambda: _together(findings))
    together = places.together(hosts, found)
    rows = _rows(columns, standing, together, everything)
    return Matrix(
        by=by,
        rows=rows,
        places=columns,
        all=together,
        stands=Counter(row.all.stand for row in rows),
        page=page,
        as_of=max((host.seen_at for host in hosts if host.seen_at), default=None),
    )


def _rows(columns: list[Place], standing: Standing, everywhere: Place, everything: list[Held]) -> list[Row]:
    watched = Counter(place for places_of_check in OF_CHECK.values() for place in places_of_check)
    return [
        Row(
            risk=risk,
            checks=watched[at],
            all=cell(everywhere.sums.of_risk(at), everything[at]),
            cells=[(each, cell(each.sums.of_risk(at), standing.get(each.key, EMPTY)[at])) for each in columns],
        )
        for at, risk in enumerate(RISKS.values())
    ]


def _by_host(findings: FindingQuerySet, hosts: list[int]) -> Standing:
    rows = findings.filter(host__in=hosts).order_by().values_list("host", "check_name", "state")
    return _standing(rows.annotate(Max("severity"), Count("pk"), Min("pk")))


def _by_group(findings: FindingQuerySet) -> Standing:
    """Rows are counted, not their ids, here and below: then an index alone answers."""
    rows = findings.order_by().values_list("host__group", "check_name", "state")
    return _standing((*row, None) for row in rows.annotate(Max("severity"), number=Count("*")))


def _together(findings: FindingQuerySet) -> list[Held]:
    rows = findings.order_by().values_list("check_name", "state").annotate(Max("severity"), number=Count("*"))
    return _standing((None, *row, None) for row in rows).get(None, EMPTY)


def _standing(rows: Iterable[tuple[Key, str, str, int, int, int | None]]) -> Standing:
    """A finding stands on each risk that its check watches."""
    found: dict[Key, list[list[Worst]]] = defaultdict(lambda: [[] for _ in range(2 * len(RISKS))])
    for key, check, state, severity, number, finding in rows:
        worst = Worst(Severity(severity), number, check, finding)
        column, offset = found[key], 0 if state == State.OPEN else len(RISKS)
        for place in OF_CHECK.get(check, ()):
            column[offset + place].append(worst)
    return {key: [held(*pair) for pair in _pairs(column)] for key, column in found.items()}


def _pairs(column: list[list[Worst]]) -> Iterable[tuple[list[Worst], list[Worst]]]:
    """What is open and what is accepted of each risk."""
    return zip(column[: len(RISKS)], column[len(RISKS) :], strict=True)


def _summed(columns: Iterable[list[Held]]) -> list[Held]:
    total = list(EMPTY)
    for column in columns:
        total = [mine.with_all(theirs) for mine, theirs in zip(total, column, strict=True)]
    return total
