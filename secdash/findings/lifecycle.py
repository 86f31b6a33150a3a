"""A finding's life, as a pure function of what stands, what was judged, what could be listed and what was accepted.

Four laws. Only positive evidence closes: a `pass` (or a check that no longer applies), or a complete listing without
the subject. `unknown` changes nothing. A finding is one row for ever: what comes back is reopened, never doubled. An
acceptance never widens by itself: a finding whose subject gained privilege since it was accepted is open again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from secdash.checks.engine import Verdict
from secdash.checks.outcome import Status
from secdash.facts.message import Message
from secdash.findings.binding import Bound, gained, rose
from secdash.findings.privileges import Place, Privileges
from secdash.findings.scopes import Agreed, Target, covers

Identity = tuple[str, str, str]  # check, subject kind, subject key

OPEN, ACCEPTED, RESOLVED = "open", "accepted", "resolved"
CLOSING = (Status.PASS, Status.NOT_APPLICABLE)


class Standing(msgspec.Struct, frozen=True):
    """A finding as the database has it. `fingerprint` covers what a page shows of it, so that equal means no write.

    `acceptance` holds it; `bound` is as what it was accepted last. `spurned` are acceptances that do not take it any
    more: it was voided or taken back from them.
    """

    pk: int
    identity: Identity
    state: str
    fingerprint: str
    severity: int = 0
    acceptance: int | None = None
    bound: Bound | None = None
    spurned: frozenset[int] = frozenset()
    changed_at: datetime | None = None

    @property
    def place(self) -> Place:
        return self.identity[1:]


class Seen(msgspec.Struct, frozen=True):
    """A failing verdict with its fingerprint, and the Compose project and image of its subject."""

    verdict: Verdict
    fingerprint: str
    project: str = ""
    image: str = ""

    @property
    def identity(self) -> Identity:
        return identity(self.verdict)


class Accepting(msgspec.Struct, frozen=True):
    """What bears on acceptances: those in force that concern the host, the day, and what its subjects may do now."""

    in_force: tuple[Agreed, ...] = ()
    day: date = date.min
    privileges: Mapping[Place, Privileges] = {}
    host: int = 0
    group: int | None = None

    def target(self, seen: Seen, pk: int | None) -> Target:
        return Target(seen.verdict.check, self.host, self.group, seen.project, seen.image, pk)

    def of(self, pk: int | None) -> Agreed | None:
        return next((each for each in self.in_force if each.pk == pk), None)


class Opened(msgspec.Struct, frozen=True):
    """A new finding; with `bound` it is accepted as soon as it is open."""

    seen: Seen
    bound: Bound | None = None


class Moved(msgspec.Struct, frozen=True):
    """A change of state; `seen` brings the newest evidence where a scan saw the failure.

    `acceptance` began or ended with it; `bound` is what it begins as; `gains` say why it is not accepted any more.
    """

    pk: int
    was: str
    now: str
    why: str
    seen: Seen | None = None
    acceptance: int | None = None
    bound: Bound | None = None
    gains: tuple[Message, ...] = ()


class Refreshed(msgspec.Struct, frozen=True):
    """Still failing, with other evidence."""

    pk: int
    seen: Seen


class Learnt(msgspec.Struct, frozen=True):
    """Still accepted, and bound to more than was known before."""

    pk: int
    bound: Bound


Change = Opened | Moved | Refreshed | Learnt


class Step(NamedTuple):
    """A transition that was written, and what its finding is since."""

    was: str
    now: str
    why: str
    lasted: int | None
    severity: int
    due_on: date | None


def identity(verdict: Verdict) -> Identity:
    return (verdict.check, verdict.subject.kind, verdict.subject.key)


def reconcile(
    standing: Iterable[Standing],
    failing: Iterable[Seen],
    closing: Iterable[Verdict],
    listed: Mapping[str, frozenset[str]],
    accepting: Accepting = Accepting(),  # noqa: B008 - an immutable value
) -> list[Change]:
    """The changes that bring the standing findings in line with one scan.

    `failing` and `closing` are the verdicts that fail, and those whose status is in CLOSING; `listed` has, for each
    kind of subject whose listing was complete, the keys that were there. A kind that is missing was not fully listed.
    """
    seen = {each.identity: each for each in failing}
    closed = {identity(verdict) for verdict in closing}
    changes: list[Change] = []
    for finding in standing:
        changes += _changes(finding, seen.pop(finding.identity, None), closed, listed, accepting)
    return changes + [Opened(each, _taken(each, None, accepting)) for each in seen.values()]


def _changes(
    finding: Standing,
    seen: Seen | None,
    closed: set[Identity],
    listed: Mapping[str, frozenset[str]],
    accepting: Accepting,
) -> Iterator[Change]:
    why = _closes(finding, seen, closed, listed)
    if why:
        yield Moved(finding.pk, finding.state, RESOLVED, why, acceptance=finding.acceptance)
    elif finding.state == ACCEPTED:
        yield from _while_accepted(finding, seen, accepting)
    elif seen and finding.state == RESOLVED:
        yield from _reopened(finding, seen, accepting)
    elif seen and finding.fingerprint != seen.fingerprint:
        yield Refreshed(finding.pk, seen)


def _closes(
    finding: Standing, seen: Seen | None, closed: set[Identity], listed: Mapping[str, frozenset[str]]
) -> str | None:
    """The positive evidence, if there is any."""
    if seen or finding.state == RESOLVED:
        return None
    if finding.identity in closed:
        return "fixed"
    kind, key = finding.place
    return "gone" if kind in listed and key not in listed[kind] else None


def _reopened(finding: Standing, seen: Seen, accepting: Accepting) -> Iterator[Change]:
    """Open again, and where an acceptance covers what turns up later, accepted again."""
    bound = _taken(seen, finding, accepting)
    gains = () if bound else _gains_since(finding, accepting)
    yield Moved(finding.pk, RESOLVED, OPEN, "reopened", seen, gains=gains)
    if bound:
        yield Moved(finding.pk, OPEN, ACCEPTED, "accepted", acceptance=bound.acceptance, bound=bound)


def _while_accepted(finding: Standing, seen: Seen | None, accepting: Accepting) -> Iterator[Change]:
    bound = finding.bound or Bound(finding.acceptance or 0, finding.severity)
    now = accepting.privileges.get(finding.place, {})
    why, gains = _ends(finding, bound, seen, now, accepting)
    if why:
        yield Moved(finding.pk, ACCEPTED, OPEN, why, seen, acceptance=finding.acceptance, gains=gains)
        return
    if seen and finding.fingerprint != seen.fingerprint:
        yield Refreshed(finding.pk, seen)
    if (learnt := bound.learning(now)) != finding.bound and learnt != bound:
        yield Learnt(finding.pk, learnt)


def _ends(
    finding: Standing, bound: Bound, seen: Seen | None, now: Privileges, accepting: Accepting
) -> tuple[str, tuple[Message, ...]]:
    """Why an accepted finding is accepted no more; ("", ()) while its acceptance holds."""
    agreed = accepting.of(finding.acceptance)
    if agreed is None:
        return "returned", ()
    if agreed.is_past(accepting.day):
        return "expired", ()
    gains = (*(rose(bound.severity, seen.verdict.severity) if seen else ()), *gained(bound.privileges, now))
    return ("voided", gains) if gains else ("", ())


def _taken(seen: Seen, finding: Standing | None, accepting: Accepting) -> Bound | None:
    """The first acceptance that holds this as it turns up, bound to what it is now."""
    target = accepting.target(seen, finding.pk if finding else None)
    now = accepting.privileges.get((seen.identity[1], seen.identity[2]), {})
    for agreed in accepting.in_force:
        if not agreed.later or agreed.is_past(accepting.day) or not covers(agreed.scope, target):
            continue
        if finding and (agreed.pk in finding.spurned or _widened(finding, agreed, seen, now)):
            continue
        return Bound(agreed.pk, int(seen.verdict.severity), now)
    return None


def _widened(finding: Standing, agreed: Agreed, seen: Seen, now: Privileges) -> bool:
    """Whether it comes back with more than the same acceptance once held it as."""
    bound = finding.bound
    if bound is None or bound.acceptance != agreed.pk:
        return False
    return bool(rose(bound.severity, seen.verdict.severity) or gained(bound.privileges, now))


def _gains_since(finding: Standing, accepting: Accepting) -> tuple[Message, ...]:
    """What keeps a returning finding from the acceptance that held it when it was resolved."""
    bound = finding.bound
    agreed = accepting.of(bound.acceptance) if bound else None
    if bound is None or agreed is None or not agreed.later or agreed.is_past(accepting.day):
        return ()
    return tuple(gained(bound.privileges, accepting.privileges.get(finding.place, {})))
