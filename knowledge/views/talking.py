"""What people say about an article. Everybody who signed in reads it and may say something."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from knowledge import access, review_access, talk_forms
from knowledge.models import Article
from knowledge.talk_page import article_talk
from knowledge.views.common import in_room
from secdash.accounts.access import member


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    if request.method == "POST":
        return _said(request, here)
    return _page(request, here)


def _said(request: HttpRequest, here: Article) -> HttpResponse:
    find, by, at = partial(review_access.thread_of, here), member(request), timezone.now()
    article = reverse("article", args=[here.language, here.key])
    if talk_forms.settle(request.POST, find, by=by, at=at):
        return redirect(f"{article}#said-here")
    talk = talk_forms.say_about(here, request.POST, find, text="", by=by, at=at)
    if talk.said:
        return redirect(f"{article}#C{talk.said.pk}")
    return _page(request, here, talk)


def _page(request: HttpRequest, here: Article, talk: talk_forms.Talk | None = None) -> HttpResponse:
    context = {"article": here, "talk": article_talk(here, member(request), talk)}
    status = talk.status if talk else 200
    return render(request, "knowledge/comments.html", in_room(context), status=status)
