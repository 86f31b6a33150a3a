"""The search box: hosts, checks and findings by name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.posture import searching


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()[: searching.LONGEST]
    found = searching.search(member(request), text) if text else None
    return render(request, "posture/search.html", {"text": text, "found": found})
