"""The search box: its page of all results, and what it offers as somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.posture import searching


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = _asked(request)
    found = searching.search(member(request), text) if text else None
    return render(request, "posture/search.html", {"text": text, "found": found})


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    text = _asked(request)
    found = searching.search(member(request), text, searching.BOX) if text else None
    return render(request, "posture/_suggestions.html", {"text": text, "found": found})


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[: searching.LONGEST]
