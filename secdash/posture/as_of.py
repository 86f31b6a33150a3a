"""A past day as it stood at its end: the hosts from their kept days, the findings folded from their transitions.

A finding stood as its latest transition up to the end of the day says. On PostgreSQL that is one look for each finding
into `transition_history` (finding, at), backwards, stopped at the first row; the findings come from the index of their
hosts. So a host of a thousand findings costs a thousand looks, whatever the table holds. More than AT_ONCE findings are
not folded for one page: it asks for a host, a check or a severity then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from django.db.models import Min, OuterRef, Subquery
from django.http import QueryDict

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, FindingQuerySet, State, Transition
from secdash.fleet.access import groups_for
from secdash.posture.asked_days import day_of
from secdash.posture.days import WORST_FIRST
from secdash.posture.scopes import Scope
from secdash.scans.days import after
from secdash.scans.models import SEVERITIES, PostureDay

AT_ONCE = 20_000
A_PAGE = 50
STATES = (State.OPEN, State.ACCEPTED)


class Asked(NamedTuple):
    """`check` and `severity` narrow the findings, "" to all."""

    day: date
    state: str = State.OPEN
    severity: str = ""
    check: str = ""
    page: int = 1
    told_from: date = date.min  # what happened to findings is kept from this day on

    @classmethod
    def of(cls, query: QueryDict, today: date) -> Self:
        """As the address names it; yesterday where it names no day of the past."""
        day, number = day_of(query.get("day", "")), query.get("page", "")
        words = {name: query.get(name, "").replace("\0", "")[:80] for name in ("state", "severity", "check")}
        return cls(
            day=day if day and day <= today else today - timedelta(days=1),
            state=words["state"] if words["state"] in STATES else State.OPEN,
            severity=words["severity"] if words["severity"] in SEVERITIES else "",
            check=words["check"],
            page=max(int(number), 1) if number.isdecimal() and len(number) < 4 else 1,
        )

    @property
    def is_untold(self) -> bool:
        """Whether the day is before what is kept of findings' lives."""
        return self.day < self.told_from

    def query(self, scope: Scope, **changes: object) -> str:
        changed = {**self._asdict(), **changes}
        return scope.query(
            day=changed["day"].isoformat(),
            state="" if changed["state"] == State.OPEN else changed["state"],
            severity=changed["severity"],
            check=changed["check"],
            page="" if changed["page"] == 1 else changed["page"],
        )


class HostThen(NamedTuple):
    """A host at the end of the day: its last row up to then, which may be of an earlier day, and its group's name.

    The group is "" also where it was one that the reader does not see.
    """

    row: PostureDay
    group: str = ""

    @property
    def open(self) -> list[tuple[Severity, int]]:
        counts = ((severity, getattr(self.row, severity.word)) for severity in WORST_FIRST)
        return [(severity, count) for severity, count in counts if count]


class Then(NamedTuple):
    """All hosts of a scope at the end of a day."""

    hosts: list[HostThen]
    score: float | None
    assessed: float | None
    open: Counter[Severity]
    accepted: int

    @property
    def severities(self) -> list[tuple[Severity, int]]:
        return [(severity, self.open[severity]) for severity in WORST_FIRST]


class FindingThen(NamedTuple):
    """A finding that stood in a state, and since when."""

    finding: Finding
    since: datetime | None


class FindingsThen(NamedTuple):
    """One page of them, the worst first, then by check and host. `too_many` where that is too much to fold at once."""

    rows: list[FindingThen]
    page: int
    has_next: bool
    too_many: bool = False


def then(user: User, scope: Scope, day: date) -> Then:
    """Two queries; three for whoever does not see all hosts."""
    kept = (rows.select_related("host", "group").defer("moves", "fix_times") for rows in scope.days_before(user, day))
    found = [
        row for rows in kept for row in rows if _was_there(row) and scope.has(row.group.slug if row.group else None)
    ]
    found.sort(key=lambda row: (101 if row.score is None else row.score, row.host_name))
    scores = [row.score for row in found if row.score is not None]
    names = _group_names(user, found)
    return Then(
        hosts=[HostThen(row, names.get(row.group_id or 0, "")) for row in found],
        score=_mean(scores),
        assessed=_mean([row.assessed for row in found if row.assessed is not None]),
        open=Counter({each: sum(getattr(row, each.word) for row in found) for each in WORST_FIRST}),
        accepted=sum(row.accepted for row in found),
    )


def first_kept(user: User, scope: Scope) -> date | None:
    """The first day of such hosts; None where none of them was ever scanned."""
    kept = scope.days(user).filter(group__slug=scope.group) if scope.group else scope.days(user)
    first: date | None = kept.aggregate(first=Min("day"))["first"]
    return first


def _group_names(user: User, rows: Iterable[PostureDay]) -> dict[int, str]:
    """A host may have been in another group, which not everybody who sees the host now sees."""
    if user.sees_all:
        return {row.group.pk: row.group.name for row in rows if row.group}
    return dict(groups_for(user).values_list("pk", "name"))


def findings_then(user: User, hosts: Iterable[HostThen], asked: Asked) -> FindingsThen:
    """Of those hosts that are there still, in three queries. Nothing of a day before their history."""
    if asked.is_untold:
        return FindingsThen([], asked.page, has_next=False)
    there = [each.row.host_id for each in hosts if each.row.host_id]
    found = _narrowed(findings_for(user).filter(host__in=there), asked)
    if found[: AT_ONCE + 1].count() > AT_ONCE:
        return FindingsThen([], asked.page, has_next=False, too_many=True)
    rows = standing(found, asked.state, asked.day).select_related("host")
    first = (asked.page - 1) * A_PAGE
    ordered = rows.order_by("-severity", "check_name", "host__name", "subject_name", "pk")
    page = list(ordered[first : first + A_PAGE + 1])
    since = _since(page[:A_PAGE], asked.day)
    shown = [FindingThen(finding, since.get(finding.pk)) for finding in page[:A_PAGE]]
    return FindingsThen(shown, asked.page, len(page) > A_PAGE)


def standing(findings: FindingQuerySet, state: str, day: date) -> FindingQuerySet:
    """Those of these findings that stood in that state at the end of the day."""
    latest = Transition.objects.filter(finding=OuterRef("pk"), at__lt=after(day)).order_by("-at", "-pk")
    return findings.annotate(stood=Subquery(latest.values("now")[:1])).filter(stood=state)


def _narrowed(findings: FindingQuerySet, asked: Asked) -> FindingQuerySet:
    chosen: Mapping[str, object] = {
        "severity": Severity[asked.severity.upper()] if asked.severity else None,
        "check_name": asked.check or None,
    }
    return findings.filter(**{name: value for name, value in chosen.items() if value is not None})


def _since(findings: Sequence[Finding], day: date) -> dict[int, datetime]:
    """When each came into the state that it stood in."""
    rows = Transition.objects.filter(finding__in=findings, at__lt=after(day)).order_by("at", "pk")
    return dict(rows.values_list("finding_id", "at"))


def _was_there(row: PostureDay) -> bool:
    """Not the row of the day on which a host went."""
    return row.host_id is not None or row.score is not None or row.failed + row.passed + row.unknown > 0


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
