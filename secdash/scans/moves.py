"""What moved a host's score, taken apart so that the parts add up to the difference exactly. Pure arithmetic.

From how the host stood to how it stands leads a path in a fixed order: first the catalogue, then what came and went,
then what was mended, what failed, what was assessed otherwise, and what was accepted or returned; within each, check
after check, the worst first. The score is computed after each step, caps included, and a step is given what it
changed. So one check of many may be given nothing, as long as another one holds the score at its cap.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.engine import ENGINE, Verdict
from secdash.checks.outcome import Severity, Status
from secdash.findings.lifecycle import Identity, identity
from secdash.findings.score import Judged, value
from secdash.scans.tallied import WEIGHED, Tally, counted, tallied

Moves = dict[str, dict[str, int]]  # category → check → points, none of them 0

CATALOGUE, NEW, GONE, FIXED, FAILING, ASSESSED, ACCEPTED, RETURNED = CATEGORIES = (
    "catalogue",
    "new_subjects",
    "gone_subjects",
    "fixed",
    "failing",
    "assessed",
    "accepted",
    "returned",
)
ITEM = "item"  # the kind of subject under which attested items stand here
NO_CHECK = ""  # what no check of this version can be given
NOTHING = [0, 0, 0, 0]


class Picture(NamedTuple):
    """All verdicts on a host, and the severities of the findings that stand accepted."""

    verdicts: Mapping[Identity, tuple[Judged, ...]]
    accepted: Mapping[Identity, Severity]

    def stand(self, which: Identity) -> Stand:
        return Stand(self.verdicts.get(which, ()), self.accepted.get(which))


class Stand(NamedTuple):
    """What was judged of one check and subject, and as what it stands accepted."""

    judged: tuple[Judged, ...]
    accepted: Severity | None

    @property
    def failed(self) -> bool | None:
        """None for what was neither passed nor failed."""
        statuses = {status for _, status in self.judged}
        return {frozenset({Status.PASS}): False, frozenset({Status.FAIL}): True}.get(frozenset(statuses))


class Standing(NamedTuple):
    """All that a score is made of: how many verdicts there are of each kind, how many of a severity stand accepted."""

    judged: Counter[Judged]
    accepted: Counter[Severity]


class Restated(NamedTuple):
    """A change that no verdict brought: how many more findings of a check stand accepted, and in which category."""

    category: str
    check: str
    severity: Severity
    more: int


def picture(
    verdicts: Iterable[Verdict], attested: Mapping[str, Status], accepted: Mapping[Identity, Severity]
) -> Picture:
    found: dict[Identity, tuple[Judged, ...]] = defaultdict(tuple)
    for verdict in verdicts:
        found[identity(verdict)] += ((verdict.severity, verdict.status),)
    for item, status in attested.items():
        found[item, ITEM, item] = ((MANUAL[item].severity, status),)
    return Picture(dict(found), accepted)


def between(stored: int, tally: Tally, old: Picture, new: Picture, whole: Tally | None = None) -> Moves:
    """What led from the stored score to that of `new`.

    `tally` is what the stored score was made of; `old` are the same facts, judged by the catalogue of `new`. Where the
    verdicts in the two pictures are only those that may differ, `whole` is the tally of all that `old` stands for.
    """
    ledger = _Ledger(stored, _Books(counted(tally), Counter(old.accepted.values())))
    ledger.note(CATALOGUE, NO_CHECK)
    if whole is None:
        whole = tallied((which[0], status) for which, status in _statuses(old))
    _judge_anew(ledger, tally, whole, {})
    for category, check, exchanged in _steps(old, new):
        for before, after in exchanged:
            ledger.books.replace(before, after)
        ledger.note(category, check)
    return ledger.moves


def within(stored: int, was: Standing, now: Standing, old: Picture, new: Picture) -> Moves:
    """What led from the stored score to that of `now`, where only what is in the two pictures was judged anew."""
    ledger = _Ledger(stored, _Books(Counter(was.judged), Counter(was.accepted)))
    ledger.note(CATALOGUE, NO_CHECK)
    for category, check, exchanged in _steps(old, new):
        for before, after in exchanged:
            ledger.books.replace(before, after)
        ledger.note(category, check)
    ledger.books = _Books(now.judged, now.accepted)
    ledger.note(CATALOGUE, NO_CHECK)
    return ledger.moves


def restated(stored: int, tally: Tally, now: Tally, accepted: Counter[Severity], changes: Iterable[Restated]) -> Moves:
    """The same where no scan was recorded: the tally became `now`, and after `changes` these stand accepted."""
    steps = sorted(changes, key=lambda each: (CATEGORIES.index(each.category), -each.severity, each.check))
    before = Counter(accepted)
    for step in steps:
        before[step.severity] -= step.more
    ledger = _Ledger(stored, _Books(counted(tally), before))
    ledger.note(CATALOGUE, NO_CHECK)
    _judge_anew(ledger, tally, now, {step.check: step.category for step in steps})
    for step in steps:
        ledger.books.accepted[step.severity] += step.more
        ledger.note(step.category, step.check)
    return ledger.moves


def summed(parts: Iterable[Moves]) -> Moves:
    """Several moves, one after the other, as one."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for moves in parts:
        for category, checks in moves.items():
            sums[category].update(checks)
    left = {name: {check: n for check, n in checks.items() if n} for name, checks in sums.items()}
    return {name: checks for name, checks in left.items() if checks}


def total(moves: Moves) -> int:
    """The difference of the scores before and after."""
    return sum(sum(checks.values()) for checks in moves.values())


class _Books:
    """What is weighed at one step of the path."""

    def __init__(self, judged: Counter[Judged], accepted: Counter[Severity]) -> None:
        self.judged = judged
        self.accepted = accepted

    def replace(self, before: Stand, after: Stand) -> None:
        for judged in before.judged:
            self.judged[judged] -= 1
        for judged in after.judged:
            self.judged[judged] += 1
        if before.accepted is not None:
            self.accepted[before.accepted] -= 1
        if after.accepted is not None:
            self.accepted[after.accepted] += 1

    @property
    def score(self) -> int | None:
        return value(self.judged, self.accepted)


class _Ledger:
    """Who is given what. Where nothing is assessed for a step, the next one is given what both changed."""

    def __init__(self, score: int, books: _Books) -> None:
        self.books = books
        self.moves: Moves = {}
        self._last = score

    def note(self, category: str, check: str) -> None:
        score = self.books.score
        if score is None or score == self._last:
            return
        checks = self.moves.setdefault(category, {})
        checks[check] = checks.get(check, 0) + score - self._last
        if not checks[check]:
            del checks[check]
        self._last = score


def _judge_anew(ledger: _Ledger, before: Tally, after: Tally, categories: Mapping[str, str]) -> None:
    """Check after check, what it said becomes what it says."""
    known = [name for name in WEIGHED if before.get(name, NOTHING) != after.get(name, NOTHING)]
    for name in sorted(known, key=lambda name: (-WEIGHED[name], name)):
        ledger.books.judged.subtract(counted({name: before.get(name, NOTHING)}))
        ledger.books.judged.update(counted({name: after.get(name, NOTHING)}))
        ledger.note(categories.get(name, CATALOGUE), name)


def _statuses(picture: Picture) -> Iterator[tuple[Identity, Status]]:
    for which, judged in picture.verdicts.items():
        for _, status in judged:
            yield which, status


def _steps(old: Picture, new: Picture) -> Iterator[tuple[str, str, list[tuple[Stand, Stand]]]]:
    """Category and check in the order of the path, the worst first, with what moves there: as it was and is."""
    hidden = _unlisted(old, new) | _unlisted(new, old)
    placed = []
    for which in {*old.verdicts, *new.verdicts, *old.accepted, *new.accepted}:
        before, after = old.stand(which), new.stand(which)
        if before != after:
            category = _category(which, before, after, hidden)
            placed.append(((CATEGORIES.index(category), -_severity(before, after), which[0]), which, before, after))
    placed.sort(key=lambda each: each[:2])
    for (rank, _, check), group in groupby(placed, key=lambda each: each[0]):
        yield CATEGORIES[rank], check, [(before, after) for _, _, before, after in group]


def _severity(before: Stand, after: Stand) -> int:
    judged = [severity for severity, _ in (*before.judged, *after.judged)]
    return max(*judged, before.accepted or 0, after.accepted or 0)


def _unlisted(one: Picture, other: Picture) -> set[str]:
    """Checks that could tell of no subject in `one`, since none was listed or read, but could in `other`."""
    engine = (ENGINE.kind, ENGINE.key)
    return {
        which[0]
        for which, judged in one.verdicts.items()
        if which[1:] == engine and which not in other.verdicts and judged[0][1] is Status.UNKNOWN
    }


def _category(which: Identity, before: Stand, after: Stand, hidden: set[str]) -> str:
    if before.judged == after.judged:
        return _restated(before, after)
    if bool(before.judged) != bool(after.judged):
        if which[1] == ITEM or which[0] in hidden:
            return ASSESSED
        return GONE if before.judged else NEW
    if before.failed is None or after.failed is None or before.failed == after.failed:
        return ASSESSED
    return FIXED if before.failed else FAILING


def _restated(before: Stand, after: Stand) -> str:
    if before.accepted is not None and after.accepted is not None:
        return ASSESSED
    return RETURNED if after.accepted is None else ACCEPTED
