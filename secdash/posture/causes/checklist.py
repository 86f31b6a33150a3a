"""A plan written out: each change with its subjects, each subject with its diff or commands, made while it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.checks.remedy import ComposeFix, Fix
from secdash.facts.message import Message
from secdash.facts.model import Container, Subject, Unknown, listing
from secdash.findings.models import Finding, FindingQuerySet
from secdash.fixes import Rendered, render, render_all
from secdash.fleet.models import Host
from secdash.posture.causes.closing import mended_by
from secdash.posture.causes.kinds import Kind
from secdash.posture.causes.page import Plan, Planned
from secdash.posture.latest import newest_scan
from secdash.posture.replay import Replay, replay
from secdash.web.saying import said

SUBJECTS = 50


class Task(NamedTuple):
    """What is to be done to one subject; `lines` are of a Dockerfile."""

    host: str
    subject: str
    checks: tuple[str, ...]
    diff: str
    commands: tuple[str, ...]
    lines: tuple[str, ...]
    notes: tuple[Message, ...]


class Part(NamedTuple):
    """A change of the plan; `tasks` are made while they are read, `left` further findings have none."""

    step: Planned
    tasks: Iterator[Task]
    left: int


def checklist(plan: Plan, findings: FindingQuerySet) -> Iterator[Part]:
    """`findings` are the open ones that the plan was made of."""
    for step in plan.steps:
        found = mended_by(step.cause.ident, findings)
        yield Part(step, _tasks(step.cause.ident.kind, found), max(0, found.count() - SUBJECTS))


def _tasks(kind: Kind, findings: FindingQuerySet) -> Iterator[Task]:
    """One a subject; what was said of one host's daemon or of an image is not said twice."""
    ordered = findings.select_related("host").order_by("host__name", "subject_name", "subject_key", "check_name")
    told: set[tuple[object, ...]] = set()
    for host, of_host in groupby(ordered[:SUBJECTS], key=lambda finding: finding.host):
        seen = replay(newest_scan(host))
        for _subject, group in groupby(of_host, key=lambda finding: (finding.subject_kind, finding.subject_key)):
            task = _task(host, list(group), seen) if seen else None
            if task and (key := _key(task, kind)) not in told:
                told.add(key)
                yield task


def _key(task: Task, kind: Kind) -> tuple[object, ...]:
    """An image is built once for all hosts; a daemon's file is changed once for all that it mends."""
    return (task.subject, task.lines) if kind is Kind.IMAGE else (task.host, task.diff, task.commands, task.notes)


def _task(host: Host, findings: list[Finding], seen: Replay) -> Task | None:
    """All fixes of one subject together; None where nothing of it fails any more."""
    subject = _subject(seen, findings[0])
    if subject is None:
        return None
    checks = [CATALOGUE[each.check_name] for each in findings if _fails(seen, each)]
    fixes = {check.name: fix for check in checks if (fix := check.fix(subject))}
    if not fixes:
        return None
    rendered = _rendered(fixes, subject, seen)
    return Task(
        host=host.name,
        subject=findings[0].subject_name,
        checks=tuple(fixes),
        diff="\n".join(filter(None, (each.compose_diff or each.daemon_diff for each in rendered))),
        commands=tuple(dict.fromkeys(line for each in rendered for line in each.commands)),
        lines=tuple(line for each in rendered for line in each.dockerfile),
        notes=tuple(dict.fromkeys(note for each in rendered for note in (*_breaks(each), *each.notes))),
    )


def _rendered(fixes: Mapping[str, Fix], subject: Subject, seen: Replay) -> list[Rendered]:
    composed = {name: fix for name, fix in fixes.items() if isinstance(fix, ComposeFix)}
    if isinstance(subject, Container) and len(composed) > 1:
        return [render_all(composed, subject, seen.facts, said)]
    return [render(fix, subject, seen.facts, said) for fix in fixes.values()]


def _breaks(rendered: Rendered) -> Iterator[Message]:
    if rendered.breaks:
        yield rendered.breaks
    yield from (step.breaks for step in rendered.steps if step.breaks)


def _fails(seen: Replay, finding: Finding) -> bool:
    about = seen.about(finding.subject_kind, finding.subject_key)
    return any(verdict.check == finding.check_name and verdict.status is Status.FAIL for verdict in about)


def _subject(seen: Replay, finding: Finding) -> Subject | None:
    listed = listing(seen.facts, finding.subject_kind)
    subjects = () if isinstance(listed, Unknown) else listed
    return next((each for each in subjects if each.key == finding.subject_key), None)
