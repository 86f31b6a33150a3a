"""The editor. Editing needs its act."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from knowledge import access, editing
from knowledge.views.common import in_room
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act


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
    return render(request, "knowledge/edit.html", in_room({"article": here, "page": page}), status=page.status)


@needs(Act.EDIT_GUIDE)
@require_POST
def preview(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    seen = editing.preview(here, request.POST.get("body", ""))
    return render(request, "knowledge/_preview.html", {"article": here, "preview": seen})
