"""What a receipt says: the verdict in a word, and the evidence before and after, path by path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse

from secdash.checks.outcome import Severity, Status
from secdash.facts.message import Message
from secdash.findings.models import Finding, Receipt, State
from secdash.findings.words import message_from
from secdash.scans.narrowing import EVERYTHING


class Pair(NamedTuple):
    """A place in the answers; None where it was not looked at that time."""

    path: str
    before: Any
    after: Any
    was_seen: bool
    is_seen: bool

    @property
    def changed(self) -> bool:
        return self.was_seen and self.is_seen and self.before != self.after


class Told(NamedTuple):
    """`outcome`: fixed, gone, fails, unknown, elsewhere (it does not apply), failed, or "" while it is under way."""

    receipt: Receipt
    outcome: str
    pairs: list[Pair]

    @property
    def changes(self) -> list[Pair]:
        """What is told in one line: what differs, or what is new."""
        return [pair for pair in self.pairs if pair.is_seen and (pair.changed or not pair.was_seen)]

    @property
    def before_reason(self) -> Message | None:
        return message_from(self.receipt.before.get("reason"))

    @property
    def reason(self) -> Message | None:
        return message_from(self.receipt.after.get("reason"))

    @property
    def severity(self) -> int:
        return int(self.receipt.before.get("severity", 0))

    @property
    def questions(self) -> list[str]:
        """What the Engine was asked, in order."""
        return [path for path in self.receipt.after.get("asked", []) if path != EVERYTHING]

    @property
    def was_whole(self) -> bool:
        """Whether everything was read in the end, as a scan does."""
        return EVERYTHING in self.receipt.after.get("asked", [])

    @property
    def seconds(self) -> float | None:
        finished = self.receipt.finished_at
        return round((finished - self.receipt.at).total_seconds(), 1) if finished else None


def told(receipt: Receipt) -> Told:
    return Told(
        receipt, _outcome(receipt), pairs(receipt.before.get("evidence", []), receipt.after.get("evidence", []))
    )


def _outcome(receipt: Receipt) -> str:
    if receipt.state == Receipt.State.FAILED:
        return "failed"
    match receipt.status:
        case Status.PASS:
            return "fixed"
        case Status.FAIL:
            return "fails"
        case Status.UNKNOWN:
            return "unknown"
        case Status.NOT_APPLICABLE:
            return "gone" if receipt.after.get("state") == State.RESOLVED else "elsewhere"
        case _:
            return ""


def pairs(before: Iterable[list[Any]], after: Iterable[list[Any]]) -> list[Pair]:
    """In the order of what is seen now, then what was seen only before."""
    was, now = _by_path(before), _by_path(after)
    paths = [*now, *(path for path in was if path not in now)]
    return [Pair(path, was.get(path), now.get(path), path in was, path in now) for path in paths]


def _by_path(evidence: Iterable[list[Any]]) -> Mapping[str, Any]:
    return {str(path): value for path, value in evidence}


def articles(receipt: Receipt) -> list[tuple[str, int, str]]:
    """Language, number and address of each revision of the article that explained the check then."""
    found = []
    for language, number in receipt.revisions.items():
        try:
            url = reverse("article-revision", args=[language, receipt.article, number])
        except NoReverseMatch:
            url = ""
        found.append((language, number, url))
    return found


def as_data(receipt: Receipt) -> dict[str, Any]:
    """The receipt for programs and archives, in English words that stay."""
    finding: Finding = receipt.finding
    seen = told(receipt)
    return {
        "receipt": receipt.pk,
        "state": receipt.state,
        "outcome": seen.outcome,
        "finding": finding.pk,
        "check": finding.check_name,
        "host": finding.host.name,
        "subject": {"kind": finding.subject_kind, "key": finding.subject_key, "name": finding.subject_name},
        "severity": Severity(seen.severity).word,
        "asked_by": receipt.by_name,
        "asked_at": receipt.at.isoformat(),
        "answered_at": receipt.finished_at.isoformat() if receipt.finished_at else None,
        "before": {**receipt.before, "reason": _english(seen.before_reason)},
        "after": {**receipt.after, "reason": _english(seen.reason)} if receipt.after else None,
        "error": _english(receipt.failure),
        "guide": {"article": receipt.article, "revisions": receipt.revisions},
    }


def _english(message: Message | None) -> str:
    return str(message) if message else ""
