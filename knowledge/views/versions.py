"""How an article came to be what it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge import access
from knowledge.views.common import in_room, may_edit


@require_safe
def history(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    context = {"article": here, "revisions": here.revisions.newest_first(), "may_edit": may_edit(request)}
    return render(request, "knowledge/history.html", in_room(context))
