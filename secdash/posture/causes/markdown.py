"""A plan's checklist as Markdown, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext, ngettext

from secdash.posture.causes.checklist import SUBJECTS, Part, Task
from secdash.posture.causes.page import Plan
from secdash.posture.causes.titles import place, plain
from secdash.posture.saying import title_of
from secdash.web.saying import said
from secdash.web.steps import figure

SIGNS = re.compile(r"([\\`*_\[\]<>#|&])")
TICKS = re.compile(r"`{3,}")


def lines(plan: Plan, parts: Iterable[Part]) -> Iterator[str]:
    yield f"# {gettext('Plan of changes')}\n\n"
    if plan.before is not None and plan.after is not None:
        told = ngettext(
            "The score of %(hosts)s host: %(before)s now, %(after)s when all is done.",
            "The mean of %(hosts)s hosts: %(before)s now, %(after)s when all is done.",
            plan.scored,
        )
        yield told % {"hosts": plan.scored, "before": figure(plan.before), "after": figure(plan.after)} + "\n\n"
    for number, part in enumerate(parts, 1):
        yield from _part(number, part)


def _part(number: int, part: Part) -> Iterator[str]:
    cause = part.step.cause
    closes = ngettext("closes %(n)s finding", "closes %(n)s findings", cause.effect.closes)
    yield f"## {number}. {harmless(plain(cause))}\n\n"
    for told in (place(cause), closes % {"n": cause.effect.closes}, str(said(cause.breaks))):
        yield f"- {harmless(told)}\n" if told else ""
    yield "\n"
    for task in part.tasks:
        yield from _task(task)
    if part.left:
        more = ngettext(
            "%(left)s more finding; a checklist goes through the first %(most)s of a change.",
            "%(left)s more findings; a checklist goes through the first %(most)s of a change.",
            part.left,
        )
        yield more % {"left": part.left, "most": SUBJECTS} + "\n\n"


def _task(task: Task) -> Iterator[str]:
    checks = ", ".join(title_of(check) for check in task.checks)
    yield f"- [ ] **{harmless(task.host)}**, {harmless(task.subject)}: {checks}\n"
    for note in task.notes:
        yield f"  - {harmless(said(note))}\n"
    yield "\n"
    yield from _block("diff", task.diff)
    yield from _block("dockerfile", "\n".join(task.lines))
    yield from _block("sh", "\n".join(task.commands))


def _block(language: str, text: str) -> Iterator[str]:
    """A fence that nothing in the text can close: names in it come from hosts."""
    if text.strip():
        fence = "`" * max(3, 1 + max(map(len, TICKS.findall(text)), default=0))
        yield f"  {fence}{language}\n"
        yield "".join(f"  {line}\n" for line in text.rstrip("\n").split("\n"))
        yield f"  {fence}\n\n"


def harmless(text: str) -> str:
    """Text in which no sign means anything to Markdown or HTML."""
    return SIGNS.sub(r"\\\1", text)
