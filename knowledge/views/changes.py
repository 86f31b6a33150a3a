"""What changed: the page, the feeds, and watching an article."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from knowledge import access, watching
from knowledge import changes as streams
from knowledge.feeds import ArticleFeed, GuideFeed, PublicArticleFeed, PublicFeed
from knowledge.shipped import LANGUAGES
from knowledge.views.common import in_room, may_publish
from secdash.accounts.access import member


@require_http_methods(["GET", "HEAD", "POST"])
def changes(request: HttpRequest) -> HttpResponse:
    """A POST says that all news of watched articles was seen."""
    if request.method == "POST":
        watching.mark_all_seen(by=member(request))
        return redirect("guide-changes")
    language = chosen_language(request)
    page = Paginator(streams.stream(language), streams.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "language": language,
        "page": page,
        "days": streams.days(streams.changes(page.object_list)),
        "watched": watching.watched(member(request)),
        "is_public": settings.PUBLIC_GUIDE,
        "may_publish": may_publish(request),
    }
    return render(request, "knowledge/changes.html", in_room(context))


@access.open_to_readers
@require_safe
@conditional_page
def guide_feed(request: HttpRequest) -> HttpResponse:
    feed = GuideFeed() if access.reader(request) else PublicFeed()
    return feed(request, language=chosen_language(request))


@access.open_to_readers
@require_safe
@conditional_page
def article_feed(request: HttpRequest, language: str, key: str) -> HttpResponse:
    feed = ArticleFeed() if access.reader(request) else PublicArticleFeed()
    return feed(request, article=access.article_for(request, language, key))


@require_POST
def watch(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    if request.POST.get("do") == "unwatch":
        watching.unwatch(here, by=member(request))
    else:
        watching.watch(here, by=member(request))
    return redirect("article", language=language, key=key)


def chosen_language(request: HttpRequest) -> str:
    language = request.GET.get("language", "")
    return language if language in LANGUAGES else ""
