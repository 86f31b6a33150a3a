"""What accepting some findings would do to the scores, by the arithmetic that restates them once they are accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Count

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet, State
from secdash.fleet.access import hosts_for
from secdash.posture import kept
from secdash.posture.causes.arithmetic import Standing, standing
from secdash.posture.stands import Stand, stands

BySeverity = Mapping[int, Counter[int]]  # by host's id


class Raised(NamedTuple):
    """One host's score before and after; None where nothing is left that counts."""

    name: str
    slug: str
    was: int
    now: int | None
    held: bool

    @property
    def points(self) -> int:
        return (self.now or 0) - self.was


class Effect(NamedTuple):
    """`was` and `now` are the mean of the reader's hosts, None where none has a score; `most` is raised most.

    `held` are the hosts that what stays open holds down.
    """

    hosts: int
    held: int
    was: float | None
    now: float | None
    most: Raised | None

    @property
    def digits(self) -> int:
        """Decimals by which both can be told apart: one of many hosts moves the mean by less than a point."""
        both = (self.was, self.now)
        return int(None not in both and len({f"{each:.0f}" for each in both}) == 1)


def effect(user: User, findings: FindingQuerySet) -> Effect:
    """Of these findings, as far as they are open. Five queries, and one more for tallies that nobody looked at yet."""
    before = stands(hosts_for(user))
    after = _after(user, before, _by_host(findings.open()))
    raised = [each for each in after.values() if each.now is not None and each.now != each.was]
    return Effect(
        hosts=len(raised),
        held=sum(each.held for each in after.values()),
        was=_mean(stand.score for stand in before.values()),
        now=_mean(after[pk].now if pk in after else stand.score for pk, stand in before.items()),
        most=min(raised, key=lambda each: (-each.points, each.name), default=None),
    )


def _by_host(findings: FindingQuerySet) -> BySeverity:
    found: dict[int, Counter[int]] = {}
    rows = findings.order_by().values_list("host_id", "severity")
    for host, severity, number in rows.annotate(number=Count("pk")):
        found.setdefault(host, Counter())[severity] = number
    return found


def _after(user: User, before: Mapping[int, Stand], closing: BySeverity) -> dict[int, Raised]:
    """The hosts that have a score and lose an open finding."""
    scores = {pk: before[pk].score for pk in closing if pk in before}
    hosts = list(hosts_for(user).filter(pk__in=scores).values_list("pk", "name", "slug", "seen_at"))
    accepted = _by_host(findings_for(user).filter(host__in=scores, state=State.ACCEPTED))
    sums = kept.sums_of((before[pk].scan, seen) for pk, _name, _slug, seen in hosts)
    found = {}
    for pk, name, slug, _seen in hosts:
        was = scores[pk]
        if was is not None:
            then = _standing(sums[before[pk].scan], accepted.get(pk, Counter()) + closing[pk])
            found[pk] = Raised(name, slug, was, then.value, held=then.value != then.uncapped)
    return found


def _standing(sums: kept.Sums, accepted: Counter[int]) -> Standing:
    counted = (sums.of_severity(severity)[:2] for severity in Severity)
    return standing(counted, accepted)


def _mean(scores: Iterable[int | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
