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
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

import msgspec

from secdash.checks.outcome import Outcome, Severity, Status, not_applicable, unknown
from secdash.checks.remedy import Fix, FixFor
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Engine, FactMissing, Image, Network, Snapshot, Subject, Unknown, Volume

S = TypeVar("S", Engine, Container, Image, Network, Volume)
Predicate = Callable[[Any, Snapshot], Outcome]
Cis = Mapping[str, str | tuple[str, ...]]

EMPTY: Mapping[str, Message] = {
    "container": say("This host has no containers."),
    "image": say("This host has no images."),
    "network": say("This host has no networks."),
    "volume": say("This host has no volumes."),
}


class Check(msgspec.Struct, frozen=True):
    """A catalogue entry. `name` is its identity for ever; `title` names the fault; `cis` maps an edition to numbers."""

    name: str
    title: str
    kind: str
    severity: Severity
    cis: dict[str, tuple[str, ...]]
    risks: tuple[str, ...]
    predicate: Predicate
    fix_for: FixFor | None

    @property
    def fixable(self) -> bool:
        return self.fix_for is not None

    def fix(self, subject: Subject) -> Fix | None:
        """The change that makes this subject pass; None where no machine can write one."""
        return self.fix_for(subject) if self.fix_for else None

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
) -> Callable[[Callable[[S], Outcome] | Callable[[S, Snapshot], Outcome]], Callable[..., Outcome]]:
    """Enter a predicate into the catalogue under its own name. Raises ValueError for a missing title or taken name."""

    def enter(predicate: Callable[..., Outcome]) -> Callable[..., Outcome]:
        name = predicate.__name__.replace("_", "-")
        title = (inspect.getdoc(predicate) or "").partition("\n")[0]
        if not title or name in CATALOGUE:
            raise ValueError(f"check {name}: its title is missing or its name is taken")
        CATALOGUE[name] = Check(
            name, title, subject.kind, severity, _numbers(cis or {}), risks, _with_snapshot(predicate), fix
        )
        return predicate

    return enter


def judge(snapshot: Snapshot, only: Iterable[str] = ()) -> Iterator[Verdict]:
    """Every check (or `only` those named) on every subject: one verdict per check and subject."""
    names = tuple(only) or tuple(CATALOGUE)
    subjects = {kind: _subjects(snapshot, kind) for kind in ("engine", *EMPTY)}
    for name in names:
        entry = CATALOGUE[name]
        yield from _judge_kind(entry, subjects[entry.kind], snapshot)


def catalogue_version() -> str:
    """A short digest of what is judged: it changes when a check comes, goes, or weighs differently."""
    lines = sorted(f"{entry.name} {entry.kind} {entry.severity:d}" for entry in CATALOGUE.values())
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=6).hexdigest()


def judge_subject(subject: Subject, snapshot: Snapshot) -> Iterator[Verdict]:
    """Every check that judges this kind of thing, on this one."""
    for entry in CATALOGUE.values():
        if entry.kind == subject.kind:
            yield _verdict(entry, subject, snapshot)


def in_order(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Worst severity first, then by check, then by subject."""
    return sorted(verdicts, key=lambda v: (-v.severity, v.check, v.subject.kind, v.subject.name, v.subject.key))


def _judge_kind(entry: Check, subjects: tuple[Subject, ...] | Unknown, snapshot: Snapshot) -> Iterator[Verdict]:
    if isinstance(subjects, Unknown):
        yield Verdict(entry.name, entry.severity, ENGINE, unknown(subjects.why))
    elif not subjects:
        yield Verdict(entry.name, entry.severity, ENGINE, not_applicable(EMPTY[entry.kind]))
    else:
        for subject in subjects:
            yield _verdict(entry, subject, snapshot)


def _verdict(entry: Check, subject: Subject, snapshot: Snapshot) -> Verdict:
    reference = SubjectRef(subject.kind, subject.key, subject.name)
    return Verdict(entry.name, entry.severity, reference, entry.judge(subject, snapshot))


def _subjects(snapshot: Snapshot, kind: str) -> tuple[Subject, ...] | Unknown:
    if kind == "engine":
        return (snapshot.engine,)
    return cast("tuple[Subject, ...] | Unknown", getattr(snapshot, f"{kind}s"))


def _numbers(cis: Cis) -> dict[str, tuple[str, ...]]:
    return {edition: (numbers,) if isinstance(numbers, str) else numbers for edition, numbers in cis.items()}


def _with_snapshot(predicate: Callable[..., Outcome]) -> Predicate:
    if len(inspect.signature(predicate).parameters) == 2:
        return predicate
    return lambda subject, _snapshot: predicate(subject)
