"""Any two revisions of an article, compared. Whoever signed in reads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge import access
from knowledge.comparing_page import compare_page
from knowledge.views.common import in_room


@require_safe
def compare(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    context = {"article": here, "page": compare_page(here, request.GET)}
    return render(request, "knowledge/compare.html", in_room(context))
