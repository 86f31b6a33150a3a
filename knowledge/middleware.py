"""Addresses that an article no longer has: they lead on to where it is now, or say that it was removed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from knowledge import removing
from knowledge.access import Gone, Moved
from knowledge.models import Article
from knowledge.views.common import in_room


class FormerAddresses:
    """One place for every page of an article, whatever view fetched it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Moved):
            return _lead_on(request, exception.article)
        if isinstance(exception, Gone):
            context = in_room(removing.gone(request, exception.article))
            return render(request, "knowledge/gone.html", context, status=410)
        return None


def _lead_on(request: HttpRequest, article: Article) -> HttpResponse:
    """The same page under the key of today. What was sent in a form is sent on (308), so that nothing typed is lost."""
    match = request.resolver_match
    if match is None or match.url_name is None:
        return HttpResponsePermanentRedirect(reverse("article", args=[article.language, article.key]))
    there = reverse(match.url_name, kwargs={**match.kwargs, "key": article.key})
    query = request.META.get("QUERY_STRING", "")
    sent = request.method not in ("GET", "HEAD")
    response = HttpResponsePermanentRedirect(f"{there}?{query}" if query else there, preserve_request=sent)
    response["Cache-Control"] = "no-cache"  # another article may take the key some day
    return response
