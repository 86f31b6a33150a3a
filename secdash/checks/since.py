"""Judging a look at a host of which the look before is known, and was judged by the same code: only what may differ.

Nothing is known of what the checks looked at the last time. So those that look further than their subject are taken at
their word: one that is not declared `far` looks at nothing that is listed but its subject and volumes. Whether one
strayed from that is noted whenever it judges, so that nobody builds on what was judged so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from secdash.checks.differing import PARTS, Differing, Looked, Noting, is_same, same_keys
from secdash.checks.engine import CATALOGUE, Check, Verdict, judge_check
from secdash.facts.model import KINDS, LISTINGS, Snapshot, Unknown, dump_part, is_complete, listing

Place = tuple[str, str]  # kind and key of a subject
FAR = frozenset(LISTINGS.values()) - {"volumes"}  # parts that only checks that are `far` look at
NEAR = tuple(part for part in PARTS if part not in FAR)


class Since(NamedTuple):
    """What differs, and whether a check strayed. `places` are the subjects that changed, or of which other is said."""

    differ: Differing
    places: Collection[Place]
    strayed: bool


class _Side(NamedTuple):
    """One of two looks, with the keys that are not in the other as they are here, by kind."""

    facts: Snapshot
    around: Snapshot
    others: Mapping[str, Collection[str]]

    def judge(self, entry: Check, same: Collection[str]) -> Iterable[Verdict]:
        """But for the subjects that are the same."""
        around = self.facts if entry.far else self.around
        if not same:
            return judge_check(entry, self.facts, around=around)
        others = self.others[entry.kind]
        return judge_check(entry, self.facts, others, around=around) if others else ()


def judge_since(old: Snapshot, new: Snapshot) -> Since | None:
    """What of all that `judge` says of either may not be what it says of the other, where no check strayed in `old`.

    None where `new` lists what `old` could not: what is gone may have gone at any time before.
    """
    if any(is_complete(new, kind) and not is_complete(old, kind) for kind in KINDS):
        return None
    keys = {kind: same_keys(old, new, kind) for kind in KINDS}
    is_near = all(is_same(getattr(old, part), getattr(new, part)) for part in NEAR)
    noting = Noting(new)
    before, after = _Side(old, old, _others(old, keys)), _Side(new, cast("Snapshot", noting), _others(new, keys))
    found = Differing([], [])
    for entry in CATALOGUE.values():
        same = keys[entry.kind] if _keeps(entry, is_near=is_near) else ()
        found.old.extend(before.judge(entry, same))
        found.new.extend(after.judge(entry, same))
    return _since(found, {*_places(before), *_places(after)}, strayed=not FAR.isdisjoint(noting.noted))


def strayed(looked: Looked) -> bool:
    """Whether a check looked where it is not declared to look, of what `judge_noting` noted."""
    return any(not CATALOGUE[name].far and not FAR.isdisjoint(parts) for name, parts in looked.items())


def _keeps(entry: Check, *, is_near: bool) -> bool:
    """Whether its word on an equal subject is equal."""
    if entry.role or entry.reads:
        return False  # of these it says one thing of all subjects, or of each, by what is in the others
    return entry.alone or (is_near and not entry.far)


def _others(facts: Snapshot, keys: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, same in keys.items():
        subjects = listing(facts, kind)
        listed = () if isinstance(subjects, Unknown) else subjects
        found[kind] = {subject.key for subject in listed if subject.key not in same}
    return found


def _places(side: _Side) -> Iterator[Place]:
    return ((kind, key) for kind, keys in side.others.items() for key in keys)


def _since(found: Differing, places: set[Place], *, strayed: bool) -> Since:
    """Without what is said of subjects that are the same in the same words."""
    before = {_which(each): each for each in found.old if _place(each) not in places}
    after = {_which(each): each for each in found.new if _place(each) not in places}
    again = {which for which, each in after.items() if which in before and _is_equal(before[which], each)}
    old, new = ([each for each in side if _which(each) not in again] for side in found)
    return Since(Differing(old, new), places | {_place(each) for each in (*old, *new)}, strayed)


def _is_equal(one: Verdict, other: Verdict) -> bool:
    return one == other and dump_part(one) == dump_part(other)


def _which(verdict: Verdict) -> tuple[str, str, str]:
    return (verdict.check, *_place(verdict))


def _place(verdict: Verdict) -> Place:
    return (verdict.subject.kind, verdict.subject.key)
