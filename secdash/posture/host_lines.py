"""A host as a line of a table: where it stands, what it leaves open, how its score went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture.days import WORST_FIRST, History, history
from secdash.posture.stands import NONE, Counts, Stand, Weight

SPARK_DAYS = 30


class HostLine(NamedTuple):
    """`change`: of the score since yesterday."""

    host: Host
    stand: Stand | None
    open: Counts
    change: int | None
    days: list[int | None]

    @property
    def score(self) -> int | None:
        return self.stand.score if self.stand else None

    @property
    def is_unreachable(self) -> bool:
        return self.host.state == Host.State.UNREACHABLE

    @property
    def tags(self) -> list[str]:
        return [tag.name for tag in self.host.tags.all()]

    @property
    def drawn_from(self) -> tuple[object, ...]:
        """What of the host itself, and of where it stands, its line of the list shows."""
        host, stand = self.host, self.stand
        group = (host.group.slug, host.group.name) if host.group else ()
        seen = (stand.score, stand.containers, stand.engine_version) if stand else ()
        return (host.name, host.slug, host.environment, group, self.tags, seen)

    @property
    def worst_counts(self) -> list[tuple[Severity, int]]:
        return [(severity, self.open[severity]) for severity in WORST_FIRST if self.open[severity]]

    @property
    def critical(self) -> int:
        return self.open[Severity.CRITICAL]

    @property
    def high(self) -> int:
        return self.open[Severity.HIGH]


def rank(score: int | None, open_now: Counts) -> tuple[int, ...]:
    """By score, unscored last; among equals the one with more criticals, then highs."""
    return (101 if score is None else score, -open_now[Severity.CRITICAL], -open_now[Severity.HIGH])


def worst(stands: Mapping[int, Stand], weights: Mapping[int, Weight], most: int) -> list[int]:
    """The ids of the worst hosts that have a score."""
    scored = ((pk, each.score) for pk, each in stands.items() if each.score is not None)
    ranked = sorted(scored, key=lambda pair: (rank(pair[1], weights.get(pair[0], Weight()).open), pair[0]))
    return [pk for pk, _ in ranked[:most]]


def lines(
    hosts: Iterable[Host], stands: Mapping[int, Stand], weights: Mapping[int, Weight], kept: History
) -> list[HostLine]:
    return [_line(host, stands.get(host.pk), weights.get(host.pk, Weight()).open or NONE, kept) for host in hosts]


def days_of(user: User, hosts: Iterable[int], *, today: date) -> History:
    """The last days of a few hosts, in one query."""
    return history(hosts_for(user), list(hosts), today=today, length=SPARK_DAYS)


def _line(host: Host, stand: Stand | None, open_now: Counts, kept: History) -> HostLine:
    before = kept.before(host.pk)
    score = stand.score if stand else None
    change = None if before is None or before.score is None or score is None else score - before.score
    return HostLine(host, stand, open_now, change, kept.scores_of(host.pk))
