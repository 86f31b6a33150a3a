"""What is done to whole articles: begun, put back, renamed, removed, brought back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from knowledge import access, life, opening, removing, renaming, undoing
from knowledge.views.common import in_room
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act
from secdash.web.saying import said

asks_first = require_http_methods(["GET", "HEAD", "POST"])


@needs(Act.EDIT_GUIDE)
@asks_first
def new(request: HttpRequest, language: str) -> HttpResponse:
    articles = list(access.articles_for(request, language))
    if request.method != "POST":
        page = opening.begin(articles, request.GET.get("after", ""))
    else:
        page = opening.submit(articles, language, request.POST, by=member(request), at=timezone.now())
    if page.draft:
        return redirect(f"/guide/proposals/{page.draft.pk}/edit/")
    return render(request, "knowledge/new.html", in_room({"language": language, "page": page}), status=page.status)


@needs(Act.PUBLISH_GUIDE)
@asks_first
def revert(request: HttpRequest, language: str, key: str, number: int) -> HttpResponse:
    here = access.article_for(request, language, key)
    to, published = access.revision_for(here, number), access.published(here)
    if request.method != "POST":
        page = undoing.begin(here, to, published)
    else:
        page = undoing.submit(here, to, published, request.POST, by=member(request), at=timezone.now())
    if page.draft:
        return redirect(f"/guide/proposals/{page.draft.pk}/edit/")
    if page.saved:
        messages.success(request, gettext("The article says again what revision %(number)s said.") % {"number": number})
        return redirect("article", language=language, key=key)
    context = in_room({"article": here, "published": published, "page": page})
    return render(request, "knowledge/revert.html", context, status=page.status)


@needs(Act.PUBLISH_GUIDE)
@asks_first
def rename(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    if request.method != "POST":
        page = renaming.begin(here)
    else:
        page = renaming.submit(here, request.POST, by=member(request), at=timezone.now())
    if page.renamed:
        messages.success(request, gettext("The article has a new key. Old links lead here."))
        return redirect("article-rename", language=language, key=page.form.cleaned_data["key"])
    context = in_room({"article": here, "page": page})
    return render(request, "knowledge/rename.html", context, status=page.status)


@needs(Act.PUBLISH_GUIDE)
@asks_first
def remove(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    if request.method != "POST":
        page = removing.begin(here)
    else:
        page = removing.submit(here, request.POST, by=member(request), at=timezone.now())
    if page.is_done:
        messages.success(request, gettext("“%(title)s” is removed.") % {"title": here.title})
        return redirect("articles-removed")
    context = in_room({"article": here, "page": page})
    return render(request, "knowledge/remove.html", context, status=page.status)


@needs(Act.PUBLISH_GUIDE)
@asks_first
def removed(request: HttpRequest) -> HttpResponse:
    """The list; a POST names the article that is brought back."""
    if request.method == "POST":
        article = access.removed_article_for(request, request.POST.get("article", ""))
        try:
            problems = life.restore(article, by=member(request), at=timezone.now())
        except life.NotDone as refused:
            messages.error(request, said(refused.message))
            return redirect("articles-removed")
        messages.success(request, gettext("“%(title)s” is back.") % {"title": article.title})
        for problem in problems:
            messages.warning(request, said(problem.message))
        return redirect("article", language=article.language, key=article.key)
    return render(request, "knowledge/removed.html", in_room({"removed": removing.removed()}))
