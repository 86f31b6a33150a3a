"""What the guide says of a check, with the reader's own container in its commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from knowledge import reading
from secdash.facts.model import Container
from secdash.findings.models import Finding

PLACEHOLDER = re.compile(r"\bCONTAINER\b")


class Explained(NamedTuple):
    """Parts of the guide's section as safe HTML, "" for a part that is not written."""

    article: str
    section: str
    language: str
    url: str
    intro: SafeString
    why: SafeString
    fix: SafeString
    may_break: SafeString
    undo: SafeString


def explained(check: str, finding: Finding | None = None) -> Explained | None:
    """None where the guide has no section for the check."""
    found = reading.explanation(check, get_language() or reading.FALLBACK)
    if found is None:
        return None
    parts = (found.intro, found.why, found.fix, found.break_, found.undo)
    return Explained(found.article, found.section, found.language, found.url, *(_for(finding, html) for html in parts))


def command_for(finding: Finding, blocks: Iterable[str]) -> SafeString:
    """The first of the guide's code blocks that asks about a container, about this one; "" where none does."""
    asks = finding.subject_kind == Container.kind
    return next((_for(finding, block) for block in blocks if asks and PLACEHOLDER.search(block)), SafeString())


def _for(finding: Finding | None, html: str) -> SafeString:
    """The HTML with the container's name in the place of CONTAINER, quoted for a shell and escaped for the page."""
    if finding and finding.subject_kind == Container.kind:
        name = str(escape(shlex.quote(finding.subject_name)))
        html = PLACEHOLDER.sub(lambda _match: name, html)
    return mark_safe(html)  # noqa: S308 - the guide's HTML is sanitised where it is rendered, the name escaped here
