"""The fix of one finding, or of all that fails of its container, in the forms that the page shows as tabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.checks.outcome import Status
from secdash.checks.remedy import ComposeFix, Fix
from secdash.facts.message import Message
from secdash.facts.model import Container, Subject
from secdash.fixes import Rendered, render, render_all
from secdash.fixes.patch import DiffLine
from secdash.posture.replay import Replay
from secdash.web.saying import said

CONTEXT = 3
KINDS = {" ": "same", "-": "del", "+": "add"}


class Line(NamedTuple):
    """A line of a comparison as the page draws it; `kind` is same, del or add."""

    kind: str
    old_no: int | None
    new_no: int | None
    text: str
    checks: tuple[str, ...]


class Mending(NamedTuple):
    """`together` is how many fixes of this container can be written together; `whole` whether these are shown."""

    rendered: Rendered
    lines: list[Line]
    together: int
    whole: bool
    settles: str  # the check whose fix is shown alone, "" for all together

    @property
    def daemon_lines(self) -> list[Line]:
        """What changes in the host's daemon.json; none where it was not read."""
        return list(near(self.rendered.daemon_lines))

    @property
    def daemon_name(self) -> str:
        return PurePosixPath(self.rendered.daemon_file).name

    @property
    def notes(self) -> tuple[Message, ...]:
        return self.rendered.notes

    @property
    def commands(self) -> str:
        return "\n".join(self.rendered.commands)

    @property
    def dockerfile(self) -> str:
        return "\n".join(self.rendered.dockerfile)


def mending(entry: Check, subject: Subject, seen: Replay, *, whole: bool) -> Mending | None:
    """None where no machine can write a fix."""
    fix = entry.fix(subject)
    fixes = fixes_of(subject, seen) if isinstance(subject, Container) else {}
    if whole and isinstance(subject, Container) and len(fixes) > 1:
        rendered = render_all(fixes, subject, seen.facts, said)
        return Mending(rendered, list(near(rendered.diff_lines)), len(fixes), True, "")
    if fix is None:
        return None
    rendered = render(fix, subject, seen.facts, said)
    count = len(fixes) if isinstance(fix, ComposeFix) else 0
    return Mending(rendered, list(near(rendered.diff_lines)), count, False, entry.name)


def fixes_of(container: Container, seen: Replay) -> dict[str, Fix]:
    """The Compose fixes of what fails of this container, worst first."""
    failing = [v for v in seen.about(Container.kind, container.key) if v.status is Status.FAIL]
    failing.sort(key=lambda verdict: (-verdict.severity, verdict.check))
    found = ((verdict.check, CATALOGUE[verdict.check].fix(container)) for verdict in failing)
    return {check: fix for check, fix in found if isinstance(fix, ComposeFix)}


def near(lines: Iterable[DiffLine]) -> Iterator[Line]:
    """The changed lines with CONTEXT lines around them."""
    lines = list(lines)
    changed = [at for at, line in enumerate(lines) if line.kind != " "]
    shown = {near for at in changed for near in range(at - CONTEXT, at + CONTEXT + 1)}
    for at, line in enumerate(lines):
        if at in shown:
            yield Line(KINDS[line.kind], line.old_no or None, line.new_no or None, line.text, line.checks)
