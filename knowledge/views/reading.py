"""Reading the guide: index, article, an older text. Whoever signed in reads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from knowledge import access, pages
from knowledge.live import Blocks
from knowledge.models import Section
from knowledge.rendering import render as render_text
from knowledge.searching import search
from knowledge.shipped import LANGUAGES
from knowledge.views.common import in_room, other_language, reading_page
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
        "other": other_language(language),
        "query": query,
        "parts": pages.parts(articles),
        "hits": search(articles.with_text(), query) if query else None,
    }
    return render(request, "knowledge/guide_index.html", in_room(context, "guide"))


@require_safe
def article(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    text = pages.text(Section.objects.of(here), language, Blocks.TOGETHER)
    return render(request, "knowledge/article.html", reading_page(request, here, text))


@require_safe
def revision(request: HttpRequest, language: str, key: str, number: int) -> HttpResponse:
    here = access.article_for(request, language, key)
    shown = access.revision_for(here, number)
    rendering = render_text(shown.body, checks=CATALOGUE)
    context = reading_page(request, here, pages.text(rendering.sections, language, Blocks.TOGETHER))
    return render(
        request, "knowledge/article.html", {**context, "shown": shown, "title": rendering.meta.title, "old": True}
    )
