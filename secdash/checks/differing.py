"""Judging two looks at a host of which one is judged already: only what may differ is judged again.

Facts that are equal get equal verdicts from a check that sees nothing but its subject. What looks further is judged
again, whatever it saw: what it finds elsewhere may have changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from secdash.checks.engine import CATALOGUE, Check, Verdict, judge_check
from secdash.facts.model import KINDS, Snapshot, Unknown, dump_subject, listing


class Differing(NamedTuple):
    """The verdicts on either of two snapshots that may not stand in the other; all else is the same in both."""

    old: list[Verdict]
    new: list[Verdict]


def differing(old: Snapshot, new: Snapshot, verdicts: Iterable[Verdict]) -> Differing:
    """`verdicts` are what `judge` says of `new`, under the same table of releases."""
    same = {kind: _same(old, new, kind) for kind in KINDS}
    was = [verdict for entry in CATALOGUE.values() for verdict in _again(entry, old, same[entry.kind])]
    return Differing(was, [verdict for verdict in verdicts if not _stays(verdict, same)])


def _same(old: Snapshot, new: Snapshot, kind: str) -> Collection[str]:
    """The keys of subjects that are in both as they were."""
    before = _by_key(old, kind)
    return {key for key, facts in _by_key(new, kind).items() if before.get(key) == facts}


def _by_key(snapshot: Snapshot, kind: str) -> Mapping[str, bytes]:
    """Facts as they are kept, since Python takes 1 for True; without keys that are not one subject's alone."""
    subjects = listing(snapshot, kind)
    if isinstance(subjects, Unknown):
        return {}
    times = Counter(subject.key for subject in subjects)
    return {subject.key: dump_subject(subject) for subject in subjects if times[subject.key] == 1}


def _again(entry: Check, old: Snapshot, same: Collection[str]) -> Iterable[Verdict]:
    subjects = listing(old, entry.kind)
    if not entry.alone or not same or isinstance(subjects, Unknown):
        return judge_check(entry, old)
    return judge_check(entry, old, {subject.key for subject in subjects if subject.key not in same})


def _stays(verdict: Verdict, same: Mapping[str, Collection[str]]) -> bool:
    """Whatever a check says once of all subjects, it says where there is none or none was read: not of these."""
    entry = CATALOGUE[verdict.check]
    return entry.alone and verdict.subject.kind == entry.kind and verdict.subject.key in same[entry.kind]
