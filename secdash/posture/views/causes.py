"""What one change fixes, the best few changes, and these as a checklist."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.posture.causes import markdown, page
from secdash.posture.causes.checklist import SUBJECTS, checklist
from secdash.posture.context import rooms_of
from secdash.posture.scope_choices import offered_places
from secdash.posture.threats.asked import Asked


@require_safe
def causes(request: HttpRequest) -> HttpResponse:
    user, asked = member(request), Asked.of(request.GET)
    found = page.kept_causes(user, asked, rooms_of(request, user).mark)
    return render(request, "posture/plan_causes.html", {"page": found, **_asked(request, asked), "usual": page.USUAL})


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    user, asked = member(request), Asked.of(request.GET)
    changes = page.changes_asked(request.GET.get("changes", ""))
    found = page.kept_plan(user, asked, changes, rooms_of(request, user).mark)
    numbers = range(page.FEWEST, page.MOST + 1)
    return render(request, "posture/plan.html", {"plan": found, **_asked(request, asked), "numbers": numbers})


@require_safe
def plan_export(request: HttpRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The checklist with every subject's diff or commands: Markdown as it is made, or a page to print."""
    user, asked = member(request), Asked.of(request.GET)
    changes = page.changes_asked(request.GET.get("changes", ""))
    found = page.kept_plan(user, asked, changes, rooms_of(request, user).mark)
    parts = checklist(found, page.findings_asked(user, asked).open())
    if kind == "html":
        return render(request, "posture/plan_checklist.html", {"plan": found, "parts": parts, "most": SUBJECTS})
    response = StreamingHttpResponse(markdown.lines(found, parts), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="plan.md"'
    return response


def _asked(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    choices = offered_places(member(request), asked.scope)
    return {"asked": asked, "choices": choices, "chips": list(asked.chips(choices)), "query": asked.query()}
