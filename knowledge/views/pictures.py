"""Pictures of articles: the list with its form, and each picture. Who may write sends them; whoever reads sees them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from knowledge import access
from knowledge.pictures import serving, shelf
from knowledge.pictures.forms import PictureForm
from knowledge.views.common import in_room
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.EDIT_GUIDE)
def pictures(request: HttpRequest) -> HttpResponse:
    sent = shelf.Sent(PictureForm())
    if request.method == "POST":
        sent = shelf.send(request.POST, request.FILES, by=member(request), at=timezone.now())
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            return JsonResponse(sent.as_data(), status=sent.status)
    page = shelf.page(request.GET.get("page"))
    context = {"sent": sent, "page": page, "pictures": shelf.listed(page)}
    if request.headers.get("HX-Request"):
        return render(request, "knowledge/_pictures.html", context)  # htmx shows nothing of an answer that refuses
    return render(request, "knowledge/pictures.html", in_room(context), status=sent.status)


@access.open_to_readers
@require_safe
def picture(request: HttpRequest, digest: str, kind: str) -> HttpResponse:
    return serving.response(access.picture_for(request, digest, kind))
