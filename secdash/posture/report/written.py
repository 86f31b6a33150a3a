"""For people: a table for the terminal, and Markdown."""

from __future__ import annotations

import re
import textwrap

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.checks.engine import Verdict
from secdash.checks.outcome import Severity, Status
from secdash.posture.report.look import Look
from secdash.posture.saying import title_of
from secdash.web.saying import said
from secdash.web.words import SEVERITY_WORDS

COLOURS = {
    Severity.CRITICAL: "\x1b[1;37;41m",
    Severity.HIGH: "\x1b[31m",
    Severity.MEDIUM: "\x1b[33m",
    Severity.LOW: "\x1b[34m",
    Severity.INFO: "\x1b[2m",
}
RESET = "\x1b[0m"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
NAMES_SHOWN = 60
WIDTH = 100


def as_table(look: Look, *, colour: bool) -> str:
    """Failures grouped by check, worst first; then what is unknown, by reason; then the sum."""
    lines = [*_failures(look, colour), *_unknowns(look), _summary(look)]
    return "\n".join(lines)


def as_markdown(look: Look) -> str:
    engine = look.facts.engine
    head = [f"# {_('Scan of %(endpoint)s') % {'endpoint': cell(look.endpoint)}}", "", cell(_summary(look)), ""]
    head += [f"{cell(engine.name)} · {look.at.isoformat(timespec='seconds')}", ""]
    columns = (_("Severity"), _("Check"), _("Subject"), _("Status"), _("Reason"))
    rows = [f"| {' | '.join(columns)} |", "|---|---|---|---|---|"]
    shown = [v for v in look.verdicts if v.status in (Status.FAIL, Status.UNKNOWN)]
    return "\n".join(head + rows + [_row(verdict) for verdict in shown])


def _row(verdict: Verdict) -> str:
    cells = (
        str(SEVERITY_WORDS[verdict.severity.word]),
        f"{cell(title_of(verdict.check))} (`{verdict.check}`)",
        cell(verdict.subject.name),
        _("fail") if verdict.status is Status.FAIL else _("unknown"),
        cell(said(verdict.outcome.reason)),
    )
    return f"| {' | '.join(cells)} |"


def _failures(look: Look, colour: bool) -> list[str]:
    lines: list[str] = []
    for check, verdicts in _by_check(look.failures()).items():
        severity = verdicts[0].severity
        word = f"{SEVERITY_WORDS[severity.word]!s:<9}"
        label = f"{COLOURS[severity]}{word}{RESET}" if colour else word
        lines.append(f"{label} {title_of(check)} ({check})")
        for verdict in verdicts:
            lines += _indented(f"{_clean(verdict.subject.name)[:NAMES_SHOWN]}: {said(verdict.outcome.reason)}")
        lines.append("")
    return lines


def _unknowns(look: Look) -> list[str]:
    unknown = [verdict for verdict in look.verdicts if verdict.status is Status.UNKNOWN]
    if not unknown:
        return []
    lines = [_("Unknown:")]
    for check, verdicts in _by_check(unknown).items():
        why = said(verdicts[0].outcome.reason)
        count = ngettext("%(count)d subject", "%(count)d subjects", len(verdicts)) % {"count": len(verdicts)}
        lines += _indented(f"{title_of(check)} ({check}), {count}: {why}")
    return [*lines, ""]


def _summary(look: Look) -> str:
    counts = look.counts
    values = {
        "score": "–" if look.standing.value is None else look.standing.value,
        "grade": look.standing.grade or "–",
        "assessed": round(100 * (look.standing.assessed or 0)),
        **counts,
    }
    return (
        _(
            "Score %(score)s of 100, grade %(grade)s, %(assessed)s %% assessed. "
            "%(fail)s fail, %(pass)s pass, %(unknown)s unknown, %(not_applicable)s not applicable."
        )
        % values
    )


def _by_check(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.check, []).append(verdict)
    return found


def _indented(text: str) -> list[str]:
    return textwrap.wrap(_clean(text), WIDTH, initial_indent="          ", subsequent_indent="            ")


def _clean(text: str) -> str:
    """A name must not move the cursor of whoever reads it."""
    return CONTROL.sub(" ", text)


def cell(text: str) -> str:
    """Text that stays text in a Markdown table."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", _clean(text))
