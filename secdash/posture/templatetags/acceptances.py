"""What an acceptance is about, in words."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.facts.model import Engine
from secdash.findings.models import Acceptance, Finding

register = template.Library()


@register.simple_tag
def acceptance_scope(acceptance: Acceptance, chosen: int = 0) -> SafeString:
    """`web on shop-01`, `image nginx`, `everywhere`; `chosen` is how many findings were chosen, where some were."""
    if acceptance.scope == Acceptance.Scope.FINDING and acceptance.finding:
        return _one(acceptance.finding)
    if acceptance.scope == Acceptance.Scope.CHOSEN:
        text = ngettext("%(n)d chosen finding", "%(n)d chosen findings", chosen)
        return format_html("{}", text % {"n": chosen})
    if acceptance.scope == Acceptance.Scope.EVERYWHERE:
        return format_html("{}", _("everywhere"))
    return _narrowed(acceptance)


def _one(finding: Finding) -> SafeString:
    host = format_html('<span class="m">{}</span>', finding.host.name)
    if finding.subject_kind == Engine.kind:
        return host
    return format_html('<span class="m">{}</span> ({})', finding.subject_name, host)


def _narrowed(acceptance: Acceptance) -> SafeString:
    narrowings = (
        (_("Compose project"), acceptance.project),
        (_("image"), acceptance.image),
        (_("group"), acceptance.group),
        (_("host"), acceptance.host),
    )
    return format_html_join(", ", '{} <span class="m">{}</span>', ((word, name) for word, name in narrowings if name))
