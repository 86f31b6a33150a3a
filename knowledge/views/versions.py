"""How an article came to be what it is: all revisions, who wrote what, the bare text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge import access, blaming
from knowledge import history as histories
from knowledge.views.common import in_room, may_edit, may_publish


@require_safe
def history(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    context = {
        "article": here,
        "history": histories.page(here, request.GET.get("page")),
        "may_edit": may_edit(request),
        "may_publish": may_publish(request),
    }
    return render(request, "knowledge/history.html", in_room(context))


@require_safe
def blame(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    published = access.published(here)
    context = {
        "article": here,
        "published": published,
        "parts": blaming.page(here, published),
        "contributors": here.revisions.contributors(),
    }
    return render(request, "knowledge/blame.html", in_room(context))


@require_safe
def raw(request: HttpRequest, language: str, key: str, number: int) -> HttpResponse:
    """Always a download: what people wrote is never shown as a page of ours."""
    here = access.kept_article_for(request, language, key)
    text = access.revision_for(here, number)
    response = HttpResponse(text.body, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{language}-{here.key}-v{number}.md"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
