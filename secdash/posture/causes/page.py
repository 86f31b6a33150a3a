"""The list of causes and the plan, as their pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from secdash.accounts.models import User
from secdash.checks.remedy import TRY, Certainty
from secdash.facts.message import Message
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet
from secdash.fleet.access import hosts_for
from secdash.posture import keeping
from secdash.posture.causes import atoms
from secdash.posture.causes.kinds import CHANGES, REBUILT, REDEPLOYED, Kind
from secdash.posture.causes.ranking import Effect, Ident, Ranked, Weighing, mean
from secdash.posture.threats.asked import Asked
from secdash.posture.threats.places import Seen

SHOWN = 40
FEWEST, USUAL, MOST = 1, 5, 10


class Cause(NamedTuple):
    """A change with what it does; `host` where it is made on one host alone."""

    ident: Ident
    effect: Effect
    certainty: Certainty
    breaks: Message
    host: Seen | None

    @property
    def query(self) -> str:
        """The findings page's query that shows what it is about; of a daemon's setting the Engine's own findings."""
        key = self.ident.key
        asked: dict[str, str] = {
            Kind.PROJECT: {"project": key, "host": self.host.slug if self.host else ""},
            Kind.IMAGE: {"q": key},
            Kind.FILES: {"kind": "file"},
            Kind.AUDIT: {"kind": "file"},
            Kind.UPGRADE: {"kind": "engine"},
        }.get(self.ident.kind, {"check": min(self.checks, default="")})
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def checks(self) -> frozenset[str]:
        change = CHANGES.get(f"{self.ident.kind}:{self.ident.key}")
        return change.checks if change else frozenset()


class Causes(NamedTuple):
    """`left` further causes are not shown; `score` is the mean of the `scored` hosts."""

    causes: list[Cause]
    left: int
    score: float | None
    scored: int
    hosts: int
    as_of: datetime | None


class Planned(NamedTuple):
    """A chosen change; `score` is the mean after it and all before it."""

    cause: Cause
    score: float


class Plan(NamedTuple):
    steps: list[Planned]
    changes: int
    before: float | None
    scored: int
    as_of: datetime | None

    @property
    def after(self) -> float | None:
        return self.steps[-1].score if self.steps else self.before

    @property
    def closes(self) -> int:
        return sum(step.cause.effect.closes for step in self.steps)


class _Read(NamedTuple):
    weighing: Weighing
    hosts: dict[int, Seen]

    @property
    def as_of(self) -> datetime | None:
        return max((host.seen_at for host in self.hosts.values() if host.seen_at), default=None)


def kept_causes(user: User, asked: Asked, mark: str) -> Causes:
    """Kept until a finding moves (`mark` is that of `keeping`), for weighing 200,000 findings takes a second."""
    return keeping.kept(f"causes:{asked.query()}", mark, lambda: causes(user, asked))


def kept_plan(user: User, asked: Asked, changes: int, mark: str) -> Plan:
    """The best set for this number of changes, as greedy choice finds it. Kept like the causes."""
    return keeping.kept(f"plan:{changes}:{asked.query()}", mark, lambda: plan(user, asked, changes))


def causes(user: User, asked: Asked) -> Causes:
    """Seven queries, and the tallies of scans that nobody asked for before."""
    read = _read(user, asked)
    ranked = read.weighing.ranked()
    return Causes(
        causes=[_cause(each, read.hosts) for each in ranked[:SHOWN]],
        left=max(0, len(ranked) - SHOWN),
        score=mean(read.weighing.standings),
        scored=len(read.weighing.standings),
        hosts=len(read.hosts),
        as_of=read.as_of,
    )


def plan(user: User, asked: Asked, changes: int) -> Plan:
    """The same queries."""
    read = _read(user, asked)
    score = before = mean(read.weighing.standings)
    steps = []
    for each in read.weighing.plan(changes):
        score = (score or 0) + each.effect.gain
        steps.append(Planned(_cause(each, read.hosts), score))
    return Plan(steps, changes, before, len(read.weighing.standings), read.as_of)


def changes_asked(text: str) -> int:
    """The number in an address: USUAL where it is none, and never more than MOST."""
    number = int(text) if text.isdecimal() and len(text) < 4 else USUAL
    return max(FEWEST, min(number, MOST))


def findings_asked(user: User, asked: Asked) -> FindingQuerySet:
    """The findings of the chosen hosts, whatever their state."""
    found = findings_for(user)
    return found.filter(host__in=asked.hosts(hosts_for(user))) if asked.narrows else found


def _read(user: User, asked: Asked) -> _Read:
    findings = findings_asked(user, asked)
    hosts, standings = atoms.standings(asked.hosts(hosts_for(user)), findings)
    found = findings.open()
    weighing = Weighing(atoms.atoms(found, atoms.weighed(found)), standings)
    return _Read(weighing, {host.pk: host for host in hosts})


def _cause(ranked: Ranked, hosts: dict[int, Seen]) -> Cause:
    ident = ranked.ident
    change = CHANGES.get(f"{ident.kind}:{ident.key}")
    breaks = change.breaks if change else REDEPLOYED if ident.kind is Kind.PROJECT else REBUILT
    host = hosts.get(ident.host) if ident.host else None
    return Cause(ident, ranked.effect, change.certainty if change else TRY, breaks, host)
