"""The guide's pages: index, article, revisions, editor. Whoever signed in reads; editing needs its act."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge import access, editing, pages
from knowledge.models import Article, Section
from knowledge.rendering import render as render_text
from knowledge.searching import search
from knowledge.shipped import LANGUAGES
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act
from secdash.checks import CATALOGUE


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en")[:2]
    return redirect("guide-index", language=language if language in LANGUAGES else "en")


@require_safe
def guide_index(request: HttpRequest, language: str) -> HttpResponse:
    articles = access.articles_for(request, language)
    query = request.GET.get("q", "").strip()[:200]
    context = {
        "language": language,
        "other": _other(language),
        "query": query,
        "parts": pages.parts(articles),
        "hits": search(articles.with_text(), query) if query else None,
    }
    return render(request, "knowledge/guide_index.html", _in_room(context, "guide"))


@require_safe
def article(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    text = pages.text(Section.objects.of(here), language)
    return render(request, "knowledge/article.html", _reading(request, here, text))


@require_safe
def revision(request: HttpRequest, language: str, key: str, number: int) -> HttpResponse:
    here = access.article_for(request, language, key)
    shown = access.revision_for(here, number)
    rendering = render_text(shown.body, checks=CATALOGUE)
    context = _reading(request, here, pages.text(rendering.sections, language))
    return render(
        request, "knowledge/article.html", {**context, "shown": shown, "title": rendering.meta.title, "old": True}
    )


@require_safe
def history(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    context = {"article": here, "revisions": here.revisions.newest_first(), "may_edit": _may_edit(request)}
    return render(request, "knowledge/history.html", _in_room(context))


@needs(Act.EDIT_GUIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    if request.method != "POST":
        page = editing.begin(here, access.published(here))
    else:
        page = editing.submit(here, request.POST, by=member(request), at=timezone.now())
    if page.saved:
        return redirect("article", language=language, key=key)
    return render(request, "knowledge/edit.html", _in_room({"article": here, "page": page}), status=page.status)


@needs(Act.EDIT_GUIDE)
@require_POST
def preview(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    seen = editing.preview(here, request.POST.get("body", ""))
    return render(request, "knowledge/_preview.html", {"article": here, "preview": seen})


def _reading(request: HttpRequest, here: Article, text: pages.Text) -> dict[str, Any]:
    articles = list(access.articles_for(request, here.language))
    previous, following = pages.neighbours(articles, here)
    return _in_room(
        {
            "article": here,
            "shown": here.published,
            "title": here.title,
            "text": text,
            "part": pages.part_title(here),
            "parts": pages.parts(articles),
            "previous": previous,
            "following": following,
            "counterpart": access.articles_for(request, _other(here.language)).filter(key=here.key).first(),
            "may_edit": _may_edit(request),
        }
    )


def _other(language: str) -> str:
    return next(name for name in LANGUAGES if name != language)


def _may_edit(request: HttpRequest) -> bool:
    return member(request).can(Act.EDIT_GUIDE)


def _in_room(context: dict[str, Any], room: str = "article") -> dict[str, Any]:
    """The sidebar marks the guide as the room one stands in on all of its pages."""
    return {**context, "room": room}
