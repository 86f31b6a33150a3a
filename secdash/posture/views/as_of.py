"""How everything stood at the end of a past day."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.checks import CATALOGUE
from secdash.findings.models import State
from secdash.posture.as_of import Asked, findings_then, first_kept, then
from secdash.posture.asked_days import is_no_range
from secdash.posture.choices import Option, options_of
from secdash.posture.saying import title_of
from secdash.posture.scope_choices import offered
from secdash.posture.scopes import Scope
from secdash.scans.forgetting import history_begins
from secdash.web.words import SEVERITY_WORDS

FIRST_HOSTS = 25
TABS = {State.OPEN: pgettext_lazy("tab", "Open"), State.ACCEPTED: pgettext_lazy("tab", "Accepted")}


@require_safe
def as_of(request: HttpRequest) -> HttpResponse:
    user, scope, today = member(request), Scope.of(request.GET), timezone.now().date()
    asked = Asked.of(request.GET, today)._replace(told_from=history_begins(today))
    page = then(user, scope, asked.day)
    first = None if page.hosts else first_kept(user, scope)
    found = findings_then(user, page.hosts, asked)
    choices = offered(user, scope)
    shown = page.hosts if "all" in request.GET else page.hosts[:FIRST_HOSTS]
    context = {
        "page": page,
        "asked": asked,
        "today": today,
        "misread": is_no_range("", request.GET.get("day", ""), today),
        "everywhere": f"?{asked.query(Scope(), page=1)}",
        "first": first if first and first > asked.day else None,
        "first_query": asked.query(scope, day=first, page=1) if first else "",
        "told_query": asked.query(scope, day=asked.told_from, page=1) if asked.is_untold else "",
        "found": found,
        "scope": scope,
        "scope_said": choices.said(scope),
        "choices": choices,
        "checks": options_of({name: title_of(name) for name in CATALOGUE}, asked.check),
        "severities": [Option(name, str(word), name == asked.severity) for name, word in SEVERITY_WORDS.items()],
        "hosts": shown,
        "hosts_left": len(page.hosts) - len(shown),
        "here_query": asked.query(scope, page=1),
        "tabs": [(label, state, asked.query(scope, state=state, page=1)) for state, label in TABS.items()],
        "day_before": asked.query(scope, day=asked.day - timedelta(days=1), page=1),
        "day_after": asked.query(scope, day=asked.day + timedelta(days=1), page=1) if asked.day < today else "",
        "previous_query": asked.query(scope, page=asked.page - 1) if asked.page > 1 else "",
        "next_query": asked.query(scope, page=asked.page + 1) if found.has_next else "",
        "why_query": scope.query(since=asked.day.isoformat()) if asked.day < today else "",
    }
    return render(request, "posture/as_of.html", context)
