"""A table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from secdash.findings.models import Finding, FindingQuerySet
from secdash.posture.exports.records import each
from secdash.posture.report.written import cell
from secdash.posture.saying import title_of
from secdash.web.saying import said
from secdash.web.words import SEVERITY_WORDS, STATE_WORDS


def as_markdown(findings: FindingQuerySet) -> Iterator[str | bytes]:
    columns = (_("Severity"), _("Check"), _("Host"), _("Subject"), _("State"), _("Opened"), _("Reason"))
    yield f"# {_('Findings')}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    for finding in each(findings):
        yield _row(finding)


def _row(finding: Finding) -> str:
    cells = (
        str(SEVERITY_WORDS[finding.level.word]),
        f"{cell(title_of(finding.check_name))} (`{finding.check_name}`)",
        cell(finding.host.name),
        cell(finding.subject_name),
        str(STATE_WORDS[finding.state]),
        finding.opened_at.date().isoformat(),
        cell(said(finding.message)),
    )
    return f"| {' | '.join(cells)} |\n"
