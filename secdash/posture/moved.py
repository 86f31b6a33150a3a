"""The page *why the score moved*: the waterfall's steps in words, each with the checks and hosts that gave the most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple, Self

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.posture import falls, keeping
from secdash.posture.asked_days import day_of
from secdash.posture.falls import DayMove, Part, Step
from secdash.posture.scopes import Scope
from secdash.posture.waterfall import waterfall
from secdash.scans import moves
from secdash.web.steps import Given, Steps, signed, steps

USUAL = 30
RANGES = (1, 7, 30, 90)
MOST_CHECKS, MOST_HOSTS = 5, 4
NEUTRAL = (moves.CATALOGUE, falls.UNKEPT, falls.HOSTS_REPLACED)

# kind → (under the bar, said in full)
WORDS: Mapping[str, tuple[Promise, Promise]] = {
    falls.HOSTS_GONE: (_("Hosts removed"), _("Hosts that were removed are not in the mean any more.")),
    falls.HOSTS_LEFT: (_("Hosts moved out"), _("Hosts that are in another group now.")),
    falls.HOSTS_UNSCORED: (_("Hosts without score"), _("Hosts of which nothing could be assessed at the end.")),
    moves.CATALOGUE: (_("Checks changed"), _("Checks or tables of releases came, went or changed.")),
    moves.NEW: (_("New on hosts"), _("Containers, images and other things that came, as they were judged.")),
    moves.GONE: (_("Gone from hosts"), _("Containers, images and other things that went.")),
    moves.FIXED: (_("Fixed"), _("What failed and passes now.")),
    moves.FAILING: (_("Newly failing"), _("What passed and fails now.")),
    moves.ASSESSED: (_("Assessed otherwise"), _("What could be judged and could not before, or the other way round.")),
    moves.ACCEPTED: (_("Risks accepted"), _("Failures that somebody accepted are in neither sum of the score.")),
    moves.RETURNED: (_("Risks returned"), _("Acceptances that ended: what they held counts again.")),
    falls.UNKEPT: (_("Not recorded"), _("Days that had no score, or of which the moves were not kept.")),
    falls.HOSTS_NEW: (_("New hosts"), _("Hosts that were scanned for the first time.")),
    falls.HOSTS_JOINED: (_("Hosts moved in"), _("Hosts that were in another group before.")),
    falls.HOSTS_SCORED: (_("Hosts scored"), _("Hosts of which nothing could be assessed at the beginning.")),
    falls.HOSTS_REPLACED: (_("Other hosts"), _("No host has a score on both days.")),
}  # fmt: skip


class Period(NamedTuple):
    """From the end of one day to the end of another."""

    since: date
    until: date

    @classmethod
    def of(cls, query: QueryDict, today: date) -> Self:
        """As the address names them; never into the future, never empty."""
        until = min(day_of(query.get("until", "")) or today, today)
        since = day_of(query.get("since", "")) or until - timedelta(days=USUAL)
        return cls(since, until) if since < until else cls(until - timedelta(days=1), until)

    @property
    def days(self) -> int:
        return (self.until - self.since).days


class HostShare(NamedTuple):
    name: str
    slug: str  # "" for a host that is gone
    points: Fraction


class CheckShare(NamedTuple):
    """What one check gave to a step, on the hosts where it gave the most; `check` is "" where hosts themselves did."""

    check: str
    points: Fraction
    hosts: list[HostShare]
    more_hosts: int


class Share(NamedTuple):
    """A step with the checks that gave the most."""

    kind: str
    points: Fraction
    checks: list[CheckShare]
    more_checks: int


class Shares(NamedTuple):
    """What the page keeps of a waterfall, which has a part for each check on each host."""

    start: Fraction | None
    end: Fraction | None
    days: list[DayMove]
    steps: list[Share]


class StepLine(NamedTuple):
    kind: str
    label: Promise
    said: Promise
    points: Fraction
    checks: list[CheckShare]
    more_checks: int

    @property
    def css(self) -> str:
        return "f-ink" if self.kind in NEUTRAL else "f-good" if self.points >= 0 else "f-critical"

    @property
    def is_of_hosts(self) -> bool:
        return self.kind in (*falls.LEAVING, *falls.COMING)


class Moved(NamedTuple):
    found: Shares
    lines: list[StepLine]
    drawn: Steps | None

    @property
    def points(self) -> Fraction:
        return (self.found.end or Fraction()) - (self.found.start or Fraction())

    @property
    def said(self) -> str:
        """The steps in a sentence, for those who do not see the chart."""
        return "".join(f", {line.label} {signed(float(line.points))}" for line in self.lines)


def moved(found: Shares, ends: tuple[str, str]) -> Moved:
    """In words; `ends` is what stands under the first and the last column."""
    lines = [
        StepLine(kind, *WORDS[kind], points, checks, more_checks) for kind, points, checks, more_checks in found.steps
    ]
    return Moved(found, lines, _drawn(found, lines, ends))


def kept_shares(user: User, scope: Scope, period: Period, mark: str) -> Shares:
    """Kept until a finding moves; `mark` is that of `keeping`."""
    name = f"moved:{scope.query()}:{period.since}:{period.until}"
    return keeping.kept(name, mark, lambda: shares(user, scope, period))


def shares(user: User, scope: Scope, period: Period) -> Shares:
    """Four queries."""
    found = waterfall(user, scope, *period)
    shown = {part.host for step in found.fall.steps for part in step.parts} & found.living
    slugs = dict(hosts_for(user).filter(pk__in=shown).values_list("pk", "slug"))
    steps = [_share(step, found.names, slugs) for step in found.fall.steps]
    return Shares(found.fall.start, found.fall.end, found.days, steps)


def _drawn(found: Shares, lines: Sequence[StepLine], ends: tuple[str, str]) -> Steps | None:
    if found.start is None or found.end is None:
        return None
    given = [Given(float(line.points), signed(float(line.points)), str(line.label), line.css) for line in lines]
    return steps(float(found.start), given, float(found.end), ends)


def _share(step: Step, names: Mapping[int, str], slugs: Mapping[int, str]) -> Share:
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in step.parts:
        parts[part.check].append(part)
    checks = [_check(check, found, names, slugs) for check, found in parts.items()]
    checks.sort(key=lambda each: (-abs(each.points), each.check))
    return Share(step.kind, step.points, checks[:MOST_CHECKS], max(len(checks) - MOST_CHECKS, 0))


def _check(check: str, parts: Sequence[Part], names: Mapping[int, str], slugs: Mapping[int, str]) -> CheckShare:
    shown = [HostShare(names[part.host], slugs.get(part.host, ""), part.points) for part in parts[:MOST_HOSTS]]
    points = sum((part.points for part in parts), Fraction())
    return CheckShare(check, points, shown, max(len(parts) - MOST_HOSTS, 0))
