"""Reading the guide: index, article, an older text, all of it at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from knowledge import access, openness, pages, watching, whole
from knowledge.models import Section
from knowledge.rendering import render as render_text
from knowledge.search.finding import find
from knowledge.shipped import LANGUAGES
from knowledge.views.common import blocks_for, in_room, may_edit, other_language, reading_page
from secdash.checks import CATALOGUE


@access.open_to_readers
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en")[:2]
    return redirect("guide-index", language=language if language in LANGUAGES else "en")


@access.open_to_readers
@require_safe
def guide_index(request: HttpRequest, language: str) -> HttpResponse:
    articles = access.articles_for(request, language)
    query = request.GET.get("q", "").strip()[:200]
    context = {
        "language": language,
        "query": query,
        "may_edit": may_edit(request),
        "parts": pages.parts(articles),
        "found": find(query, language) if query else None,
        "news": watching.with_news(access.reader(request)),
        "head": None if query else openness.of_index(language),
    }
    return render(request, "knowledge/guide_index.html", in_room(context, "guide"))


@access.open_to_readers
@require_safe
def article(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """In this language; in the other, said so, where it is not written in this one yet."""
    here = access.article_in_any(request, language, key)
    text = pages.text(Section.objects.of(here), here.language, blocks_for(request))
    context = reading_page(request, here, text, language=language)
    watches = watching.look(here, by=access.reader(request))
    head = openness.of_article(here, access.published(here), context["counterpart"])
    return render(request, "knowledge/article.html", {**context, "head": head, "watches": watches})


@access.open_to_readers
@require_safe
def whole_guide(request: HttpRequest, language: str) -> HttpResponse:
    """All articles on one page, to be printed."""
    articles = list(access.articles_for(request, language).with_text())
    context = {
        "language": language,
        "other": other_language(language),
        "guide": whole.guide(articles),
        "head": openness.of_index(language, name="guide-whole"),
    }
    return render(request, "knowledge/whole.html", in_room(context, "guide"))


@require_safe
def revision(request: HttpRequest, language: str, key: str, number: int) -> HttpResponse:
    here = access.article_for(request, language, key)
    shown = access.revision_for(here, number)
    rendering = render_text(shown.body, checks=CATALOGUE)
    context = reading_page(request, here, pages.text(rendering.sections, language, blocks_for(request)))
    return render(
        request, "knowledge/article.html", {**context, "shown": shown, "title": rendering.meta.title, "old": True}
    )
