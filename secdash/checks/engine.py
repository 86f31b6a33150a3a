"""The engine of the checks: it owns the catalogue, the loop, identity, and what is said when nothing can be judged.

A check is a predicate with constants:

    @check(Container, severity=CRITICAL, cis={"1.6": "5.5"}, risks=("sys-dev",), fix=compose(..., Drop("privileged")))
    def privileged_container(container: Container) -> Outcome:
        \"\"\"Container runs privileged\"\"\"
        return fails_if(known(container.privileged), say("It holds …"), {"HostConfig.Privileged": …})

One that must look further than its subject takes the snapshot as a second parameter.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from secdash.checks import releases
from secdash.checks.outcome import Outcome, Severity, Status, not_applicable, unknown
from secdash.checks.remedy import Fix, FixFor
from secdash.facts.message import Message, say
from secdash.facts.model import (
    KINDS,
    Container,
    Engine,
    FactMissing,
    HostFacts,
    HostFile,
    Image,
    Network,
    Service,
    Snapshot,
    Subject,
    Unknown,
    Volume,
    listing,
)

S = TypeVar("S", Engine, Container, Image, Network, Volume, HostFile, Service)
Predicate = Callable[[Any, Snapshot], Outcome]
Cis = Mapping[str, str | tuple[str, ...]]

EMPTY: Mapping[str, Message] = {
    "container": say("This host has no containers."),
    "image": say("This host has no images."),
    "network": say("This host has no networks."),
    "volume": say("This host has no volumes."),
    "file": say("This host has no such file."),
    "service": say("This Engine manages no services of a swarm."),
}


class Check(msgspec.Struct, frozen=True):
    """A catalogue entry. `name` is its identity for ever; `title` names the fault; `cis` maps an edition to numbers.

    `role` narrows a check of files to those that are this to Docker; "" means every subject of the kind. `reads` names
    the fact on which all of a check rests: where nobody read it of any subject, that is said once and not of each.
    `alone`: it sees one subject and nothing else, so that its word on equal subjects is equal. `far` are the
    listings at which it looks besides (but for volumes), so that its word on one thing may change with another.
    """

    name: str
    title: str
    kind: str
    severity: Severity
    cis: dict[str, tuple[str, ...]]
    risks: tuple[str, ...]
    predicate: Predicate
    fix_for: FixFor | None
    role: str = ""
    reads: str = ""
    alone: bool = False
    far: tuple[str, ...] = ()

    @property
    def fixable(self) -> bool:
        return self.fix_for is not None

    def fix(self, subject: Subject) -> Fix | None:
        """The change that makes this subject pass; None where no machine can write one."""
        return self.fix_for(subject) if self.fix_for else None

    def concerns(self, subject: Subject) -> bool:
        return subject.kind == self.kind and (not self.role or getattr(subject, "role", "") == self.role)

    def judge(self, subject: Subject, snapshot: Snapshot) -> Outcome:
        try:
            return self.predicate(subject, snapshot)
        except FactMissing as missing:
            return unknown(missing.unknown.why)


class SubjectRef(msgspec.Struct, frozen=True):
    """Which thing a verdict is about; `key` outlives re-creation, `name` is what people call it now."""

    kind: str
    key: str
    name: str


class Verdict(msgspec.Struct, frozen=True):
    """One check's word on one subject."""

    check: str
    severity: Severity
    subject: SubjectRef
    outcome: Outcome

    @property
    def status(self) -> Status:
        return self.outcome.status


CATALOGUE: dict[str, Check] = {}
ENGINE = SubjectRef("engine", "engine", "engine")


def check(
    subject: type[S],
    *,
    severity: Severity,
    cis: Cis | None = None,
    risks: tuple[str, ...],
    fix: Callable[[S], Fix | None] | FixFor | None = None,
    reads: str = "",
    far: tuple[str, ...] = (),
) -> Callable[[Callable[[S], Outcome] | Callable[[S, Snapshot], Outcome]], Callable[..., Outcome]]:
    """Enter a predicate into the catalogue under its own name. Raises ValueError for a missing title or taken name."""

    def decorate(predicate: Callable[..., Outcome]) -> Callable[..., Outcome]:
        name = predicate.__name__.replace("_", "-")
        title = (inspect.getdoc(predicate) or "").partition("\n")[0]
        numbers = _numbers(cis or {})
        judged, alone = _with_snapshot(predicate), not reads and not _looks_further(predicate)
        enter(
            Check(name, title, subject.kind, severity, numbers, risks, judged, fix, reads=reads, alone=alone, far=far)
        )
        return predicate

    return decorate


def enter(entry: Check) -> None:
    """Enter a check that is made from a table. Raises ValueError for a missing title or taken name."""
    if not entry.title or entry.name in CATALOGUE:
        raise ValueError(f"check {entry.name}: its title is missing or its name is taken")
    CATALOGUE[entry.name] = entry


def judge(snapshot: Snapshot, only: Iterable[str] = ()) -> Iterator[Verdict]:
    """Every check (or `only` those named) on every subject: one verdict per check and subject."""
    names = tuple(only) or tuple(CATALOGUE)
    subjects = {kind: listing(snapshot, kind) for kind in KINDS}
    for name in names:
        entry = CATALOGUE[name]
        yield from _judge_kind(entry, subjects[entry.kind], snapshot)


def judge_some(snapshot: Snapshot, kind: str, keys: Collection[str]) -> Iterator[Verdict]:
    """What `judge` says of these subjects of one kind, and what it says once of all where there are none to judge."""
    subjects = listing(snapshot, kind)
    for entry in CATALOGUE.values():
        if entry.kind == kind:
            yield from _judge_kind(entry, subjects, snapshot, keys)


def judge_check(
    entry: Check, snapshot: Snapshot, keys: Collection[str] | None = None, *, around: Snapshot | None = None
) -> Iterator[Verdict]:
    """What `judge` says for one check; with `keys` only of these subjects. `around` is what it may look at besides."""
    return _judge_kind(entry, listing(snapshot, entry.kind), around or snapshot, keys)


def catalogue_version() -> str:
    """A short digest of what is judged: it changes when a check comes, goes or weighs differently, and with the
    table of releases in use.
    """
    lines = sorted(f"{entry.name} {entry.kind} {entry.severity:d}" for entry in CATALOGUE.values())
    lines.append(f"releases {releases.current().version}")
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=6).hexdigest()


def judge_subject(subject: Subject, snapshot: Snapshot) -> Iterator[Verdict]:
    """Every check that judges this kind of thing, on this one."""
    for entry in CATALOGUE.values():
        if entry.concerns(subject):
            yield _verdict(entry, subject, snapshot)


def in_order(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Worst severity first, then by check, then by subject."""
    return sorted(verdicts, key=lambda v: (-v.severity, v.check, v.subject.kind, v.subject.name, v.subject.key))


def _judge_kind(
    entry: Check, subjects: tuple[Subject, ...] | Unknown, snapshot: Snapshot, keys: Collection[str] | None = None
) -> Iterator[Verdict]:
    """`keys` narrow what is judged, not what counts as being there."""
    if isinstance(subjects, Unknown):
        yield Verdict(entry.name, entry.severity, ENGINE, unknown(subjects.why))
        return
    concerned = subjects if not entry.role else [subject for subject in subjects if entry.concerns(subject)]
    if unread := _unread(entry, concerned):
        yield Verdict(entry.name, entry.severity, ENGINE, unknown(unread.why))
    elif concerned:
        for subject in concerned:
            if keys is None or subject.key in keys:
                yield _verdict(entry, subject, snapshot)
    else:
        yield Verdict(entry.name, entry.severity, ENGINE, _of_none(entry, snapshot))


def _unread(entry: Check, subjects: Sequence[Subject]) -> Unknown | None:
    """Why the fact that the check rests on was read of no subject; None where it was of some, or reasons differ."""
    first = getattr(subjects[0], entry.reads) if entry.reads and subjects else None
    if not isinstance(first, Unknown):
        return None
    return first if all(getattr(subject, entry.reads) == first for subject in subjects) else None


def _of_none(entry: Check, snapshot: Snapshot) -> Outcome:
    """There is none, or that cannot be told: of its role, or of any where every role counts."""
    unread = dict(snapshot.host.unread) if isinstance(snapshot.host, HostFacts) and entry.kind == HostFile.kind else {}
    why = unread.get(entry.role) if entry.role else next(iter(unread.values()), None)
    return unknown(why.why) if why else not_applicable(EMPTY[entry.kind])


def _verdict(entry: Check, subject: Subject, snapshot: Snapshot) -> Verdict:
    reference = SubjectRef(subject.kind, subject.key, subject.name)
    return Verdict(entry.name, entry.severity, reference, entry.judge(subject, snapshot))


def _numbers(cis: Cis) -> dict[str, tuple[str, ...]]:
    return {edition: (numbers,) if isinstance(numbers, str) else numbers for edition, numbers in cis.items()}


def _with_snapshot(predicate: Callable[..., Outcome]) -> Predicate:
    if _looks_further(predicate):
        return predicate
    return lambda subject, _snapshot: predicate(subject)


def _looks_further(predicate: Callable[..., Outcome]) -> bool:
    return len(inspect.signature(predicate).parameters) == 2
