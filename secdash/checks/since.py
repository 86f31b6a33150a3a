"""Judging a look at a host of which the look before is known, and was judged by the same code: only what may differ.

Nothing is known of what the checks looked at the last time. So those that look further than their subject are taken at
their word: they look at nothing that is listed but their subject, volumes, and what they are declared to (`far`).
Whether one strayed from that is noted whenever it judges, so that nobody builds on what was judged so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from secdash.checks.differing import PARTS, Differing, Looked, Noting, is_same, same_keys
from secdash.checks.engine import CATALOGUE, Check, Verdict, judge_check
from secdash.facts.model import KINDS, LISTINGS, HostFile, Snapshot, Subject, Unknown, dump_part, is_complete, listing

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
    others: Mapping[str, Collection[str]]

    def judge(self, entry: Check, same: Collection[str], around: Snapshot) -> Iterable[Verdict]:
        """But for the subjects that are the same."""
        if not same:
            return judge_check(entry, self.facts, around=around)
        others = self.others[entry.kind]
        return judge_check(entry, self.facts, others, around=around) if others else ()


class _Compared(NamedTuple):
    """`parts` of the two are the same, and so are all subjects of these `kinds`; of the others these `keys`."""

    parts: Collection[str]
    kinds: Collection[str]
    keys: Mapping[str, Collection[str]]

    def keeps(self, entry: Check) -> bool:
        """Whether its word on equal subjects is equal, going by all that it looks at besides."""
        return entry.alone or all(part in self.parts for part in (*NEAR, *entry.far))

    def same(self, entry: Check) -> Collection[str]:
        """Of a check with a role, or one that rests on a fact, what it says of one depends on what others are there."""
        return self.keys[entry.kind] if self.keeps(entry) and not entry.role and not entry.reads else ()


def judge_since(old: Snapshot, new: Snapshot) -> Since | None:
    """What of all that `judge` says of either may not be what it says of the other, where no check strayed in `old`.

    None where `new` lists what `old` could not: what is gone may have gone at any time before.
    """
    if any(is_complete(new, kind) and not is_complete(old, kind) for kind in KINDS):
        return None
    compared = _compared(old, new)
    before, after = (_Side(facts, _others(facts, compared.keys)) for facts in (old, new))
    found, noting = Differing([], []), Noting(new)
    is_stray = False
    for entry in CATALOGUE.values():
        if entry.kind in compared.kinds and compared.keeps(entry):
            continue
        same = compared.same(entry)
        found.old.extend(before.judge(entry, same, old))
        found.new.extend(after.judge(entry, same, cast("Snapshot", noting)))
        is_stray |= _strays(entry, noting.noted)
        noting.noted.clear()
    return _since(found, {*_places(before), *_places(after)}, strayed=is_stray)


def strayed(looked: Looked) -> bool:
    """Whether a check looked where it is not declared to look, of what `judge_noting` noted."""
    return any(_strays(CATALOGUE[name], parts) for name, parts in looked.items())


def _strays(entry: Check, parts: Iterable[str]) -> bool:
    return any(part in FAR and part not in entry.far for part in parts)


def _compared(old: Snapshot, new: Snapshot) -> _Compared:
    keys = {kind: same_keys(old, new, kind) for kind in KINDS}
    kinds = {kind for kind in KINDS if _is_all(keys[kind], listing(old, kind), listing(new, kind))}
    if not is_same(old.host, new.host):
        kinds -= {HostFile.kind}  # which files could not be read is told beside those that were
    listed = {part for kind, part in LISTINGS.items() if kind in kinds}
    return _Compared({part for part in PARTS if part in listed or _is_equal_part(old, new, part)}, kinds, keys)


def _is_equal_part(old: Snapshot, new: Snapshot, part: str) -> bool:
    return part not in LISTINGS.values() and is_same(getattr(old, part), getattr(new, part))


def _is_all(keys: Collection[str], *listings: Sequence[Subject] | Unknown) -> bool:
    """Whether these are all that there is, or nobody can tell for the same reason."""
    old, new = listings
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return is_same(old, new)
    return len(keys) == len(old) == len(new) and [each.key for each in old] == [each.key for each in new]


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
