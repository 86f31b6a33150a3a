"""A finding's life, as a pure function of what stands, what was judged and what could be listed.

Three laws. Only positive evidence closes: a `pass` (or a check that no longer applies), or a complete listing without
the subject. `unknown` changes nothing. A finding is one row for ever: what comes back is reopened, never doubled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from secdash.checks.engine import Verdict
from secdash.checks.outcome import Status

Identity = tuple[str, str, str]  # check, subject kind, subject key

OPEN, ACCEPTED, RESOLVED = "open", "accepted", "resolved"
CLOSING = (Status.PASS, Status.NOT_APPLICABLE)


class Standing(msgspec.Struct, frozen=True):
    """A finding as the database has it. `fingerprint` covers what a page shows of it, so that equal means no write."""

    pk: int
    identity: Identity
    state: str
    fingerprint: str


class Seen(msgspec.Struct, frozen=True):
    """A failing verdict with its fingerprint."""

    verdict: Verdict
    fingerprint: str

    @property
    def identity(self) -> Identity:
        return identity(self.verdict)


class Opened(msgspec.Struct, frozen=True):
    seen: Seen


class Moved(msgspec.Struct, frozen=True):
    """A change of state; `seen` brings the newest evidence where a scan saw the failure."""

    pk: int
    was: str
    now: str
    why: str
    seen: Seen | None = None


class Refreshed(msgspec.Struct, frozen=True):
    """Still failing, with other evidence."""

    pk: int
    seen: Seen


Change = Opened | Moved | Refreshed


def identity(verdict: Verdict) -> Identity:
    return (verdict.check, verdict.subject.kind, verdict.subject.key)


def reconcile(
    standing: Iterable[Standing],
    failing: Iterable[Seen],
    closing: Iterable[Verdict],
    listed: Mapping[str, frozenset[str]],
) -> list[Change]:
    """The changes that bring the standing findings in line with one scan.

    `failing` and `closing` are the verdicts that fail, and those whose status is in CLOSING; `listed` has, for each
    kind of subject whose listing was complete, the keys that were there. A kind that is missing was not fully listed.
    """
    seen = {each.identity: each for each in failing}
    closed = {identity(verdict) for verdict in closing}
    changes: list[Change] = []
    for finding in standing:
        change = _change(finding, seen.pop(finding.identity, None), closed, listed)
        if change:
            changes.append(change)
    return changes + [Opened(each) for each in seen.values()]


def _change(
    finding: Standing, seen: Seen | None, closed: set[Identity], listed: Mapping[str, frozenset[str]]
) -> Change | None:
    if seen:
        return _still_failing(finding, seen)
    if finding.state == RESOLVED:
        return None
    if finding.identity in closed:
        return Moved(finding.pk, finding.state, RESOLVED, "fixed")
    _, kind, key = finding.identity
    if kind in listed and key not in listed[kind]:
        return Moved(finding.pk, finding.state, RESOLVED, "gone")
    return None


def _still_failing(finding: Standing, seen: Seen) -> Change | None:
    if finding.state == RESOLVED:
        return Moved(finding.pk, RESOLVED, OPEN, "reopened", seen)
    if finding.fingerprint != seen.fingerprint:
        return Refreshed(finding.pk, seen)
    return None
