"""What a tally, its statuses and its score become where the verdicts on a few subjects are exchanged. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from secdash.checks.engine import Verdict
from secdash.checks.outcome import Severity
from secdash.findings.lifecycle import Identity, identity
from secdash.findings.score import Judged
from secdash.scans import moves
from secdash.scans.tallied import STATUS_ORDER, Row, Tally

NOBODY = (0, 0, 0, 0)


class Exchange(NamedTuple):
    """The verdicts that go, as they were counted, and those that come."""

    old: list[Verdict]
    new: list[Verdict]

    def statuses(self, counts: Mapping[str, int]) -> dict[str, int]:
        sums = Counter(counts)
        sums.update(str(verdict.status) for verdict in self.new)
        sums.subtract(Counter(str(verdict.status) for verdict in self.old))
        return dict(+sums)

    def tally(self, tally: Tally) -> dict[str, Sequence[int]]:
        """The rows of checks that judged none of these are the same ones."""
        changed: dict[str, Row] = {}
        for verdicts, more in ((self.new, 1), (self.old, -1)):
            for verdict in verdicts:
                row = changed.get(verdict.check)
                if row is None:
                    row = changed[verdict.check] = list(tally.get(verdict.check, NOBODY))
                row[STATUS_ORDER.index(verdict.status)] += more
        rows: dict[str, Sequence[int]] = {
            **tally,
            **{name: [max(count, 0) for count in row] for name, row in changed.items()},
        }
        return {name: row for name, row in rows.items() if name not in changed or any(row)}

    def moves(self, before: Stood, after: Stood) -> moves.Moves:
        """What of it made the score of `after` another than that of `before`."""
        if before.score is None or after.score is None:
            return {}
        touched = {identity(verdict) for verdict in (*self.old, *self.new)}
        return moves.within(
            before.score,
            moves.Standing(before.judged, Counter(before.accepted.values())),
            moves.Standing(after.judged, Counter(after.accepted.values())),
            moves.picture(self.old, {}, _among(touched, before.accepted)),
            moves.picture(self.new, {}, _among(touched, after.accepted)),
        )


class Stood(NamedTuple):
    """A host at one moment: its score, the verdicts behind it, and what stands accepted."""

    score: int | None
    judged: Counter[Judged]
    accepted: Mapping[Identity, Severity]


def _among(touched: Iterable[Identity], accepted: Mapping[Identity, Severity]) -> dict[Identity, Severity]:
    return {which: accepted[which] for which in touched if which in accepted}
