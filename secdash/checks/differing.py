"""Judging two looks at a host of which one is judged already: only what may differ is judged again.

Facts that are equal get equal verdicts from a check that sees nothing but its subject. Of one that looks further it is
noted at what: where that is equal as well, it would look at nothing else, since what it looks at next follows from what
it saw. All other checks are judged again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from secdash.checks.engine import CATALOGUE, Check, Verdict, judge_check
from secdash.facts.model import KINDS, Snapshot, Subject, Unknown, dump_part, listing

Looked = Mapping[str, Collection[str]]  # by check, at which parts of the snapshot it looked besides its subjects


class Differing(NamedTuple):
    """The verdicts on either of two snapshots that may not stand in the other; all else is the same in both."""

    old: list[Verdict]
    new: list[Verdict]


class Noted(NamedTuple):
    """What `judge` says, and at what it looked to say so."""

    verdicts: list[Verdict]
    looked: Looked


def judge_noting(snapshot: Snapshot) -> Noted:
    verdicts: list[Verdict] = []
    looked: dict[str, Collection[str]] = {}
    for entry in CATALOGUE.values():
        noting = Noting(snapshot)
        verdicts += judge_check(entry, snapshot, around=cast("Snapshot", noting))
        looked[entry.name] = noting.noted
    return Noted(verdicts, looked)


class Noting:
    """Passes for a snapshot, and notes which parts of it are looked at."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.noted: set[str] = set()

    def __getattr__(self, part: str) -> Any:
        self.noted.add(part)
        return getattr(self._snapshot, part)


def differing(old: Snapshot, new: Snapshot, verdicts: Iterable[Verdict], looked: Looked) -> Differing:
    """`verdicts` are what `judge` says of `new`, under the same table of releases; `looked` may be of some checks."""
    keys = {kind: same_keys(old, new, kind) for kind in KINDS}
    parts = {each for each in PARTS if is_same(getattr(old, each), getattr(new, each))}
    same = {entry.name: keys[entry.kind] if _keeps(entry, looked, parts) else () for entry in CATALOGUE.values()}
    was = [verdict for entry in CATALOGUE.values() for verdict in _again(entry, old, same[entry.name])]
    return Differing(was, list(_without(verdicts, same)))


PARTS = tuple(field.name for field in msgspec.structs.fields(Snapshot))


def _keeps(entry: Check, looked: Looked, same_parts: Collection[str]) -> bool:
    """Whether its word on an equal subject is equal."""
    if entry.role or entry.reads:
        return False  # of these it says one thing of all subjects, or of each, by what is in the others
    return entry.alone or (entry.name in looked and all(part in same_parts for part in looked[entry.name]))


def same_keys(old: Snapshot, new: Snapshot, kind: str) -> Collection[str]:
    """The keys of subjects that are in both as they were."""
    before = _by_key(old, kind)
    return {key for key, facts in _by_key(new, kind).items() if key in before and is_same(before[key], facts)}


def is_same(one: object, other: object) -> bool:
    """As facts are kept, since Python takes 1 for True."""
    return one is other or dump_part(one) == dump_part(other)


def _by_key(snapshot: Snapshot, kind: str) -> Mapping[str, Subject]:
    """Without keys that are not one subject's alone."""
    subjects = listing(snapshot, kind)
    if isinstance(subjects, Unknown):
        return {}
    times = Counter(subject.key for subject in subjects)
    return {subject.key: subject for subject in subjects if times[subject.key] == 1}


def _again(entry: Check, old: Snapshot, same: Collection[str]) -> Iterable[Verdict]:
    subjects = listing(old, entry.kind)
    if not same or isinstance(subjects, Unknown):
        return judge_check(entry, old)
    return judge_check(entry, old, {subject.key for subject in subjects if subject.key not in same})


def _without(verdicts: Iterable[Verdict], same: Mapping[str, Collection[str]]) -> Iterator[Verdict]:
    """Whatever a check says once of all subjects, it says where there is none: not where some are the same."""
    for verdict in verdicts:
        subject = verdict.subject
        if subject.key not in same[verdict.check] or subject.kind != CATALOGUE[verdict.check].kind:
            yield verdict
