"""Where two sequences hold the same, at a bounded cost: lines of a text, words of a line, blocks of a page.

difflib alone is cubic on texts made to hurt it. Items that stand once on each side are matched first (a patience
diff, which also reads better), and difflib only looks between them, as long as that is cheap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

# So many comparisons are made for one pair of texts, well under a second; a gap beyond them counts as rewritten.
BUDGET = 4_000_000

Junk = Callable[[Hashable], bool]


class Span(msgspec.Struct, frozen=True):
    """`old[start:stop]` stands for `new[new_start:new_stop]`: the same, or what came in its place."""

    same: bool
    start: int
    stop: int
    new_start: int
    new_stop: int


def align(
    old: Sequence[Hashable], new: Sequence[Hashable], *, junk: Junk | None = None, budget: int = BUDGET
) -> list[Span]:
    """All of both sides in order, same and changed in turn. What is `junk` never decides where texts meet."""
    spans: list[Span] = []
    at = new_at = 0
    for start, new_start, size in _Matcher(old, new, junk, budget).matches():
        if start > at or new_start > new_at:
            spans.append(Span(False, at, start, new_at, new_start))
        _add_same(spans, start, new_start, size)
        at, new_at = start + size, new_start + size
    if at < len(old) or new_at < len(new):
        spans.append(Span(False, at, len(old), new_at, len(new)))
    return spans


def _add_same(spans: list[Span], start: int, new_start: int, size: int) -> None:
    last = spans[-1] if spans else None
    if last is not None and last.same and (last.stop, last.new_stop) == (start, new_start):
        spans.pop()
        start, new_start, size = last.start, last.new_start, size + last.stop - last.start
    spans.append(Span(True, start, start + size, new_start, new_start + size))


Match = tuple[int, int, int]


class _Matcher:
    def __init__(self, old: Sequence[Hashable], new: Sequence[Hashable], junk: Junk | None, budget: int) -> None:
        self.old, self.new, self.junk = old, new, junk
        self.left = budget

    def matches(self) -> Iterator[Match]:
        at = new_at = 0
        for here, new_here in [*self._anchors(), (len(self.old), len(self.new))]:
            yield from self._between(at, here, new_at, new_here)
            if here < len(self.old):
                yield here, new_here, 1
            at, new_at = here + 1, new_here + 1

    def _anchors(self) -> list[tuple[int, int]]:
        """Items that stand once on each side, as many as keep their order."""
        counts, new_counts = Counter(self.old), Counter(self.new)
        places = {item: index for index, item in enumerate(self.new) if new_counts[item] == 1}
        pairs = [(index, places[item]) for index, item in enumerate(self.old) if counts[item] == 1 and item in places]
        return _rising([pair for pair in pairs if not self._is_junk(self.old[pair[0]])])

    def _between(self, start: int, stop: int, new_start: int, new_stop: int) -> Iterator[Match]:
        """Equal ends first, then what difflib finds within them."""
        while start < stop and new_start < new_stop and self.old[start] == self.new[new_start]:
            yield start, new_start, 1
            start, new_start = start + 1, new_start + 1
        tail = 0
        while start < stop - tail and new_start < new_stop - tail and self._ends_alike(stop - tail, new_stop - tail):
            tail += 1
        yield from self._within(start, stop - tail, new_start, new_stop - tail)
        if tail:
            yield stop - tail, new_stop - tail, tail

    def _ends_alike(self, stop: int, new_stop: int) -> bool:
        return self.old[stop - 1] == self.new[new_stop - 1]

    def _within(self, start: int, stop: int, new_start: int, new_stop: int) -> Iterator[Match]:
        old, new = self.old[start:stop], self.new[new_start:new_stop]
        cost = self._cost(old, new)
        if not old or not new or cost > self.left:
            return
        self.left -= cost
        for at, new_at, size in SequenceMatcher(self.junk, old, new, autojunk=False).get_matching_blocks():
            if size:
                yield start + at, new_start + new_at, size

    def _cost(self, old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
        """The most that difflib may look at: each pair of equal items, once for each match that it can find."""
        counts = Counter(new)
        pairs = sum(counts[item] for item in old if not self._is_junk(item))
        return (pairs + len(old)) * min(len(old), len(new), pairs + 1)

    def _is_junk(self, item: Hashable) -> bool:
        return self.junk is not None and self.junk(item)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose second numbers rise too; their first ones do already."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        at = bisect_left(tops, place)
        before.append(ends[at - 1] if at else -1)
        tops[at : at + 1], ends[at : at + 1] = [place], [index]
    return _chain(pairs, before, ends[-1] if ends else -1)


def _chain(pairs: list[tuple[int, int]], before: list[int], at: int) -> list[tuple[int, int]]:
    found = []
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]
